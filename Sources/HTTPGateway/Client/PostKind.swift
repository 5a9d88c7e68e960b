internal import JSON
internal import Messages
internal import NIOHTTP1

/// What a POST is, by its headers and its body together. Servers differ on which of the two they ask, so both must say the same: else the
/// gate would hold a request to the rules of one era, and the server carry it out under those of the other.
enum PostKind: Equatable {
  /// One request of 2026-07-28.
  case request
  /// A notification of that era: it has no core ones over HTTP.
  case notification
  /// `initialize`: a session begins.
  case opening
  /// Anything else from before, in the session that a header names.
  case session(String)

  /// - Parameter document: of the body; nil when it is no acceptable JSON.
  init(_ headers: HTTPHeaders, _ document: Document?) throws(HTTPRefusal) {
    let versions = headers[MirroredHeaders.version]
    guard versions.count <= 1 else { throw .mismatch("`MCP-Protocol-Version` is there twice", to: nil) }
    let stated = versions.first.map { text in Revision.allCases.first { $0.name.utf8.elementsEqual(text.utf8) } }
    switch stated {
    case .some(.of2026July?): self = try PostKind.modern(document)
    case .some(nil): throw PostKind.unknown(versions[0], document)
    case .some(_?), nil: self = try PostKind.handshake(headers, document)
    }
  }

  private static func modern(_ document: Document?) throws(HTTPRefusal) -> PostKind {
    // The session says in detail what is wrong with it.
    guard let document else { return .request }
    switch Envelope(document, document.root) {
    case .notification: return .notification
    case .request(let identifier, let method, let parameters):
      guard Method(document, method) != .initialize else {
        throw HTTPRefusal(.badRequest, "`initialize` belongs to earlier revisions than the header says", to: identifier)
      }
      guard let version = bodyVersion(document, parameters), document.kind(version) == .string else { return .request }
      guard document.stringEquals(version, Revision.of2026July.name) else {
        throw .mismatch("`MCP-Protocol-Version` and `_meta` say different revisions", to: identifier)
      }
      return .request
    case .result, .failure: throw HTTPRefusal(.badRequest, "clients send no answers in this revision")
    case .invalid: return .request
    }
  }

  private static func unknown(_ version: String, _ document: Document?) -> HTTPRefusal {
    var identifier: Identifier?
    var agrees = true
    if let document, case .request(let own, _, let parameters) = Envelope(document, document.root) {
      identifier = own
      if let node = bodyVersion(document, parameters) { agrees = document.stringEquals(node, Array(version.utf8)) }
    }
    guard agrees else { return .mismatch("`MCP-Protocol-Version` and `_meta` say different revisions", to: identifier) }
    var refusal = HTTPRefusal(.badRequest, "this revision is not known here", code: .unsupportedRevision, to: identifier)
    refusal.data = .object([
      Value.Member("supported", .array([.string(Revision.of2026July.name)])),
      Value.Member("requested", .string(String(version.prefix(64)))),
    ])
    return refusal
  }

  private static func handshake(_ headers: HTTPHeaders, _ document: Document?) throws(HTTPRefusal) -> PostKind {
    var identifier: Identifier?
    var isOpening = false
    if let document {
      // Members of a batch, too: each would be one era's or the other's.
      let nodes = document.kind(document.root) == .array ? Array(document.elements(document.root)) : [document.root]
      for node in nodes {
        guard case .request(let own, let method, let parameters) = Envelope(document, node) else { continue }
        if nodes.count == 1 { identifier = own }
        if Method(document, method) == .initialize, document.kind(document.root) == .object { isOpening = true }
        guard bodyVersion(document, parameters) == nil else {
          throw .mismatch("the body is of another revision than `MCP-Protocol-Version` says", to: identifier)
        }
      }
    }
    let sessions = headers["mcp-session-id"]
    guard sessions.count <= 1 else { throw HTTPRefusal(.badRequest, "`Mcp-Session-Id` is there twice", to: identifier) }
    if let session = sessions.first {
      guard !isOpening else { throw HTTPRefusal(.badRequest, "`initialize` begins a session; it belongs to none", to: identifier) }
      return .session(session)
    }
    guard isOpening else {
      throw HTTPRefusal(.badRequest, "`Mcp-Session-Id` is missing; `initialize` begins a session", to: identifier)
    }
    return .opening
  }

  private static func bodyVersion(_ document: Document, _ parameters: Node?) -> Node? {
    RequestMetadata(document, parameters: parameters)?.protocolVersion
  }
}
