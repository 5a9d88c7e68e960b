import Bytecode
import Compilation
import Decision
import Enforcement
import JSON
import Patterns
import Semantics
import TestSupport
import Testing
import Text

/// `filter … in args`: what is found in the arguments never reaches the server, and never comes back in an answer.
@Suite struct FilterTests {
  private struct Files: FileReader {
    let files: [String: String]

    func contents(of path: String) throws(FileProblem) -> [UInt8] {
      guard let text = files[path] else { throw .missing }
      return Array(text.utf8)
    }

    func neighbours(of path: String) -> [String] { Array(files.keys) }
  }

  private static let tools =
    #"{"tools":[{"name":"echo","inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}},{"name":"free","inputSchema":{"type":"object"}}]}"#
  private static let rules = #"""
    policy demo
    server demo from "demo.json"
    scope all opens demo.*
    grant everyone all to any agent
    ask bulk on demo.echo when args.text == "bulk; drop" from "leads" within 5m
    patterns sql {
      stacked: /;\s*(drop|delete)\b/i hit "; DROP x" miss "drop"
      union: /\bunion\s+(all\s+)?select\b/i hit "union select" miss "credit union"
    }
    patterns path {
      climbing: /\.\.\// hit "../x" miss "a..b"
    }
    patterns slow {
      stars: /\bstars\b/ hit "stars" miss "star"
    }
    filter no_sql on demo.echo in args match sql -> block because "No statements."
    filter no_paths on demo.echo in args match path.climbing -> block
    shadow filter stars on demo.echo in args match slow -> block
    """#

  private func program(_ rules: String = rules) throws -> Program {
    let sources = load(["demo.sally"], reader: Files(files: ["demo.sally": rules, "demo.json": FilterTests.tools]))
    let checked = check(sources.value)
    let said = Renderer(files: sources.value.files).render(sources.diagnostics + checked.diagnostics)
    return try compile(try #require(checked.value, "\(said)"), generation: 1)
  }

  private func conversation(_ program: Program, isStateless: Bool = false) -> Conversation {
    var conversation = Conversation(program: program, agent: "someone", server: "demo", tools: FilterTests.tools)
    if isStateless { conversation.speakStateless() } else { conversation.shakeHands() }
    return conversation
  }

  private func call(_ arguments: String, isStateless: Bool = false, tool: String = "echo") -> String {
    let parameters = #""name":"\#(tool)","arguments":\#(arguments)"#
    if isStateless { return stateless("1", "tools/call", parameters) }
    return #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{\#(parameters)}}"#
  }

  struct Attack: Sendable {
    let arguments: String
    let filter: String
    let path: String
    let pattern: String
  }

  @Test(
    arguments: [
      Attack(arguments: #"{"text":"x; DROP TABLE a"}"#, filter: "no_sql", path: "/text", pattern: "sql.stacked"),
      Attack(arguments: #"{"text":"1 \u0075nion\tselect"}"#, filter: "no_sql", path: "/text", pattern: "sql.union"),
      Attack(arguments: #"{"text":"\u002e./etc"}"#, filter: "no_paths", path: "/text", pattern: "path.climbing"),
      Attack(
        arguments: #"{"text":"","a":{"b":[1,{"c/d":"..\/etc"}]}}"#, filter: "no_paths", path: "/a/b/1/c~1d", pattern: "path.climbing"),
      Attack(arguments: #"{"text":"","a":{"\u002e./":1}}"#, filter: "no_paths", path: "/a", pattern: "path.climbing"),
      Attack(arguments: #"{"text":"","../":1}"#, filter: "no_paths", path: "", pattern: "path.climbing"),
      Attack(arguments: #"{"text":"bulk; drop"}"#, filter: "no_sql", path: "/text", pattern: "sql.stacked"),
    ], [false, true])
  func attacksAreDenied(_ attack: Attack, _ isStateless: Bool) throws {
    var conversation = conversation(try program(), isStateless: isStateless)
    conversation.client(call(attack.arguments, isStateless: isStateless))
    #expect(conversation.toServer.isEmpty)
    let answer = try Value(parsing: Array(try #require(conversation.toClient.last).utf8))
    let denial = try #require(answer["result"]?["_meta"]?["com.sallyport/denial"])
    #expect(denial["code"]?.string == "PERMISSION_DENIED")
    #expect(denial["rule"]?.string == attack.filter)
    #expect(denial["because"]?.string == (attack.filter == "no_sql" ? "No statements." : nil))
    let violation = try #require(denial["violations"]?.elements?.first)
    #expect(violation["path"]?.string == attack.path)
    #expect(violation["message"]?.string?.contains("`\(attack.pattern)`") == true)
    let record = try #require(conversation.records.last)
    #expect(record.outcome == .denied && record.rule == attack.filter && record.patterns == [attack.pattern])
    for word in ["DROP", "etc", "drop"] { #expect(conversation.toClient.last?.contains(word) == false) }
  }

  @Test(
    arguments: [
      #"{"text":"paid; dropped by"}"#, #"{"text":"credit union"}"#, #"{"text":";","a":[" drop x"]}"#, #"{"text":"a..b"}"#,
      #"{"text":"","union":"select"}"#,
    ], [false, true])
  func othersPass(_ arguments: String, _ isStateless: Bool) throws {
    var conversation = conversation(try program(), isStateless: isStateless)
    conversation.client(call(arguments, isStateless: isStateless))
    #expect(conversation.toServer.count == 1)
  }

  @Test func shadowsAndOtherToolsPass() throws {
    var conversation = conversation(try program())
    conversation.client(call(#"{"text":"stars"}"#))
    #expect(conversation.toServer.count == 1)
    conversation.server(#"{"jsonrpc":"2.0","id":1,"result":{"content":[]}}"#)
    #expect(conversation.records.last?.shadow == ["stars"])
    conversation.client(call(#"{"text":"; drop x"}"#, tool: "free"))
    #expect(conversation.toServer.count == 2)
  }

  /// A pattern of more than linear time is not tried on a long text: it may be there.
  @Test func undecidedIsDenied() throws {
    let rules = FilterTests.rules.replacing(#"/\bstars\b/"#, with: "/[a-z]+s[0-9]*t/").replacing("shadow filter", with: "filter")
    var conversation = conversation(try program(rules.replacing(#"hit "stars" miss "star""#, with: #"hit "xst" miss "t""#)))
    conversation.client(call(#"{"text":"\#(String(repeating: "s", count: 5_000))1t"}"#))
    #expect(conversation.toServer.isEmpty)
    #expect(conversation.toClient.last?.contains("too long or too intricate") == true)
  }

  @Test func confidentialFiltersAreKeptFromCallers() throws {
    var conversation = conversation(try program(FilterTests.rules.replacing("filter no_sql", with: "@confidential\nfilter no_sql")))
    conversation.client(call(#"{"text":"; drop x"}"#))
    for word in ["no_sql", "stacked", "statements", "violations"] { #expect(conversation.toClient.last?.contains(word) == false) }
    #expect(conversation.records.last?.rule == "no_sql")
  }

  @Test(arguments: [
    ("shadow filter", "filter"), ("No statements.", "None."), ("/i hit \"union", "/ hit \"union"),
    ("args match sql", "args match sql.union"),
  ])
  func theFingerprintIncludesFilters(_ old: String, _ new: String) throws {
    #expect(try program(FilterTests.rules.replacing(old, with: new)).fingerprint != program().fingerprint)
  }

  /// The oracle: every text of the arguments, gathered by recursion over the value, searched by PCRE2 pattern by pattern.
  @Test func findsWhatPCRE2FindsPatternByPattern() throws {
    let program = try program()
    let filters = ProgramFilters(program)
    let tool = try #require(program.tool(named: "echo", of: ServerID(0)))
    let patterns = try program.filters.map { filter in
      let used = filter.clauses.flatMap(\.patterns).map { program.filterPatterns[$0] }
      return (filter, try used.map { try Patterns.Pattern($0.source, caseless: $0.caseInsensitive, mode: .search) })
    }
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var scratch = FilterScratch()
    var match = MatchScratch()
    var denied = 0
    for _ in 0..<propertyRuns(2_000) {
      let value = object(&random, 3)
      let document = try Document(parsing: write(value))
      let findings = filters.scan(.tool(tool, document, arguments: document.root), scratch: &scratch)
      var texts: [[UInt8]] = []
      gather(value, into: &texts)
      var denials: [String] = []
      var shadows: [String] = []
      for (filter, compiled) in patterns {
        var isFound = false
        for pattern in compiled { for text in texts where pattern.match(text.span, scratch: &match) != .none { isFound = true } }
        guard isFound else { continue }
        if filter.isShadow { shadows.append(filter.name) } else { denials.append(filter.name) }
      }
      denied += denials.isEmpty ? 0 : 1
      #expect((findings?.denials.map(\.filter.name) ?? []) == denials, "seed \(seed): \(value)")
      #expect((findings?.shadows ?? []) == shadows, "seed \(seed): \(value)")
    }
    #expect(denied > 100)
  }

  private func object(_ random: inout SeededGenerator, _ depth: Int) -> Value {
    var names: Set<String> = []
    var members: [Value.Member] = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let name = text(&random)
      if names.insert(name).inserted { members.append(Value.Member(name, value(&random, depth))) }
    }
    return .object(members)
  }

  private func value(_ random: inout SeededGenerator, _ depth: Int) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 6 : 4), using: &random) {
    case 0: return .null
    case 1: return .boolean(true)
    case 2, 3: return .string(text(&random))
    case 4: return .array((0..<2).map { _ in value(&random, depth - 1) })
    default: return object(&random, depth - 1)
    }
  }

  private func text(_ random: inout SeededGenerator) -> String {
    let pieces = [";", " ", "drop", "; DELETE", "union", " select", " all", "..", "/", "\\", "stars", "é", "\n", "\u{17F}elect", "x"]
    return (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
  }

  private func gather(_ value: Value, into texts: inout [[UInt8]]) {
    switch value {
    case .string(let text): texts.append(Array(text.utf8))
    case .array(let elements): for element in elements { gather(element, into: &texts) }
    case .object(let members):
      for member in members {
        texts.append(Array(member.name.utf8))
        gather(member.value, into: &texts)
      }
    case .null, .boolean, .number: break
    }
  }
}
