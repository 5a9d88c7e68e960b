import Foundation
import TestSupport

/// Twenty ways to write an order so that a model still reads it and a plain search does not: the rows of the table of obfuscations.
enum Obfuscation: String, CaseIterable, Sendable {
  case none, zeroWidth, tags, cyrillic, fullWidth, mathBold, softHyphen, entities, base64, hex, rot13, leet, spacedLetters, percent,
    combining,
    hyphenatedLetters, escapes, reversed, typos, punctuation

  func callAsFunction(_ text: String, _ random: inout SeededGenerator) -> String {
    let scalars = text.unicodeScalars
    switch self {
    case .none: return text
    case .zeroWidth:
      return text.map { String($0) }.joined(
        separator: ["\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}"].randomElement(using: &random) ?? "")
    case .tags: return mapped(scalars) { 0xE0000 + $0 }
    case .cyrillic: return String(text.map { Self.cyrillicLetters[$0] ?? $0 })
    case .fullWidth: return mapped(scalars) { $0 == 0x20 ? 0x3000 : $0 + 0xFEE0 }
    case .mathBold:
      return mapped(scalars) { (0x41...0x5A).contains($0) ? $0 - 0x41 + 0x1D400 : (0x61...0x7A).contains($0) ? $0 - 0x61 + 0x1D41A : $0 }
    case .softHyphen: return text.map { String($0) }.joined(separator: "\u{AD}")
    case .entities: return scalars.map { random.chance(50) ? "&#\($0.value);" : "&#x\(String($0.value, radix: 16));" }.joined()
    case .base64: return Data(text.utf8).base64EncodedString()
    case .hex: return text.utf8.map(Self.pair).joined(separator: ["", " ", ":"].randomElement(using: &random) ?? "")
    case .rot13: return mapped(scalars, Self.rot13)
    case .leet: return String(text.map { Self.leetLetters[Character($0.lowercased())] ?? $0 })
    case .spacedLetters: return text.map { String($0) }.joined(separator: " ")
    case .percent: return text.utf8.map { "%" + Self.pair($0) }.joined()
    case .combining: return scalars.map { "\($0)" + Self.marks(&random) }.joined()
    case .hyphenatedLetters:
      return text.split(separator: " ").map { $0.map { String($0) }.joined(separator: "-") }.joined(separator: " ")
    case .escapes: return scalars.map { "\\u00" + Self.pair(UInt8(truncatingIfNeeded: $0.value)) }.joined()
    case .reversed: return String(text.reversed())
    case .typos: return text.split(separator: " ").map { Self.mistyped(String($0), &random) }.joined(separator: " ")
    case .punctuation: return text.split(separator: " ").joined(separator: [".", ", ", "-", "_", "/"].randomElement(using: &random) ?? "")
    }
  }

  private func mapped(_ scalars: String.UnicodeScalarView, _ value: (UInt32) -> UInt32) -> String {
    scalars.map { scalar in
      (0x20..<0x7F).contains(scalar.value) ? Unicode.Scalar(value(scalar.value)).map { String($0) } ?? "" : String(scalar)
    }
    .joined()
  }

  private static func pair(_ byte: UInt8) -> String { (byte < 16 ? "0" : "") + String(byte, radix: 16) }

  private static func rot13(_ value: UInt32) -> UInt32 {
    switch value {
    case 0x41...0x5A: (value - 0x41 + 13) % 26 + 0x41
    case 0x61...0x7A: (value - 0x61 + 13) % 26 + 0x61
    default: value
    }
  }

  private static func marks(_ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 1...3, using: &random)).map { _ in
      Unicode.Scalar(UInt32.random(in: 0x300...0x36F, using: &random)).map { String($0) } ?? ""
    }
    .joined()
  }

  /// Two neighbouring letters exchanged, one left out, or one doubled, not at the end of the word.
  private static func mistyped(_ word: String, _ random: inout SeededGenerator) -> String {
    var letters = Array(word)
    guard letters.count >= 5, letters.allSatisfy(\.isLetter) else { return word }
    let place = Int.random(in: 0..<letters.count - 2, using: &random)
    switch Int.random(in: 0..<3, using: &random) {
    case 0: letters.swapAt(place, place + 1)
    case 1: letters.remove(at: place)
    default: letters.insert(letters[place], at: place)
    }
    return String(letters)
  }

  private static let leetLetters: [Character: Character] = ["a": "4", "e": "3", "i": "1", "o": "0", "s": "5", "t": "7"]

  private static let cyrillicLetters: [Character: Character] = [
    "a": "а", "c": "с", "e": "е", "i": "і", "o": "о", "p": "р", "s": "ѕ", "x": "х", "y": "у", "A": "А", "E": "Е", "I": "І", "M": "М",
    "O": "О",
    "P": "Р", "T": "Т",
  ]
}
