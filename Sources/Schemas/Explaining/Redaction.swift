internal import JSON

/// Decides what of an instance a violation may repeat.
package enum Redaction {
  /// Whether a member of this name holds something that belongs in no log and no answer. Errs on the side of hiding.
  package static func isSensitive(name: String) -> Bool {
    let letters = name.lowercased().utf8.filter { $0.isLetter || $0.isDigit }
    let plain = String(decoding: letters, as: UTF8.self)
    return words.contains { plain.contains($0) } || exactly.contains(plain)
  }

  private static let words = [
    "password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "accesskey", "privatekey", "signingkey",
    "authorization", "credential", "cookie", "sessionid", "bearer", "cardnumber", "cvv", "otp",
  ]
  private static let exactly = ["pwd", "pass", "auth", "jwt", "pin", "ssn", "iban", "key"]

  /// A value in a few words: scalars as JSON, shortened; containers by their size.
  static func describe(_ document: Document, _ node: Node, isSensitive: Bool) -> String {
    switch document.kind(node) {
    case .null: return "null"
    case .array: return "an array of \(counted(document.count(node), "element"))"
    case .object: return "an object with \(counted(document.count(node), "member"))"
    case .boolean where isSensitive: return "a boolean (hidden)"
    case .number where isSensitive: return "a number (hidden)"
    case .string where isSensitive: return "a string (hidden)"
    case .boolean, .number, .string: return shortened(String(decoding: document.bytes[document.source(node)], as: UTF8.self))
    }
  }

  static func counted(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }

  /// At most sixty characters of a text, its middle left out.
  static func shortened(_ text: String) -> String {
    guard text.count > 60 else { return text }
    return text.prefix(40) + "…" + text.suffix(15)
  }
}
