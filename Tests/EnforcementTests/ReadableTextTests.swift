import JSON
import Messages
import TestSupport
import Testing

/// Every method, direction and revision: which strings are read, and as what. The expectation stands in the message: a string begins with
/// its place and a colon, or with `-:` when it must pass unread; so does the name of a member that the protocol does not give. The tables are
/// written from the specification's schemas, not from `Fields`.
@Suite struct ReadableTextTests {
  enum Kind: Sendable { case result, failure, notification, request, arguments }

  struct Row: Sendable, CustomTestStringConvertible {
    let kind: Kind
    let method: String
    /// `2411 2503 2506 2511 2607`
    let revisions: String
    let message: String
    var testDescription: String { "\(kind) \(method) \(revisions)" }
  }

  static let handshake = "2411 2503 2506 2511"
  static let all = handshake + " 2607"

  static let content = #"""
    [{"type":"text","text":"P:a","annotations":{"audience":["-:user"],"priority":0.25,"lastModified":"-:2026"},"_meta":{"-:k":"-:v"}},
    {"type":"image","data":"iVBORw0KGgo=","mimeType":"image/png"},{"type":"audio","data":"UklGRgAAAABXQVZF","mimeType":"audio/wav; rate=8000"},
    {"type":"image","data":"P:encoded","mimeType":"image/png"},
    {"type":"image","data":"P:no base64","mimeType":"-:image/png"},
    {"type":"resource_link","uri":"-:u","name":"P:n","title":"P:t","description":"P:d","mimeType":"-:m","size":1234567},
    {"type":"resource","resource":{"uri":"-:u","mimeType":"-:m","text":"P:a","_meta":{"x":"-:v"}}},
    {"type":"resource","resource":{"uri":"-:u","mimeType":"application/pdf","blob":"JVBERi0xLjc="}},
    {"type":"resource","resource":{"uri":"-:u","mimeType":"text/html;charset=utf-8","blob":"P:encoded"}},
    {"type":"resource","resource":{"uri":"-:u","blob":"P:encoded"}},
    {"type":"P:unknown","P:text":"P:x","P:data":"P:LTo="},
    {"type":"tool_use","id":"-:1","name":"-:n","input":{"P:k":"P:v"}},
    {"type":"tool_result","toolUseId":"-:1","content":[{"type":"text","text":"P:a"}],"structuredContent":{"P:k":"P:v"},"isError":false},
    "P:bare"]
    """#

  static func blocks(_ place: String) -> String { content.replacing("P:", with: "\(place):") }

  static let schema = #"""
    {"$schema":"-:s","type":"object","title":"description:t","description":"description:d","$comment":"description:c",
    "properties":{"-:p":{"type":["-:string"],"description":"description:d","enum":["-:e"],"const":"-:c","default":"-:d","pattern":"-:p",
    "format":"-:f","x-mcp-header":"-:h","examples":["description:e"]}},"required":["-:p"],"$defs":{"-:D":{"$ref":"-:r","title":"description:t"}},
    "anyOf":[{"title":"description:t"},true],"items":{"description":"description:d"},"additionalProperties":{"title":"description:t"},
    "description:x-own":{"description:a":"description:b"}}
    """#

  static let tool = #"""
    {"name":"-:n","title":"description:t","description":"description:d","inputSchema":\#(schema),
    "annotations":{"title":"description:t","readOnlyHint":true,"description:other":"description:o"},"_meta":{"-:k":{"-:a":["-:v"]}},
    "description:more":[{"description:k":"description:v"}]}
    """#

  static let results: [Row] = [
    Row(
      kind: .result, method: "tools/call", revisions: all,
      message:
        #"{"content":\#(blocks("text")),"isError":true,"structuredContent":{"structured:k":["structured:v",{"structured:a":"structured:b"}]},"_meta":{"-:a":"-:b"},"text:more":{"text:k":"text:v"}}"#
    ),
    Row(
      kind: .result, method: "tools/call", revisions: "2607",
      message: #"""
        {"resultType":"-:input_required","requestState":"-:s","inputRequests":{"-:key":{"method":"elicitation/create","params":{"mode":"-:form",
        "message":"request:m","requestedSchema":{"type":"object","properties":{"-:p":{"type":"string","title":"request:t","default":"request:d",
        "oneOf":[{"const":"-:c","title":"request:t"}]}}}}},"-:other":{"method":"sampling/createMessage","params":{"systemPrompt":"request:s",
        "messages":[{"role":"-:user","content":{"type":"text","text":"request:m"}}]}},"-:bad":{"method":"x","params":{"request:p":"request:v"}}}}
        """#),
    Row(
      kind: .result, method: "tools/call", revisions: "2411 2503 2506 2511",
      message: #"{"text:requestState":"text:s","text:inputRequests":{"text:a":"text:b"},"text:resultType":"text:c"}"#),
    Row(
      kind: .result, method: "tools/call", revisions: "2511 2607",
      message:
        #"{"task":{"taskId":"-:t","status":"-:working","statusMessage":"message:m","createdAt":"-:c","lastUpdatedAt":"-:l","ttl":60000000,"pollInterval":5}}"#
    ),
    Row(
      kind: .result, method: "tools/call", revisions: "2607",
      message:
        #"{"resultType":"-:task","taskId":"-:t","status":"-:working","statusMessage":"message:m","ttlMs":60000000,"pollIntervalMs":5}"#),
    Row(
      kind: .result, method: "tools/call", revisions: "2411 2503 2506", message: #"{"text:task":{"text:taskId":"text:t"}}"#),
    Row(
      kind: .result, method: "resources/read", revisions: all,
      message: #"""
        {"contents":[{"uri":"-:u","mimeType":"-:m","text":"resource:t","_meta":{"k":"-:v"}},{"uri":"-:u","mimeType":"application/pdf","blob":"JVBERi0xLjc="},
        {"uri":"-:u","blob":"resource:not base64"},{"uri":"-:u","resource:name":"resource:n"}],"resource:x":"resource:y"}
        """#),
    Row(
      kind: .result, method: "resources/read", revisions: "2607",
      message: #"{"resultType":"-:input_required","requestState":"-:s","ttlMs":1000000,"cacheScope":"-:public","contents":[]}"#),
    Row(
      kind: .result, method: "prompts/get", revisions: all,
      message:
        #"{"description":"prompt:d","messages":[{"role":"-:user","content":{"type":"text","text":"prompt:t"}},{"role":"-:assistant","content":\#(blocks("prompt"))}]}"#
    ),
    Row(kind: .result, method: "tools/list", revisions: all, message: #"{"tools":[\#(tool)],"nextCursor":"-:c","_meta":{"a":"-:b"}}"#),
    Row(
      kind: .result, method: "tools/list", revisions: "2511 2607",
      message:
        #"{"tools":[{"name":"-:n","icons":[{"src":"-:s","mimeType":"-:m","sizes":["-:any"],"theme":"-:dark"}],"execution":{"taskSupport":"-:optional"},"outputSchema":\#(schema)}]}"#
    ),
    Row(
      kind: .result, method: "tools/list", revisions: "2411 2503",
      message:
        #"{"tools":[{"name":"-:n","description:outputSchema":{"description:type":"description:object"},"description:icons":[{"description:src":"description:s"}]}]}"#
    ),
    Row(
      kind: .result, method: "tools/list", revisions: "2607",
      message: #"{"tools":[],"ttlMs":60000000,"cacheScope":"-:p","resultType":"-:complete"}"#),
    Row(
      kind: .result, method: "resources/list", revisions: all,
      message: #"""
        {"resources":[{"uri":"-:u","name":"description:n","title":"description:t","description":"description:d","mimeType":"-:m","size":12345678,
        "annotations":{"audience":["-:user"],"priority":1,"lastModified":"-:l"},"_meta":{"-:a":"-:b"}}],"nextCursor":"-:c"}
        """#),
    Row(
      kind: .result, method: "resources/templates/list", revisions: all,
      message:
        #"{"resourceTemplates":[{"uriTemplate":"-:u","name":"description:n","title":"description:t","description":"description:d","mimeType":"-:m"}]}"#
    ),
    Row(
      kind: .result, method: "prompts/list", revisions: all,
      message:
        #"{"prompts":[{"name":"-:n","title":"description:t","description":"description:d","arguments":[{"name":"-:a","title":"description:t","description":"description:d","required":true}]}]}"#
    ),
    Row(
      kind: .result, method: "completion/complete", revisions: all,
      message: #"{"completion":{"values":["completion:a","completion:b"],"total":1234567,"hasMore":false}}"#),
    Row(
      kind: .result, method: "initialize", revisions: handshake,
      message: #"""
        {"protocolVersion":"-:2025","capabilities":{"-:x":{"-:y":"-:z"}},"instructions":"instructions:i",
        "serverInfo":{"name":"-:n","version":"-:v","title":"description:t","description":"description:d","websiteUrl":"-:w"},"instructions:more":"instructions:m"}
        """#),
    Row(
      kind: .result, method: "server/discover", revisions: "2607",
      message:
        #"{"resultType":"-:complete","supportedVersions":["-:2026"],"capabilities":{},"instructions":"instructions:i","ttlMs":3600000,"cacheScope":"-:public","_meta":{"-:s":{"-:name":"-:n"}}}"#
    ),
    Row(
      kind: .result, method: "tasks/get", revisions: "2511 2607",
      message:
        #"{"taskId":"-:t","status":"-:working","statusMessage":"message:m","createdAt":"-:c","lastUpdatedAt":"-:l","ttl":60000000,"message:x":"message:y"}"#
    ),
    Row(
      kind: .result, method: "tasks/get", revisions: "2607",
      message: #"""
        {"taskId":"-:t","status":"-:completed","result":{"content":[{"type":"text","text":"text:t"}],"structuredContent":{"structured:k":"structured:v"},
        "text:x":"text:y"},"error":{"code":-32603,"message":"error:m","data":{"error:k":"error:v"}},"inputRequests":{"-:k":{"method":"elicitation/create",
        "params":{"message":"request:m"}}},"requestState":"-:r"}
        """#),
    Row(
      kind: .result, method: "tasks/result", revisions: "2511",
      message:
        #"{"content":[{"type":"text","text":"text:t"}],"structuredContent":{"structured:k":"structured:v"},"_meta":{"-:r":{"taskId":"-:t"}}}"#
    ),
    Row(
      kind: .result, method: "tasks/list", revisions: "2511",
      message: #"{"tasks":[{"taskId":"-:t","status":"-:failed","statusMessage":"message:m"}],"nextCursor":"-:c"}"#),
    Row(
      kind: .result, method: "tasks/cancel", revisions: "2511 2607",
      message: #"{"taskId":"-:t","status":"-:cancelled","statusMessage":"message:m"}"#),
  ]

  /// Results that have nothing but `_meta`.
  static let empty: [Row] = [
    ("ping", handshake), ("logging/setLevel", handshake), ("resources/subscribe", handshake), ("resources/unsubscribe", handshake),
    ("subscriptions/listen", "2607"), ("tasks/update", "2607"),
  ].map { Row(kind: .result, method: $0.0, revisions: $0.1, message: #"{"_meta":{"-:a":"-:b"},"message:x":{"message:y":"message:z"}}"#) }

  static let failures: [Row] = [
    Row(
      kind: .failure, method: "", revisions: all,
      message: #"{"code":-32000123,"message":"error:m","data":{"uri":"-:u","error:a":["error:b",{"error:c":"error:d"}]}}"#),
    Row(kind: .failure, method: "", revisions: all, message: #"{"code":1,"message":"error:m","data":"error:d","error:x":"error:y"}"#),
    Row(
      kind: .failure, method: "", revisions: "2511 2607",
      message:
        #"{"code":-32042,"message":"error:m","data":{"elicitations":[{"mode":"-:url","elicitationId":"-:e","url":"-:u","message":"request:m"}]}}"#
    ),
  ]

  static let notifications: [Row] = [
    Row(
      kind: .notification, method: "notifications/progress", revisions: all,
      message: #"{"progressToken":"-:p","progress":1234567,"total":12345678,"message":"message:m","_meta":{"-:a":"-:b"}}"#),
    Row(
      kind: .notification, method: "notifications/message", revisions: all,
      message: #"{"level":"-:info","logger":"message:l","data":{"message:k":["message:v"]}}"#),
    Row(
      kind: .notification, method: "notifications/resources/updated", revisions: all, message: #"{"uri":"-:u","message:title":"message:t"}"#
    ),
    Row(kind: .notification, method: "notifications/tools/list_changed", revisions: all, message: #"{"message:x":"message:y"}"#),
    Row(kind: .notification, method: "notifications/prompts/list_changed", revisions: all, message: #"{"_meta":{"-:x":"-:y"}}"#),
    Row(kind: .notification, method: "notifications/resources/list_changed", revisions: all, message: #"{"message:x":"message:y"}"#),
    Row(kind: .notification, method: "notifications/cancelled", revisions: all, message: #"{"requestId":"-:r","reason":"message:w"}"#),
    Row(kind: .notification, method: "notifications/elicitation/complete", revisions: "2511", message: #"{"elicitationId":"-:e"}"#),
    Row(
      kind: .notification, method: "notifications/tasks/status", revisions: "2511",
      message: #"{"taskId":"-:t","status":"-:working","statusMessage":"message:m"}"#),
    Row(
      kind: .notification, method: "notifications/tasks", revisions: "2607",
      message: #"{"taskId":"-:t","status":"-:completed","result":{"content":[{"type":"text","text":"text:t"}]},"_meta":{"-:a":"-:b"}}"#),
    Row(
      kind: .notification, method: "notifications/subscriptions/acknowledged", revisions: "2607",
      message: #"{"notifications":{"toolsListChanged":true,"resourceSubscriptions":["-:u"],"taskIds":["-:t"],"message:x":"message:y"}}"#),
  ]

  static let requests: [Row] = [
    Row(kind: .request, method: "ping", revisions: handshake, message: #"{"_meta":{"-:a":"-:b"}}"#),
    Row(kind: .request, method: "roots/list", revisions: handshake, message: #"{"_meta":{"progressToken":"-:b"}}"#),
    Row(
      kind: .request, method: "sampling/createMessage", revisions: handshake,
      message: #"""
        {"messages":[{"role":"-:user","content":{"type":"text","text":"request:m"}},{"role":"-:user","content":\#(blocks("request"))}],
        "systemPrompt":"request:s","includeContext":"-:none","temperature":0.123456,"maxTokens":1000000,"stopSequences":["-:stop"],
        "metadata":{"-:a":"-:b"},"modelPreferences":{"hints":[{"name":"-:n"}]},"toolChoice":{"mode":"-:auto"},"task":{"ttl":60000000},
        "tools":[{"name":"-:n","description":"request:d","inputSchema":{"type":"object","properties":{"-:p":{"description":"request:d"}}}}]}
        """#),
    Row(
      kind: .request, method: "elicitation/create", revisions: "2506 2511",
      message: #"""
        {"mode":"-:form","message":"request:m","requestedSchema":{"type":"object","properties":{"-:p":{"type":"string","title":"request:t",
        "description":"request:d","default":"request:v","enum":["-:e"],"enumNames":["request:n"],"format":"-:email"}},"required":["-:p"]}}
        """#),
    Row(
      kind: .request, method: "elicitation/create", revisions: "2511",
      message: #"{"mode":"-:url","message":"request:m","url":"-:u","elicitationId":"-:e","_meta":{"-:a":"-:b"}}"#),
    Row(kind: .request, method: "tasks/get", revisions: "2511", message: #"{"taskId":"-:t"}"#),
    Row(kind: .request, method: "tasks/result", revisions: "2511", message: #"{"taskId":"-:t"}"#),
    Row(kind: .request, method: "tasks/cancel", revisions: "2511 2607", message: #"{"taskId":"-:t"}"#),
    Row(kind: .request, method: "tasks/list", revisions: "2511", message: #"{"cursor":"-:c"}"#),
    Row(kind: .arguments, method: "", revisions: all, message: #"{"arguments:a":{"arguments:b":["arguments:c"]}}"#),
  ]

  @Test(arguments: results + empty + failures + notifications + requests)
  func readsWhatIsReadAndNothingElse(_ row: Row) throws {
    for year in row.revisions.split(separator: " ") {
      let revision = try #require(ReadableTextTests.revision(year))
      let document = try Document(parsing: Array(row.message.utf8))
      var found: [Node: ReadableText] = [:]
      for text in try ReadableTextTests.texts(document, row, revision) {
        #expect(found.updateValue(text, forKey: text.node) == nil, "read twice: \(document.string(text.node) ?? "")")
      }
      ReadableTextTests.everyString(document, document.root) { node, isName in
        let text = document.string(node) ?? ""
        let place = text.firstIndex(of: ":").flatMap { TextPlace(word: String(text[..<$0])) }
        #expect(found[node]?.place == place, "\(year) \(text)")
        if let read = found[node] { #expect((read.kind == .name) == isName, "\(year) \(text)") }
      }
    }
  }

  /// Each method that a server's message can be of has its row, in every revision that has the method.
  @Test(arguments: Revision.allCases)
  func nothingIsForgotten(_ revision: Revision) throws {
    let year = try #require(ReadableTextTests.years.first { ReadableTextTests.revision($0[...]) == revision })
    func rows(_ rows: [Row]) -> Set<String> { Set(rows.filter { $0.revisions.contains(year) }.map(\.method)) }
    for method in Method.allCases {
      if method.exists(from: .server, in: revision) {
        let table = method.isNotification ? ReadableTextTests.notifications : ReadableTextTests.requests
        #expect(rows(table).contains(method.name), "\(method) \(year)")
      }
      if method.exists(from: .client, in: revision), !method.isNotification {
        #expect(rows(ReadableTextTests.results + ReadableTextTests.empty).contains(method.name), "\(method) \(year)")
      }
    }
  }

  @Test func longNumbersAreRead() throws {
    let document = try Document(parsing: Array(#"{"structuredContent":{"a":4111111111111111,"b":123456},"content":[]}"#.utf8))
    var texts: [ReadableText] = []
    var binaries: [BinaryContent] = []
    document.collectTexts(of: .result(of: .toolsCall, document.root), in: .of2025November, into: &texts, &binaries)
    #expect(
      texts.filter { $0.kind == .number }.map { String(decoding: document.bytes[document.source($0.node)], as: UTF8.self) } == [
        "4111111111111111"
      ])
  }

  @Test(arguments: [
    ("text/plain", true), ("TEXT/HTML; charset=utf-8", true), ("application/json", true), ("image/svg+xml", true), ("", true),
    ("application/octet-stream", true), ("image/png", false), ("application/pdf", false), ("audio/wav", false), ("application/zip", false),
  ])
  func base64OfTextIsText(_ type: String, _ isRead: Bool) throws {
    // What begins like what it says it is is not read, and what does not may be text.
    let signature = MediaSignature.of(type: type).first
    #expect((signature == nil) == isRead)
    let data = String(decoding: Base64.encode(signature?.sample(count: 30) ?? Array("hello".utf8)), as: UTF8.self)
    let document = try Document(
      parsing: Array(
        #"{"contents":[{"uri":"u","mimeType":"\#(type)","blob":"\#(data)"},{"uri":"v","mimeType":"\#(type)","blob":"aGVsbG8="}]}"#.utf8))
    var texts: [ReadableText] = []
    var binaries: [BinaryContent] = []
    document.collectTexts(of: .result(of: .resourcesRead, document.root), in: .of2025November, into: &texts, &binaries)
    #expect(texts.map(\.kind) == (isRead ? [.encoded, .encoded] : [.encoded]))
    #expect(binaries.map(\.bytes) == [isRead ? 5 : 30, 5])
  }

  @Test func elementsOfListsAreTold() throws {
    let document = try Document(parsing: Array(#"{"tools":[{"name":"a","description":"x"},{"name":"b","title":"y"}],"more":"z"}"#.utf8))
    var texts: [ReadableText] = []
    var binaries: [BinaryContent] = []
    document.collectTexts(of: .result(of: .toolsList, document.root), in: .of2025November, into: &texts, &binaries)
    let names = texts.map { text in text.element.flatMap { document.member($0, "name") }.flatMap { document.string($0) } }
    #expect(names == ["a", "b", nil, nil])
  }
}

extension ReadableTextTests {
  static let years = ["2411", "2503", "2506", "2511", "2607"]

  static func revision(_ year: Substring) -> Revision? { years.firstIndex(of: String(year)).map { Revision.allCases[$0] } }

  static func texts(_ document: Document, _ row: Row, _ revision: Revision) throws -> [ReadableText] {
    var texts: [ReadableText] = []
    var binaries: [BinaryContent] = []
    document.collectTexts(of: try carrier(document, row), in: revision, into: &texts, &binaries)
    return texts
  }

  private static func carrier(_ document: Document, _ row: Row) throws -> TextCarrier {
    switch row.kind {
    case .failure: return .failure(document.root)
    case .arguments: return .arguments(document.root)
    case .result, .notification, .request: break
    }
    let method = try #require(Method.allCases.first { $0.name == row.method })
    switch row.kind {
    case .result: return .result(of: method, document.root)
    case .notification: return .notification(method, document.root)
    default: return .request(method, document.root)
    }
  }

  static func everyString(_ document: Document, _ node: Node, _ body: (Node, _ isName: Bool) -> Void) {
    switch document.kind(node) {
    case .string: body(node, false)
    case .array: for element in document.elements(node) { everyString(document, element, body) }
    case .object:
      for member in document.members(node) {
        body(member.key, true)
        everyString(document, member.value, body)
      }
    case .null, .boolean, .number: break
    }
  }
}

extension TextPlace {
  /// As the tables write it.
  init?(word: String) {
    guard let place = TextPlace.allCases.first(where: { "\($0)" == word }) else { return nil }
    self = place
  }
}
