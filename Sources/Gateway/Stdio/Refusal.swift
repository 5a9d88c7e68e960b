extension LineReader.Unreadable: CustomStringConvertible {
  package var description: String {
    switch self {
    case .tooLong(let limit): "the message is longer than \(limit) bytes"
    case .carriageReturn: "the message contains a carriage return"
    }
  }

  /// JSON-RPC: a line that is too long is an invalid request; one that others would read as two lines cannot be parsed.
  fileprivate var code: Int {
    switch self {
    case .tooLong: -32600
    case .carriageReturn: -32700
    }
  }
}

/// The answer to a message that was thrown away unread.
func errorResponse(to outline: Outline, _ reason: LineReader.Unreadable) -> [UInt8] {
  let id = outline.id ?? Array("null".utf8)
  return Array(#"{"jsonrpc":"2.0","id":"#.utf8) + id + Array(#","error":{"code":\#(reason.code),"message":"\#(reason)"}}"#.utf8)
}
