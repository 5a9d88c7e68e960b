package import Digests

/// Seals what a client carries for the gate from a question to its answer (`requestState`, 2026-07-28 `basic/patterns/mrtr`): the client can
/// neither make one nor use it for another call. That it counts once is the store's affair, because what it names is decided once.
package struct RequestSeal: Sendable {
  /// Tells a state of ours from one of the server's.
  package static let prefix = "sallyport.approval.1."

  private static let nonceLength = 16
  private static let codeLength = 32
  private static let most = 4_096

  package enum Fault: Error, Hashable, Sendable {
    /// Not made by this gate for this call.
    case foreign
    case tooLate
  }

  private let key: [UInt8]

  /// - Parameter secret: at least 16 bytes that nobody can guess.
  package init(secret: [UInt8]) {
    precondition(secret.count >= 16, "a key that can be guessed protects nothing")
    key = hmacSHA256(key: secret, Array("sallyport request state".utf8).span)
  }

  /// Of this process only.
  package static func random() -> RequestSeal { RequestSeal(secret: randomBytes(32)) }

  /// - Parameters:
  ///   - identifiers: of the approvals that the question is about.
  ///   - subject: of the call; it is not in the text, but no other call's text has the same code.
  ///   - deadline: milliseconds since 1970, the first moment that is too late.
  package func seal(_ identifiers: [String], for subject: Digest, until deadline: Int64) -> String {
    var payload = number(UInt64(bitPattern: deadline)) + randomBytes(Self.nonceLength)
    payload += identifiers.joined(separator: " ").utf8
    return Self.prefix + Hexadecimal.text(payload + code(of: payload, subject))
  }

  /// - Returns: identifiers of approvals.
  package func open(_ text: String, for subject: Digest, at moment: Int64) throws(Fault) -> [String] {
    guard text.utf8.count <= Self.most, text.hasPrefix(Self.prefix),
      let bytes = Hexadecimal.bytes(text.utf8.dropFirst(Self.prefix.utf8.count)),
      bytes.count >= 8 + Self.nonceLength + Self.codeLength
    else { throw .foreign }
    let payload = Array(bytes.dropLast(Self.codeLength))
    guard areEqualInConstantTime(Array(bytes.suffix(Self.codeLength)), code(of: payload, subject)) else { throw .foreign }
    let deadline = Int64(bitPattern: payload.prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
    guard moment < deadline else { throw .tooLate }
    return String(decoding: payload.dropFirst(8 + Self.nonceLength), as: UTF8.self).split(separator: " ").map(String.init)
  }

  private func code(of payload: [UInt8], _ subject: Digest) -> [UInt8] { hmacSHA256(key: key, (subject.bytes + payload).span) }

  private func number(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(56 - 8 * $0)) } }
}
