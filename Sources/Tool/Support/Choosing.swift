import Foundation
import Semantics
import Text

/// Before the server is started: a misspelt agent has no grants, and would look like a broken server.
func chooseAgent(_ agent: String?, _ policies: CheckedPolicies) throws -> String? {
  guard let agent = agent ?? ProcessInfo.processInfo.environment["SALLYPORT_AGENT"], !agent.isEmpty else { return nil }
  let names = policies.agents.map(\.name)
  guard names.contains(agent) else {
    throw Complaint("the policy declares no agent `\(agent)`", help: suggestion(agent, among: names))
  }
  return agent
}

func suggestion(_ name: String, among names: [String]) -> String {
  if let near = nearest(to: name, among: names) { return "did you mean `\(near)`?" }
  return names.isEmpty ? "it declares none" : "it declares \(names.map { "`\($0)`" }.joined(separator: ", "))"
}
