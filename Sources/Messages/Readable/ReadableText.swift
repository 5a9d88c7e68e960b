package import JSON

/// What a text is to whoever reads it; the words of the policy language for what a filter looks at.
package enum TextPlace: UInt8, CaseIterable, Sendable {
  /// Content of a tool's result.
  case text
  /// Contents of a resource that was read.
  case resource
  /// `structuredContent`.
  case structured
  /// What tools, prompts, resources and templates say of themselves, their parameters included.
  case description
  case error
  /// Messages of a prompt.
  case prompt
  /// What a server tells a model about itself as a whole.
  case instructions
  case completion
  /// Logs, progress, the state of tasks.
  case message
  /// What a server asks of the user or of the client's model.
  case request
  /// What goes to the server.
  case arguments
}

/// One text of a message that a model or its user reads. It means something only together with its document.
package struct ReadableText: Hashable, Sendable {
  package enum Kind: Sendable {
    /// A string.
    case value
    /// The name of a member that the protocol does not give.
    case name
    /// A number long enough to be somebody's: of a card, an account, a telephone.
    case number
    /// A string that is base64 of what says it is text, or does not say what it is.
    case encoded
  }

  package let node: Node
  package let kind: Kind
  package let place: TextPlace
  /// The element of a list that the text is part of: the tool, prompt, resource or template it speaks of. Nil outside lists.
  package let element: Node?
}

/// A message that carries texts, by what gives it its shape. The node is the `result`, `error`, `params` or, of a call, `arguments`.
package enum TextCarrier: Sendable {
  /// An answer to a request of the client's. Of `tasks/result` and of what tasks hold, the result of a call.
  case result(of: Method, Node)
  case failure(Node)
  /// From the server.
  case notification(Method, Node)
  /// From the server.
  case request(Method, Node)
  /// What a call or a prompt is given.
  case arguments(Node)
}

extension Document {
  /// Appends every text of a message that a model or its user reads, in the order of the document.
  ///
  /// What the protocol does not name is read: no text passes because it was put where nobody looks. What passes unread is what would
  /// break if it were changed, and it must be of the form that the protocol gives it: see `docs/protocol.md`.
  ///
  /// - Parameter revision: decides which members the protocol names.
  package func collectTexts(of carrier: TextCarrier, in revision: Revision, into texts: inout [ReadableText]) {
    var walk = TextWalk(document: self, revision: revision, texts: texts)
    texts = []
    switch carrier {
    case .result(let method, let node): walk.visit(node, .result(of: method), .text)
    case .failure(let node): walk.visit(node, .object(Fields.failure), .error)
    case .notification(let method, let node): walk.visit(node, .notification(method), .message)
    case .request(let method, let node): walk.visit(node, .request(method), .request)
    case .arguments(let node): walk.visit(node, .read, .arguments)
    }
    texts = walk.texts
  }
}

private struct TextWalk {
  /// Digits of the shortest number worth looking at: a telephone number without its area.
  private static let shortestNumber = 7

  let document: Document
  let revision: Revision
  var texts: [ReadableText]
  var element: Node?

  /// As deep as the document, whose reader bounds it.
  mutating func visit(_ node: Node, _ shape: Shape, _ place: TextPlace) {
    switch shape {
    case .untouched: break
    case .opaque: if document.count(node) > 0 { read(node, place) }
    case .read: read(node, place)
    case .encoded(let type): encoded(node, type, place)
    case .at(let place, let inner): visit(node, inner, place)
    case .object(let fields): visit(node, fields, place)
    case .list(let inner): visitElements(node, inner, place)
    case .catalogue(let inner):
      guard document.kind(node) == .array else { return read(node, place) }
      for member in document.elements(node) {
        element = member
        visit(member, inner, place)
      }
      element = nil
    case .map(let inner):
      guard document.kind(node) == .object else { return read(node, place) }
      for member in document.members(node) { visit(member.value, inner, place) }
    case .schema(let isForm): visitSchema(node, isForm, place)
    case .content: visit(node, Shape.contentFields(document, node), place)
    case .contents: document.kind(node) == .array ? visitElements(node, .content, place) : visit(node, .content, place)
    case .embedded: visit(node, Shape.embeddedFields(document, node), place)
    case .callResult: visit(node, Fields.callResult, place)
    case .task: visit(node, Fields.task, place)
    case .inputRequest:
      let method = document.member(node, "method").flatMap { Method(document, $0) }
      visit(node, [Field("method", .opaque), Field("params", method.map(Shape.request) ?? .read)], .request)
    }
  }

  private mutating func visit(_ node: Node, _ fields: [Field], _ place: TextPlace) {
    guard document.kind(node) == .object else { return read(node, place) }
    for member in document.members(node) {
      if let field = fields.first(where: { document.isName(member.key, $0.name) && $0.since <= revision }) {
        visit(member.value, field.shape, place)
      } else {
        add(member.key, .name, place)
        read(member.value, place)
      }
    }
  }

  private mutating func visitElements(_ node: Node, _ inner: Shape, _ place: TextPlace) {
    guard document.kind(node) == .array else { return read(node, place) }
    for element in document.elements(node) { visit(element, inner, place) }
  }

  private mutating func visitSchema(_ node: Node, _ isForm: Bool, _ place: TextPlace) {
    switch document.kind(node) {
    case .boolean: return
    case .array: return visitElements(node, .schema(isForm: isForm), place)
    case .object: visit(node, isForm ? Fields.formKeywords : Fields.schemaKeywords, place)
    case .null, .number, .string: read(node, place)
    }
  }

  private mutating func read(_ node: Node, _ place: TextPlace) {
    switch document.kind(node) {
    case .string: add(node, .value, place)
    case .number: if document.source(node).count >= TextWalk.shortestNumber { add(node, .number, place) }
    case .array: for element in document.elements(node) { read(element, place) }
    case .object:
      for member in document.members(node) {
        add(member.key, .name, place)
        read(member.value, place)
      }
    case .null, .boolean: break
    }
  }

  /// Base64 of a picture passes; base64 of a text is a text, and what is no base64 is one in any case.
  private mutating func encoded(_ node: Node, _ type: Node?, _ place: TextPlace) {
    guard document.kind(node) == .string, isBase64(node) else { return read(node, place) }
    if type.map({ MediaType.isText(document.string($0) ?? "") }) ?? true { add(node, .encoded, place) }
  }

  /// Of RFC 4648, section 4, with its padding and nothing else.
  private func isBase64(_ node: Node) -> Bool {
    guard let range = document.stringBytes(node), !document.hasEscapes(node), range.count % 4 == 0 else { return false }
    let text = document.bytes.span.extracting(range)
    var end = text.count
    while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
    for index in 0..<end {
      switch text[index] {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "+"), UInt8(ascii: "/"):
        continue
      default: return false
      }
    }
    return true
  }

  private mutating func add(_ node: Node, _ kind: ReadableText.Kind, _ place: TextPlace) {
    if kind != .number, document.stringBytes(node)?.isEmpty ?? true { return }
    texts.append(ReadableText(node: node, kind: kind, place: place, element: element))
  }
}

/// MIME types (RFC 6838), as far as they say whether bytes are text.
enum MediaType {
  private static let texts = [
    "application/json", "application/xml", "application/javascript", "application/ecmascript", "application/yaml", "application/x-yaml",
    "application/toml", "application/sql", "application/graphql", "application/x-sh", "application/rtf", "application/x-ndjson",
    "application/octet-stream",
  ]

  /// Whether bytes of this type can be text. `application/octet-stream` says nothing, so they can.
  static func isText(_ type: String) -> Bool {
    let essence = type.prefix { $0 != ";" && $0 != " " }.lowercased()
    return essence.isEmpty || essence.hasPrefix("text/") || essence.hasSuffix("+json") || essence.hasSuffix("+xml")
      || texts.contains(essence)
  }
}
