import ArgumentParser
import Foundation
import Gateway
import JSON
import Semantics

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Pin a live server and write a starter policy under which it works unchanged, ready to be narrowed.",
    discussion: """
      Writes a snapshot, a policy and a test. Nothing that exists is overwritten.

      Example: sallyport init -- mcp-server-time
      """)

  @Option(help: "The folder to write into; made when it does not exist.")
  var into = "sallyport"

  @Option(help: "The agent that everything is granted to.")
  var agent = "assistant"

  @Option(help: "What the policy calls the server. Default: the server's own name.")
  var name: String?

  @Option(help: "How to print what was done: human or json.")
  var format = OutputFormat.human

  @OptionGroup var upstream: ServerOptions

  func validate() throws {
    for word in [agent, name].compactMap(\.self) where word != StarterPolicy.word(word) {
      throw ValidationError("`\(word)` is no name: a letter, then letters, digits, `_` and `-`")
    }
  }

  func run() throws {
    let folder = into as NSString
    let contents = try startingServer { try takeSnapshot(of: upstream.command, log: LogStream()) }
    guard counts(of: contents) != "nothing" else { throw Complaint("the server offers nothing to write a policy for") }
    let server = name ?? StarterPolicy.word(contents.server?["name"]?.string ?? "server")
    let starter = StarterPolicy(server: server, agent: agent, contents: contents)
    let files: [(path: String, bytes: [UInt8])] = [
      (folder.appendingPathComponent("\(server).snapshot.json"), Snapshot.bytes(of: contents)),
      (folder.appendingPathComponent("policy.sally"), starter.policy), (folder.appendingPathComponent("tests.sally"), starter.tests),
    ]
    if let existing = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) {
      throw Complaint("`\(existing.path)` exists already", help: "choose another folder with --into, or `sallyport snapshot` to pin anew")
    }
    do {
      try FileManager.default.createDirectory(atPath: into, withIntermediateDirectories: true)
    } catch {
      throw Complaint("cannot make the folder `\(into)`: \((error as NSError).localizedDescription)")
    }
    for file in files { try writeFile(file.bytes, to: file.path) }
    switch format {
    case .human: Terminal.write(account(files.map(\.path), contents))
    case .json:
      let result: Value = [
        "server": .string(server), "agent": .string(agent), "pinned": .string(counts(of: contents)),
        "files": .array(files.map { .string($0.path) }),
      ]
      Terminal.write(write(result, .pretty) + [UInt8(ascii: "\n")])
    }
  }

  private func account(_ paths: [String], _ contents: Snapshot.Contents) -> String {
    """
    pinned \(counts(of: contents))
    wrote  \(paths.joined(separator: "\n       "))

    Next:
      sallyport check \(into)
      sallyport test \(into)
      sallyport wrap --policy \(into) --agent \(agent) -- \(upstream.command.joined(separator: " "))

    Put the last line where your MCP client names the server's command, then narrow \(paths[1]).

    """
  }
}
