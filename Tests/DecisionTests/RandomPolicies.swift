import TestSupport

/// Random policies as a person could have written them, so that the whole front end stands between them and the engine.
struct PolicyGenerator {
  var random: SeededGenerator

  enum Kind { case number, integer, text, host, path, flag, texts, things, unknown, nested }

  struct Property {
    let name: String
    let kind: Kind
    let isRequired: Bool
    let isNullable: Bool
  }

  struct Tool {
    let name: String
    let properties: [Property]
  }

  static let numbers = ["0", "1", "-1", "2.5", "100", "99.99", "100.01", "200", "-0.5", "1000000", "0.001"]
  static let words = ["", "EUR", "USD", "a", "ab", "abc", "b", "straße", "Zürich", "x\\\"y"]
  static let hosts = ["good.example", "*.good.example", "10.0.0.1", "evil.example", "*.github.com"]
  static let directories = ["src", "docs/a", "/etc", "docs"]
  static let patterns = ["/[a-c]+/", "/E.R/i", "/.*\\.example/", "/a?b?c?/"]
  static let teams = ["platform", "support", "x"]

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }

  mutating func some<T>(_ values: [T], upTo most: Int = 3) -> [T] {
    Array(values.shuffled(using: &random).prefix(Int.random(in: 1...most, using: &random)))
  }

  // MARK: Snapshots

  mutating func tools() -> [Tool] {
    let all: [(String, Kind)] = [
      ("amount", .number), ("count", .integer), ("currency", .text), ("note", .text), ("odd name", .text), ("url", .host), ("file", .path),
      ("flag", .flag), ("tags", .texts), ("things", .things), ("any", .unknown), ("nested", .nested), ("limit", .number),
    ]
    return (0..<3).map { index in
      let kept = all.filter { _ in random.chance(60) }
      let properties = (kept.isEmpty ? [all[0]] : kept).map { name, kind in
        Property(name: name, kind: kind, isRequired: random.chance(50), isNullable: kind != .unknown && random.chance(20))
      }
      return Tool(name: "t\(index)", properties: properties)
    }
  }

  static func snapshot(_ tools: [Tool]) -> String {
    let listed = tools.map { tool in
      let properties = tool.properties.map { "\"\($0.name)\": \(schema($0))" }.joined(separator: ", ")
      let required = tool.properties.filter(\.isRequired).map { "\"\($0.name)\"" }.joined(separator: ", ")
      return """
        {"name": "\(tool.name)", "inputSchema": {"type": "object", "properties": {\(properties)}, "required": [\(required)]}}
        """
    }
    return "{\"tools\": [\(listed.joined(separator: ","))]}"
  }

  private static func schema(_ property: Property) -> String {
    func typed(_ name: String, _ rest: String = "") -> String {
      "{\"type\": \(property.isNullable ? "[\"\(name)\", \"null\"]" : "\"\(name)\"")\(rest)}"
    }
    switch property.kind {
    case .number: return typed("number")
    case .integer: return typed("integer")
    case .text, .host, .path: return typed("string")
    case .flag: return typed("boolean")
    case .texts: return typed("array", ", \"items\": {\"type\": \"string\"}")
    case .things:
      return typed(
        "array",
        """
        , "items": {"type": "object", "properties": {"sku": {"type": "string"}, "price": {"type": "number"}}, "required": ["sku"]}
        """)
    case .unknown: return "{}"
    case .nested:
      return typed(
        "object", ", \"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"type\": [\"number\", \"null\"]}}, \"required\": [\"a\"]")
    }
  }

  // MARK: Conditions

  mutating func quoted(_ words: [String]) -> String { words.map { "\"\($0)\"" }.joined(separator: ", ") }

  private mutating func numberTest(_ numbers: [String] = PolicyGenerator.numbers) -> String {
    switch Int.random(in: 0..<9, using: &random) {
    case 0: return "== \(pick(numbers))"
    case 1: return "!= \(pick(numbers))"
    case 2: return "< \(pick(numbers))"
    case 3: return "<= \(pick(numbers))"
    case 4: return "> \(pick(numbers))"
    case 5: return ">= \(pick(numbers))"
    case 6: return "in {\(some(numbers).joined(separator: ", "))}"
    case 7: return "not in {\(some(numbers).joined(separator: ", "))}"
    default: return "in \(pick(["-1", "0"]))..\(pick(["100", "200", "1000000"]))"
    }
  }

  private mutating func textTest() -> String {
    let not = random.chance(25) ? "not " : ""
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return "== \(quoted([pick(Self.words)]))"
    case 1: return "!= \(quoted([pick(Self.words)]))"
    case 2, 3: return "\(not)in {\(quoted(some(Self.words)))}"
    case 4: return "\(not)starts with \(quoted(some(Self.words.filter { !$0.isEmpty }, upTo: 2)))"
    case 5: return "\(not)ends with \(quoted(some(Self.words.filter { !$0.isEmpty }, upTo: 2)))"
    case 6: return "\(not)contains \(quoted(some(Self.words.filter { !$0.isEmpty }, upTo: 2)))"
    default: return "\(not)matches \(pick(Self.patterns))"
    }
  }

  private mutating func quantifier() -> String { pick(["any of", "all of", "none of"]) }

  private static func path(_ property: Property) -> String {
    property.name.contains(" ") ? "args[\"\(property.name)\"]" : "args.\(property.name)"
  }

  /// One test of an argument; what it needs to be present.
  private mutating func argumentTest(_ property: Property) -> (test: String, needs: [String]) {
    let path = Self.path(property)
    let needs = property.isRequired && !property.isNullable ? [] : [path]
    switch property.kind {
    case .number: return ("\(path) \(numberTest())", needs)
    case .integer: return ("\(path) \(numberTest(["0", "1", "-1", "100", "200", "1000000"]))", needs)
    case .text:
      if random.chance(15) { return ("length(\(path)) \(pick(["<", ">", "<=", ">="])) \(pick(["1", "2", "3", "5"]))", needs) }
      if random.chance(10) { return ("\(path) \(pick(["==", "!="])) token.team", needs) }
      return ("\(path) \(textTest())", needs)
    case .host:
      switch Int.random(in: 0..<3, using: &random) {
      case 0: return ("host(\(path)) \(pick(["in", "not in"])) {\(quoted(some(Self.hosts)))}", needs)
      case 1: return ("host(\(path)) == \"good.example\"", needs)
      default: return ("scheme(\(path)) \(pick(["==", "!="])) \"https\"", needs)
      }
    case .path: return ("\(path) \(pick(["under", "not under"])) \(quoted(some(Self.directories, upTo: 2)))", needs)
    case .flag: return (pick([path, "not \(path)", "\(path) == true", "\(path) != true"]), needs)
    case .texts:
      if random.chance(20) { return ("length(\(path)) \(pick(["<", ">"])) \(pick(["1", "2"]))", needs) }
      if random.chance(20) { return ("\(quantifier()) \(path) \(pick(["under", "not under"])) \"src\"", []) }
      return ("\(quantifier()) \(path) \(textTest())", [])
    case .things:
      return (random.chance(50) ? "\(quantifier()) \(path)[*].sku \(textTest())" : "\(quantifier()) \(path)[*].price \(numberTest())", [])
    case .unknown: return (pick(["\(path) present", "not \(path) present"]), [])
    case .nested:
      if random.chance(50) { return ("\(path).a \(textTest())", needs) }
      return ("\(path).b \(numberTest())", needs + ["\(path).b"])
    }
  }

  private mutating func claimTest() -> String {
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return "token.team \(pick(["==", "!="])) \(quoted([pick(Self.teams)]))"
    case 1: return "token.team \(pick(["in", "not in"])) {\(quoted(some(Self.teams, upTo: 2)))}"
    case 2: return "token.level \(numberTest())"
    case 3: return pick(["token.on_call", "not token.on_call"])
    case 4: return "\(quantifier()) token.groups \(pick(["==", "!="])) \(quoted([pick(Self.teams)]))"
    case 5: return pick(["token.team present", "not token.level present"])
    case 6: return "token.team starts with \"p\", \"s\""
    default: return "token.team matches /[a-z]+/"
    }
  }

  private mutating func clockTest() -> String {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return "now.weekday in {fri, sat, sun}"
    case 1: return "now.hour in 9..17"
    case 2: return "now < 2027-01-01"
    case 3: return "now >= 2026-06-01T12:00:00Z"
    case 4: return "now.month \(pick(["==", "!=", "<"])) 6"
    default: return "now.day > 15 or now.minute < 30"
    }
  }

  private mutating func leaf(_ tool: Tool) -> String {
    if random.chance(25) { return claimTest() }
    if random.chance(15) { return "(\(clockTest()))" }
    if random.chance(15) { return pick(["session has tainted", "not session has checked", "session has tainted, checked"]) }
    let property = pick(tool.properties)
    let (test, needs) = argumentTest(property)
    if needs.isEmpty { return "(\(test))" }
    if random.chance(50) { return "(\(needs.map { "\($0) present and " }.joined())\(test))" }
    return "(\(needs.map { "not \($0) present or " }.joined())\(test))"
  }

  mutating func condition(_ tool: Tool, depth: Int = 2) -> String {
    if depth == 0 || random.chance(35) { return leaf(tool) }
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return "not (\(condition(tool, depth: depth - 1)))"
    case 1: return "(\(condition(tool, depth: depth - 1)) or \(condition(tool, depth: depth - 1)))"
    default: return "\(condition(tool, depth: depth - 1)) and \(condition(tool, depth: depth - 1))"
    }
  }

  // MARK: Policies

  /// Declarations without their header; each is one element.
  mutating func declarations(_ tools: [Tool], prefix: String) -> [String] {
    var out: [String] = []
    for (index, tool) in tools.enumerated() {
      for number in 0..<Int.random(in: 1...4, using: &random) {
        let name = "\(prefix)\(pick(["g", "m"]))\(index)_\(number)"
        let to = random.chance(40) ? "any agent" : some(["bot", "desk", "nobody"], upTo: 2).joined(separator: ", ")
        let condition = random.chance(75) ? "\n  when \(condition(tool))" : ""
        let until = random.chance(15) ? "\n  until \(pick(["2026-06-30", "2027-03-31"]))" : ""
        out.append("grant \(name)\n  use.\(tool.name) to \(to)\(condition)\(until)")
      }
      if random.chance(60) { out.append("deny \(prefix)d\(index)\n  on s.\(tool.name)\n  when \(condition(tool))") }
      if random.chance(30) {
        out.append("ask \(prefix)q\(index)\n  on s.\(tool.name)\n  when \(condition(tool))\n  from \"people\" within 5m")
      }
      if random.chance(30) { out.append("shadow deny \(prefix)w\(index)\n  on s.\(tool.name)\n  when \(condition(tool))") }
    }
    return out
  }

  /// Many grants that name a value: enough for pivots.
  mutating func manyGrants(_ tool: Tool) -> [String] {
    guard tool.properties.contains(where: { $0.name == "currency" && $0.isRequired && !$0.isNullable }) else { return [] }
    return (0..<12).map { index in
      let extra = random.chance(50) ? " and \(leaf(tool))" : ""
      let to = random.chance(50) ? "any agent" : pick(["bot", "desk"])
      return "grant many\(index)\n  use.\(tool.name) to \(to)\n  when args.currency == \(quoted([pick(Self.words)]))\(extra)"
    }
  }

  mutating func files(_ tools: [Tool]) -> [String: String] {
    let scopes = tools.map { "scope use.\($0.name)\n  opens s.\($0.name)" }
    let agents = [
      "agent bot when token.sub == \"bot\"", "agent desk when token.sub == \"desk\" or token.team in {\"support\", \"x\"}",
      "agent nobody when token.level > 1 and token.level < 100 and not token.on_call",
    ]
    let labels = [
      "label tainted \"read what others wrote\"", "label checked \"looked at\"", "mark tainted after s.*", "mark checked after approval",
      "clear checked after s.*",
    ]
    let base = ["policy base", "server s from \"s.json\""] + scopes + agents + labels
    var files = ["s.json": Self.snapshot(tools), "base.sally": base.joined(separator: "\n\n")]
    let rules = declarations(tools, prefix: "") + (random.chance(30) ? manyGrants(tools[0]) : [])
    files["rules.sally"] = (["policy rules", "use \"./base.sally\""] + rules).joined(separator: "\n\n")
    if random.chance(30) {
      let bound = ["policy bound as layer", "use \"./base.sally\""] + declarations(tools, prefix: "l")
      files["bound.sally"] = bound.joined(separator: "\n\n")
    }
    return files
  }
}
