import ArgumentParser
import Foundation
import Gateway
import JSON
import Messages
import Semantics
import StateStore

struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Watch an agent's calls to an MCP server being allowed, narrowed and denied.",
    discussion: """
      Starts a made-up server behind the real gate, over real pipes, and lets a scripted agent try a dozen things. Nothing is kept and \
      nothing is sent anywhere.

      Example: sallyport demo
      """)

  @Option(help: "How to print what happened: human or json.")
  var format = OutputFormat.human

  func run() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-demo-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    } catch {
      throw Complaint("cannot make the folder `\(folder.path)`: \((error as NSError).localizedDescription)")
    }
    try startingServer {
      let stage = try Stage(folder: folder.path)
      let account = try stage.play()
      switch format {
      case .human: Terminal.write(account.human)
      case .json: Terminal.write(write(account.json, .pretty) + [UInt8(ascii: "\n")])
      }
    }
  }
}

/// The policy in a folder of its own, a snapshot of the server beside it, and the commands that put the gate between.
private struct Stage {
  private let log = LogStream()
  private let server: [String]
  private let gate: [String]
  private let pinned: Snapshot.Contents

  init(folder: String) throws {
    guard let program = Bundle.main.executablePath else { throw Complaint("cannot tell where this program is", exitCode: .internalError) }
    server = demoServer(beside: program)
    pinned = try takeSnapshot(of: server, log: log)
    let policy = (folder as NSString).appendingPathComponent("office.sally")
    try writeFile(Snapshot.bytes(of: pinned), to: (folder as NSString).appendingPathComponent("office.snapshot.json"))
    try writeFile(Array(DemoPolicy.text.utf8), to: policy)
    // A state of its own: nothing of the demonstration stays behind.
    let state = (folder as NSString).appendingPathComponent("state")
    _ = try complaining { () throws(StoreError) in try StateStore(making: StateDirectory(state)) }
    // Denials are in the account; the log would say them a second time.
    gate = [program, "wrap", "--policy", policy, "--agent", "assistant", "--state", state, "--log-level", "error", "--"]
  }

  func play() throws -> DemoAccount {
    var client = try ProtocolClient.starting(gate + server, log: log)
    let listed = try client.all("tools/list", "tools").compactMap { $0["name"]?.string }
    var outcomes: [DemoAccount.Outcome] = []
    for step in DemoScript.steps { outcomes.append(DemoAccount.Outcome(step, try client.ask(step.method, step.parameters))) }
    let revision = client.greeting.revision.name
    client.close()

    var second = try ProtocolClient.starting(gate + server + ["--drifted"], log: log)
    let listedAfterDrift = try second.all("tools/list", "tools").compactMap { $0["name"]?.string }
    let step = DemoScript.afterDrift
    let drifted = DemoAccount.Outcome(step, try second.ask(step.method, step.parameters))
    second.close()
    return DemoAccount(
      revision: revision, offered: pinned.tools.compactMap { $0["name"]?.string }, listed: listed, outcomes: outcomes,
      listedAfterDrift: listedAfterDrift, afterDrift: drifted)
  }
}

/// The program of its own that a build makes. `swift run sallyport` builds this one only, so it can be the server, too.
private func demoServer(beside program: String) -> [String] {
  let sibling = URL(filePath: program).deletingLastPathComponent().appending(path: "sallyport-demo-server").path
  return FileManager.default.isExecutableFile(atPath: sibling) ? [sibling] : [program, "demo-server"]
}
