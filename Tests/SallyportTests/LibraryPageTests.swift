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
    #expect(examples.count == 2)
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

    var session = GuardedSession(policy: policy, server: "office", caller: .agent("assistant"))
    for output in session.receiveFromClient(line) {
      switch output {
      case .sendToServer(let message): toServer.append(message)
      case .sendToClient(let message): toClient.append(message)
      case .record(let summary): log(summary)
      }
    }
    session.carriedOut()

    #expect(toServer == [line] && toClient.isEmpty)
  }
}
