/// A tool of the generated snapshot, with arguments as real servers have them: mostly text, some bounded, some optional, a few nested.
struct GeneratedTool {
  enum Kind {
    case text
    case choice([String])
    case path
    case url
    case integer(maximum: Int)
    case amount
    case flag
    case texts
    /// With members `owner` and `tier`, both required.
    case object
  }

  struct Argument {
    let name: String
    let kind: Kind
    let isRequired: Bool
  }

  let name: String
  let arguments: [Argument]

  init(_ index: Int, _ dice: inout Dice) {
    let verb = Vocabulary.verbs[index % 10]
    let noun = Vocabulary.nouns[index / 10 % 25]
    let rest = Vocabulary.nouns2[index / 250 % 4]
    name = "\(verb)_\(noun)\(rest)" + (index < 1_000 ? "" : "_\(index / 1_000)")
    let names = dice.pick(dice.roll(5...15), of: GeneratedTool.names)
    arguments = names.map { name, kind in
      switch name {
      case "state", "currency", "visibility":
        Argument(name: name, kind: .choice(dice.pick(4, of: Vocabulary.values)), isRequired: dice.percent(60))
      default: Argument(name: name, kind: kind, isRequired: dice.percent(60))
      }
    }
  }

  private static let names: [(String, Kind)] = [
    ("id", .text), ("title", .text), ("body", .text), ("query", .text), ("owner", .text), ("account", .text), ("reference", .text),
    ("state", .flag), ("currency", .flag), ("visibility", .flag), ("path", .path), ("target", .path), ("url", .url), ("callback", .url),
    ("limit", .integer(maximum: 500)), ("page", .integer(maximum: 10_000)), ("priority", .integer(maximum: 9)), ("amount", .amount),
    ("total", .amount), ("recursive", .flag), ("dry_run", .flag), ("labels", .texts), ("to", .texts), ("customer", .object),
  ]

  var definition: String {
    let properties = arguments.map { "\"\($0.name)\": \($0.kind.schema)" }
    let required = arguments.filter(\.isRequired).map { "\"\($0.name)\"" }
    let title = name.split(separator: "_").joined(separator: " ")
    return """
      {"name": "\(name)", "title": "\(title)", "description": "Use this to \(title). It answers with what was done and where to read more.",
      "inputSchema": {"type": "object", "properties": {\(properties.joined(separator: ",\n"))}, "required": [\(required.joined(separator: ", "))]}}
      """
  }

  /// A call the schema accepts.
  func call(_ dice: inout Dice) -> String {
    let given = arguments.filter { $0.isRequired || dice.percent(20) }.map { "\($0.name): \($0.kind.value(&dice))" }
    return "acme.\(name) { \(given.joined(separator: ", ")) }"
  }
}

extension GeneratedTool.Kind {
  var schema: String {
    switch self {
    case .text: #"{"type": "string", "description": "What it is called.", "maxLength": 2000}"#
    case .choice(let values): "{\"type\": \"string\", \"enum\": [\(values.map { "\"\($0)\"" }.joined(separator: ", "))]}"
    case .path: #"{"type": "string", "description": "Where it is, from the root of the project.", "minLength": 1}"#
    case .url: #"{"type": "string", "format": "uri"}"#
    case .integer(let maximum): "{\"type\": \"integer\", \"minimum\": 0, \"maximum\": \(maximum), \"default\": 1}"
    case .amount: #"{"type": "number", "exclusiveMinimum": 0, "maximum": 100000.00}"#
    case .flag: #"{"type": "boolean"}"#
    case .texts: #"{"type": "array", "items": {"type": "string"}, "maxItems": 50}"#
    case .object:
      #"{"type": "object", "properties": {"owner": {"type": "string"}, "tier": {"type": "integer", "minimum": 1, "maximum": 5}}, "#
        + #""required": ["owner", "tier"]}"#
    }
  }

  func value(_ dice: inout Dice) -> String {
    switch self {
    case .text: "\"\(dice.pick(Vocabulary.teams))-\(dice.roll(1_000))\""
    case .choice(let values): "\"\(dice.pick(values))\""
    case .path: "\"\(dice.pick(Vocabulary.folders))/notes.md\""
    case .url: "\"https://docs.acme.example/\(dice.roll(1_000))\""
    case .integer(let maximum): "\(dice.roll(0...maximum))"
    case .amount: "\(dice.roll(1...900)).\(dice.roll(10...99))"
    case .flag: dice.percent(50) ? "true" : "false"
    case .texts: "[\"a@acme.example\", \"b@acme.example\"]"
    case .object: "{ owner: \"\(dice.pick(Vocabulary.teams))\", tier: \(dice.roll(1...5)) }"
    }
  }

  /// Tests that may hold and may fail, as a person would write them.
  func test(of fact: String, sets: Int, _ dice: inout Dice) -> String {
    switch self {
    case .text:
      switch dice.roll(6) {
      case 0: "\(fact) == \"\(dice.pick(Vocabulary.teams))-\(dice.roll(1_000))\""
      case 1: "\(fact) in names_\(dice.roll(sets))"
      case 2: "\(fact) starts with \"\(dice.pick(Vocabulary.teams))-\", \"\(dice.pick(Vocabulary.values))/\""
      case 3: "\(fact) matches /\(dice.pick(Vocabulary.teams))-\\d{1,6}/"
      case 4: "length(\(fact)) > \(dice.roll(10...900))"
      default: "\(fact) not contains \"\(dice.pick(Vocabulary.values))\""
      }
    case .choice(let values): "\(fact) in {\(values.prefix(2).map { "\"\($0)\"" }.joined(separator: ", "))}"
    case .path: "\(fact) not under \"\(dice.pick(Vocabulary.folders))\""
    case .url: "host(\(fact)) in {\(dice.pick(2, of: Vocabulary.hosts).map { "\"\($0)\"" }.joined(separator: ", "))}"
    case .integer(let maximum): dice.percent(50) ? "\(fact) > \(dice.roll(1...maximum - 1))" : "\(fact) in 1..\(max(2, maximum / 2))"
    case .amount: "\(fact) <= \(dice.roll(1...900)).\(dice.roll(10...99))"
    case .flag: fact
    case .texts: dice.percent(50) ? "any of \(fact) not ends with \"@acme.example\"" : "length(\(fact)) > \(dice.roll(2...20))"
    case .object: dice.percent(50) ? "\(fact).tier >= \(dice.roll(2...5))" : "\(fact).owner == \"\(dice.pick(Vocabulary.teams))\""
    }
  }
}
