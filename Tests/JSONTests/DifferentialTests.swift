import Foundation
import JSON
import TestSupport
import Testing

/// Foundation's parser reads the same texts. Where the two may differ is said here, and anything else is a failure.
@Suite struct DifferentialTests {
  /// What we refuse and Foundation may take.
  static func mayBeTaken(_ error: ParseError, in bytes: [UInt8]) -> Bool {
    switch error.reason {
    // RFC 8259 leaves these to the parser.
    case .duplicateName, .byteOrderMark, .tooLarge, .tooDeep, .tooManyValues, .tooManyDigits, .exponentTooLarge: return true
    // Foundation takes a comma behind the last element or member.
    case .valueExpected, .memberNameExpected:
      let before = bytes[..<error.offset].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      return before == UInt8(ascii: ",") && [UInt8(ascii: "]"), UInt8(ascii: "}")].contains(bytes[error.offset])
    default: return false
    }
  }

  static func foundation(_ bytes: [UInt8]) -> Any? {
    try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
  }

  @Test func agreesWithFoundation() throws {
    let seed = propertySeed()
    var generator = Generator(seed: seed)
    var (taken, refused) = (0, 0)
    for run in 0..<propertyRuns(6_000) {
      let spelled = Array(generator.spell(generator.value()).utf8)
      let bytes = run % 3 == 0 ? spelled : generator.mutate(spelled)
      // Foundation guesses UTF-16 and UTF-32 from zero bytes; we read UTF-8 only.
      if bytes.prefix(4).contains(0) { continue }
      let comment = Comment(rawValue: "SEED=\(seed), run \(run): \(String(decoding: bytes, as: UTF8.self).debugDescription) \(bytes)")
      do throws(ParseError) {
        let value = try Value(parsing: bytes)
        taken += 1
        guard let other = Self.foundation(bytes) else {
          #expect(Self.goesBeyondDouble(value), "Foundation refuses what we take; \(comment)")
          continue
        }
        // Foundation loses a U+FEFF at the start of a string.
        #expect(Self.same(value, other) || String(decoding: bytes, as: UTF8.self).unicodeScalars.contains("\u{FEFF}"), comment)
      } catch {
        refused += 1
        #expect(Self.foundation(bytes) == nil || Self.mayBeTaken(error, in: bytes), "\(error.message); \(comment)")
      }
    }
    #expect(taken > 100 && refused > 100)
  }

  /// Foundation refuses numbers that no double comes near; ours are exact.
  static func goesBeyondDouble(_ value: Value) -> Bool {
    switch value {
    case .number(let number): Double(number.description)?.isFinite != true
    case .array(let elements): elements.contains(where: goesBeyondDouble)
    case .object(let members): members.contains { goesBeyondDouble($0.value) }
    default: false
    }
  }

  /// Numbers as far as a double goes, everything else exactly.
  static func same(_ value: Value, _ other: Any) -> Bool {
    switch value {
    case .null: return other is NSNull
    case .boolean(let value): return (other as? NSNumber).map { $0.boolValue == value && FoundationBoolean.isBoolean($0) } ?? false
    case .number(let number):
      guard let other = other as? NSNumber, !FoundationBoolean.isBoolean(other), let double = Double(number.description) else {
        return false
      }
      // Foundation rounds wrongly now and then (-9.9590055180059812e-32 in its 15th digit).
      return abs(other.doubleValue - double) <= abs(double) * 1e-12
    case .string(let text): return (other as? String).map { $0.utf8.elementsEqual(text.utf8) } ?? false
    case .array(let elements):
      guard let others = other as? [Any], others.count == elements.count else { return false }
      return zip(elements, others).allSatisfy { same($0, $1) }
    case .object(let members):
      guard let others = other as? [String: Any] else { return false }
      // Foundation's dictionary holds canonically equivalent names for one.
      let names = Set(members.map(\.name))
      guard others.count == names.count else { return false }
      return names.count < members.count || members.allSatisfy { member in others[member.name].map { same(member.value, $0) } ?? false }
    }
  }
}

private enum FoundationBoolean {
  /// Whether a number of Foundation was made from `true` or `false`.
  static func isBoolean(_ number: NSNumber) -> Bool {
    unsafe String(cString: number.objCType) == String(cString: NSNumber(value: true).objCType)
  }
}
