import Foundation
import Sallyport
import Testing

/// The examples of docs/library.md stand here, where they are compiled and run; like the page, from the top of the checkout.
struct LibraryPageTests {
  private let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

  @Test func theExamplesAreThoseOfThePage() throws {
    let page = try String(contentsOf: folder.appending(path: "docs/library.md"), encoding: .utf8)
    let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    let examples = page.components(separatedBy: "```swift\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
    #expect(examples.count == 3)
    for example in examples {
      let indented = example.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "    \($0)" }
      #expect(source.contains(indented.joined(separator: "\n")), "not compiled:\n\(example)")
    }
  }

  @Test func deciding() throws {
    var printed: [String] = []
    func print(_ text: String) { printed.append(text) }

    let policy = try Policy(contentsOf: ["rules/examples/demo/office.sally"])
    var judge = Judge(policy)
    let call = GuardedCall.tool(server: "office", name: "delete_customer", arguments: Array(#"{"id":"C-1"}"#.utf8))
    let ruling = judge.decide(call, by: .agent("assistant"), at: 1_790_000_000_000)
    print("\(ruling): \(ruling.reasons.joined(separator: "; "))")

    #expect(printed.count == 1 && printed.first?.hasPrefix("deny") == true)
  }

  @Test func standingBetween() throws {
    let policy = try Policy(contentsOf: ["rules/examples/demo/office.sally"])
    let line = Array(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.utf8)
    var toServer: [[UInt8]] = []
    var toClient: [[UInt8]] = []
    func log(_: GuardedSession.Summary) {}
    func tell(_: GuardedState.PendingApproval) {}

    var session = GuardedSession(policy: policy, server: "office", caller: .agent("assistant"))
    for output in session.receiveFromClient(line) {
      switch output {
      case .sendToServer(let message): toServer.append(message)
      case .sendToClient(let message): toClient.append(message)
      case .record(let summary): log(summary)
      case .ask(let approval): tell(approval)
      }
    }
    session.carriedOut()

    #expect(toServer == [line] && toClient.isEmpty)
  }

  @Test func severalSessions() throws {
    let policy = try Policy(contentsOf: ["rules/examples/demo/office.sally"])
    func deliver(_ outputs: [GuardedSession.Output]) { #expect(outputs.isEmpty) }

    let state = GuardedState(policy: policy)
    var first = GuardedSession(state: state, server: "office", caller: .agent("assistant"))
    var second = GuardedSession(state: state, server: "office", caller: .agent("assistant"))
    state.stop(.tool, "office.list_customers", by: "ann", because: "odd lists")
    deliver(first.timePassed() + second.timePassed())

    let meta = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#
    let read = Array(#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"x:y",\#(meta)}}"#.utf8)
    func texts(_ outputs: [GuardedSession.Output]) -> String {
      outputs.map { if case .sendToClient(let message) = $0 { String(decoding: message, as: UTF8.self) } else { "" } }.joined()
    }
    state.stop(.agent, "assistant", by: "ann")
    for answers in [first.receiveFromClient(read), second.receiveFromClient(read)] {
      #expect(texts(answers).contains("An operator has stopped the agent"))
    }
    state.resume(.agent, "assistant")
    let answer = texts(first.receiveFromClient(read))
    #expect(!answer.isEmpty && !answer.contains("has stopped the agent"))
    #expect(throws: GuardedState.ApprovalError.unknown) { try state.decide("ap_0", approve: true, by: "ann", at: 0) }
  }
}
