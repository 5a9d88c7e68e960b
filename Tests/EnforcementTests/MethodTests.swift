import Enforcement
import Messages
import Testing

/// Every method of the protocol from every side in every revision: what exists passes, what does not is refused or dropped. The table is
/// written from the specification's schemas, not from `Method`.
@Suite struct MethodTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let name: String
    /// Revisions in which the client, and the server, may send it; the last two digits of years and months: `2411 2503 2506 2511 2607`.
    let client: String
    let server: String
    var parameters = ""
    var testDescription: String { name }
  }

  static let handshake = "2411 2503 2506 2511"
  static let all = handshake + " 2607"
  static let requests: [Row] = [
    Row(name: "ping", client: handshake, server: handshake),
    Row(name: "tools/list", client: all, server: ""),
    Row(name: "tools/call", client: all, server: "", parameters: #""name":"echo","arguments":{"text":"a"}"#),
    Row(name: "resources/list", client: all, server: ""),
    Row(name: "resources/templates/list", client: all, server: ""),
    Row(name: "resources/read", client: all, server: "", parameters: #""uri":"demo://open/a""#),
    Row(name: "resources/subscribe", client: handshake, server: "", parameters: #""uri":"demo://open/a""#),
    Row(name: "resources/unsubscribe", client: handshake, server: "", parameters: #""uri":"demo://open/a""#),
    Row(name: "prompts/list", client: all, server: ""),
    Row(name: "prompts/get", client: all, server: "", parameters: #""name":"review""#),
    Row(
      name: "completion/complete", client: all, server: "",
      parameters: #""ref":{"type":"ref/prompt","name":"review"},"argument":{"name":"code","value":"x"}"#),
    Row(name: "logging/setLevel", client: handshake, server: "", parameters: #""level":"info""#),
    Row(name: "server/discover", client: "2607", server: ""),
    Row(name: "subscriptions/listen", client: "2607", server: "", parameters: #""notifications":{"toolsListChanged":true}"#),
    Row(name: "tasks/list", client: "2511", server: "2511"),
    Row(name: "sampling/createMessage", client: "", server: handshake, parameters: #""messages":[],"maxTokens":1"#),
    Row(name: "elicitation/create", client: "", server: "2506 2511", parameters: #""message":"m","requestedSchema":{}"#),
    Row(name: "roots/list", client: "", server: handshake),
  ]
  static let notifications: [Row] = [
    Row(name: "notifications/initialized", client: handshake, server: ""),
    Row(name: "notifications/roots/list_changed", client: handshake, server: ""),
    Row(name: "notifications/resources/list_changed", client: "", server: handshake),
    Row(name: "notifications/tools/list_changed", client: "", server: handshake),
    Row(name: "notifications/prompts/list_changed", client: "", server: handshake),
    Row(name: "notifications/resources/updated", client: "", server: handshake, parameters: #""uri":"demo://open/a""#),
    Row(name: "notifications/message", client: "", server: handshake, parameters: #""level":"info","data":1"#),
    Row(name: "notifications/elicitation/complete", client: "", server: "2511", parameters: #""elicitationId":"e""#),
  ]
  static let revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]

  private func short(_ revision: String) -> String { String(revision.dropFirst(2).prefix(5).filter { $0 != "-" }) }

  private func connected(_ revision: String) -> Conversation {
    var conversation = Conversation()
    if revision == "2026-07-28" { conversation.speakStateless() } else { conversation.shakeHands(revision) }
    return conversation
  }

  private func message(_ row: Row, id: String?, _ revision: String, fromClient: Bool) -> String {
    if let id, fromClient, revision == "2026-07-28" { return stateless(id, row.name, row.parameters) }
    let start = id.map { #"{"jsonrpc":"2.0","id":\#($0),"# } ?? #"{"jsonrpc":"2.0","#
    return start + #""method":"\#(row.name)","params":{\#(row.parameters)}}"#
  }

  @Test(arguments: requests, revisions)
  func requestOfTheClient(_ row: Row, _ revision: String) {
    var conversation = connected(revision)
    let message = message(row, id: "1", revision, fromClient: true)
    conversation.client(message)
    if row.client.contains(short(revision)) {
      #expect(conversation.toServer == [message])
      // Its answer goes back as it is, but for lists.
      let answer = #"{"jsonrpc":"2.0","id":1,"result":{"x":1.0}}"#
      conversation.server(answer)
      #expect(conversation.toClient == [answer] || row.name.hasSuffix("list"))
      #expect(conversation.toClient.count == 1)
    } else {
      #expect(conversation.toServer.isEmpty)
      #expect(conversation.toClient.count == 1 && conversation.toClient[0].contains("-32601"))
    }
  }

  @Test(arguments: requests, revisions)
  func requestOfTheServer(_ row: Row, _ revision: String) {
    var conversation = connected(revision)
    let message = message(row, id: "1", revision, fromClient: false)
    conversation.server(message)
    if row.server.contains(short(revision)) && !row.server.isEmpty {
      #expect(conversation.toClient == [message])
      let answer = #"{"jsonrpc":"2.0","id":1,"result":{"x":1.0}}"#
      conversation.client(answer)
      #expect(conversation.toServer == [answer])
    } else {
      #expect(conversation.toClient.isEmpty)
      // From 2026-07-28 on nobody writes answers to the server.
      #expect(conversation.toServer.count == (revision == "2026-07-28" ? 0 : 1))
      #expect(conversation.records.last?.outcome == .dropped)
    }
  }

  @Test(arguments: notifications, revisions)
  func notification(_ row: Row, _ revision: String) {
    for fromClient in [true, false] {
      var conversation = connected(revision)
      let message = message(row, id: nil, revision, fromClient: fromClient)
      if fromClient { conversation.client(message) } else { conversation.server(message) }
      let passed = fromClient ? conversation.toServer : conversation.toClient
      if (fromClient ? row.client : row.server).contains(short(revision)) {
        #expect(passed == [message])
      } else {
        #expect(conversation.toServer.isEmpty && conversation.toClient.isEmpty)
        #expect(conversation.records.map(\.outcome) == [.dropped])
      }
    }
  }
}
