import JSON
import TestSupport
import Testing

@Suite struct NumberTests {
  @Test(arguments: [
    ("0", "0"), ("-0", "0"), ("0.000", "0"), ("-0e9", "0"), ("1.0", "1"), ("10", "10"), ("1e2", "100"), ("-1.50", "-1.5"), ("0.1", "0.1"),
    ("100.00004", "100.00004"), ("1e20", "100000000000000000000"), ("1e21", "1e+21"), ("123456789012345678901", "123456789012345678901"),
    ("1234567890123456789012", "1.234567890123456789012e+21"), ("0.000001", "0.000001"), ("0.0000001", "1e-7"), ("1.5e-7", "1.5e-7"),
    ("12.5e1", "125"), ("9223372036854775807", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
    ("9223372036854775808", "9223372036854775808"), ("333333333.33333329", "333333333.33333329"), ("0.1e1000", "1e+999"),
  ])
  func canonicalText(_ text: String, _ canonical: String) throws {
    #expect(try #require(Number(text)).description == canonical)
    #expect(Number(canonical) == Number(text))
  }

  @Test(arguments: [
    "", " 1", "1 ", "01", "1.", ".1", "+1", "1e", "-", "0x1", "NaN", "Infinity", "true", "[1]", "1e1001", "1e-1001", "\u{661}",
  ])
  func isNoNumber(_ text: String) { #expect(Number(text) == nil) }

  @Test func digitsHaveALimit() {
    #expect(Number(String(repeating: "9", count: 1000)) != nil && Number(String(repeating: "9", count: 1001)) == nil)
  }

  /// As an integer, and with a point where the notation changes and around it.
  @Test func everyNumberOfDigitsIsWrittenAndReadBack() throws {
    for count in 1...1_000 {
      let digits = (0..<count).map { "1234567891"[String.Index(utf16Offset: $0 % 10, in: "1234567891")] }
      let places = [count, 1, 20, 21, 22, count / 2, count - 1].filter { 1...count ~= $0 }
      for text in Set(places.map { String(digits[..<$0]) + ($0 < count ? "." + String(digits[$0...]) : "") }) {
        for signed in [text, "-" + text] {
          let value = try Value(parsing: Array("[\(signed)]".utf8))
          let written = write(value)
          #expect(try Value(parsing: written) == value, "\(signed)")
          #expect(SlowNumber(String(decoding: written.dropFirst().dropLast(), as: UTF8.self)).order(SlowNumber(signed)) == 0, "\(signed)")
        }
      }
    }
  }

  @Test func integers() throws {
    for (text, value) in [("-12", -12), ("1e3", 1000), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("5.0", 5)] {
      #expect(Number(text)?.integer == value && Number(text)?.isInteger == true && Number(value) == Number(text))
    }
    for text in ["9223372036854775808", "1e19", "-1e300", "123456789012345678901234567890"] {
      #expect(Number(text)?.integer == nil && Number(text)?.isInteger == true)
    }
    for text in ["0.5", "1e-1", "123456789012345678901234567890.5"] {
      #expect(Number(text)?.integer == nil && Number(text)?.isInteger == false)
    }
  }

  /// What binary floating point gets wrong.
  @Test func isExact() throws {
    let hundredth = try #require(Number("0.01"))
    #expect(try #require(Number("100.00004")) > 100 && Number("0.1")?.isMultiple(of: hundredth) == true)
    #expect(try #require(Number("9007199254740993")) > #require(Number("9007199254740992")))
    #expect(try #require(Number("0.30000000000000004")) > #require(Number("0.3")))
    #expect(try #require(Number("1e-400")) > 0)
  }

  @Test(arguments: [
    ("7", "0", false), ("0", "0", true), ("0", "7", true), ("1e1000", "7", false), ("1e1000", "8", true), ("1e1000", "1e-1000", true),
    ("1e-1000", "1e1000", false), ("4.5", "1.5", true), ("4.5", "1", false), ("-4.5", "1.5", true), ("4.5", "-1.5", true),
    ("7", "2", false),
    ("1e3", "125", true), ("1e2", "125", false), ("123456789012345678901234567890", "10", true),
    ("123456789012345678901234567890", "7", true),
    ("123456789012345678901234567891", "7", false), ("123456789012345678901234567890", "123456789012345678901234567890e1", false),
  ])
  func multiples(_ number: String, _ divisor: String, _ expected: Bool) throws {
    #expect(try #require(Number(number)).isMultiple(of: #require(Number(divisor))) == expected)
  }

  /// Order, equality, hash, canonical text and multiples of random pairs, against slow arithmetic on digits.
  @Test func agreesWithSlowArithmetic() throws {
    let seed = propertySeed()
    var generator = Generator(seed: seed)
    for run in 0..<propertyRuns(1_500) {
      let left = generator.numberText()
      let right = generator.related(to: left)
      let comment = Comment(rawValue: "SEED=\(seed), run \(run): \(left) and \(right)")
      let (one, other) = (try #require(Number(left), comment), try #require(Number(right), comment))
      let order = SlowNumber(left).order(SlowNumber(right))
      #expect((one < other, one == other, one > other) == (order < 0, order == 0, order > 0), comment)
      #expect(order != 0 || (one.hashValue == other.hashValue && one.description == other.description), comment)
      #expect(SlowNumber(one.description).order(SlowNumber(left)) == 0, comment)
      #expect(one.isMultiple(of: other) == SlowNumber(left).isMultiple(of: SlowNumber(right)), comment)
      #expect(one.isInteger == SlowNumber(left).isMultiple(of: SlowNumber("1")), comment)

      let document = try Document(parsing: Array("[\(left),\(right)]".utf8))
      let nodes = Array(document.elements(document.root))
      let expected: Order = order < 0 ? .less : order == 0 ? .equal : .greater
      #expect(document.order(nodes[0], other) == expected && document.order(nodes[0], nodes[1], in: document) == expected, comment)
      #expect(document.number(nodes[0]) == one && document.fixed(nodes[0]) == one.fixed, comment)
      #expect(document.isInteger(nodes[0]) == one.isInteger, comment)
    }
  }

  /// A number and one of its true multiples, with lengths around those where the arithmetic changes.
  @Test func findsTrueMultiples() throws {
    let seed = propertySeed()
    var generator = Generator(seed: seed)
    for run in 0..<propertyRuns(1_000) {
      let (divisor, factor) = (generator.numberText(), generator.numberText(exponents: 0...30).split(whereSeparator: ".e".contains)[0])
      let product = SlowNumber(divisor).times(SlowNumber(String(factor)))
      let comment = Comment(rawValue: "SEED=\(seed), run \(run): \(product.text) and \(divisor)")
      let (number, unit) = (try #require(Number(product.text), comment), try #require(Number(divisor), comment))
      #expect(number.isMultiple(of: unit) || unit.isZero, comment)
      let off = try #require(Number(product.plusOneAtTheEnd.text), comment)
      #expect(off.isMultiple(of: unit) == product.plusOneAtTheEnd.isMultiple(of: SlowNumber(divisor)), comment)
    }
  }

  /// Far more digits than any limit lets through: order must be linear, so that this ends at all.
  @Test(.timeLimit(.minutes(1))) func longNumbersTakeNoQuadraticTime() throws {
    let limits = DocumentLimits(digits: 1 << 24, exponent: 1 << 24)
    let digits = String(repeating: "7", count: 1_000_000)
    let document = try Document(parsing: Array("[\(digits),\(digits)1e-1,\(digits)e0]".utf8), limits: limits)
    let nodes = Array(document.elements(document.root))
    #expect(document.order(nodes[0], nodes[1], in: document) == .less && document.order(nodes[0], nodes[2], in: document) == .equal)
    let numbers = nodes.compactMap(document.number)
    #expect(numbers[0] < numbers[1] && numbers[0] == numbers[2])
    #expect(numbers[0].isMultiple(of: 7) && !numbers[1].isMultiple(of: 7))
  }

  @Test func fixedIsNormalised() {
    #expect(Number.Fixed(coefficient: 1200, exponent: -1) == Number.Fixed(coefficient: 12, exponent: 1))
    #expect(Number.Fixed(coefficient: 0, exponent: 9) == Number.Fixed(coefficient: 0))
    #expect(Number.Fixed(coefficient: -5) < Number.Fixed(coefficient: 1, exponent: -9))
    #expect(Number.Fixed(coefficient: 999, exponent: -2) < Number.Fixed(coefficient: 1, exponent: 1))
    #expect(Number(Number.Fixed(coefficient: Int64.min)).description == "-9223372036854775808")
  }
}

extension Generator {
  /// Another number, often one that is nearly or wholly the same.
  mutating func related(to text: String) -> String {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return Number(text)?.description ?? text
    case 1: return text.hasPrefix("-") ? String(text.dropFirst()) : "-" + text
    case 2 where !text.contains("e") && !text.contains("E"): return text + (text.contains(".") ? "0" : ".0") + pick(["", "1", "000"])
    case 3 where !text.contains(where: ".eE".contains) && !text.hasSuffix("0"): return text + "0e-1"
    case 4: return pick(["1", "2", "5", "0.1", "0.5", "1e3", "3e-2", "18446744073709551616", "4294967296"])
    default: return numberText()
    }
  }
}
