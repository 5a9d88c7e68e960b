internal import Approvals
internal import Digests

/// Seals names that a server gives to what it keeps for a caller (task ids and `requestState`, 2026-07-28): the client carries ours,
/// the server gets its own back to the byte, and nobody but the caller whom it was given to can use one, whether it was guessed or
/// overheard. Every request of that revision stands alone, so what the gate has to know later, such as the tool that made a task, is
/// in the name.
package struct HandleSeal: Sendable {
  enum Kind: String {
    case task
    case state
  }

  struct Handle: Equatable {
    /// As the server gave it.
    let original: [UInt8]
    /// Of a task: the tool whose call made it.
    let tool: [UInt8]
  }

  /// What a handle is good for: it opens nothing else.
  struct Binding {
    let kind: Kind
    let caller: Digest
    let server: String
    /// Of a state: method and name of the request. A task has none.
    var target: [UInt8] = []

    fileprivate var bytes: [UInt8] {
      [Array(kind.rawValue.utf8), caller.bytes, Array(server.utf8), target].flatMap { part in HandleSeal.number(part.count) + part }
    }
  }

  private static let codeLength = 32
  private let key: [UInt8]

  /// - Parameter secret: at least 16 bytes that nobody can guess; gateways that share it take one another's handles.
  package init(secret: [UInt8]) {
    precondition(secret.count >= 16, "a key that can be guessed protects nothing")
    key = hmacSHA256(key: secret, Array("sallyport handles".utf8).span)
  }

  /// Of this process only.
  package static func random() -> HandleSeal { HandleSeal(secret: randomBytes(32)) }

  /// - Parameter deadline: milliseconds since 1970, the first moment that is too late.
  func seal(_ handle: Handle, _ binding: Binding, until deadline: Int64) -> String {
    let payload = HandleSeal.number(Int(deadline)) + HandleSeal.number(handle.tool.count) + handle.tool + handle.original
    return HandleSeal.prefix(binding.kind) + Hexadecimal.text(payload + code(of: payload, binding))
  }

  /// Nil: it is none of ours, another's, for something else, or too old.
  func open(_ text: [UInt8], _ binding: Binding, at moment: Int64) -> Handle? {
    let prefix = Array(HandleSeal.prefix(binding.kind).utf8)
    guard text.starts(with: prefix), let bytes = Hexadecimal.bytes(text.dropFirst(prefix.count)), bytes.count >= 16 + HandleSeal.codeLength
    else { return nil }
    let payload = Array(bytes.dropLast(HandleSeal.codeLength))
    guard areEqualInConstantTime(Array(bytes.suffix(HandleSeal.codeLength)), code(of: payload, binding)) else { return nil }
    let deadline = HandleSeal.number(payload[0..<8])
    let length = HandleSeal.number(payload[8..<16])
    guard moment < deadline, length >= 0, length <= payload.count - 16 else { return nil }
    let rest = payload[16...]
    return Handle(original: Array(rest.dropFirst(Int(length))), tool: Array(rest.prefix(Int(length))))
  }

  private static func prefix(_ kind: Kind) -> String { "sallyport.\(kind.rawValue).1." }

  private func code(of payload: [UInt8], _ binding: Binding) -> [UInt8] { hmacSHA256(key: key, (binding.bytes + payload).span) }

  private static func number(_ value: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: Int64(value)) >> UInt64(56 - 8 * $0)) }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
    Int64(bitPattern: bytes.reduce(0 as UInt64) { $0 << 8 | UInt64($1) })
  }
}
