import JSON
import Messages

/// What happened in a demo, for people and for programs.
struct DemoAccount {
  struct Outcome {
    let step: DemoScript.Step
    /// The gate's structured denial; nil when the call went through.
    let denial: Value?
    /// The first text of the server's answer.
    let text: String

    init(_ step: DemoScript.Step, _ answer: Value) {
      self.step = step
      denial = answer["result"]?["_meta"]?[MetadataKey.denial] ?? answer["error"]?["data"]
      let result = answer["result"]
      text = (result?["content"]?[0]?["text"] ?? result?["contents"]?[0]?["text"])?.string ?? answer["error"]?["message"]?.string ?? ""
    }
  }

  let revision: String
  let offered: [String]
  let listed: [String]
  let outcomes: [Outcome]
  let listedAfterDrift: [String]
  let afterDrift: Outcome

  var human: String {
    let allowed = outcomes.count { $0.denial == nil }
    var text = """
      \(Terminal.painted("An agent, the gate, and the MCP server of a small office", "1")) (protocol \(revision))

        the policy        rules/examples/demo/office.sally, agent `assistant`
        the server offers \(offered.joined(separator: ", "))
        the agent sees    \(listed.joined(separator: ", "))
        hidden            \(hidden.isEmpty ? "nothing" : hidden.joined(separator: ", "))


      """
    for outcome in outcomes { text += human(outcome) }
    text += """

      \(Terminal.painted("The server changes a tool after it was reviewed, and is started again", "1"))

        the agent sees    \(listedAfterDrift.joined(separator: ", "))


      """
    text += human(afterDrift)
    text += """

      \(allowed) of \(outcomes.count) calls went through; \(outcomes.count - allowed) were stopped before the server saw them.
      Read the policy: rules/examples/demo/office.sally. Guard your own server: sallyport init -- your-mcp-server

      """
    return text
  }

  var json: Value {
    [
      "protocolVersion": .string(revision), "offered": .array(offered.map(Value.string)), "listed": .array(listed.map(Value.string)),
      "hidden": .array(hidden.map(Value.string)), "calls": .array(outcomes.map(json)),
      "drift": ["listed": .array(listedAfterDrift.map(Value.string)), "call": json(afterDrift)],
    ]
  }

  private var hidden: [String] { offered.filter { !listed.contains($0) } }

  private func human(_ outcome: Outcome) -> String {
    guard let denial = outcome.denial else {
      return """
          \(Terminal.painted("✓ allowed", "32"))  \(outcome.step.title)
                     \(Terminal.painted(outcome.step.request, "2"))
                     → \(firstLine(outcome.text))

        """
    }
    let code = denial["code"]?.string ?? "?"
    let isQuestion = code == "APPROVAL_REQUIRED"
    let mark = isQuestion ? Terminal.painted("? asks   ", "33") : Terminal.painted("✗ denied ", "31")
    var lines = [
      "  \(mark)  \(outcome.step.title)", "             \(Terminal.painted(outcome.step.request, "2"))",
      "             \(code)\(denial["rule"]?.string.map { " by \($0)" } ?? ""): \(denial["because"]?.string ?? denial["message"]?.string ?? "")",
    ]
    for violation in denial["violations"]?.elements ?? [] {
      lines.append("             \(violation["path"]?.string ?? ""): \(violation["message"]?.string ?? "")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func json(_ outcome: Outcome) -> Value {
    [
      "title": .string(outcome.step.title), "method": .string(outcome.step.method), "params": .object(outcome.step.parameters),
      "decision": outcome.denial == nil ? "allow" : outcome.denial?["code"] == "APPROVAL_REQUIRED" ? "ask" : "deny",
      "denial": outcome.denial ?? .null, "answer": .string(outcome.text),
    ]
  }

  private func firstLine(_ text: String) -> String { text.split(separator: "\n").first.map(String.init) ?? "" }
}
