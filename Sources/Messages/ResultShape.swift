package import JSON

/// What `resultType` says a result is (2026-07-28; earlier revisions have only complete results). A result without the member is
/// complete; one of an unknown type is invalid, and no intermediary may let it pass as something else.
package enum ResultShape: Sendable {
  case complete
  /// The request must be repeated with answers: `inputRequests`, `requestState` or both.
  case inputRequired
  /// The tasks extension: the result will be asked for by `tasks/get`.
  case task
  case unknown

  package init(_ document: Document, _ result: Node) {
    guard let type = document.member(result, "resultType") else {
      self = .complete
      return
    }
    if document.stringEquals(type, "complete") {
      self = .complete
    } else if document.stringEquals(type, "input_required") {
      self = .inputRequired
    } else if document.stringEquals(type, "task") {
      self = .task
    } else {
      self = .unknown
    }
  }
}

/// Which member of a list's result holds the list.
package enum ListKind: Sendable {
  case tools, resources, resourceTemplates, prompts

  package var member: String {
    switch self {
    case .tools: "tools"
    case .resources: "resources"
    case .resourceTemplates: "resourceTemplates"
    case .prompts: "prompts"
    }
  }

  /// The member of an element by which a policy knows it.
  package var key: String {
    switch self {
    case .tools, .prompts: "name"
    case .resources: "uri"
    case .resourceTemplates: "uriTemplate"
    }
  }

  package init?(_ method: Method) {
    switch method {
    case .toolsList: self = .tools
    case .resourcesList: self = .resources
    case .resourceTemplatesList: self = .resourceTemplates
    case .promptsList: self = .prompts
    default: return nil
    }
  }
}

/// What a server asks of a client: as a request of its own, or inside an `input_required` result.
package enum ClientTask {
  /// Why such a request cannot be passed on, or nil. Shapes: 2025-11-25 `client/sampling`, `client/elicitation`, `client/roots`;
  /// 2026-07-28 `basic/patterns/mrtr`.
  package static func defect(
    _ document: Document, method: Method, parameters: Node?, capabilities: ClientCapabilities
  ) -> String? {
    switch method {
    case .ping: return nil
    case .createMessage:
      guard capabilities.contains(.sampling) else { return "the client did not declare sampling" }
      guard let parameters, let messages = document.member(parameters, "messages"), document.kind(messages) == .array,
        let most = document.member(parameters, "maxTokens"), document.kind(most) == .number
      else { return "sampling needs `messages` and `maxTokens`" }
      return nil
    case .elicit:
      guard capabilities.contains(.elicitation) else { return "the client did not declare elicitation" }
      guard let parameters, let message = document.member(parameters, "message"), document.kind(message) == .string else {
        return "elicitation needs a `message`"
      }
      return elicitationDefect(document, parameters)
    case .rootsList: return capabilities.contains(.roots) ? nil : "the client did not declare roots"
    default: return "a server cannot ask this"
    }
  }

  private static func elicitationDefect(_ document: Document, _ parameters: Node) -> String? {
    let mode = document.member(parameters, "mode")
    if let mode, document.stringEquals(mode, "url") {
      guard let url = document.member(parameters, "url"), document.kind(url) == .string else { return "elicitation by URL needs a `url`" }
      return nil
    }
    if let mode, !document.stringEquals(mode, "form") { return "an elicitation is by form or by URL" }
    guard let schema = document.member(parameters, "requestedSchema"), document.kind(schema) == .object else {
      return "elicitation by form needs a `requestedSchema`"
    }
    return nil
  }
}
