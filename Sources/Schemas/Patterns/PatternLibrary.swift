internal import JSON

/// The regular expressions of one schema, each made ready once.
struct PatternLibrary {
  enum Refusal: Error {
    case tooLong
    case problem(String)
  }

  private var known: [ExactText: TextMatcher] = [:]
  /// How many bytes were judged.
  private var judged = 0

  mutating func matcher(_ source: String, _ bounds: SchemaBounds) throws(Refusal) -> TextMatcher {
    if let matcher = known[source.exact] { return matcher }
    guard source.utf8.count <= bounds.patternBytes else { throw .tooLong }
    let isJudged = judged + source.utf8.count <= bounds.judgedPatternBytes
    let matcher: TextMatcher
    do throws(TextMatcher.Problem) {
      matcher = try TextMatcher(source, isJudged: isJudged)
    } catch {
      throw .problem(error.problem)
    }
    if matcher.needsEngine, isJudged { judged += source.utf8.count }
    known[source.exact] = matcher
    return matcher
  }
}
