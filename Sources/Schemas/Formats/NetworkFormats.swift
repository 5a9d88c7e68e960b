/// Host names (RFC 1123, and IDNA 2008 where letters beyond ASCII or `xn--` come in), IP addresses and mail addresses (RFC 5321).
enum NetworkFormats {
  static func isIPv4(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var at = range.lowerBound
    for part in 0..<4 {
      if part > 0 {
        guard at < range.upperBound, text[at] == UInt8(ascii: ".") else { return false }
        at += 1
      }
      let start = at
      var value = 0
      while at < range.upperBound, text[at].isDigit, at < start + 3 {
        value = value * 10 + Int(text[at] - UInt8(ascii: "0"))
        at += 1
      }
      // A leading nought means octal to some readers.
      guard at > start, value <= 255, at == start + 1 || text[start] != UInt8(ascii: "0") else { return false }
    }
    return at == range.upperBound
  }

  static func isIPv6(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var at = range.lowerBound
    let end = range.upperBound
    var groups = 0
    var hasGap = false
    guard end - at >= 2 else { return false }
    if text[at] == UInt8(ascii: ":") {
      guard text[at + 1] == UInt8(ascii: ":") else { return false }
      hasGap = true
      at += 2
    }
    while at < end {
      let start = at
      while at < end, text[at].isHexadecimal, at < start + 4 { at += 1 }
      if at < end, text[at] == UInt8(ascii: ".") {
        groups += 2
        return isIPv4(text, start..<end) && (hasGap ? groups < 8 : groups == 8)
      }
      guard at > start else { return false }
      groups += 1
      guard groups <= 8 else { return false }
      if at == end { break }
      guard text[at] == UInt8(ascii: ":"), at + 1 < end else { return false }
      at += 1
      if text[at] == UInt8(ascii: ":") {
        guard !hasGap else { return false }
        hasGap = true
        at += 1
      }
    }
    return hasGap ? groups < 8 : groups == 8
  }

  static func isHostname(_ text: Span<UInt8>, international: Bool) -> Bool {
    isHostname(text, 0..<text.count, international: international)
  }

  private static func isHostname(_ text: Span<UInt8>, _ range: Range<Int>, international: Bool) -> Bool {
    var isASCII = true
    var hasEncodedLabel = false
    for index in range {
      if text[index] >= 0x80 { isASCII = false }
      if index + 4 <= range.upperBound, text[index] | 0x20 == UInt8(ascii: "x"), text[index + 1] | 0x20 == UInt8(ascii: "n"),
        text[index + 2] == UInt8(ascii: "-"), text[index + 3] == UInt8(ascii: "-")
      {
        hasEncodedLabel = true
      }
    }
    if !isASCII && !international { return false }
    if !isASCII || hasEncodedLabel { return InternationalNames.isHostname(copy(text.extracting(range)), international: international) }
    guard !range.isEmpty, range.count <= 253 else { return false }
    var label = range.lowerBound
    for index in range.lowerBound...range.upperBound where index == range.upperBound || text[index] == UInt8(ascii: ".") {
      guard isLabel(text, label..<index) else { return false }
      label = index + 1
    }
    return true
  }

  private static func isLabel(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard (1...63).contains(range.count), text[range.lowerBound] != UInt8(ascii: "-"), text[range.upperBound - 1] != UInt8(ascii: "-")
    else { return false }
    for index in range where !(text[index].isLetter || text[index].isDigit || text[index] == UInt8(ascii: "-")) { return false }
    return true
  }

  static func isEmail(_ text: Span<UInt8>, international: Bool) -> Bool {
    var at = text.count - 1
    while at >= 0, text[at] != UInt8(ascii: "@") { at -= 1 }
    guard at > 0, at <= 64 || international, isLocalPart(text, 0..<at, international: international) else { return false }
    let domain = at + 1..<text.count
    guard domain.count > 2, text[domain.lowerBound] == UInt8(ascii: "["), text[text.count - 1] == UInt8(ascii: "]") else {
      return isHostname(text, domain, international: international)
    }
    let literal = domain.lowerBound + 1..<text.count - 1
    let prefix: StaticString = "IPv6:"
    guard literal.count > prefix.utf8CodeUnitCount, text[literal.lowerBound] == UInt8(ascii: "I") else { return isIPv4(text, literal) }
    var offset = 0
    for byte in "IPv6:".utf8 {
      guard text[literal.lowerBound + offset] == byte else { return false }
      offset += 1
    }
    return isIPv6(text, literal.lowerBound + offset..<literal.upperBound)
  }

  private static func isLocalPart(_ text: Span<UInt8>, _ range: Range<Int>, international: Bool) -> Bool {
    if text[range.lowerBound] == UInt8(ascii: "\"") { return isQuoted(text, range) }
    var wasDot = true
    for index in range {
      let byte = text[index]
      if byte == UInt8(ascii: ".") {
        guard !wasDot else { return false }
        wasDot = true
        continue
      }
      guard isAtomCharacter(byte) || (international && byte >= 0x80) else { return false }
      wasDot = false
    }
    return !wasDot
  }

  private static func isQuoted(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    guard range.count >= 2, text[range.upperBound - 1] == UInt8(ascii: "\"") else { return false }
    var index = range.lowerBound + 1
    while index < range.upperBound - 1 {
      if text[index] == UInt8(ascii: "\\") {
        index += 1
        guard index < range.upperBound - 1 else { return false }
      } else if text[index] == UInt8(ascii: "\"") {
        return false
      }
      guard text[index] >= 0x20, text[index] != 0x7F else { return false }
      index += 1
    }
    return true
  }

  private static func isAtomCharacter(_ byte: UInt8) -> Bool {
    if byte.isLetter || byte.isDigit { return true }
    switch byte {
    case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
      UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "="), UInt8(ascii: "?"),
      UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"),
      UInt8(ascii: "~"):
      return true
    default: return false
    }
  }
}
