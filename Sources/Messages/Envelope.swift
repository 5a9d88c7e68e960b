package import JSON

/// What one JSON-RPC 2.0 message is. The parts are nodes of the document it was read from.
package enum Envelope: Sendable {
  case request(Identifier, method: Node, parameters: Node?)
  case notification(method: Node, parameters: Node?)
  case result(Identifier, Node)
  /// An error answers a request, or, without an id, something that could not be read as one.
  case failure(Identifier?, ErrorObject)
  /// Against the form. The id is kept where it could be read, so that the answer finds its way.
  case invalid(EnvelopeDefect, Identifier?)
}

/// The `error` member of an answer.
package struct ErrorObject: Sendable {
  package let node: Node
  package let code: Int64
  package let message: Node
  package let data: Node?
}

/// How a message is against the form of JSON-RPC 2.0, as the protocol narrows it.
package enum EnvelopeDefect: String, Sendable {
  case noObject = "a message is a JSON object"
  case version = "`jsonrpc` must be \"2.0\""
  case unknownMember = "a message has only `jsonrpc`, `id`, `method`, `params`, `result` and `error`"
  case identifier = "`id` must be a string or a whole number up to 2^53 - 1, and of reasonable length"
  case method = "`method` must be a string"
  case parameters = "`params` must be an object"
  case mixed = "a message is either a request or an answer"
  case answerWithoutIdentifier = "an answer needs the `id` of its request"
  case result = "`result` must be an object"
  case error = "`error` must be an object with a whole number `code` and a string `message`"
}

extension Envelope {
  /// Reads one value of a document as a message.
  ///
  /// Unknown members are refused although JSON-RPC is silent on them: some servers match names without regard to case, so a second
  /// `"Method"` would be read there and not here.
  package init(_ document: Document, _ node: Node) {
    guard document.kind(node) == .object else {
      self = .invalid(.noObject, nil)
      return
    }
    var parts = Parts()
    var unknown = false
    var next = document.firstChild(node)
    while let key = next {
      let value = document.value(of: key)
      if !parts.take(document, key, value) { unknown = true }
      next = document.sibling(after: value, in: node)
    }
    let identifier = parts.id.flatMap { Identifier(document, $0) }
    if let defect = parts.defect(document, identifier) ?? (unknown ? .unknownMember : nil) {
      self = .invalid(defect, identifier)
    } else if let method = parts.method {
      self =
        identifier.map { .request($0, method: method, parameters: parts.parameters) }
        ?? .notification(method: method, parameters: parts.parameters)
    } else if let error = parts.error.flatMap({ ErrorObject(document, $0) }) {
      self = .failure(identifier, error)
    } else if let result = parts.result, let identifier {
      self = .result(identifier, result)
    } else {
      self = .invalid(.answerWithoutIdentifier, identifier)
    }
  }

  private enum Names {
    static let version = MemberName("jsonrpc")
    static let id = MemberName("id")
    static let method = MemberName("method")
    static let parameters = MemberName("params")
    static let result = MemberName("result")
    static let error = MemberName("error")
  }

  private struct Parts {
    var version: Node?
    var id: Node?
    var method: Node?
    var parameters: Node?
    var result: Node?
    var error: Node?

    mutating func take(_ document: Document, _ key: Node, _ value: Node) -> Bool {
      if document.isName(key, Names.version) {
        version = value
      } else if document.isName(key, Names.id) {
        id = value
      } else if document.isName(key, Names.method) {
        method = value
      } else if document.isName(key, Names.parameters) {
        parameters = value
      } else if document.isName(key, Names.result) {
        result = value
      } else if document.isName(key, Names.error) {
        error = value
      } else {
        return false
      }
      return true
    }

    func defect(_ document: Document, _ identifier: Identifier?) -> EnvelopeDefect? {
      guard let version, document.stringEquals(version, "2.0") else { return .version }
      if let method {
        if result != nil || error != nil { return .mixed }
        if document.kind(method) != .string { return .method }
        if id != nil, identifier == nil { return .identifier }
        if let parameters, document.kind(parameters) != .object { return .parameters }
        return nil
      }
      if parameters != nil || (result != nil && error != nil) { return .mixed }
      if let error {
        // An error without an id, or with null, answers what could not be read (JSON-RPC 2.0, section 5).
        if let id, identifier == nil, document.kind(id) != .null { return .identifier }
        return ErrorObject(document, error) == nil ? .error : nil
      }
      if let result {
        if id != nil, identifier == nil { return .identifier }
        if document.kind(result) != .object { return .result }
        return nil
      }
      return .method
    }
  }
}

extension ErrorObject {
  init?(_ document: Document, _ node: Node) {
    guard document.kind(node) == .object, let code = document.member(node, "code"), let value = ErrorObject.code(document, code),
      let message = document.member(node, "message"), document.kind(message) == .string
    else { return nil }
    self.node = node
    self.code = value
    self.message = message
    data = document.member(node, "data")
  }

  /// Error codes are whole numbers of the same range as ids; 0 occurs in the field.
  private static func code(_ document: Document, _ node: Node) -> Int64? {
    guard case .number(let value)? = Identifier(document, node) else { return nil }
    return value
  }
}
