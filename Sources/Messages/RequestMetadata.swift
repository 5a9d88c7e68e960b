package import JSON

/// The keys of `_meta` that mean something to an intermediary. Source: 2026-07-28, `basic/index`, "_meta".
package enum MetadataKey {
  package static let protocolVersion = "io.modelcontextprotocol/protocolVersion"
  package static let clientCapabilities = "io.modelcontextprotocol/clientCapabilities"
  package static let logLevel = "io.modelcontextprotocol/logLevel"
  package static let subscription = "io.modelcontextprotocol/subscriptionId"
  package static let relatedTask = "io.modelcontextprotocol/related-task"
  package static let progressToken = "progressToken"
  package static let traceParent = "traceparent"
  /// Ours. The second label of its prefix is neither `mcp` nor `modelcontextprotocol`, which are reserved.
  package static let denial = "com.sallyport/denial"
}

/// What a request says about itself in `params._meta`. Everything else in there passes unread.
package struct RequestMetadata: Sendable {
  package var protocolVersion: Node?
  package var clientCapabilities: Node?
  package var logLevel: Node?
  package var progressToken: Node?
  package var traceParent: Node?
  package var subscription: Node?

  /// - Returns: nil when `_meta` is there and is no object.
  package init?(_ document: Document, parameters: Node?) {
    guard let parameters, let metadata = document.member(parameters, "_meta") else { return }
    guard document.kind(metadata) == .object else { return nil }
    var next = document.firstChild(metadata)
    while let key = next {
      let value = document.value(of: key)
      take(document, key, value)
      next = document.sibling(after: value, in: metadata)
    }
  }

  private mutating func take(_ document: Document, _ key: Node, _ value: Node) {
    if document.stringEquals(key, MetadataKey.protocolVersion) {
      protocolVersion = value
    } else if document.stringEquals(key, MetadataKey.clientCapabilities) {
      clientCapabilities = value
    } else if document.stringEquals(key, MetadataKey.logLevel) {
      logLevel = value
    } else if document.stringEquals(key, MetadataKey.progressToken) {
      progressToken = value
    } else if document.stringEquals(key, MetadataKey.traceParent) {
      traceParent = value
    } else if document.stringEquals(key, MetadataKey.subscription) {
      subscription = value
    }
  }
}

/// What a client says it can do for a server. Undeclared means the server must not ask for it.
package struct ClientCapabilities: OptionSet, Sendable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let sampling = ClientCapabilities(rawValue: 1)
  package static let elicitation = ClientCapabilities(rawValue: 2)
  package static let roots = ClientCapabilities(rawValue: 4)
  /// The tasks extension of 2026-07-28 (SEP-2663).
  package static let tasks = ClientCapabilities(rawValue: 8)
  /// Elicitation by form. A client that says of elicitation nothing else has it (2025-11-25 `client/elicitation`, "Capabilities").
  package static let forms = ClientCapabilities(rawValue: 16)

  package init(_ document: Document, _ node: Node) {
    self = []
    if document.member(node, "sampling") != nil { insert(.sampling) }
    if let elicitation = document.member(node, "elicitation") {
      insert(.elicitation)
      if document.member(elicitation, "form") != nil || document.member(elicitation, "url") == nil { insert(.forms) }
    }
    if document.member(node, "roots") != nil { insert(.roots) }
    let extensions = document.member(node, "extensions")
    if extensions.flatMap({ document.member($0, "io.modelcontextprotocol/tasks") }) != nil { insert(.tasks) }
  }
}
