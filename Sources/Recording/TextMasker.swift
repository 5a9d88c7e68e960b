internal import Bytecode
internal import Decision
internal import Digests
package import Evidence
internal import JSON

/// Decides which texts may stand in a recording, and writes the others as digests under a key that nobody keeps.
package struct TextMasker {
  /// What is known to be no secret, because people wrote it into the policy or a schema.
  package struct Known {
    /// Texts that rules or schemas compare arguments with.
    var texts: Set<[UInt8]> = []
    /// Names of arguments.
    var names: Set<[UInt8]> = []
  }

  private let detail: RecordedDetail
  private let key: [UInt8]
  private let scanner: TextScanner

  /// - Parameters:
  ///   - key: 32 random bytes; digests of equal texts are equal under it.
  ///   - scanner: finds secrets and personal data.
  package init(detail: RecordedDetail, key: [UInt8], scanner: TextScanner) {
    self.detail = detail
    self.key = key
    self.scanner = scanner
  }

  /// In bytes: of a longer text of a call's arguments only a digest is kept.
  private static let longestText = 4_096
  private static let longestWord = 64
  /// Longer numbers are looked at like texts: a card's number is one.
  private static let harmlessDigits = 9

  /// The pack wants more of a key to follow, for the sake of prose about keys. Here the head is enough: the rest may be cut off or joined.
  private static let keyHead = Array("PRIVATE KEY-----".utf8)

  /// Nothing is found in it. Undecided is found.
  func isClean(_ text: Span<UInt8>) -> Bool {
    !Bytecode.contains(text, TextMasker.keyHead.span) && scanner.hits(in: text, at: .text).isEmpty
  }

  /// Whether a text may stand there as it is.
  ///
  /// - Parameter isNamedSecret: whether its name says what it is.
  func mayKeep(_ text: [UInt8], _ known: Known, isNamedSecret: Bool) -> Bool {
    if text.first == 0 { return false }
    if text.isEmpty || known.texts.contains(text) { return true }
    if isNamedSecret { return false }
    switch detail {
    case .digests: return false
    case .typed: return text.count <= TextMasker.longestWord && text.allSatisfy(TextMasker.isOfWord) && isClean(text.span)
    case .redacted: return text.count <= TextMasker.longestText && isClean(text.span)
    }
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: " "): true
    default: false
    }
  }

  /// 128 bits of an authentication code.
  package func digest(_ text: [UInt8]) -> String {
    hmacSHA256(key: key, text.span).prefix(16).reduce(into: "") { out, byte in
      out += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
  }

  func mask(_ text: [UInt8]) -> String {
    MaskedText.make(scalars: text.count { $0 & 0xC0 != 0x80 }, digest: digest(text))
  }

  /// A name or address that a caller gave.
  func append(name: [UInt8], isKnown: Bool, to line: inout [UInt8]) -> Bool {
    if isKnown || (name.first != 0 && name.count <= 512 && isClean(name.span)) {
      appendQuoted(name.span, to: &line)
      return false
    }
    appendQuoted(mask(name), to: &line)
    return true
  }

  // MARK: Values

  /// Appends a value with what must not stand there masked.
  ///
  /// - Returns: whether anything was masked.
  func append(
    _ document: Document, _ node: Node, _ known: Known, isNamedSecret: Bool = false, to line: inout [UInt8]
  ) -> Bool {
    var isMasked = false
    switch document.kind(node) {
    case .null, .boolean: line += document.bytes[document.source(node)]
    case .number:
      let source = Array(document.bytes[document.source(node)])
      let isHarmless = source.count < TextMasker.harmlessDigits || (source.count <= 64 && !isNamedSecret && isClean(source.span))
      if isHarmless || known.texts.contains(source) { line += source } else { return appendMask(source, to: &line) }
    case .string:
      var text: [UInt8] = []
      document.decodeString(node, appendingTo: &text)
      guard mayKeep(text, known, isNamedSecret: isNamedSecret) else { return appendMask(text, to: &line) }
      appendQuoted(text.span, to: &line)
    case .array:
      line.append(UInt8(ascii: "["))
      var isFirst = true
      for element in document.elements(node) {
        if !isFirst { line.append(UInt8(ascii: ",")) }
        isFirst = false
        if append(document, element, known, isNamedSecret: isNamedSecret, to: &line) { isMasked = true }
      }
      line.append(UInt8(ascii: "]"))
    case .object:
      line.append(UInt8(ascii: "{"))
      var isFirst = true
      for (key, value) in document.members(node) {
        if !isFirst { line.append(UInt8(ascii: ",")) }
        isFirst = false
        var name: [UInt8] = []
        document.decodeString(key, appendingTo: &name)
        let keepsName = known.names.contains(name) || mayKeep(name, known, isNamedSecret: false)
        if keepsName { appendQuoted(name.span, to: &line) } else { isMasked = appendMask(name, to: &line) }
        line.append(UInt8(ascii: ":"))
        let isSecret = isNamedSecret || TextMasker.namesSecret(name)
        if append(document, value, known, isNamedSecret: isSecret, to: &line) { isMasked = true }
      }
      line.append(UInt8(ascii: "}"))
    }
    return isMasked
  }

  private func appendMask(_ text: [UInt8], to line: inout [UInt8]) -> Bool {
    appendQuoted(mask(text), to: &line)
    return true
  }

  private static let secretNames = [
    "password", "passwd", "passphrase", "secret", "token", "apikey", "api_key", "api-key", "auth", "credential", "private", "cookie",
    "session", "signature", "otp", "pin", "ssn", "cvv", "cvc",
  ].map { Array($0.utf8) }

  /// Whether a name says that what stands under it is a secret, whatever it looks like.
  static func namesSecret(_ name: [UInt8]) -> Bool {
    let lower = name.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }
    return secretNames.contains { Bytecode.contains(lower.span, $0.span) }
  }
}
