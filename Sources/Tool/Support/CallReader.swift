import Foundation
import JSON
import Semantics
import Text

/// Reads the call of a command line and finds what it speaks of in the snapshots.
struct CallReader {
  /// The most that is read of a file, in bytes.
  private static let largest = 16 << 20

  let policies: CheckedPolicies
  /// Needed when the call itself does not say it.
  let server: String?

  struct Request {
    let call: CheckedPolicies.TestCall
    /// `bank.transfer`, `resource docs "file:///a"`, `prompt docs.review`
    let name: String
  }

  /// - Parameter text: JSON, a path, or `-`.
  func read(_ text: String) throws -> Request {
    let bytes = try bytes(of: text)
    let value: Value
    do throws(ParseError) {
      value = try Value(parsing: bytes)
    } catch {
      throw Complaint("the call is no JSON: \(error.message) at byte \(error.offset)")
    }
    let parameters = value["params"] ?? value
    let arguments = parameters["arguments"] ?? .object([])
    if let uri = parameters["uri"]?.string { return try resource(uri) }
    guard let name = parameters["name"]?.string else {
      throw Complaint("the call names neither a tool nor a resource", help: "`{\"name\": \"server.tool\", \"arguments\": {…}}`")
    }
    return value["method"]?.string == "prompts/get" ? try prompt(name, arguments) : try tool(name, arguments)
  }

  private func bytes(of text: String) throws -> [UInt8] {
    text.first == "{" ? Array(text.utf8) : try Self.contents(of: text, option: "--call", or: "JSON, ")
  }

  /// - Parameter path: of a file, or `-` for standard input.
  static func contents(of path: String, option: String, or alternatives: String = "") throws -> [UInt8] {
    if path == "-" { return Array(try FileHandle.standardInput.read(upToCount: largest) ?? Data()) }
    guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: largest) else {
      throw Complaint("cannot read `\(path)`", help: "\(option) takes \(alternatives)a file, or - for standard input")
    }
    return Array(data)
  }

  private func tool(_ name: String, _ arguments: Value) throws -> Request {
    var found: [ToolReference] = []
    for (serverIndex, candidate) in policies.servers.enumerated() where server.map({ $0 == candidate.name }) ?? true {
      for (index, tool) in candidate.snapshot.tools.enumerated()
      where name == "\(candidate.name).\(tool.name)" || name == tool.name { found.append(ToolReference(server: serverIndex, tool: index)) }
    }
    guard let reference = found.first else {
      let known = policies.servers.flatMap { server in server.snapshot.tools.map { "\(server.name).\($0.name)" } }
      throw Complaint("no snapshot has a tool `\(name)`", help: nearest(to: name, among: known).map { "did you mean `\($0)`?" })
    }
    guard found.count == 1 else {
      throw Complaint("several servers have a tool `\(name)`", help: "write `SERVER.\(name)`, or say --server")
    }
    let full = "\(policies.servers[reference.server].name).\(policies.tool(reference).name)"
    return request(.tool(reference), arguments, full)
  }

  private func prompt(_ name: String, _ arguments: Value) throws -> Request {
    for (serverIndex, candidate) in policies.servers.enumerated() where server.map({ $0 == candidate.name }) ?? true {
      if let index = candidate.snapshot.prompts.firstIndex(where: { name == $0.name || name == "\(candidate.name).\($0.name)" }) {
        let full = "prompt \(candidate.name).\(candidate.snapshot.prompts[index].name)"
        return request(.prompt(PromptReference(server: serverIndex, prompt: index)), arguments, full)
      }
    }
    throw Complaint("no snapshot has a prompt `\(name)`")
  }

  private func resource(_ uri: String) throws -> Request {
    let names = policies.servers.map(\.name)
    guard let index = server.map({ names.firstIndex(of: $0) }) ?? (names.count == 1 ? 0 : nil) else {
      throw Complaint("say which server's resource it is", help: "--server \(names.joined(separator: " | "))")
    }
    return request(.resource(server: index, uri: uri), .object([]), "resource \(names[index]) \"\(uri)\"")
  }

  private func request(_ target: CheckedPolicies.TestCall.Target, _ arguments: Value, _ name: String) -> Request {
    let nowhere = SourceRange(file: .init(0), lower: 0, upper: 0)
    return Request(call: .init(target: target, arguments: arguments, range: nowhere), name: name)
  }
}
