import JSON
import TestSupport

/// Random values and random ways of writing them.
struct Generator {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func pick<T>(_ choices: [T]) -> T { choices[Int.random(in: choices.indices, using: &random)] }

  mutating func value(depth: Int = 4) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &random) {
    case 0: return .null
    case 1: return .boolean(Bool.random(using: &random))
    case 2...3: return .number(number())
    case 4...6: return .string(text())
    case 7: return .array((0..<Int.random(in: 0...5, using: &random)).map { _ in value(depth: depth - 1) })
    default:
      var names: Set<String> = []
      let members = (0..<Int.random(in: 0...7, using: &random)).compactMap { _ -> Value.Member? in
        let name = text()
        return names.insert(name).inserted ? Value.Member(name, value(depth: depth - 1)) : nil
      }
      return .object(members)
    }
  }

  mutating func text() -> String {
    let pieces = [
      "a", "b", "key", "é", "e\u{301}", "😀", "\n", "\"", "\\", "/", "\u{0}", "\u{1F}", "\u{7F}", "\u{FFFF}", "\u{E000}",
      "long text with spaces ",
    ]
    return (0..<Int.random(in: 0...4, using: &random)).map { _ in pick(pieces) }.joined()
  }

  mutating func number() -> Number {
    guard let number = Number(numberText()) else { preconditionFailure("a number that is none") }
    return number
  }

  /// In the grammar of JSON; mostly short, sometimes far beyond 64 bits.
  mutating func numberText(exponents: ClosedRange<Int> = -30...30) -> String {
    var text = random.chance(40) ? "-" : ""
    let whole = digits(pick([1, 2, 3, 9, 18, 19, 20, 40]))
    text += whole.first == "0" ? "0" : whole
    if random.chance(40) { text += "." + digits(pick([1, 2, 5, 20])) }
    if random.chance(30) { text += pick(["e", "E"]) + writtenExponent(Int.random(in: exponents, using: &random)) }
    return text
  }

  private mutating func writtenExponent(_ exponent: Int) -> String {
    exponent < 0 ? String(exponent) : pick(["", "+", "+0"]) + String(exponent)
  }

  private mutating func digits(_ count: Int) -> String {
    (0..<Int.random(in: 1...count, using: &random)).map { _ in
      pick(["0", "0", "1", "5", "9", String(Int.random(in: 0...9, using: &random))])
    }
    .joined()
  }

  /// A text that stands for a value, with white space and escapes where they please.
  mutating func spell(_ value: Value) -> String {
    space() + spellBare(value) + space()
  }

  private mutating func spellBare(_ value: Value) -> String {
    switch value {
    case .null: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .number(let number): return number.description
    case .string(let text): return spell(text)
    case .array(let elements): return "[" + (elements.isEmpty ? space() : elements.map { spell($0) }.joined(separator: ",")) + "]"
    case .object(let members):
      let spelled = members.map { space() + spell($0.name) + space() + ":" + spell($0.value) }
      return "{" + (members.isEmpty ? space() : spelled.joined(separator: ",")) + "}"
    }
  }

  private mutating func spell(_ text: String) -> String {
    let spelled = text.unicodeScalars.map { scalar -> String in
      if random.chance(20) || scalar.value < 0x20 || scalar == "\"" || scalar == "\\" {
        return String(scalar).utf16.map { unit in
          let digits = String(String(0x10000 + Int(unit), radix: 16).dropFirst())
          return "\\u" + (Bool.random(using: &random) ? digits : digits.uppercased())
        }.joined()
      }
      return String(scalar)
    }
    return "\"" + spelled.joined() + "\""
  }

  private mutating func space() -> String { random.chance(15) ? pick([" ", "\n", "\t", "\r\n", "   "]) : "" }

  /// The text with a few bytes changed, removed, added or doubled.
  mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let pieces = [
      "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", " ", "\\u00", "\\ud83d", "null", "1", "a", "\u{FEFF}", "\n",
    ].map { Array($0.utf8) }
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.insert(contentsOf: pick(pieces), at: place)
      case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
      case 2 where place < bytes.count: bytes.remove(at: place)
      case 3 where place < bytes.count: bytes[place] = pick(pieces)[0]
      default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...9, using: &random)))
      }
    }
    return bytes
  }
}
