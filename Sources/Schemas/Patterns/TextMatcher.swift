internal import Patterns
internal import RegularExpressions

/// A regular expression of a schema, ready to search a text. The commonest forms are plain comparisons and need no engine.
struct TextMatcher: Sendable {
  enum Form: Sendable {
    case everything
    case prefix([UInt8])
    case suffix([UInt8])
    case exactly([UInt8])
    case runs(RunPattern)
    case pattern(Pattern)
  }

  struct Problem: Error, Equatable {
    let problem: String
  }

  /// As the schema has it.
  let source: String
  let form: Form

  /// - Parameter isJudged: whether to find out how its time grows with the text; if not, it is tried on short texts only.
  init(_ source: String, isJudged: Bool = true) throws(Problem) {
    self.source = source
    if let plain = Self.plain(source) {
      form = plain
      return
    }
    if let runs = RunPattern(source) {
      form = .runs(runs)
      return
    }
    do {
      let rewritten = try ScriptPattern(source).rewritten
      let longest = isJudged ? Self.longestText(rewritten) : Ambiguity.tooLarge.longestText
      form = .pattern(try Pattern(rewritten, mode: .search, longestText: longest))
    } catch let problem as ScriptPattern.Problem {
      throw Problem(problem: problem.problem)
    } catch let error as PatternError {
      throw Problem(problem: error.message)
    } catch {
      throw Problem(problem: "it cannot be read")
    }
  }

  var needsEngine: Bool { if case .pattern = form { true } else { false } }

  /// In bytes; on a longer text the answer is undecided.
  var longestText: Int {
    if case .pattern(let pattern) = form { return pattern.longestText }
    return .max
  }

  /// What a schema's author wrote may take more than linear time; what our front end cannot read, such as look-around, is taken to.
  private static func longestText(_ source: String) -> Int {
    guard let expression = try? RegularExpression(parsing: source, caseInsensitive: false) else { return Ambiguity.tooLarge.longestText }
    return expression.ambiguity(.search).longestText
  }

  /// Expressions that are literal text but for anchors at their ends.
  private static func plain(_ source: String) -> Form? {
    if ["", "^", "$", ".*", "^.*"].contains(source) { return .everything }
    var rest = Array(source.utf8)[...]
    let isAnchoredBefore = rest.first == UInt8(ascii: "^")
    if isAnchoredBefore { rest.removeFirst() }
    let isAnchoredBehind = rest.last == UInt8(ascii: "$")
    if isAnchoredBehind { rest.removeLast() }
    guard isAnchoredBefore || isAnchoredBehind, !rest.contains(where: { #"\^$.|?*+()[]{}"#.utf8.contains($0) }) else { return nil }
    if isAnchoredBefore && isAnchoredBehind { return .exactly(Array(rest)) }
    return isAnchoredBefore ? .prefix(Array(rest)) : .suffix(Array(rest))
  }

  /// - Parameter text: valid UTF-8.
  func search(_ text: Span<UInt8>, scratch: inout MatchScratch) -> MatchOutcome {
    let isFound: Bool
    switch form {
    case .everything: isFound = true
    case .prefix(let literal):
      isFound = text.count >= literal.count && text.extracting(first: literal.count).isEqual(to: literal.span)
    case .suffix(let literal):
      isFound = text.count >= literal.count && text.extracting(last: literal.count).isEqual(to: literal.span)
    case .exactly(let literal): isFound = text.isEqual(to: literal.span)
    case .runs(let runs): isFound = runs.matches(text)
    case .pattern(let pattern): return pattern.match(text, scratch: &scratch)
    }
    return isFound ? .found(0..<text.count) : .none
  }
}

extension Span<UInt8> {
  func isEqual(to other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index] != other[index] { return false }
    return true
  }
}
