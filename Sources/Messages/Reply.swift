package import JSON

/// Messages that the gate writes itself. The id goes out byte for byte as it came in.
package enum Reply {
  private static let head = Array(#"{"jsonrpc":"2.0","id":"#.utf8)

  /// - Parameter identifier: nil when it could not be read, or must not be used: JSON-RPC then wants `null`.
  package static func error(
    to identifier: Identifier?, code: Int64, message: String, data: Value? = nil
  ) -> [UInt8] {
    var members = [Value.Member("code", .number(Number(code))), Value.Member("message", .string(message))]
    if let data { members.append(Value.Member("data", data)) }
    return head + (identifier?.source ?? Array("null".utf8)) + Array(#","error":"#.utf8) + write(.object(members))
      + Array("}".utf8)
  }

  package static func result(to identifier: Identifier, _ result: Value) -> [UInt8] {
    head + identifier.source + Array(#","result":"#.utf8) + write(result) + Array("}".utf8)
  }

  package static func request(_ identifier: Identifier, method: Method, parameters: Value?) -> [UInt8] {
    var bytes = head + identifier.source + Array(#","method":""#.utf8) + Array(method.name.utf8) + Array("\"".utf8)
    if let parameters { bytes += Array(#","params":"#.utf8) + write(parameters) }
    return bytes + Array("}".utf8)
  }

  package static func cancellation(of identifier: Identifier, reason: String) -> [UInt8] {
    Array(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"#.utf8) + identifier.source
      + Array(#","reason":"#.utf8) + write(.string(reason)) + Array("}}".utf8)
  }

  /// The answers to the members of one batch (2025-03-26 only).
  package static func batch(_ answers: [[UInt8]]) -> [UInt8] {
    Array("[".utf8) + Array(answers.joined(separator: ",".utf8)) + Array("]".utf8)
  }
}
