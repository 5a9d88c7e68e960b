internal import JSON

/// What in a value of a message is read.
indirect enum Shape: Sendable {
  /// Passes whatever it holds.
  case untouched
  /// A word, identifier or number that something is told by: passes. An array or object here is not what the protocol gives, and is read.
  case opaque
  /// Every string in it, the names of members too.
  case read
  /// Base64 of what the type beside it says; of a resource or of a content block.
  case encoded(type: Node?, isResource: Bool)
  case at(TextPlace, Shape)
  /// An object with members that the protocol names; others are read.
  case object([Field])
  case list(Shape)
  /// A list of tools, prompts, resources or templates: each element is what its texts speak of.
  case catalogue(Shape)
  /// An object whose names are somebody's identifiers.
  case map(Shape)
  /// A JSON Schema, or an array of them. A form's defaults are shown to its user; those of a tool are filled in by programs.
  case schema(isForm: Bool)
  /// A content block, whose `type` says what it has.
  case content
  /// One or many content blocks.
  case contents
  /// What is in a resource.
  case embedded
  case callResult
  case task
  /// What a server asks by way of a result (2026-07-28).
  case inputRequest
}

/// A member that the protocol names.
struct Field: Sendable {
  let name: MemberName
  /// Before this revision nothing has such a member, so what is there is read. Says something only where it would pass otherwise.
  let since: Revision
  let shape: Shape

  init(_ name: String, since: Revision = .of2024November, _ shape: Shape) {
    self.name = MemberName(name)
    self.since = since
    self.shape = shape
  }
}

extension [Field] {
  /// Several members of one shape.
  init(_ names: String, since: Revision = .of2024November, _ shape: Shape) {
    self = names.split(separator: " ").map { Field(String($0), since: since, shape) }
  }
}

extension Shape {
  static func result(of method: Method) -> Shape {
    switch method {
    case .toolsCall, .tasksResult: .callResult
    case .resourcesRead: .at(.resource, .object(Fields.resourceResult))
    case .promptsGet: .at(.prompt, .object(Fields.promptResult))
    case .toolsList: .at(.description, .object(Fields.list("tools", of: Fields.tool)))
    case .resourcesList: .at(.description, .object(Fields.list("resources", of: Fields.resource)))
    case .resourceTemplatesList: .at(.description, .object(Fields.list("resourceTemplates", of: Fields.resource)))
    case .promptsList: .at(.description, .object(Fields.list("prompts", of: Fields.prompt)))
    case .complete: .at(.completion, .object(Fields.completionResult))
    case .initialize, .discover: .at(.instructions, .object(Fields.serverResult))
    case .tasksGet, .tasksCancel, .tasksUpdate: .at(.message, .task)
    case .tasksList: .at(.message, .object(Fields.anyResult + [Field("nextCursor", .opaque), Field("tasks", .list(.task))]))
    case .ping, .setLevel, .subscribe, .unsubscribe, .listen, .createMessage, .elicit, .rootsList, .progress, .message, .initialized,
      .cancelled, .rootsListChanged, .resourceUpdated, .resourcesListChanged, .toolsListChanged, .promptsListChanged,
      .elicitationComplete, .taskStatus, .acknowledged, .taskChanged:
      .at(.message, .object(Fields.anyResult))
    }
  }

  static func notification(_ method: Method) -> Shape {
    switch method {
    case .progress: .object(Fields.anyMessage + [Field]("progressToken progress total", .opaque) + [Field("message", .read)])
    case .message: .object(Fields.anyMessage + [Field("level", .opaque)] + [Field]("logger data", .read))
    case .resourceUpdated: .object(Fields.anyMessage + [Field("uri", .opaque)])
    case .elicitationComplete: .object(Fields.anyMessage + [Field("elicitationId", .opaque)])
    case .cancelled: .object(Fields.anyMessage + [Field("requestId", .opaque), Field("reason", .read)])
    case .acknowledged: .object(Fields.anyMessage + [Field("notifications", .object(Fields.subscription))])
    case .taskStatus, .taskChanged: .task
    default: .object(Fields.anyMessage)
    }
  }

  static func request(_ method: Method) -> Shape {
    switch method {
    case .createMessage: .object(Fields.sampling)
    case .elicit: .object(Fields.elicitation)
    case .tasksGet, .tasksResult, .tasksCancel: .object(Fields.anyMessage + [Field("taskId", .opaque)])
    case .tasksList: .object(Fields.anyMessage + [Field("cursor", .opaque)])
    default: .object(Fields.anyMessage)
    }
  }

  /// What a content block has, by its type. Of an unknown type nothing is known, so all of it is read.
  static func contentFields(_ document: Document, _ node: Node) -> [Field] {
    guard let kind = contentKind(document, node) else { return Fields.anyMessage + [Field("type", .read)] }
    switch kind {
    case .text: return Fields.contentBlock
    case .image, .audio:
      return Fields.contentBlock + [
        Field("data", .encoded(type: document.member(node, "mimeType"), isResource: false)), Field("mimeType", .opaque),
      ]
    case .link: return Fields.contentBlock + Fields.resource
    case .resource: return Fields.contentBlock + [Field("resource", .embedded)]
    case .toolUse: return Fields.contentBlock + [Field]("id name", .opaque) + [Field("input", .read)]
    case .toolResult:
      return Fields.contentBlock + [Field]("toolUseId isError", .opaque) + [Field("content", .contents), Field("structuredContent", .read)]
    }
  }

  /// Whether the protocol has content of its type.
  static func isKnownContent(_ document: Document, _ node: Node) -> Bool { contentKind(document, node) != nil }

  private static func contentKind(_ document: Document, _ node: Node) -> ContentKind? {
    document.member(node, "type").flatMap { type in ContentKind.allCases.first { document.stringEquals(type, $0.rawValue) } }
  }

  private enum ContentKind: String, CaseIterable {
    case text, image, audio, resource
    case link = "resource_link"
    case toolUse = "tool_use"
    case toolResult = "tool_result"
  }

  static func embeddedFields(_ document: Document, _ node: Node) -> [Field] {
    Fields.embeddedResource + [Field("blob", .encoded(type: document.member(node, "mimeType"), isResource: true))]
  }
}
