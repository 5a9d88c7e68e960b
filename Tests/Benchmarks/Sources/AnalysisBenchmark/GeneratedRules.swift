import JSON
import Semantics
import Text

/// A policy of as many rules and tools as are asked for, and the same with one rule edited. Rules are spread over the tools; a few denies
/// speak of many tools at once.
struct GeneratedRules {
  private let tools: Int
  private var agents: Int { max(10, tools / 10) }
  private var rules: [String] = []
  private var dice = SplitMix(state: 1)
  private let edited: Int

  init(rules count: Int, tools: Int) {
    self.tools = tools
    edited = count / 2 / 10 * 10
    for number in 0..<count { rules.append(rule(number, threshold: 200)) }
  }

  private mutating func rule(_ number: Int, threshold: Int) -> String {
    let tool = number % tools
    if number == edited { return Self.edit(number, tool, threshold) }
    if number % 100 == 99 { return "deny r\(number) on s.*_\(tool % 10) when \(wide())" }
    switch dice.roll(10) {
    case ..<6:
      let who = dice.roll(10) == 0 ? "any agent" : "w\(dice.roll(agents)), w\(dice.roll(agents))"
      let names = Set(who.split(separator: ",").map { $0.trimmingPrefix(" ") }).sorted().joined(separator: ", ")
      return "grant r\(number) use_\(tool) to \(names) when \(condition())"
    case ..<9: return "deny r\(number) on s.\(name(tool)) when \(condition())"
    default: return "ask r\(number) on s.\(name(tool)) when \(condition()) from \"leads\" within 15m"
    }
  }

  private static func edit(_ number: Int, _ tool: Int, _ threshold: Int) -> String {
    "grant r\(number) use_\(tool) to w1 when args.amount <= \(threshold).00 and args.currency == \"EUR\""
  }

  private func name(_ tool: Int) -> String { "tool\(tool)_\(tool % 10)" }

  private mutating func wide() -> String {
    ["now.hour not in 6..20", "token.env == \"test\"", "not token.on_call and now.weekday in {sat, sun}"][dice.roll(3)]
  }

  /// Tests of one to three things, each another one: two of the same thing may contradict each other, which is refused.
  private mutating func condition() -> String {
    var kinds: [Int] = []
    for _ in 0...dice.roll(3) {
      let kind = dice.roll(7)
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds.map { atom($0) }.joined(separator: " and ")
  }

  private mutating func atom(_ kind: Int) -> String {
    switch kind {
    case 0: "args.amount \(["<=", ">", "<", ">="][dice.roll(4)]) \(dice.roll(99_000) + 1).\(dice.roll(90) + 10)"
    case 1: "args.currency in {\"EUR\", \"\(["USD", "GBP"][dice.roll(2)])\"}"
    case 2 where dice.roll(2) == 0: "args.title starts with \"team-\(dice.roll(30))/\""
    case 2: "args.title matches /inv-\(dice.roll(30))-[0-9]{1,6}/"
    case 3: "args.path under \"\(["src", "docs", "public/assets", "home/agents"][dice.roll(4)])\""
    case 4: "args.count > \(dice.roll(480) + 5)"
    case 5: "any of args.tags == \"t\(dice.roll(20))\""
    default: "token.team == \"team-\(dice.roll(20))\""
    }
  }

  /// - Parameter isEdited: the one rule allows more.
  func files(isEdited: Bool) throws -> GeneratedFiles {
    var rules = rules
    if isEdited { rules[edited] = Self.edit(edited, edited % tools, 500) }
    var lines = ["edition 1", "policy generated", "server s from \"tools.json\""]
    lines += (0..<tools).map { "scope use_\($0) opens s.\(name($0))" }
    lines += (0..<agents).map { "agent w\($0) when token.sub == \"worker-\($0)\"" }
    let definitions = try (0..<tools).map { try Value(parsing: Array(definition($0).utf8)) }
    return GeneratedFiles(contents: [
      "policy.sally": Array((lines + rules).joined(separator: "\n\n").utf8), "tools.json": Snapshot.bytes(of: .init(tools: definitions)),
    ])
  }

  private func definition(_ tool: Int) -> String {
    """
    {"name": "\(name(tool))", "inputSchema": {"type": "object", "required": ["amount", "currency", "title", "path", "count"], "properties": {
      "amount": {"type": "number", "minimum": 0, "maximum": 100000}, "currency": {"type": "string", "enum": ["EUR", "USD", "GBP", "CHF"]},
      "title": {"type": "string", "maxLength": 2000}, "path": {"type": "string", "minLength": 1},
      "count": {"type": "integer", "minimum": 0, "maximum": 500}, "tags": {"type": "array", "items": {"type": "string"}}}}}
    """
  }
}

struct GeneratedFiles: FileReader {
  let contents: [String: [UInt8]]

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let bytes = contents[path] else { throw .missing }
    return bytes
  }

  func neighbours(of path: String) -> [String] { [] }
}

/// SplitMix64: the same policy on every machine.
struct SplitMix {
  var state: UInt64

  mutating func roll(_ sides: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(sides))
  }
}
