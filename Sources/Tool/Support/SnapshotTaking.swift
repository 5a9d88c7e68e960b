import Gateway
import JSON
import Messages
import Semantics

/// Everything a live server offers.
func takeSnapshot(of command: [String], log: LogStream) throws -> Snapshot.Contents {
  var client = try ProtocolClient.starting(command, log: log)
  let greeting = client.greeting
  func offers(_ what: String) -> Bool { greeting.capabilities[what] != nil }
  let contents = Snapshot.Contents(
    protocolVersion: greeting.revision.name, server: greeting.server, instructions: greeting.instructions,
    tools: offers("tools") ? try client.all("tools/list", "tools") : [],
    resources: offers("resources") ? try client.all("resources/list", "resources") : [],
    resourceTemplates: offers("resources") ? try client.all("resources/templates/list", "resourceTemplates") : [],
    prompts: offers("prompts") ? try client.all("prompts/list", "prompts") : [])
  client.close()
  return contents
}
