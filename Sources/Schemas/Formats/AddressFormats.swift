/// URIs (RFC 3986), IRIs (RFC 3987), URI templates (RFC 6570), UUIDs (RFC 4122) and JSON Pointers (RFC 6901 and its relative draft).
enum AddressFormats {
  static func isAddress(_ text: Span<UInt8>, relative: Bool, international: Bool) -> Bool {
    var at = 0
    if let colon = schemeEnd(text) {
      at = colon + 1
    } else if !relative || startsLikeScheme(text) {
      return false
    }
    let end = text.count
    if at + 1 < end, text[at] == UInt8(ascii: "/"), text[at + 1] == UInt8(ascii: "/") {
      let start = at + 2
      at = start
      while at < end, !isOne(of: "/?#", text[at]) { at += 1 }
      guard isAuthority(text, start..<at, international: international) else { return false }
    }
    // Path, query, fragment: each may hold what the one before may, and more.
    var stage = 0
    while at < end {
      let byte = text[at]
      if byte == UInt8(ascii: "#") {
        guard stage < 2 else { return false }
        stage = 2
      } else if byte == UInt8(ascii: "?") {
        stage = max(stage, 1)
      } else if byte == UInt8(ascii: "%") {
        guard isEscape(text, at) else { return false }
      } else if !(isPathCharacter(byte) || byte == UInt8(ascii: "/") || (international && byte >= 0x80)) {
        return false
      }
      at += 1
    }
    return true
  }

  /// Where the colon of a scheme is.
  private static func schemeEnd(_ text: Span<UInt8>) -> Int? {
    guard text.count > 0, text[0].isLetter else { return nil }
    var at = 1
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: ":") { return at }
      guard byte.isLetter || byte.isDigit || isOne(of: "+-.", byte) else { return nil }
      at += 1
    }
    return nil
  }

  /// A relative reference has no colon in its first segment.
  private static func startsLikeScheme(_ text: Span<UInt8>) -> Bool {
    for index in text.indices {
      if text[index] == UInt8(ascii: ":") { return true }
      if isOne(of: "/?#", text[index]) { return false }
    }
    return false
  }

  private static func isAuthority(_ text: Span<UInt8>, _ range: Range<Int>, international: Bool) -> Bool {
    var start = range.lowerBound
    for index in range where text[index] == UInt8(ascii: "@") { start = index + 1 }
    if start > range.lowerBound {
      let user = range.lowerBound..<start - 1
      guard isNameText(text, user, allowsColon: true, international: international) else { return false }
    }
    var end = range.upperBound
    var digits = end
    while digits > start, text[digits - 1].isDigit { digits -= 1 }
    if digits > start, text[digits - 1] == UInt8(ascii: ":") { end = digits - 1 }
    if start < end, text[start] == UInt8(ascii: "[") {
      guard text[end - 1] == UInt8(ascii: "]") else { return false }
      let literal = start + 1..<end - 1
      if !literal.isEmpty, text[literal.lowerBound] | 0x20 == UInt8(ascii: "v") { return isFutureAddress(text, literal) }
      return NetworkFormats.isIPv6(text, literal)
    }
    return isNameText(text, start..<end, allowsColon: false, international: international)
  }

  private static func isFutureAddress(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var at = range.lowerBound + 1
    let start = at
    while at < range.upperBound, text[at].isHexadecimal { at += 1 }
    guard at > start, at + 1 < range.upperBound, text[at] == UInt8(ascii: ".") else { return false }
    for index in at + 1..<range.upperBound where !isPathCharacter(text[index]) || text[index] == UInt8(ascii: "@") { return false }
    return true
  }

  private static func isNameText(_ text: Span<UInt8>, _ range: Range<Int>, allowsColon: Bool, international: Bool) -> Bool {
    for index in range {
      let byte = text[index]
      if byte == UInt8(ascii: "%") {
        guard isEscape(text, index), index + 2 < range.upperBound else { return false }
      } else if byte == UInt8(ascii: ":") {
        guard allowsColon else { return false }
      } else if byte == UInt8(ascii: "@") || !(isPathCharacter(byte) || (international && byte >= 0x80)) {
        return false
      }
    }
    return true
  }

  private static func isEscape(_ text: Span<UInt8>, _ at: Int) -> Bool {
    at + 2 < text.count && text[at + 1].isHexadecimal && text[at + 2].isHexadecimal
  }

  /// Unreserved characters, sub-delimiters, `:` and `@`.
  private static func isPathCharacter(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || isOne(of: "-._~!$&'()*+,;=:@", byte)
  }

  static func isOne(of set: StaticString, _ byte: UInt8) -> Bool {
    var found = false
    let span = set.description.utf8
    for candidate in span where candidate == byte { found = true }
    return found
  }

  static func isTemplate(_ text: Span<UInt8>) -> Bool {
    var at = 0
    while at < text.count {
      let byte = text[at]
      if byte == UInt8(ascii: "{") {
        let start = at + 1
        while at < text.count, text[at] != UInt8(ascii: "}") { at += 1 }
        guard at < text.count, isExpression(text, start..<at) else { return false }
      } else if byte == UInt8(ascii: "%") {
        guard isEscape(text, at) else { return false }
      } else if byte <= 0x20 || byte == 0x7F || isOne(of: "\"<>\\^`|}", byte) {
        return false
      }
      at += 1
    }
    return true
  }

  private static func isExpression(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var at = range.lowerBound
    if at < range.upperBound, isOne(of: "+#./;?&=,!@|", text[at]) { at += 1 }
    while true {
      let start = at
      while at < range.upperBound, text[at].isLetter || text[at].isDigit || isOne(of: "_.%", text[at]) {
        if text[at] == UInt8(ascii: "%"), !isEscape(text, at) { return false }
        if text[at] == UInt8(ascii: "."), text[at + 1] == UInt8(ascii: ".") { return false }
        at += 1
      }
      guard at > start, text[start] != UInt8(ascii: "."), text[at - 1] != UInt8(ascii: ".") else { return false }
      if at < range.upperBound, text[at] == UInt8(ascii: "*") {
        at += 1
      } else if at < range.upperBound, text[at] == UInt8(ascii: ":") {
        let digits = at + 1
        at = digits
        while at < range.upperBound, text[at].isDigit { at += 1 }
        guard (1...4).contains(at - digits), text[digits] != UInt8(ascii: "0") else { return false }
      }
      if at == range.upperBound { return true }
      guard text[at] == UInt8(ascii: ",") else { return false }
      at += 1
    }
  }

  static func isUUID(_ text: Span<UInt8>) -> Bool {
    guard text.count == 36 else { return false }
    for index in text.indices {
      let isHyphen = index == 8 || index == 13 || index == 18 || index == 23
      guard isHyphen ? text[index] == UInt8(ascii: "-") : text[index].isHexadecimal else { return false }
    }
    return true
  }

  static func isPointer(_ text: Span<UInt8>, from start: Int) -> Bool {
    guard start < text.count else { return true }
    guard text[start] == UInt8(ascii: "/") else { return false }
    for index in start..<text.count where text[index] == UInt8(ascii: "~") {
      guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "0") || text[index + 1] == UInt8(ascii: "1") else { return false }
    }
    return true
  }

  /// A whole number without leading noughts, then `#` or a pointer.
  static func isRelativePointer(_ text: Span<UInt8>) -> Bool {
    var at = 0
    while at < text.count, text[at].isDigit { at += 1 }
    guard at > 0, at == 1 || text[0] != UInt8(ascii: "0") else { return false }
    if at + 1 == text.count, text[at] == UInt8(ascii: "#") { return true }
    return isPointer(text, from: at)
  }
}
