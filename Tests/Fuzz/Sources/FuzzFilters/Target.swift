import Filters
import Patterns
import RegularExpressions

/// The first line is an expression, its first byte says whether letters fold; the rest is a text. The one pass must find what PCRE2 finds alone.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard count < 4096, let lineEnd = bytes.firstIndex(of: 0x0A), lineEnd > 0 else { return 0 }
  guard let source = String(validating: bytes[1..<lineEnd], as: UTF8.self) else { return 0 }
  guard String(validating: bytes[(lineEnd + 1)...], as: UTF8.self) != nil else { return 0 }
  guard let expression = try? RegularExpression(parsing: source, caseInsensitive: bytes[0] & 1 == 1) else { return 0 }
  let text = Array(bytes[(lineEnd + 1)...])
  // What the parser takes PCRE2 must take, but for patterns too complex for machine code.
  guard let set = try? PatternSet([expression]), let alone = try? Pattern(source, caseless: expression.caseInsensitive, mode: .search)
  else { return 0 }
  var scratch = ScanScratch()
  var findings: [PatternSet.Finding] = []
  set.matches(in: text.span, scratch: &scratch, into: &findings)
  guard let expected = matches(of: alone, in: text), !findings.contains(where: { $0.result == .undecided }) else { return 0 }
  precondition(findings.map(\.result) == expected.map { .found($0) }, "the one pass differs from PCRE2")
  return 0
}

/// Nil when PCRE2 gives up.
func matches(of pattern: Pattern, in text: [UInt8]) -> [Range<Int>]? {
  var scratch = MatchScratch()
  var found: [Range<Int>] = []
  var start = 0
  while start <= text.count {
    switch pattern.match(text.span, from: start, scratch: &scratch) {
    case .none: return found
    case .undecided: return nil
    case .found(let range):
      found.append(range)
      start = range.upperBound
      guard range.isEmpty else { continue }
      start += 1
      while start < text.count, text[start] & 0xC0 == 0x80 { start += 1 }
    }
  }
  return found
}
