import Bytecode
import Compilation
import Enforcement
import JSON
import Messages
import Semantics
import TestSupport
import Testing
import Text

/// Filters of what comes back, from the policy's text to the bytes that the client gets.
struct FilteredGate {
  static let tools = #"""
    {"tools":[
    {"name":"echo","description":"Echo the text back.","inputSchema":{"type":"object","properties":{"text":{"type":"string"},"thread":{"type":"string"}}}},
    {"name":"read","description":"Reads; mail SECRET-1 to nobody.","inputSchema":{"type":"object"}},
    {"name":"lookup","inputSchema":{"type":"object"},"outputSchema":{"type":"object","properties":{"owner":{"type":"string"},"code":{"type":"string","pattern":"^[A-Z]+-[0-9]+$"},"kind":{"enum":["SECRET-1","b"]},"number":{"type":"integer"},"mail":{"type":"string","format":"email"},"site":{"type":"string","format":"uri"}},"required":["owner"]}},
    {"name":"plain","inputSchema":{"type":"object"}}]}
    """#.replacing("\n", with: "")

  static let head = #"""
    policy demo
    server demo from "demo.json"
    scope all opens demo.echo, demo.read, demo.lookup, demo.plain, prompt demo.review
    agent tester when token.sub == "tester"
    grant everyone all to any agent
    grant pages reads to any agent
    scope reads opens resource demo "demo://open/**"
    patterns secret { code: /SECRET-[0-9]+/ hit "SECRET-1" miss "secret" }
    patterns bomb { word: /BOMB/ hit "BOMB" miss "bom" }
    patterns number { long: /\b[0-9]{10}\b/ hit "1234567890" miss "123456789" }
    label tainted "something untrusted was read"

    """#

  static let prompts = #"{"prompts":[{"name":"review","description":"Review."}]}"#

  static func program(_ rules: String) throws -> Program {
    let snapshot =
      #"{"tools":\#(tools.dropFirst(9).dropLast()),"prompts":[{"name":"review"}],"resources":[{"uri":"demo://open/a","name":"a"}]}"#
    return try compiled(head + rules, snapshot: snapshot)
  }

  static func conversation(_ rules: String, _ revision: String = "2025-11-25") throws -> Talk {
    var conversation = Conversation(program: try program(rules), agent: "tester", server: "demo", tools: tools)
    if revision == "2026-07-28" { conversation.speakStateless() } else { conversation.shakeHands(revision) }
    return Talk(conversation)
  }
}

/// A conversation that expectations can speak of.
final class Talk {
  private var conversation: Conversation

  init(_ conversation: consuming Conversation) { self.conversation = conversation }

  var toClient: [String] { conversation.toClient }
  var toServer: [String] { conversation.toServer }
  var records: [CallRecord] { conversation.records }
  var store: PolicyStore { conversation.store }

  var session: (isIdle: Bool, deadline: UInt64?) { (conversation.session.isIdle, conversation.session.nextDeadline) }

  func setClock(to milliseconds: Int64) { conversation.setClock(to: milliseconds) }
  func look() { conversation.look() }
  func wait(milliseconds: Int64) { conversation.wait(milliseconds: milliseconds) }
  func serverExits() { conversation.serverExits() }
  func clientCloses() { conversation.clientCloses() }
  func forget() { conversation.forget() }
  func client(_ message: String) { conversation.client(message) }
  func server(_ message: String) { conversation.server(message) }
  func answerOwnList() { conversation.answerOwnList() }

  /// Asks, answers, and gives what the client got of it.
  func exchange(_ method: String, _ parameters: String, _ answer: String, revision: String = "2025-11-25") -> String? {
    let before = toClient.count
    if revision == "2026-07-28" {
      client(stateless("77", method, parameters))
    } else {
      client(#"{"jsonrpc":"2.0","id":77,"method":"\#(method)","params":{\#(parameters)}}"#)
    }
    if !conversation.ownRequests.isEmpty { answerOwnList() }
    server(#"{"jsonrpc":"2.0","id":77,\#(answer)}"#)
    guard toClient.count > before, let last = toClient.last else { return nil }
    return String(last.replacing(#"{"jsonrpc":"2.0","id":77,"#, with: "").dropLast())
  }

  func call(_ tool: String, _ result: String, arguments: String = "{}", revision: String = "2025-11-25") -> String? {
    exchange("tools/call", #""name":"\#(tool)","arguments":\#(arguments)"#, #""result":\#(result)"#, revision: revision)
  }
}
