import ArgumentParser
import Bytecode
import Evidence
import Gateway
import JSON
import Semantics

struct SnapshotVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "Pin what a live MCP server offers: tools, resources and prompts.",
    discussion: """
      A policy is checked against the snapshot, and a live tool that differs from it is closed. With --check nothing is written: the \
      differences are printed, and the exit code is 1 when there are any.

      Example: sallyport snapshot -o time.snapshot.json -- mcp-server-time
      """)

  @Option(name: .shortAndLong, help: "The file to write, or with --check to compare with. Default: standard output.")
  var output: String?

  @Flag(help: "Compare the live server with the file instead of writing it.")
  var check = false

  @Option(help: "How --check prints the differences: human or json.")
  var format = OutputFormat.human

  @OptionGroup var upstream: ServerOptions

  func validate() throws {
    if check, output == nil { throw ValidationError("--check needs the snapshot to compare with: -o FILE") }
  }

  func run() throws {
    let live = try startingServer { try takeSnapshot(of: upstream.command, log: LogStream()) }
    if check, let output {
      try compare(live, with: output)
    } else if let output {
      try writeFile(Snapshot.bytes(of: live), to: output)
      Terminal.say("pinned \(counts(of: live)) in \(output)")
    } else {
      Terminal.write(Snapshot.bytes(of: live))
    }
  }

  private func compare(_ live: Snapshot.Contents, with path: String) throws {
    let pinned: Value
    do throws(FileProblem) {
      let bytes = try DiskReader().contents(of: path)
      guard let value = try? Value(parsing: bytes) else { throw FileProblem.unreadable("it is no JSON") }
      pinned = value
    } catch {
      throw Complaint("cannot read the snapshot `\(path)`: \(describe(error))")
    }
    var drift = Drift(pinned: pinned, live: live)
    if !drift.items.isEmpty { drift.look(with: try packScanner()) }
    switch format {
    case .human:
      if drift.items.isEmpty { Terminal.say("no drift: \(counts(of: live)) as pinned in \(path)") }
      Terminal.write(drift.human(colour: Terminal.hasColour(.output)))
    case .json: Terminal.write(write(["drift": drift.json], .pretty) + [UInt8(ascii: "\n")])
    }
    if !drift.items.isEmpty { throw ExitCode.findings }
  }
}

/// Looks for what poisons descriptions, and for orders to models.
private func packScanner() throws -> TextScanner {
  let policies = try shippedPacks(["injection", "toolpoison"])
  do throws(TextScanner.Unusable) {
    return try TextScanner(policies, policies.patternSets.indices.map { TextScanner.Use(set: $0, places: .description) })
  } catch {
    throw Complaint(error.message, exitCode: .internalError)
  }
}

/// `3 tools, 1 prompt`.
func counts(of contents: Snapshot.Contents) -> String {
  let all = [
    ("tool", contents.tools.count), ("resource", contents.resources.count), ("resource template", contents.resourceTemplates.count),
    ("prompt", contents.prompts.count),
  ]
  let present = all.filter { $0.1 > 0 }.map { name, count in "\(count) \(name)\(count == 1 ? "" : "s")" }
  return present.isEmpty ? "nothing" : present.joined(separator: ", ")
}
