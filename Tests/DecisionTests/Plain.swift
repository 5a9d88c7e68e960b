import TestSupport

/// A JSON value as the tests make it: numbers are the digits that are written, so that nothing of ours stands between a test and its request.
indirect enum Plain: Hashable {
  case null
  case boolean(Bool)
  case number(String)
  case text(String)
  case array([Plain])
  case object([(String, Plain)])

  static func == (left: Plain, right: Plain) -> Bool { left.json == right.json }
  func hash(into hasher: inout Hasher) { hasher.combine(json) }

  var json: String { write { character in escaped(character) } }

  /// With some characters as escapes that say the same.
  func json(_ random: inout SeededGenerator) -> String {
    var generator = random
    defer { random = generator }
    return write { character in
      guard generator.chance(10), let unit = character.utf16.first, character.utf16.count == 1 else { return escaped(character) }
      let digits = String(unit, radix: 16, uppercase: generator.chance(50))
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
  }

  private func write(_ character: (Unicode.Scalar) -> String) -> String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .number(let digits): digits
    case .text(let text): quoted(text, character)
    case .array(let elements): "[" + elements.map { $0.write(character) }.joined(separator: ",") + "]"
    case .object(let members):
      "{" + members.map { quoted($0.0, character) + ": " + $0.1.write(character) }.joined(separator: ", ") + "}"
    }
  }

  private func quoted(_ text: String, _ character: (Unicode.Scalar) -> String) -> String {
    "\"" + text.unicodeScalars.map(character).joined() + "\""
  }

  subscript(name: String) -> Plain? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.0 == name }?.1
  }
}

private func escaped(_ scalar: Unicode.Scalar) -> String {
  switch scalar {
  case "\"": return "\\\""
  case "\\": return "\\\\"
  case _ where scalar.value < 0x20:
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  default: return String(scalar)
  }
}

/// A decimal number as two lists of digits around the point; slow and plain.
struct PlainNumber: Comparable {
  let isNegative: Bool
  let whole: [Int]
  let fraction: [Int]

  init(_ text: String) {
    let parts = text.lowercased().split(separator: "e")
    let unsigned = parts[0].drop { $0 == "-" }
    let pieces = unsigned.split(separator: ".")
    var whole = pieces[0].map { Int(String($0)) ?? 0 }
    var fraction = pieces.count > 1 ? pieces[1].map { Int(String($0)) ?? 0 } : []
    var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
    while exponent > 0 {
      whole.append(fraction.isEmpty ? 0 : fraction.removeFirst())
      exponent -= 1
    }
    while exponent < 0 {
      fraction.insert(whole.popLast() ?? 0, at: 0)
      exponent += 1
    }
    while whole.first == 0 { whole.removeFirst() }
    while fraction.last == 0 { fraction.removeLast() }
    self.whole = whole
    self.fraction = fraction
    isNegative = text.hasPrefix("-") && !(whole.isEmpty && fraction.isEmpty)
  }

  static func < (left: PlainNumber, right: PlainNumber) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
  }

  private func isSmaller(than other: PlainNumber) -> Bool {
    if whole.count != other.whole.count { return whole.count < other.whole.count }
    return (whole + fraction).lexicographicallyPrecedes(other.whole + other.fraction)
  }
}
