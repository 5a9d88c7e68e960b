internal import JSON
internal import Messages

// Whether a request may be made in the era of this connection, and under which revision.
extension Session {
  enum Admission {
    case admit(Method, Revision, ClientCapabilities)
    /// Wait for the handshake.
    case hold
    case refuse(ErrorCode, String, Value?)
  }

  mutating func admit(_ document: Document, _ method: Method?, _ metadata: RequestMetadata) -> Admission {
    switch phase {
    case .opening: return admitFirst(document, method, metadata)
    case .initializing:
      if metadata.protocolVersion != nil { return .refuse(.invalidRequest, Session.mixedEras, nil) }
      // The revision is not known yet; a ping is the same in all of them.
      if method == .ping { return .admit(.ping, .of2024November, []) }
      if method == .initialize { return .refuse(.invalidRequest, "`initialize` was sent before", nil) }
      return .hold
    case .handshake(let revision):
      if metadata.protocolVersion != nil { return .refuse(.invalidRequest, Session.mixedEras, nil) }
      if method == .initialize { return .refuse(.invalidRequest, "`initialize` was sent before", nil) }
      guard let method, method.exists(from: .client, in: revision) else { return .refuse(.methodNotFound, Session.noMethod, nil) }
      return .admit(method, revision, clientCapabilities)
    case .stateless:
      if method == .initialize { return .refuse(.invalidRequest, Session.mixedEras, nil) }
      return admitStateless(document, method, metadata)
    }
  }

  /// Without a server every request gets the same answer, in the form of the era that it seems to be of.
  func admitWithoutServer(_ method: Method?, _ metadata: RequestMetadata) -> Admission {
    guard let method else { return .refuse(.methodNotFound, Session.noMethod, nil) }
    switch phase {
    case .handshake(let revision): return .admit(method, revision, [])
    case .stateless: return .admit(method, .of2026July, [])
    case .opening, .initializing: return .admit(method, metadata.protocolVersion == nil ? .of2024November : .of2026July, [])
    }
  }

  /// The first real request decides the era. `server/discover` does not: clients of both eras ask it first, and fall back to
  /// `initialize` when the server does not know it.
  private mutating func admitFirst(_ document: Document, _ method: Method?, _ metadata: RequestMetadata) -> Admission {
    if metadata.protocolVersion != nil {
      if method == .initialize { return .refuse(.invalidRequest, Session.mixedEras, nil) }
      let admission = admitStateless(document, method, metadata)
      if case .admit(let method, _, _) = admission, method != .discover { phase = .stateless }
      return admission
    }
    switch method {
    case .initialize: return .admit(.initialize, .of2024November, [])
    case .ping: return .admit(.ping, .of2024November, [])
    case nil: return .refuse(.methodNotFound, Session.noMethod, nil)
    default:
      let message = "send `initialize` first, or `\(MetadataKey.protocolVersion)` in `_meta`"
      return .refuse(.invalidParameters, message, nil)
    }
  }

  private func admitStateless(_ document: Document, _ method: Method?, _ metadata: RequestMetadata) -> Admission {
    guard let version = metadata.protocolVersion, document.kind(version) == .string else {
      return .refuse(.invalidParameters, "`\(MetadataKey.protocolVersion)` in `_meta` must be a string", nil)
    }
    guard Revision(document, version) == .of2026July else {
      let data = Value.object([
        Value.Member("supported", .array([.string(Revision.of2026July.name)])),
        Value.Member("requested", .string(document.string(version) ?? "")),
      ])
      return .refuse(.unsupportedRevision, "this revision is not served without a handshake", data)
    }
    guard let capabilities = metadata.clientCapabilities, document.kind(capabilities) == .object else {
      return .refuse(.invalidParameters, "`\(MetadataKey.clientCapabilities)` in `_meta` must be an object", nil)
    }
    guard let method, method.exists(from: .client, in: .of2026July) else { return .refuse(.methodNotFound, Session.noMethod, nil) }
    return .admit(method, .of2026July, ClientCapabilities(document, capabilities))
  }

  private static let mixedEras =
    "this connection cannot mix `initialize` with requests that bear `\(MetadataKey.protocolVersion)`"
  private static let noMethod = "no such method in the protocol revision of this connection"
}
