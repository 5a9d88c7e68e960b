import Bytecode
import Enforcement
import JSON
import Messages
import TestSupport
import Testing

/// Limits of a policy, from its text to what the client gets and the log says.
struct LimitedGate {
  static let tools = #"""
    {"tools":[
    {"name":"search","inputSchema":{"type":"object","properties":{"q":{"type":"string"},"thread":{"type":"string"}}}},
    {"name":"pay","inputSchema":{"type":"object","properties":{"amount":{"type":"number"},"memo":{"type":"string"}}}},
    {"name":"closed","inputSchema":{"type":"object"}}]}
    """#.replacing("\n", with: "")

  static let head = #"""
    policy demo
    server demo from "demo.json"
    scope all opens demo.search, demo.pay, prompt demo.review, resource demo "demo://open/**"
    agent tester when token.sub == "tester"
    grant everyone all to any agent

    """#

  static func program(_ limits: String, generation: UInt64 = 1) throws -> Program {
    let snapshot =
      #"{"tools":\#(tools.dropFirst(9).dropLast()),"prompts":[{"name":"review"}],"resources":[{"uri":"demo://open/a","name":"a"}]}"#
    return try compiled(head + limits, snapshot: snapshot, generation: generation)
  }

  static func talk(_ limits: String) throws -> Talk {
    var conversation = Conversation(program: try program(limits), agent: "tester", server: "demo", tools: tools)
    conversation.shakeHands()
    return Talk(conversation)
  }
}

extension Talk {
  /// Calls a tool, without an answer.
  func call(_ id: Int, _ tool: String = "search", _ arguments: String = "{}") {
    client(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#)
  }

  func answer(_ id: Int) { server(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[]}}"#) }

  /// The denial that the client got last; nil: it got something else.
  var denial: Value? {
    toClient.last.flatMap { try? Value(parsing: Array($0.utf8)) }.flatMap {
      $0["result"]?["_meta"]?["com.sallyport/denial"] ?? $0["error"]?["data"]
    }
  }
}

@Suite struct SessionLimitTests {
  /// How a call ends that the server was given, and whether what it took comes back under `refund on failure`.
  static let endings: [(message: String, comesBack: Bool)] = [
    (#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#, false),
    (#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":true}}"#, true),
    (#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}}"#, true),
    // Against the protocol, or no answer at all: whether anything failed is not known.
    (#"{"jsonrpc":"2.0","id":1,"result":{"content":[],"isError":"true"}}"#, false), (#"{"jsonrpc":"2.0","id":1,"result":7}"#, false),
  ]

  @Test(arguments: endings) func aFailureGivesBack(_ ending: (message: String, comesBack: Bool)) throws {
    for refunds in [false, true] {
      let talk = try LimitedGate.talk("limit few 1 calls per day by agent on demo.search\(refunds ? " refund on failure" : "")")
      talk.call(1)
      talk.server(ending.message)
      talk.call(2)
      #expect((talk.toServer.count == 2) == (refunds && ending.comesBack), "\(ending.message)")
    }
  }

  /// What the agent does by itself gives nothing back, or it could call for ever; and of two limits only the one that says so gives back.
  @Test func onlyFailuresGiveBack() throws {
    let talk = try LimitedGate.talk("limit few 1 calls per day by agent on demo.search refund on failure")
    talk.call(1)
    talk.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
    talk.call(2)
    #expect(talk.denial?["rule"] == "few")
    let both = try LimitedGate.talk(
      "limit few 1 calls per day by agent on demo.search refund on failure\nlimit many 2 calls per day by agent on demo.search")
    for id in 1...2 {
      both.call(id)
      both.server(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":1,"message":"no"}}"#)
    }
    both.call(3)
    #expect(both.denial?["rule"] == "many")
  }

  @Test func aServerThatEndsHasFailed() throws {
    let program = try LimitedGate.program("limit few 3 calls per day by agent on demo.search refund on failure")
    let store = PolicyStore(program)
    func talk() -> Talk {
      var conversation = Conversation(program: program, agent: "tester", server: "demo", tools: LimitedGate.tools, store: store)
      conversation.shakeHands()
      return Talk(conversation)
    }
    for _ in 1...2 {
      let talk = talk()
      for id in 1...4 { talk.call(id) }
      #expect(talk.toServer.count == 3 && talk.denial?["rule"] == "few")
      talk.serverExits()
    }
  }

  @Test func aLimitRefusesAndSaysWhatAndWhen() throws {
    let talk = try LimitedGate.talk(
      "cost demo.search = 5\nlimit budget 10 cost per hour by agent, tool on demo.search over deny because \"Search less.\"")
    talk.call(1)
    talk.call(2)
    #expect(talk.toServer.count == 2 && talk.toClient.isEmpty)
    talk.call(3)
    #expect(talk.toServer.count == 2)
    let denial = try #require(talk.denial)
    #expect(denial["code"]?.string == "RATE_LIMITED" && denial["retryable"] == true && denial["rule"]?.string == "budget")
    #expect(denial["because"]?.string == "Search less.")
    #expect(denial["limit"]?["allows"]?.string == "10 cost per hour by agent, tool" && denial["limit"]?["takes"] == 5)
    // 5 came back after 30 minutes, of which two events' milliseconds have passed.
    #expect(denial["retryAfterMs"] == .number(Number(1_800_000 - 2)))
    #expect(denial["message"]?.string?.contains("takes 5, and less than 0.01 is left") == true, "\(denial)")
    let record = try #require(talk.records.last)
    #expect(record.outcome == .denied && record.code == .rateLimited && record.rule == "budget")
    #expect(record.limits.count == 1 && record.limits[0].isOver && record.limits[0].takes == 5)
    talk.wait(milliseconds: 1_800_000 - 4)
    talk.call(4)
    #expect(talk.toServer.count == 2, "a millisecond too early")
    talk.call(5)
    #expect(talk.toServer.count == 3)
  }

  @Test func allLimitsOrNone() throws {
    let talk = try LimitedGate.talk(
      "limit all 3 calls per day by agent\nlimit money 100.00 of args.amount per day by agent on demo.pay")
    talk.call(1, "pay", #"{"amount":99.99}"#)
    for id in 2...5 { talk.call(id, "pay", #"{"amount":0.02}"#) }
    #expect(talk.toServer.count == 1)
    #expect(talk.denial?["allowed"]?["arguments"] == ["args.amount <= 0.01"])
    // What the second limit refused took nothing from the first.
    talk.call(6, "pay", #"{"amount":0.01}"#)
    talk.call(7)
    #expect(talk.toServer.count == 3)
    talk.call(8)
    #expect(talk.toServer.count == 3 && talk.denial?["rule"]?.string == "all")
  }

  @Test func aCallThatIsTooMuchInAnyCase() throws {
    let talk = try LimitedGate.talk("limit money 100.00 of args.amount per day by agent on demo.pay")
    talk.call(1, "pay", #"{"amount":100.000001}"#)
    #expect(talk.denial?["retryable"] == false && talk.denial?["retryAfterMs"] == nil)
    talk.call(2, "pay", #"{"amount":-5}"#)
    #expect(talk.denial?["code"]?.string == "RATE_LIMITED" && talk.denial?["retryable"] == false)
    talk.call(3, "pay", #"{"memo":"none"}"#)
    talk.call(4, "pay", #"{"amount":100}"#)
    #expect(talk.toServer.count == 2)
  }

  @Test func whatIsDeniedTakesNothing() throws {
    let talk = try LimitedGate.talk("limit few 1 calls per day by agent\ndeny long on demo.search when args.q present and args.q == \"no\"")
    for id in 1...3 { talk.call(id, "search", #"{"q":"no"}"#) }
    #expect(talk.denial?["rule"]?.string == "long")
    talk.call(4)
    #expect(talk.toServer.count == 1)
  }

  @Test func confidentialLimitsTellNothing() throws {
    let talk = try LimitedGate.talk("@confidential\nlimit hush 1 calls per day by agent over deny because \"hidden words\"")
    talk.call(1)
    talk.call(2)
    let answer = try #require(talk.toClient.last)
    #expect(!answer.contains("hush") && !answer.contains("hidden words") && !answer.contains("per day") && answer.contains("retryAfterMs"))
    #expect(talk.records.last?.rule == "hush")
  }

  @Test func shadowLimitsAreLoggedOnly() throws {
    let talk = try LimitedGate.talk("shadow limit few 1 calls per day by agent")
    talk.call(1)
    talk.call(2)
    talk.answer(1)
    talk.answer(2)
    #expect(talk.toServer.count == 2)
    #expect(talk.records.map(\.shadow) == [[], ["few"]])
    #expect(talk.records[1].limits[0].isOver && talk.records[1].limits[0].isShadow)
  }

  @Test func resourcesAndPromptsAreCounted() throws {
    let talk = try LimitedGate.talk(
      "limit pages 1 calls per hour by agent on resource demo \"demo://open/**\"\nlimit asks 1 calls per hour by agent on prompt demo.review"
    )
    for (id, uri) in ["demo://open/a", "demo://open/b"].enumerated() {
      talk.client(#"{"jsonrpc":"2.0","id":\#(id),"method":"resources/read","params":{"uri":"\#(uri)"}}"#)
    }
    #expect(talk.toServer.count == 1 && talk.denial?["rule"]?.string == "pages")
    for id in 5...6 { talk.client(#"{"jsonrpc":"2.0","id":\#(id),"method":"prompts/get","params":{"name":"review"}}"#) }
    #expect(talk.toServer.count == 2 && talk.denial?["rule"]?.string == "asks")
  }

  @Test func sessionsAreCountedApart() throws {
    let talk = try LimitedGate.talk("session by args.thread\nlimit few 1 calls per hour by session on demo.search")
    for (id, thread) in ["a", "b", "a", "c"].enumerated() { talk.call(id, "search", #"{"thread":"\#(thread)"}"#) }
    #expect(talk.toServer.count == 3)
  }

  @Test func reloadsKeepWhatWasTaken() throws {
    let talk = try LimitedGate.talk("limit few 10 calls per day by agent")
    for id in 1...6 { talk.call(id) }
    talk.store.replace(
      with: try LimitedGate.program("limit aside 100 calls per day by agent\nlimit few 7 calls per day by agent", generation: 2))
    talk.call(7)
    talk.call(8)
    #expect(talk.toServer.count == 7 && talk.denial?["rule"]?.string == "few")
    // Counted by other things, it is another limit.
    talk.store.replace(with: try LimitedGate.program("limit few 7 calls per day by server", generation: 3))
    talk.call(9)
    #expect(talk.toServer.count == 8)
  }
}

@Suite struct InFlightTests {
  static let slots = "limit slots 2 calls in flight by agent on demo.search"
  static let waiting = slots + " over wait up to 2s"

  @Test func everyWayOutLeavesThePlace() throws {
    let ways: [(String, (Talk, Int) -> Void)] = [
      ("answered", { $0.answer($1) }),
      ("error", { $0.server(#"{"jsonrpc":"2.0","id":\#($1),"error":{"code":-32000,"message":"no"}}"#) }),
      ("broken answer", { $0.server(#"{"jsonrpc":"2.0","id":\#($1),"result":{},"error":{}}"#) }),
      ("cancelled", { $0.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#($1)}}"#) }),
      ("no answer in time", { talk, _ in talk.wait(milliseconds: 5 * 3_600_000) }),
    ]
    for (name, leave) in ways {
      let talk = try LimitedGate.talk(Self.slots)
      for id in 0..<10 {
        talk.call(2 * id)
        talk.call(2 * id + 1)
        #expect(talk.toServer.count { $0.contains("tools/call") } == 2 * id + 2, "\(name), round \(id)")
        talk.call(1_000 + id)
        #expect(talk.denial?["code"]?.string == "RATE_LIMITED" && talk.denial?["retryAfterMs"] == 1_000, "\(name)")
        leave(talk, 2 * id)
        leave(talk, 2 * id + 1)
      }
    }
  }

  /// Another connection has the places of one that ends.
  @Test(arguments: [true, false]) func aConnectionThatEndsLeavesItsPlaces(_ isServer: Bool) throws {
    let talk = try LimitedGate.talk(Self.slots)
    talk.call(1)
    talk.call(2)
    var other = Conversation(program: talk.store.program, agent: "tester", server: "demo", tools: LimitedGate.tools, store: talk.store)
    other.shakeHands()
    other.client(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{}}}"#)
    #expect(other.toServer.isEmpty)
    if isServer { talk.serverExits() } else { talk.clientCloses() }
    other.client(#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search","arguments":{}}}"#)
    #expect(other.toServer.count == 1)
  }

  @Test func callsWaitInLine() throws {
    let talk = try LimitedGate.talk(Self.waiting)
    for id in 1...5 { talk.call(id) }
    #expect(talk.toServer.count == 2 && talk.toClient.isEmpty)
    talk.answer(1)
    #expect(talk.toServer.count == 3 && talk.toServer[2].contains(#""id":3"#))
    talk.answer(3)
    talk.answer(2)
    #expect(talk.toServer.count == 5 && talk.toServer[4].contains(#""id":5"#))
    talk.answer(4)
    talk.answer(5)
    #expect(talk.session.isIdle && talk.toClient.count == 5)
    #expect(talk.records.allSatisfy { $0.outcome == .allowed })
  }

  @Test func waitingEnds() throws {
    let talk = try LimitedGate.talk(Self.waiting)
    for id in 1...3 { talk.call(id) }
    #expect(talk.session.deadline != nil)
    talk.wait(milliseconds: 1_990)
    #expect(talk.toClient.isEmpty)
    talk.wait(milliseconds: 20)
    #expect(talk.denial?["rule"]?.string == "slots" && talk.records.last?.code == .rateLimited)
    #expect(talk.toServer.count == 2)
    // Nobody waits any more: a place that gets free is the next call's.
    talk.answer(1)
    talk.call(4)
    #expect(talk.toServer.count == 3)
  }

  @Test func whoWaitsCanBeCancelled() throws {
    let talk = try LimitedGate.talk(Self.waiting)
    for id in 1...4 { talk.call(id) }
    talk.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":3}}"#)
    #expect(talk.records.last?.outcome == .cancelled && talk.toServer.count == 2)
    talk.answer(1)
    #expect(talk.toServer.count == 3 && talk.toServer[2].contains(#""id":4"#))
  }

  @Test func idsOfThoseThatWaitAreTaken() throws {
    let talk = try LimitedGate.talk(Self.waiting)
    for id in [1, 2, 3, 3] { talk.call(id) }
    #expect(talk.toClient.last?.contains("-32600") == true)
  }

  /// What the policy says when the wait is over counts.
  @Test func whoWaitsIsDecidedAgain() throws {
    let talk = try LimitedGate.talk(Self.waiting)
    for id in 1...3 { talk.call(id) }
    talk.store.replace(with: try LimitedGate.program(Self.waiting + "\ndeny night on demo.search", generation: 2))
    talk.answer(1)
    #expect(talk.toServer.count == 2 && talk.denial?["rule"]?.string == "night")
    talk.store.replace(with: try LimitedGate.program(Self.slots, generation: 3))
    talk.call(4)
    #expect(talk.toServer.count == 3, "the place was given back")
  }

  @Test func aServerThatEndsAnswersThoseThatWait() throws {
    let talk = try LimitedGate.talk(Self.waiting)
    for id in 1...4 { talk.call(id) }
    talk.serverExits()
    #expect(talk.toClient.count == 4 && talk.toClient.allSatisfy { $0.contains("UPSTREAM_UNAVAILABLE") })
    #expect(talk.session.isIdle && talk.session.deadline == nil)
  }

  /// Places that another connection leaves are found without a message.
  @Test func placesOfOthersAreFound() throws {
    let talk = try LimitedGate.talk(Self.waiting)
    talk.call(1)
    talk.call(2)
    var other = Conversation(program: talk.store.program, agent: "tester", server: "demo", tools: LimitedGate.tools, store: talk.store)
    other.shakeHands()
    other.client(#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{}}}"#)
    #expect(other.toServer.isEmpty)
    talk.answer(1)
    other.wait(milliseconds: 25)
    #expect(other.toServer.count == 1)
  }

  @Test func aRateCanBeWaitedFor() throws {
    let talk = try LimitedGate.talk("limit slow 10 calls per second burst 1 by agent over wait up to 250ms")
    for id in 1...4 { talk.call(id) }
    #expect(talk.toServer.count == 1 && talk.denial?["rule"]?.string == "slow")
    // Whoever is cancelled gives back its turn.
    talk.client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}"#)
    talk.wait(milliseconds: 100)
    #expect(talk.toServer.count == 1)
    talk.wait(milliseconds: 100)
    #expect(talk.toServer.count == 2 && talk.toServer[1].contains(#""id":3"#))
  }
}

@Suite struct DenialBudgetTests {
  /// A loop of denials costs one short answer each; what is allowed goes on.
  @Test func aLoopOfDenialsIsAnsweredShortly() throws {
    let talk = try LimitedGate.talk("")
    for id in 0..<100 { talk.call(id, "search_\(id)") }
    #expect(talk.denial?["code"]?.string == "PERMISSION_DENIED")
    talk.call(100, "search_100")
    #expect(talk.denial?["code"]?.string == "RATE_LIMITED" && talk.denial?["allowed"] == nil)
    let wait = try #require(talk.denial?["retryAfterMs"]?.number?.integer)
    talk.call(101)
    #expect(talk.toServer.count == 1)
    talk.wait(milliseconds: Int64(wait))
    talk.call(102, "search_102")
    #expect(talk.denial?["code"]?.string == "PERMISSION_DENIED")
  }
}
