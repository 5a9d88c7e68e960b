import Enforcement
import JSON
import Synchronization
import TestSupport
import Testing

/// Labels that several gateways share, while they can be read and while they cannot.
@Suite struct SharedLabelTests {
  /// Keeps labels by name, or says that it cannot.
  private final class Shared: SharedLabels {
    private let sets = Mutex<[SessionKey: [String]]>([:])
    let isReadable = Mutex(true)
    let isWritable = Mutex(true)

    func labels(of key: SessionKey) -> [String]? { isReadable.withLock { $0 } ? sets.withLock { $0[key] ?? [] } : nil }

    func apply(sets new: [String], clears: [String], to key: SessionKey) -> [String]? {
      guard isWritable.withLock({ $0 }) else { return nil }
      return sets.withLock { sets in
        let names = (sets[key] ?? []).filter { !clears.contains($0) } + new
        sets[key] = names
        return names
      }
    }
  }

  private static let rules = """
    label said "something was said"
    mark said after demo.echo
    deny once on demo.read when session has said

    """

  private func talk(_ shared: Shared) throws -> Talk {
    let program = try FilteredGate.program(Self.rules)
    var conversation = Conversation(
      program: program, agent: "tester", server: "demo", tools: FilteredGate.tools, store: PolicyStore(program, labels: shared))
    conversation.shakeHands()
    return Talk(conversation)
  }

  private func call(_ talk: Talk, _ id: Int, _ tool: String) {
    talk.client(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"\#(tool)","arguments":{}}}"#)
  }

  private func answer(_ talk: Talk, _ id: Int) {
    talk.server(#"{"jsonrpc":"2.0","id":\#(id),"result":{"content":[{"type":"text","text":"ANSWER"}]}}"#)
  }

  @Test func whatOneGateMarksAnotherHeeds() throws {
    let shared = Shared()
    let (one, other) = (try talk(shared), try talk(shared))
    call(other, 1, "read")
    #expect(other.toServer.last?.contains("\"read\"") == true)
    call(one, 1, "echo")
    answer(one, 1)
    #expect(one.toClient.last?.contains("ANSWER") == true)
    other.forget()
    call(other, 2, "read")
    #expect(other.toServer.isEmpty && other.denial?["code"] == "PERMISSION_DENIED" && other.denial?["rule"] == "once")
  }

  /// What a session has done is not known, so nothing that it decides goes: also what no rule with a label speaks of.
  @Test func whatCannotBeReadDenies() throws {
    let shared = Shared()
    let talk = try talk(shared)
    shared.isReadable.withLock { $0 = false }
    talk.forget()
    for (id, tool) in ["echo", "read", "plain"].enumerated() {
      call(talk, id + 1, tool)
      #expect(talk.denial?["code"] == "STORE_UNAVAILABLE" && talk.denial?["retryable"] == true)
    }
    for (id, method) in ["resources/read", "resources/subscribe"].enumerated() {
      talk.client(#"{"jsonrpc":"2.0","id":\#(id + 10),"method":"\#(method)","params":{"uri":"demo://open/a"}}"#)
      #expect(talk.denial?["code"] == "STORE_UNAVAILABLE")
    }
    #expect(talk.toServer.isEmpty)
    shared.isReadable.withLock { $0 = true }
    call(talk, 20, "echo")
    #expect(talk.toServer.count == 1)
  }

  /// The model does not read what marks its session before the mark holds.
  @Test func whatCannotBeMarkedIsWithheld() throws {
    let shared = Shared()
    let talk = try talk(shared)
    call(talk, 1, "echo")
    shared.isWritable.withLock { $0 = false }
    answer(talk, 1)
    #expect(talk.denial?["code"] == "OUTPUT_BLOCKED" && talk.toClient.allSatisfy { !$0.contains("ANSWER") })
    // What marks nothing passes.
    call(talk, 2, "plain")
    answer(talk, 2)
    #expect(talk.toClient.last?.contains("ANSWER") == true)
  }
}
