internal import JSON
internal import Messages

// The server's errors on their way to the client.
extension Session {
  /// Errors of the server pass, but for what they tell about its inside.
  mutating func takeFailure(
    _ message: [UInt8], _ document: Document, _ error: ErrorObject, of request: PendingRequest, at time: EventTime,
    into actions: inout [Action]
  ) {
    if request.method == .initialize { phase = .opening }
    pending.noteFailure(of: request)
    var splices = Splices(of: document)
    switch Scrubber.examine(document.string(error.message) ?? "") {
    case .clean: break
    case .paths(let cleaned): splices.replace(error.message, with: JSON.write(.string(cleaned)))
    case .withheld(let reason):
      splices.replace(error.message, with: JSON.write(.string("The server reported an error; its text was withheld because \(reason).")))
    }
    for member in document.members(error.node) where !isKept(document, member.key, of: error) {
      splices.removeMember(member.key, of: error.node)
    }
    var request = request
    request.record.reason = "the server answered with the error \(error.code)"
    pass(splices.isEmpty ? message : splices.apply(), splices.isEmpty ? document : nil, of: request, at: time, into: &actions)
  }

  /// An error has a code, a message and data; of others nothing is known.
  private func isKept(_ document: Document, _ name: Node, of error: ErrorObject) -> Bool {
    if document.stringEquals(name, "data") { return !(error.data.map { holdsInside(document, $0) } ?? false) }
    return document.stringEquals(name, "code") || document.stringEquals(name, "message")
  }

  /// Whether any text in a value would not pass the scrubber as it is.
  private func holdsInside(_ document: Document, _ node: Node) -> Bool {
    switch document.kind(node) {
    case .string:
      if case .clean = Scrubber.examine(document.string(node) ?? "") { return false }
      return true
    case .array: return document.elements(node).contains { holdsInside(document, $0) }
    case .object:
      return document.members(node).contains { member in
        holdsInside(document, member.key) || holdsInside(document, member.value)
          || ["stack", "stacktrace", "traceback", "trace"].contains((document.string(member.key) ?? "").lowercased())
      }
    case .null, .boolean, .number: return false
    }
  }
}
