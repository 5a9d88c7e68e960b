import Formatting
import JSON
import Semantics
import Syntax
import Text

/// The text of a policy that leaves a server as open as it was, and of its test. Narrowing it is the person's work; the text shows how.
struct StarterPolicy {
  let server: String
  let agent: String
  let contents: Snapshot.Contents

  /// A name as the language writes it: a letter, then letters, digits, `_` and `-`.
  static func word(_ text: String) -> String {
    var word = ""
    for scalar in text.unicodeScalars {
      let isWordly = scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_" || scalar == "-")
      word += isWordly ? String(scalar) : "_"
    }
    let startsWell = word.unicodeScalars.first.map { $0.properties.isAlphabetic } ?? false
    return startsWell ? word : "server_\(word)"
  }

  var policy: [UInt8] {
    var text = """
      edition 1
      policy starter.\(server)

      server \(server) from "\(server).snapshot.json"

      """
    for scope in scopes {
      text += "\n/// \(scope.documentation)\nscope \(server).\(scope.name)\n"
      text += "  opens " + scope.targets.joined(separator: ",\n    ") + "\n"
    }
    text += """

      // How a caller is recognised. `wrap --agent \(agent)` makes it this one.
      agent \(agent) when token.sub == "\(agent)"

      """
    for scope in scopes { text += "\ngrant \(word(agent))_\(scope.name)s\n  \(server).\(scope.name) to \(agent)\n" }
    text += "\n// Narrow it from here. A deny wins over every grant, wherever it stands:\n"
    for hint in hints.prefix(3) { text += "//\n" + hint.split(separator: "\n").map { "//   \($0)\n" }.joined() }
    return formatted(text)
  }

  var tests: [UInt8] {
    var text = """
      edition 1
      policy starter.\(server).tests
      use "./policy.sally"

      test "\(agent) may do what it could do before" {
        as \(agent)

      """
    for call in examples { text += "  call \(call)\n  expect allow\n" }
    text += """
      }

      test "nobody else may" {
        as anyone

      """
    for call in examples { text += "  call \(call)\n  expect deny by default\n" }
    return formatted(text + "}\n")
  }

  private func formatted(_ text: String) -> [UInt8] {
    Array(format(parse(SourceFile(path: "", text: text)).value).utf8)
  }

  private struct Scope {
    let name: String
    let documentation: String
    let targets: [String]
  }

  /// By what the tools say of themselves. That is the server's word: the reader is told so.
  private var scopes: [Scope] {
    let readers = contents.tools.filter { $0["annotations"]?["readOnlyHint"]?.boolean == true }
    let writers = contents.tools.filter { $0["annotations"]?["readOnlyHint"]?.boolean != true }
    var reading = readers.compactMap(reference)
    if !contents.resources.isEmpty || !contents.resourceTemplates.isEmpty { reading.append("resource \(server) \"**\"") }
    if !contents.prompts.isEmpty { reading.append("prompt \(server).*") }
    return [
      Scope(name: "read", documentation: "What only reads, as the server itself says.", targets: reading),
      Scope(name: "write", documentation: "What may change something.", targets: writers.compactMap(reference)),
    ].filter { !$0.targets.isEmpty }
  }

  private func reference(_ tool: Value) -> String? {
    guard let name = tool["name"]?.string else { return nil }
    return "\(server).\(Self.word(name) == name ? name : quoted(name))"
  }

  private func word(_ text: String) -> String { Self.word(text) }

  /// Calls that are valid by the snapshot, with made-up arguments: of one tool in each scope where that is possible, otherwise of
  /// whatever the server has.
  private var examples: [String] {
    let isReader = { (tool: Value) in tool["annotations"]?["readOnlyHint"]?.boolean == true }
    let calls = contents.tools.compactMap { tool in example(tool).map { (text: $0, reads: isReader(tool)) } }
    let chosen = [calls.first { $0.reads }, calls.first { !$0.reads }].compactMap { $0?.text }
    if !chosen.isEmpty { return chosen }
    let resources = contents.resources.compactMap { $0["uri"]?.string.map { "resource \(server) \(quoted($0))" } }
    return Array(resources.prefix(1))
  }

  private func example(_ tool: Value) -> String? {
    guard let target = reference(tool), let arguments = SampleValue.of(tool["inputSchema"] ?? [:]) else { return nil }
    return arguments.members?.isEmpty == true ? target : "\(target) \(written(arguments))"
  }

  /// Rules as comments, about arguments that this server really has.
  private var hints: [String] {
    contents.tools.compactMap { tool -> String? in
      guard let target = reference(tool), let name = tool["name"]?.string, let properties = tool["inputSchema"]?["properties"]?.members
      else { return nil }
      let required = Set((tool["inputSchema"]?["required"]?.elements ?? []).compactMap(\.string))
      for property in properties where Self.word(property.name) == property.name {
        guard let condition = hint("args.\(property.name)", property.value) else { continue }
        let guarded = required.contains(property.name) ? condition : "args.\(property.name) present and \(condition)"
        return
          "deny \(Self.word(name))_within_bounds\n  on \(target)\n  when \(guarded)\n  because \"say here what the agent should do instead\""
      }
      return nil
    }
  }

  /// A whole number within the schema's bounds, so that the rule it stands in can both hold and not hold.
  private func bound(_ usual: Int, _ schema: Value, least: String, most: String) -> Int? {
    guard schema["exclusiveMaximum"] == nil, schema["exclusiveMinimum"]?.number.map({ $0 < Number(1) }) ?? true else { return nil }
    let upper = schema[most]?.number?.integer ?? .max
    let value = min(usual, upper / 2)
    return value >= schema[least]?.number?.integer ?? 1 && value >= 1 ? value : nil
  }

  private func hint(_ argument: String, _ schema: Value) -> String? {
    switch schema["type"]?.string {
    case "number", "integer": bound(100, schema, least: "minimum", most: "maximum").map { "\(argument) > \($0)" }
    case "array": schema["items"]?["type"] == "string" ? "any of \(argument) not ends with \"@your-company.example\"" : nil
    case "string":
      if schema["enum"] != nil {
        nil
      } else {
        argument.contains("path") || argument.contains("file")
          ? "\(argument) not under \"public\""
          : bound(200, schema, least: "minLength", most: "maxLength").map { "length(\(argument)) > \($0)" }
      }
    default: nil
    }
  }
}

/// A value as tests write it: object keys without quotes where they can be.
private func written(_ value: Value) -> String {
  switch value {
  case .object(let members):
    let inner = members.map { "\(StarterPolicy.word($0.name) == $0.name ? $0.name : quoted($0.name)): \(written($0.value))" }
    return inner.isEmpty ? "{}" : "{ \(inner.joined(separator: ", ")) }"
  case .array(let elements): return "[\(elements.map(written).joined(separator: ", "))]"
  case .string(let text): return quoted(text)
  default: return String(decoding: write(value), as: UTF8.self)
  }
}

/// A string literal of the language.
private func quoted(_ text: String) -> String {
  let escaped = text.unicodeScalars.reduce(into: "") { out, scalar in
    switch scalar {
    case "\"", "\\": out += "\\\(scalar)"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    default:
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: out += "\\u{\(String(scalar.value, radix: 16))}"
      default: out.unicodeScalars.append(scalar)
      }
    }
  }
  return "\"\(escaped)\""
}
