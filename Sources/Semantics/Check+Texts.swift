internal import JSON
internal import RegularExpressions
internal import Syntax
internal import Text

extension Checker {
  /// A folder of `under` in normal form: no `.`, no empty parts, no slash at the end.
  mutating func folder(of literal: StringLiteral) -> String? {
    let text = literal.value
    let names = pathNames(text)
    let problem: String? =
      if text.isEmpty {
        "names no folder"
      } else if text.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == 0 }) {
        "contains a character no normalised path has"
      } else if text.utf8.contains(UInt8(ascii: "*")) {
        "is no pattern: `under` means the folder and everything in it"
      } else if names.contains(Array("..".utf8)) {
        "climbs out with `..`"
      } else if hasDriveLetter(text) {
        "begins with a drive letter, which no normalised path does"
      } else if hasEscapedSeparator(text) {
        "has a dot, separator, NUL or percent sign in percent-encoding, which no normalised path has"
      } else if names.isEmpty {
        "names no folder of its own"
      } else {
        nil
      }
    if let problem {
      report(.badText, "`\(text)` \(problem)", literal.range, "no folder", help: "write a folder such as `\"src\"` or `\"/srv/data\"`")
      return nil
    }
    let start = text.utf8.first == UInt8(ascii: "/") ? "/" : ""
    return start + String(decoding: Array(names.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
  }

  /// A host, or with `*.` before it everything below it; nil: reported.
  mutating func hostPattern(_ text: String, _ range: SourceRange, allowsWildcard: Bool) -> HostPattern? {
    let isWildcard = text.hasPrefix("*.")
    let name = isWildcard ? String(text.dropFirst(2)) : text
    var problem: String?
    var help = "write only the host: `\"docs.acme.example\"`, or `\"*.acme.example\"` for every host below it"
    if name.isEmpty {
      problem = "is no host"
    } else if name.contains("://") || name.contains("/") {
      problem = "is more than a host"
    } else if name.utf8.contains(where: { $0 >= 0x80 }) {
      problem = "has letters beyond ASCII"
      help = "write the host as it stands in a URL, in Punycode: `xn--…`"
    } else if name.contains("*") {
      problem = "has `*` where it means nothing"
    } else if name.contains(":"), !name.hasPrefix("[") {
      problem = "has a port"
    } else if !name.utf8.allSatisfy(isHostByte) || name.hasPrefix(".") || name.hasSuffix(".") || name.contains("..") {
      problem = "is no host"
    } else if isWildcard, !allowsWildcard {
      problem = "is not one host"
      help = "`==` compares with one host; write `in {\"\(text)\"}`"
    }
    if let problem {
      report(.badText, "`\(text)` \(problem)", range, "no host", help: help)
      return nil
    }
    return isWildcard ? .below(name.lowercased()) : .exactly(name.lowercased())
  }

  /// The name of a scheme as URLs are read, in lower case; nil: reported.
  mutating func scheme(_ constant: Constant, _ range: SourceRange) -> Constant? {
    guard let text = constant.textValue else { return constant }
    if let first = text.utf8.first, isLetter(first), text.utf8.allSatisfy(isSchemeByte) { return .text(text.lowercased()) }
    report(.badText, "`\(text)` is no scheme", range, "no scheme", help: "write only its name: `\"https\"`")
    return nil
  }

  /// A regular expression that cannot be made to take long; nil: reported.
  ///
  /// - Parameter isProved: it is part of the program, whose tests have worked out its time.
  mutating func pattern(_ literal: RegexLiteral, _ mode: MatchMode, isProved: Bool = false) -> TextPattern? {
    let caseInsensitive = literal.flags.contains("i")
    let expression: RegularExpression
    do throws(RegularExpressions.SyntaxError) {
      expression = try RegularExpression(parsing: literal.source, caseInsensitive: caseInsensitive)
    } catch {
      report(.patternSyntax, "this is no pattern: \(error.message)", place(of: error.range, in: literal), "here", help: error.help)
      return nil
    }
    if isProved { return TextPattern(source: literal.source, caseInsensitive: caseInsensitive, longestText: .max) }
    let key = PatternKey(source: literal.source.exact, caseInsensitive: caseInsensitive, mode: mode)
    let ambiguity = ambiguities[key] ?? expression.ambiguity(mode)
    ambiguities[key] = ambiguity
    guard checkTime(ambiguity, literal) else { return nil }
    // Others are tried on short texts only.
    if ambiguity == .linear {
      let costly = costlyTexts[key] ?? CostlyText(expression, caseInsensitive, mode)
      costlyTexts[key] = .some(costly)
      if let costly {
        reportCounts(costly, literal)
        return nil
      }
    }
    return TextPattern(source: literal.source, caseInsensitive: caseInsensitive, longestText: ambiguity.longestText)
  }

  /// A square is let pass, because `.*x.*` and nearly every search are of that kind: such a pattern is tried on short texts only, and
  /// undecided on others.
  private mutating func checkTime(_ ambiguity: Ambiguity, _ literal: RegexLiteral) -> Bool {
    let help = "two parts of it can match the same text, so a text that fails is tried in very many ways; let only one of them take it"
    switch ambiguity {
    case .linear, .polynomial(degree: ...2, _): return true
    case .polynomial(let degree, let text):
      report(
        .polynomialPattern, "this pattern can take very long", literal.range,
        "a text of twice the length takes \(1 << min(degree, 20)) times as long: \(quoted(text))", help: help)
    case .exponential(let text):
      report(
        .exponentialPattern, "this pattern takes exponential time", literal.range, "every repetition doubles the time: \(quoted(text))",
        help: help)
    case .tooLarge:
      report(
        .patternTooLarge, "this pattern is too large to be checked", literal.range, "its automaton has too many states",
        help: "split it into several patterns, or lower its counts")
    }
    return false
  }

  private func quoted(_ text: HurtingText) -> String {
    String(decoding: write(.string(text.repeated(4)), .compact), as: UTF8.self)
  }

  /// Where bytes of the pattern stand in the file: a slash of the pattern was written `\/`.
  func place(of range: Range<Int>, in literal: RegexLiteral) -> SourceRange {
    let file = sources.files.first { $0.id == literal.range.file }
    let start = Int(literal.range.lower) + 1
    guard let bytes = file?.bytes else { return literal.range }
    var offsets: [Int] = []
    var at = start
    for byte in literal.source.utf8 {
      if byte == UInt8(ascii: "/"), at < bytes.count, bytes[at] == UInt8(ascii: "\\") { at += 1 }
      offsets.append(at)
      at += 1
    }
    let lower = range.lowerBound < offsets.count ? offsets[range.lowerBound] : at
    let upper = range.upperBound < offsets.count ? offsets[range.upperBound] : at
    return SourceRange(file: literal.range.file, lower: UInt32(lower), upper: UInt32(max(lower, upper)))
  }
}

/// The names in a path, without `.`. Read as bytes, as the engine does: to Swift a slash with a combining mark after it is another character.
func pathNames(_ text: String) -> [[UInt8]] {
  text.utf8.split(separator: UInt8(ascii: "/")).map(Array.init).filter { $0 != [UInt8(ascii: ".")] }
}

private func hasDriveLetter(_ text: String) -> Bool {
  let start = Array(text.utf8.prefix(2))
  return start.count == 2 && start[1] == UInt8(ascii: ":") && isLetter(start[0])
}

private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

/// RFC 3986, section 3.1.
private func isSchemeByte(_ byte: UInt8) -> Bool {
  isLetter(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "+-.".utf8.contains(byte)
}

private func hasEscapedSeparator(_ text: String) -> Bool {
  let escapes: Set<[UInt8]> = Set(["%00", "%2e", "%2f", "%5c", "%25"].map { Array($0.utf8) })
  let bytes = text.utf8.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
  return bytes.indices.dropLast(2).contains { escapes.contains(Array(bytes[$0...$0 + 2])) }
}

/// Letters, digits, `-`, `_`, `.`, and what an IPv6 address in brackets needs.
private func isHostByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
  default: "-_.:[]".utf8.contains(byte)
  }
}
