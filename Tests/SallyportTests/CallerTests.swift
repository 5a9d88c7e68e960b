import Foundation
import Sallyport
import Testing

/// Who calls, as users of the library say it.
struct CallerTests {
  @Test(arguments: [(nil, true), (["handbook.read"], true), (["no.such"], false), ([], false)] as [([String]?, Bool)])
  func aCredentialIsBoundToItsScopes(scopes: [String]?, isAllowed: Bool) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-caller-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(#"{"tools":[{"name":"search","inputSchema":{"type":"object"}}]}"#.utf8).write(to: folder.appending(path: "docs.json"))
    let text = """
      policy callers
      server docs from "docs.json"
      scope handbook.read opens docs.search
      agent desk when key.owner == "support"
      grant all handbook.read to desk
      """
    try Data(text.utf8).write(to: folder.appending(path: "callers.sally"))
    var judge = Judge(try Policy(contentsOf: [folder.appending(path: "callers.sally").path]))
    let call = GuardedCall.tool(server: "docs", name: "search", arguments: Array("{}".utf8))
    let caller = Caller.verified(key: ["owner": "support"], scopes: scopes)
    let ruling = judge.decide(call, by: caller, at: 1_790_000_000_000)
    #expect("\(ruling)".hasPrefix(isAllowed ? "allow" : "deny by scope"), "\(ruling)")
  }
}
