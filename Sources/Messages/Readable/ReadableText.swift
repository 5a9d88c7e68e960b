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
    /// A string that is base64 of what says it is text, does not say what it is, or does not begin like what it says.
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
  /// Appends every text of a message that a model or its user reads, and all binary content, in the order of the document.
  ///
  /// What the protocol does not name is read: no text passes because it was put where nobody looks. What passes unread is what would
  /// break if it were changed, and it must be of the form that the protocol gives it: see `docs/protocol.md`.
  ///
  /// - Parameter revision: decides which members the protocol names.
  package func collectTexts(
    of carrier: TextCarrier, in revision: Revision, into texts: inout [ReadableText], _ binaries: inout [BinaryContent]
  ) {
    var walk = TextWalk(document: self, revision: revision, texts: texts, binaries: binaries)
    texts = []
    binaries = []
    switch carrier {
    case .result(let method, let node): walk.visit(node, .result(of: method), .text)
    case .failure(let node): walk.visit(node, .object(Fields.failure), .error)
    case .notification(let method, let node): walk.visit(node, .notification(method), .message)
    case .request(let method, let node): walk.visit(node, .request(method), .request)
    case .arguments(let node): walk.visit(node, .read, .arguments)
    }
    texts = walk.texts
    binaries = walk.binaries
  }
}

private struct TextWalk {
  /// Digits of the shortest number worth looking at: a telephone number without its area.
  private static let shortestNumber = 7

  let document: Document
  let revision: Revision
  var texts: [ReadableText]
  var binaries: [BinaryContent]
  var element: Node?

  /// As deep as the document, whose reader bounds it.
  mutating func visit(_ node: Node, _ shape: Shape, _ place: TextPlace) {
    switch shape {
    case .untouched: break
    case .opaque: if document.count(node) > 0 { read(node, place) }
    case .read: read(node, place)
    case .encoded: read(node, place)
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
    case .content: visitContent(node, place)
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
        if case .encoded(let type, let isResource) = field.shape {
          encoded(member.value, type, in: node, isResource, place)
        } else {
          visit(member.value, field.shape, place)
        }
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

  /// Of an unknown type nothing is known, so what looks like content of a known one is that, too.
  private mutating func visitContent(_ node: Node, _ place: TextPlace) {
    visit(node, Shape.contentFields(document, node), place)
    guard document.kind(node) == .object, !Shape.isKnownContent(document, node) else { return }
    for name in ["data", "blob"] {
      guard let data = document.member(node, name), document.kind(data) == .string else { continue }
      note(data, document.member(node, "mimeType"), base64(data), in: node, false, place)
    }
  }

  /// Base64 of a picture passes; base64 of a text is a text, whatever it says it is, and what is no base64 is one in any case.
  private mutating func encoded(_ node: Node, _ type: Node?, in holder: Node, _ isResource: Bool, _ place: TextPlace) {
    guard document.kind(node) == .string else { return read(node, place) }
    let bytes = base64(node)
    note(node, type, bytes, in: holder, isResource, place)
    guard bytes != nil else { return read(node, place) }
    let content = binaries[binaries.count - 1]
    let isAsSaid = content.declared.map { !MediaType.isText($0) && content.signature?.fits($0) == true } ?? false
    if !isAsSaid { add(node, .encoded, place) }
  }

  private mutating func note(
    _ node: Node, _ type: Node?, _ base64: [UInt8]?, in holder: Node, _ isResource: Bool, _ place: TextPlace
  ) {
    let padding = base64?.suffix(2).count { $0 == UInt8(ascii: "=") } ?? 0
    let start = base64.flatMap { Base64.decode($0.prefix(MediaSignature.longest / 3 * 4)) } ?? []
    binaries.append(
      BinaryContent(
        node: node, holder: holder, isResource: isResource, place: place,
        declared: type.flatMap { document.string($0) }.map(MediaType.essence), signature: MediaSignature.of(start),
        bytes: base64.map { $0.count / 4 * 3 - padding } ?? document.stringBytes(node)?.count ?? 0, isSound: base64 != nil))
  }

  /// A string that is base64 of RFC 4648, section 4, with its padding and nothing else; nil: it is not.
  private func base64(_ node: Node) -> [UInt8]? {
    guard let range = document.stringBytes(node) else { return nil }
    var text: [UInt8] = []
    // `\/` is how some write a slash.
    if document.hasEscapes(node) { document.decodeString(node, appendingTo: &text) } else { text += document.bytes[range] }
    guard text.count % 4 == 0 else { return nil }
    var end = text.count
    while end > 0, text.count - end < 2, text[end - 1] == UInt8(ascii: "=") { end -= 1 }
    return text[..<end].allSatisfy { Base64.isDigit($0) } ? text : nil
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
    anything,
  ]
  static let anything = "application/octet-stream"

  /// In lower case and without parameters.
  static func essence(_ type: String) -> String {
    type.prefix { $0 != ";" && $0 != " " }.lowercased()
  }

  /// Whether bytes of this type can be text. `application/octet-stream` says nothing, so they can.
  /// - Parameter essence: in lower case, without parameters.
  static func isText(_ essence: String) -> Bool {
    essence.isEmpty || essence.hasPrefix("text/") || essence.hasSuffix("+json") || essence.hasSuffix("+xml")
      || texts.contains(essence)
  }
}
