import Bytecode
import Compilation
import Enforcement
import JSON
import Schemas
import Semantics
import TestSupport
import Testing
import Text

/// Random schemas, refinements and arguments: what the gate accepts is exactly what the tool's own schema accepts and a plain reading of the
/// constraints does, too. So no refinement widens, and none is lost on its way through JSON Schema.
@Suite struct NarrowedSchemaTests {
  @Test func acceptsExactlyWhatTheOwnSchemaAndTheConstraintsAccept() throws {
    let seed = propertySeed()
    var generator = SeededGenerator(seed: seed)
    var scratch = ValidationScratch()
    var refined = 0
    var accepted = 0
    for _ in 0..<propertyRuns(300) {
      let tool = RandomTool(&generator)
      guard let program = tool.program() else { continue }
      refined += 1
      let refinement = try #require(program.tools[0].refinement)
      let own = ArgumentValidator(inputSchema: tool.schema)
      let narrowed = ArgumentValidator(inputSchema: tool.schema, refinement: refinement)
      for _ in 0..<12 {
        let document = try Document(parsing: write(tool.arguments(&generator)))
        let bytes = refinement.filled(document, arguments: document.root)
        let filled = try bytes.map { try Document(parsing: $0) } ?? document
        let value = Value(filled, filled.root)
        let isAccepted = narrowed.problems(filled, filled.root, scratch: &scratch) == nil
        let isOwn = own.problems(filled, filled.root, scratch: &scratch) == nil
        let expected = isOwn && tool.passes(value)
        #expect(isAccepted == expected, "SEED=\(seed)\n\(tool.text)\n\(text(tool.schema))\n\(text(refinement.inputSchema))\n\(text(value))")
        #expect(value == tool.filled(Value(document, document.root)), "SEED=\(seed)")
        accepted += isAccepted ? 1 : 0
      }
    }
    // The generator must reach both answers, or the property says nothing.
    #expect(refined > propertyRuns(300) / 4 && accepted > refined, "SEED=\(seed): \(refined) refined, \(accepted) accepted")
  }

  private func text(_ value: Value) -> String { String(decoding: write(value), as: UTF8.self) }
}

private func parse(_ text: String) -> Value {
  guard let value = try? Value(parsing: Array(text.utf8)) else { preconditionFailure("no JSON: \(text)") }
  return value
}

/// One tool with up to four fields, its refinement, and what that means, read plainly.
private struct RandomTool {
  private enum Kind: CaseIterable { case number, integer, text, list, flag }

  private struct Field {
    let name: String
    let kind: Kind
    let isNullable: Bool
    let isRequired: Bool
    var constraints: [String] = []
    var tests: [@Sendable (Value) -> Bool] = []
    var isAbsent = false
    var fallback: Value?
  }

  private var fields: [Field] = []
  private(set) var schema: Value
  private(set) var forbidsOthers = false
  private let declared = ["a", "b", "c", "d"]

  init(_ generator: inout SeededGenerator) {
    // Every dialect, and none at all, which is the latest.
    let dialect = (Dialect.allCases + [nil]).randomElement(using: &generator) ?? nil
    var properties: [Value.Member] = []
    var definitions: [Value.Member] = []
    for name in declared.prefix(Int.random(in: 1...4, using: &generator)) {
      let isRequired = generator.chance(40)
      var field = Field(
        name: name, kind: Kind.allCases.randomElement(using: &generator) ?? .text, isNullable: generator.chance(25), isRequired: isRequired)
      var own = RandomTool.schema(field.kind, isDraft4: dialect == .draft4, &generator)
      if field.isNullable { own = ["anyOf": [own, ["type": "null"]]] }
      switch Int.random(in: 0..<10, using: &generator) {
      case 0:
        definitions.append(.init("t_\(name)", own))
        own = ["$ref": .string("#/definitions/t_\(name)")]
      case 1: own = ["allOf": [own]]
      // A reference to a place: the schema has to stay whole.
      case 2 where name != "a": own = ["allOf": [own, ["anyOf": [["$ref": "#/properties/a"], .object([])]]]]
      default: break
      }
      properties.append(.init(name, own))
      RandomTool.refine(&field, &generator)
      fields.append(field)
    }
    var members: [Value.Member] = [.init("type", "object"), .init("properties", .object(properties))]
    if let dialect { members.append(.init("$schema", .string(dialect.metaschema + (dialect < .draft201909 ? "#" : "")))) }
    if !definitions.isEmpty { members.append(.init("definitions", .object(definitions))) }
    let required = fields.filter(\.isRequired).map { Value.string($0.name) }
    if !required.isEmpty { members.append(.init("required", .array(required))) }
    if generator.chance(30) { members.append(.init("additionalProperties", .boolean(generator.chance(50)))) }
    if generator.chance(15) { members.append(.init("patternProperties", ["^x": ["type": "integer"]])) }
    schema = .object(members)
    forbidsOthers = generator.chance(30)
  }

  private static func schema(_ kind: Kind, isDraft4: Bool, _ generator: inout SeededGenerator) -> Value {
    switch kind {
    case .number, .integer:
      var members: [Value.Member] = [.init("type", kind == .number ? "number" : "integer")]
      if generator.chance(50) { members.append(.init("minimum", parse("\(Int.random(in: -3...3, using: &generator))"))) }
      if generator.chance(50) { members.append(.init("maximum", parse("\(Int.random(in: 4...9, using: &generator))"))) }
      if generator.chance(30), members.contains(where: { $0.name == "minimum" }) {
        members.append(.init("exclusiveMinimum", isDraft4 ? .boolean(generator.chance(50)) : 1))
      }
      if generator.chance(20) { members.append(.init("multipleOf", parse(kind == .number ? "0.5" : "2"))) }
      return .object(members)
    case .text:
      var members: [Value.Member] = [.init("type", "string"), .init("description", "some text")]
      if generator.chance(30) { members.append(.init("enum", ["aa", "ab", "b", "a\nb"])) }
      if generator.chance(40) { members.append(.init("maxLength", parse("\(Int.random(in: 1...4, using: &generator))"))) }
      if generator.chance(30) { members.append(.init("pattern", "^[ab\\n]*$")) }
      return .object(members)
    case .list: return ["type": "array", "items": ["type": "integer"], "maxItems": 3]
    case .flag: return ["type": "boolean"]
    }
  }

  private static func refine(_ field: inout Field, _ generator: inout SeededGenerator) {
    if generator.chance(15) {
      field.isAbsent = true
      field.constraints = ["absent"]
      return
    }
    func number(_ value: Value) -> Number? { value.number }
    for choice in 0..<3 where generator.chance(45) {
      switch (field.kind, choice) {
      case (.number, 0), (.integer, 0):
        let (lower, upper) = (Number(Int.random(in: -4...2, using: &generator)), Number(Int.random(in: 3...10, using: &generator)))
        field.constraints.append("\(lower)..\(upper)")
        field.tests.append { value in value.number.map { lower <= $0 && $0 <= upper } ?? true }
      case (.number, 1), (.integer, 1):
        let step = Number(["0.25", "2", "3"].randomElement(using: &generator) ?? "2") ?? 1
        field.constraints.append("step \(step)")
        field.tests.append { value in value.number.map { $0.isMultiple(of: step) } ?? true }
      case (.number, 2), (.integer, 2):
        field.constraints.append("one of 1, 2, 3, 6")
        field.tests.append { value in value.number.map { [1, 2, 3, 6].contains($0) } ?? true }
      case (.text, 0):
        let (lower, upper) = (Int.random(in: 0...1, using: &generator), Int.random(in: 1...3, using: &generator))
        field.constraints.append("length \(lower)..\(upper)")
        field.tests.append { value in value.string.map { (lower...upper).contains($0.unicodeScalars.count) } ?? true }
      case (.text, 1):
        field.constraints.append(generator.chance(50) ? "matches /a.*/" : "matches /(?>a[^\\n]*+)/")
        field.tests.append { value in value.string.map { $0.hasPrefix("a") && !$0.unicodeScalars.contains("\n") } ?? true }
      case (.text, 2):
        field.constraints.append("without control characters")
        field.tests.append { value in
          value.string.map { !$0.unicodeScalars.contains { $0.value < 32 || (127...159).contains($0.value) } } ?? true
        }
      case (.list, 0):
        field.constraints.append("length 1..2")
        field.tests.append { value in value.elements.map { (1...2).contains($0.count) } ?? true }
      case (.flag, 0):
        field.constraints.append("one of true")
        field.tests.append { value in value.boolean ?? true }
      default: continue
      }
    }
    guard generator.chance(35), field.kind != .list else { return }
    let (written, value): (String, Value) =
      switch field.kind {
      case .number, .integer: ("2", 2)
      case .text: ("\"aa\"", "aa")
      case .flag, .list: ("true", true)
      }
    field.constraints.append("default \(written)")
    field.fallback = value
  }

  /// The policy's lines.
  var text: String {
    let lines = fields.filter { !$0.constraints.isEmpty }.map { "  \($0.name): \($0.constraints.joined(separator: " "))" }
    return "refine demo.tool {\n" + (lines + (forbidsOthers ? ["  others: forbidden"] : [])).joined(separator: "\n") + "\n}\n"
  }

  /// Nil when the checker refuses the refinement: it leaves nothing, or its default does not pass.
  func program() -> Program? {
    guard text.contains(":") else { return nil }
    let snapshot = write(["tools": [["name": "tool", "inputSchema": schema]]])
    let files = ["p.sally": Array("server demo from \"s.json\"\n\n\(text)".utf8), "s.json": snapshot]
    return check(load(["p.sally"], reader: Files(files: files)).value).value.flatMap { try? compile($0, generation: 1) }
  }

  private struct Files: FileReader {
    let files: [String: [UInt8]]

    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      guard let bytes = files[path] else { throw .missing }
      return bytes
    }

    func neighbours(of path: String) -> [String] { [] }
  }

  func arguments(_ generator: inout SeededGenerator) -> Value {
    var members: [Value.Member] = []
    for field in fields where generator.chance(75) {
      let good: [String] =
        switch field.kind {
        case .number, .integer: ["-4", "0", "1", "1.0", "1.5", "2", "2.25", "3", "6", "9", "1e1", "0.1"]
        case .text:
          [#""""#, #""a""#, #""aa""#, #""ab""#, #""b""#, #""a\nb""#, #""a\n""#, #""aé""#, #""a\u007f""#, #""aaaa""#, #""\u0085""#]
        case .list: ["[]", "[1]", "[1,2]", "[1,2,3]", "[1,2,3,4]"]
        case .flag: ["true", "false"]
        }
      let text =
        generator.chance(12) ? ["null", "7", "\"x\"", "{}"].randomElement(using: &generator) : good.randomElement(using: &generator)
      members.append(.init(field.name, parse(text ?? "null")))
    }
    if generator.chance(20) { members.append(.init(generator.chance(50) ? "x1" : "other", 1)) }
    return .object(members)
  }

  func filled(_ arguments: Value) -> Value {
    var members = arguments.members ?? []
    for field in fields {
      guard let value = field.fallback, !(field.isRequired && !field.isNullable) else { continue }
      if let place = members.firstIndex(where: { $0.name == field.name }) {
        if field.isNullable, members[place].value.isNull { members[place].value = value }
      } else {
        members.append(.init(field.name, value))
      }
    }
    return .object(members)
  }

  func passes(_ arguments: Value) -> Bool {
    for field in fields {
      guard let value = arguments[field.name] else { continue }
      if field.isAbsent || !field.tests.allSatisfy({ $0(value) }) { return false }
    }
    guard forbidsOthers else { return true }
    let hasPatterns = schema["patternProperties"] != nil
    return (arguments.members ?? []).allSatisfy { member in
      fields.contains { $0.name == member.name } || (hasPatterns && member.name.hasPrefix("x"))
    }
  }
}
