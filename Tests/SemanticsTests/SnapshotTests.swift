import Digests
import JSON
import Semantics
import TestSupport
import Testing
import Text

@Test func snapshotOfWhatWasWrittenIsTheSame() throws {
  let tools: [JSON.Value] = [
    [
      "name": "echo", "inputSchema": ["type": "object", "properties": ["text": ["type": "string"]], "required": ["text"]],
      "_meta": ["a": 1],
    ],
    ["name": "add", "inputSchema": ["type": "object"]],
  ]
  let prompts: [JSON.Value] = [["name": "review", "arguments": [["name": "code", "required": true]]]]
  let contents = Snapshot.Contents(
    protocolVersion: "2025-11-25", server: ["name": "x", "version": "1"], instructions: "be kind", tools: tools,
    resources: [["uri": "file:///a"]], resourceTemplates: [["uriTemplate": "file:///{name}"]], prompts: prompts)
  let snapshot = try #require(read(Snapshot.bytes(of: contents)))
  #expect(snapshot.listsEverything)
  #expect(snapshot.tools.map(\.name) == ["echo", "add"])
  #expect(snapshot.tools.map(\.definition) == tools)
  #expect(snapshot.tools[0].input["text"]?.isAlwaysPresent == true)
  #expect(snapshot.resources.map(\.uri) == ["file:///a"])
  #expect(snapshot.resourceTemplates.map(\.uriTemplate) == ["file:///{name}"])
  #expect(snapshot.prompts.map(\.name) == ["review"])
  #expect(snapshot.prompts[0].input["code"]?.isRequired == true)
}

@Test func digestKnowsWhatAServerPromises() {
  let tool: JSON.Value = ["name": "x", "inputSchema": ["type": "object"]]
  let reordered: JSON.Value = ["inputSchema": ["type": "object"], "name": "x"]
  let annotated: JSON.Value = ["name": "x", "_meta": ["seen": 5], "inputSchema": ["type": "object"]]
  let renamed: JSON.Value = ["name": "x", "inputSchema": ["type": "object"], "description": ""]
  #expect(Snapshot.digest(of: tool) == Snapshot.digest(of: reordered))
  #expect(Snapshot.digest(of: tool) == Snapshot.digest(of: annotated))
  #expect(Snapshot.digest(of: tool) != Snapshot.digest(of: renamed))
  // printf '{"inputSchema":{"type":"object"},"name":"x"}' | sha256sum
  #expect(Snapshot.digest(of: tool).hex == "d8121ff95a6c1f2b2c915f12cdc9206c342941521789b9f4a8f80eece7d8d62b")
}

/// A schema of one property, and how a condition sees it: type, `?` for nullable, what `enum` leaves, bounds.
private let schemaTable = ##"""
  {"type":"string"} => text
  {"type":["string","null"]} => text?
  {"anyOf":[{"type":"string"},{"type":"null"}]} => text?
  {"oneOf":[{"type":"integer"},{"type":"null"}]} => integer?
  {"type":["string","integer"]} => unknown
  {"type":["number","integer"]} => number
  {"anyOf":[{"type":"string"},{"type":"integer"}]} => unknown
  {"anyOf":[{"const":"a"},{"const":"b"}]} => text[a,b]
  {"enum":["a","b",null]} => text[a,b]?
  {"enum":["a",1]} => unknown
  {"type":"string","enum":["a"],"maxLength":3} => text[a]
  {"const":5} => number[5]
  {} => unknown
  true => unknown
  {"type":"boolean"} => boolean
  {"type":"boolean","const":true} => boolean true
  {"$ref":"#/$defs/T"} => text
  {"$ref":"#/definitions/N"} => number
  {"$ref":"#/$defs/Loop"} => object
  {"$ref":"https://a.example/s"} => unknown
  {"$ref":"#/$defs/gone"} => unknown
  {"allOf":[{"type":"string"}]} => text
  {"type":"array","items":{"type":"string"}} => [text]
  {"type":"array"} => [unknown]
  {"type":"array","prefixItems":[{"type":"string"}],"items":{"type":"string"}} => [unknown]
  {"type":"array","items":{"type":["integer","null"]}} => [integer?]
  {"type":"object"} => object
  {"type":"null"} => unknown?
  {"type":"integer","minimum":1,"exclusiveMaximum":5} => integer 1...<5
  {"type":"number","minimum":1,"exclusiveMinimum":1} => number 1<...
  {"type":"string","minLength":2,"maxLength":4} => text 2...4
  """##

private let schemaRows = schemaTable.split(separator: "\n").map { line in
  let sides = line.split(separator: " => ").map(String.init)
  return (schema: sides[0], expected: sides[1])
}

@Test(arguments: schemaRows)
func schemaIsRead(_ schema: String, _ expected: String) throws {
  let text = """
    {"tools":[{"name":"t","inputSchema":{"type":"object","properties":{"p":\(schema)},
      "$defs":{"T":{"type":"string"},"Loop":{"type":"object","properties":{"next":{"$ref":"#/$defs/Loop"}}}},"definitions":{"N":{"type":"number"}}}}]}
    """
  let property = try #require(read(Array(text.utf8))?.tools[0].input["p"])
  #expect(described(property.shape) + (property.isNullable ? "?" : "") == expected)
}

/// References that multiply end in unknown shapes instead of taking all memory.
@Test func schemaThatMultipliesIsBounded() throws {
  let levels = (0..<30).map { level in
    let members = (0..<10).map { "\"p\($0)\":{\"$ref\":\"#/$defs/L\(level + 1)\"}" }.joined(separator: ",")
    return "\"L\(level)\":{\"type\":\"object\",\"properties\":{\(members)}}"
  }
  let text = """
    {"tools":[{"name":"t","inputSchema":{"type":"object","properties":{"p":{"$ref":"#/$defs/L0"}},"$defs":{\(levels.joined(separator: ","))}}}]}
    """
  #expect(read(Array(text.utf8))?.tools.count == 1)
}

private func read(_ bytes: [UInt8]) -> Snapshot? {
  let policy = "server s from \"s.json\"\n"
  let loaded = load(["p.sally"], reader: CaseFiles(texts: ["p.sally": policy, "s.json": String(decoding: bytes, as: UTF8.self)]))
  #expect(Renderer(files: loaded.value.files).render(loaded.diagnostics) == "")
  return check(loaded.value).value?.servers.first?.snapshot
}

private func described(_ shape: ValueShape) -> String {
  switch shape {
  case .text(let text):
    if let allowed = text.allowed { return "text[\(allowed.joined(separator: ","))]" }
    return text.maximumLength.map { "text \(text.minimumLength)...\($0)" } ?? "text"
  case .number(let number):
    let name = number.isInteger ? "integer" : "number"
    if let allowed = number.allowed { return "\(name)[\(allowed.map(\.description).joined(separator: ","))]" }
    let lower = number.minimum.map { "\($0.value.description)\($0.isIncluded ? "" : "<")" }
    let upper = number.maximum.map { "\($0.isIncluded ? "" : "<")\($0.value.description)" }
    return lower == nil && upper == nil ? name : "\(name) \(lower ?? "")...\(upper ?? "")"
  case .boolean(let only): return only.map { "boolean \($0)" } ?? "boolean"
  case .array(let array): return "[\(described(array.element))\(array.isElementNullable ? "?" : "")]"
  case .object: return "object"
  case .unknown: return "unknown"
  }
}
