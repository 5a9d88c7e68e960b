internal import JSON

/// How the matcher of a text is written in the code: a word that says where its own words are (0 for an expression that needs the engine)
/// and which of the program's patterns it is.
///
/// Its own words are, for literals: form, length, then eight bytes a word; for runs: form, how many, whether they reach the end, then three
/// words a run.
enum MatcherWords {
  enum Form: UInt64 {
    case everything, prefix, suffix, exactly, runs
  }

  static func words(of matcher: TextMatcher) -> [UInt64]? {
    switch matcher.form {
    case .everything: return [Form.everything.rawValue]
    case .prefix(let literal): return words(.prefix, literal)
    case .suffix(let literal): return words(.suffix, literal)
    case .exactly(let literal): return words(.exactly, literal)
    case .runs(let pattern):
      let runs = pattern.runs.flatMap { run in
        [run.low, run.high, UInt64(UInt32(clamping: run.minimum)) | UInt64(UInt32(clamping: run.maximum)) << 32]
      }
      return [Form.runs.rawValue, UInt64(pattern.runs.count), pattern.isAnchoredBehind ? 1 : 0] + runs
    case .pattern: return nil
    }
  }

  private static func words(_ form: Form, _ literal: [UInt8]) -> [UInt64] {
    [form.rawValue, UInt64(literal.count)]
      + stride(from: 0, to: literal.count, by: 8).map { offset in
        NameWords(literal.span.extracting(offset..<min(offset + 8, literal.count))).first
      }
  }
}

extension Evaluator {
  /// Whether a text that has no escapes fits a matcher's own words.
  func fits(_ place: Int, _ text: Span<UInt8>) -> Bool {
    let form = code[place]
    if form == MatcherWords.Form.everything.rawValue { return true }
    let count = Int(code[place + 1])
    if form == MatcherWords.Form.runs.rawValue { return fitsRuns(place, count, text) }
    guard text.count >= count, form != MatcherWords.Form.exactly.rawValue || text.count == count else { return false }
    let start = form == MatcherWords.Form.suffix.rawValue ? text.count - count : 0
    var word: UInt64 = 0
    for index in 0..<count {
      if index & 7 == 0 { word = code[place &+ 2 &+ index >> 3] }
      if text[start &+ index] != UInt8(truncatingIfNeeded: word) { return false }
      word >>= 8
    }
    return true
  }

  private func fitsRuns(_ place: Int, _ count: Int, _ text: Span<UInt8>) -> Bool {
    var at = 0
    var run = place &+ 3
    for _ in 0..<count {
      let low = code[run]
      let high = code[run &+ 1]
      let counts = code[run &+ 2]
      let end = min(text.count, at &+ Int(truncatingIfNeeded: counts >> 32))
      let start = at
      while at < end, RunPattern.Run.contains(text[at], low, high) { at &+= 1 }
      if at &- start < Int(counts & 0xFFFF_FFFF) { return false }
      run &+= 3
    }
    return code[place &+ 2] == 0 || at == text.count
  }
}
