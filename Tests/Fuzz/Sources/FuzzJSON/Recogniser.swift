/// What the parser must accept, said a second time in the simplest way: recursion, sets and strings of the standard library.
struct Recogniser {
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var depth = 0

  static func accepts(_ bytes: [UInt8]) -> Bool {
    guard let text = String(validating: bytes, as: UTF8.self) else { return false }
    var recogniser = Recogniser(scalars: Array(text.unicodeScalars))
    return recogniser.value() && recogniser.at == recogniser.scalars.count
  }

  private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

  private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard next == scalar else { return false }
    at += 1
    return true
  }

  private mutating func space() { while let scalar = next, " \t\n\r".unicodeScalars.contains(scalar) { at += 1 } }

  /// With the white space around it.
  private mutating func value() -> Bool {
    space()
    defer { space() }
    switch next {
    case "{": return nested { $0.object() }
    case "[": return nested { $0.array() }
    case "\"": return string() != nil
    case "t": return literal("true")
    case "f": return literal("false")
    case "n": return literal("null")
    default: return number()
    }
  }

  private mutating func nested(_ body: (inout Recogniser) -> Bool) -> Bool {
    depth += 1
    defer { depth -= 1 }
    return depth <= 128 && body(&self)
  }

  private mutating func literal(_ text: String) -> Bool { text.unicodeScalars.allSatisfy { take($0) } }

  private mutating func array() -> Bool {
    guard take("[") else { return false }
    space()
    if take("]") { return true }
    repeat { if !value() { return false } } while take(",")
    return take("]")
  }

  private mutating func object() -> Bool {
    guard take("{") else { return false }
    space()
    if take("}") { return true }
    var names: Set<[UInt16]> = []
    repeat {
      space()
      guard let name = string(), names.insert(name).inserted else { return false }
      space()
      guard take(":"), value() else { return false }
    } while take(",")
    return take("}")
  }

  /// Its UTF-16 code units.
  private mutating func string() -> [UInt16]? {
    guard take("\"") else { return nil }
    var units: [UInt16] = []
    while let scalar = next {
      at += 1
      switch scalar {
      case "\"":
        // Pairs of surrogates may only come from escapes, and only whole.
        return String(validating: units, as: UTF16.self) == nil ? nil : units
      case "\\":
        guard let unit = escape() else { return nil }
        units.append(unit)
      case "\u{0}"..<" ": return nil
      default: units += UTF16.encode(scalar).map(Array.init) ?? []
      }
    }
    return nil
  }

  private mutating func escape() -> UInt16? {
    guard let scalar = next else { return nil }
    at += 1
    if scalar != "u" {
      let meanings: [Unicode.Scalar: UInt16] = ["\"": 34, "\\": 92, "/": 47, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9]
      return meanings[scalar]
    }
    guard at + 4 <= scalars.count else { return nil }
    let digits = scalars[at..<at + 4]
    at += 4
    guard digits.allSatisfy({ $0.properties.isASCIIHexDigit }) else { return nil }
    return UInt16(String(String.UnicodeScalarView(digits)), radix: 16)
  }

  private mutating func number() -> Bool {
    _ = take("-")
    let whole = digits()
    guard !whole.isEmpty, whole == "0" || whole.first != "0" else { return false }
    var fraction = ""
    if take(".") {
      fraction = digits()
      guard !fraction.isEmpty else { return false }
    }
    var exponent = 0
    if take("e") || take("E") {
      let sign = take("-") ? -1 : 1
      _ = sign == 1 && take("+")
      let written = digits()
      let significant = written.drop { $0 == "0" }
      guard !written.isEmpty, significant.count < 5 else { return false }
      exponent = sign * (Int(significant) ?? 0)
    }
    let all = whole + fraction
    let zeros = all.prefix { $0 == "0" }.count
    return abs(exponent) <= 1000
      && (zeros == all.count || all.count - zeros <= 1000 && abs(whole.count - 1 - zeros + exponent) <= 1000)
  }

  private mutating func digits() -> String {
    var text = String.UnicodeScalarView()
    while let scalar = next, ("0"..."9").contains(scalar) {
      text.append(scalar)
      at += 1
    }
    return String(text)
  }
}
