import Enforcement
import JSON
import Messages
import TestSupport
import Testing

/// Whatever comes in whatever order, with losses and duplicates: what must never happen does not.
@Suite struct EventOrderTests {
  /// What the client has asked and not been answered, by the JSON text of the id.
  private struct Ledger {
    var open: [String] = []
    var answered: [String] = []
  }

  @Test func anyOrderOfEvents() throws {
    let seed = propertySeed()
    for run in 0..<propertyRuns(300) {
      var random = SeededGenerator(seed: seed &+ UInt64(run))
      try converse(&random, "SEED=\(seed &+ UInt64(run)) PROPERTY_RUNS=1")
    }
  }

  private func converse(_ random: inout SeededGenerator, _ repeatBy: String) throws {
    var conversation = Conversation()
    let isStateless = random.chance(40)
    let revision = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"].randomElement(using: &random) ?? "2025-11-25"
    if random.chance(80) {
      if isStateless { conversation.speakStateless() } else { conversation.shakeHands(revision) }
    }
    var ledger = Ledger()
    var sent: [String] = []
    var isStopped = false
    for step in 0..<60 {
      let before = (conversation.toClient.count, conversation.toServer.count)
      switch Int.random(in: 0..<11, using: &random) {
      case 0..<5:
        let id = random.chance(10) ? sent.randomElement(using: &random) ?? "0" : random.chance(50) ? "\(step)" : "\"\(step)\""
        let message = request(id, isStateless, &random)
        if !ledger.open.contains(id) { ledger.open.append(id) }
        sent.append(id)
        conversation.client(message)
      case 5..<8: conversation.server(answer(conversation.toServer, sent, &random))
      case 8: conversation.server(noise(&random))
      case 9 where random.chance(40):
        isStopped = !isStopped
        conversation.stops(isStopped ? stops(&random) : Stops())
      default:
        if conversation.ownRequests.isEmpty || random.chance(20) {
          conversation.client(cancellation(sent, &random))
        } else {
          conversation.answerOwnList(random.chance(30) ? #"{"tools":[]}"# : nil)
        }
      }
      try check(conversation.toServer[before.1...], repeatBy)
      try settle(conversation.toClient[before.0...], &ledger, repeatBy)
      if isStopped { try checkStopped(conversation.toClient[before.0...], conversation.toServer[before.1...], repeatBy) }
    }
    let before = conversation.toClient.count
    conversation.serverExits()
    try settle(conversation.toClient[before...], &ledger, repeatBy)
    let isIdle = conversation.session.isIdle
    #expect(isIdle, "\(repeatBy)")
    // Every request was answered, or its sender took it back, or it was refused for bearing an id in use.
    let cancelled = Set(
      conversation.records.compactMap { $0.outcome == .cancelled ? $0.identifier.map { String(decoding: $0.source, as: UTF8.self) } : nil })
    let refusals = conversation.toClient.count { $0.contains(#""id":null"#) }
    let unanswered = ledger.open.filter { !ledger.answered.contains($0) && !cancelled.contains($0) }
    #expect(unanswered.count <= refusals, "\(unanswered) \(repeatBy)")
  }

  /// Only calls that the policy grants reach the server.
  private func check(_ messages: ArraySlice<String>, _ repeatBy: String) throws {
    for message in messages {
      let value = try Value(parsing: Array(message.utf8))
      guard value["method"] == "tools/call" else { continue }
      #expect(value["params"]?["name"] == "echo", "\(message) \(repeatBy)")
      #expect(value["params"]?["arguments"]?["text"]?.string != nil, "\(message) \(repeatBy)")
    }
  }

  /// The client is answered at most once for each request it has open, and never for one that it did not make.
  private func settle(_ messages: ArraySlice<String>, _ ledger: inout Ledger, _ repeatBy: String) throws {
    for message in messages {
      let value = try Value(parsing: Array(message.utf8))
      guard value["method"] == nil, let id = value["id"], !id.isNull else { continue }
      let text = String(decoding: write(id), as: UTF8.self)
      let place = ledger.open.firstIndex(of: text)
      #expect(place != nil, "an answer to nothing: \(message) \(repeatBy)")
      if let place { ledger.open.remove(at: place) }
      ledger.answered.append(text)
    }
  }

  /// All that a caller can be stopped by.
  private func stops(_ random: inout SeededGenerator) -> Stops {
    if random.chance(20) { return Stops(isCurrent: false) }
    var stops = Stops()
    stops.stop(random.chance(50) ? .agent : .server, random.chance(50) ? "tester" : "demo", Stops.Entry(actor: "ops", because: nil))
    stops.stop(.agent, "tester", Stops.Entry(actor: "ops", because: "because"))
    return stops
  }

  /// A caller that is stopped has nothing of the server's, and the server nothing of its.
  private func checkStopped(_ toClient: ArraySlice<String>, _ toServer: ArraySlice<String>, _ repeatBy: String) throws {
    for message in toServer {
      let value = try Value(parsing: Array(message.utf8))
      let isOwn = value["id"]?.string?.hasPrefix("sallyport-") ?? false
      #expect(isOwn || value["method"] == nil || value["method"] == "notifications/cancelled", "\(message) \(repeatBy)")
      #expect(value["result"] == nil, "\(message) \(repeatBy)")
    }
    for message in toClient {
      let value = try Value(parsing: Array(message.utf8))
      let isRefusal = value["error"] != nil || value["result"]?["_meta"]?["com.sallyport/denial"] != nil
      #expect(isRefusal || value["method"] == "notifications/cancelled" || message.hasPrefix("["), "\(message) \(repeatBy)")
    }
  }

  private func request(_ id: String, _ isStateless: Bool, _ random: inout SeededGenerator) -> String {
    let choices: [(String, String)] = [
      ("tools/call", #""name":"echo","arguments":{"text":"a"}"#), ("tools/call", #""name":"echo","arguments":{"text":7}"#),
      ("tools/call", #""name":"delete_file","arguments":{"path":"a"}"#), ("tools/call", #""name":"transfer","arguments":{"amount":1}"#),
      ("tools/call", #""name":"secret""#), ("tools/call", #""name":"nope""#), ("tools/list", ""), ("ping", ""), ("nope", ""),
      ("resources/read", #""uri":"demo://open/a""#), ("resources/read", #""uri":"demo://closed""#), ("server/discover", ""),
      ("prompts/get", #""name":"review""#), ("initialize", #""protocolVersion":"2025-11-25","capabilities":{}"#),
      ("tasks/get", #""taskId":"t""#),
    ]
    let (method, parameters) = choices.randomElement(using: &random) ?? choices[0]
    // Now and then in the manner of the other era.
    if isStateless != random.chance(5) { return stateless(id, method, parameters) }
    return #"{"jsonrpc":"2.0","id":\#(id),"method":"\#(method)","params":{\#(parameters)}}"#
  }

  /// An answer to something the server was sent, or to nothing; sometimes twice over the run, sometimes wrong.
  private func answer(_ messages: [String], _ sent: [String], _ random: inout SeededGenerator) -> String {
    let known = messages.compactMap { message in (try? Value(parsing: Array(message.utf8)))?["id"] }.map {
      String(decoding: write($0), as: UTF8.self)
    }
    let id = (random.chance(85) ? known.randomElement(using: &random) : sent.randomElement(using: &random)) ?? "99"
    let bodies = [
      #""result":{"content":[]}"#, #""result":{"tools":[]}"#, #""result":{"resultType":"input_required","requestState":"x"}"#,
      #""result":[]"#, #""error":{"code":-32603,"message":"failed in /srv/app/main.py"}"#, #""result":{"a":1,"a":2}"#,
      #""result":{"task":{"taskId":"t"}}"#, #""result":{"protocolVersion":"2025-11-25","capabilities":{}}"#,
    ]
    return #"{"jsonrpc":"2.0","id":\#(id),\#(bodies.randomElement(using: &random) ?? bodies[0])}"#
  }

  private func noise(_ random: inout SeededGenerator) -> String {
    [
      #"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#, #"{"jsonrpc":"2.0","id":1,"method":"ping"}"#,
      #"{"jsonrpc":"2.0","id":2,"method":"roots/list"}"#, #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#,
      "INFO server: ready", #"[{"jsonrpc":"2.0","id":1,"result":{}}]"#, #"{"jsonrpc":"2.0","id":"sallyport-1","result":{}}"#,
    ].randomElement(using: &random) ?? ""
  }

  private func cancellation(_ sent: [String], _ random: inout SeededGenerator) -> String {
    let id = sent.randomElement(using: &random) ?? "1"
    return #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#
  }
}
