import Foundation
import JSON
import Schemas

/// Calls as they went over the wire: one JSON object a line, with the message under `msg`.
func measureTraffic(_ path: String) throws {
  let lines = try Data(contentsOf: URL(filePath: path)).split(separator: UInt8(ascii: "\n"))
  let messages = lines.compactMap { (try? Value(parsing: Array($0)))?["msg"] }
  var schemas: [String: Value] = [:]
  for tool in messages.flatMap({ $0["result"]?["tools"]?.elements ?? [] }) {
    if let name = tool["name"]?.string { schemas[name] = tool["inputSchema"] }
  }
  let taken = Set(messages.filter { $0["result"].map { $0["isError"] != .boolean(true) } ?? false }.compactMap { $0["id"] })
  for message in messages where message["method"]?.string == "tools/call" {
    guard let id = message["id"], taken.contains(id), let name = message["params"]?["name"]?.string, let schema = schemas[name] else {
      continue
    }
    let set = SampleSet(name, schema: String(decoding: write(schema), as: UTF8.self), instance: message["params"]?["arguments"] ?? [:])
    let figure = Subject(set).measure()
    let file = URL(filePath: path).lastPathComponent
    print("\(file) \(name) (\(set.instanceBytes.count) B): \(Int(figure.validate)) ns a validation, \(Int(figure.total)) ns from bytes")
  }
}
