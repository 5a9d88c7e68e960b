package import Bytecode
internal import Decision
internal import Digests
package import Enforcement
package import JSON
internal import Messages

/// Makes lines of events. Not on the path of a message: it looks every text over.
package struct LineWriter: ~Copyable {
  /// The definition of a tool, as the snapshot that a program was compiled with has it.
  package typealias Definitions = @Sendable (Program, ToolID) -> Value?

  private let masker: TextMasker
  private let detail: RecordedDetail
  private let definitions: Definitions
  /// By fingerprint, in the order in which they came.
  private var policies: [Digest] = []
  private var program: Program?
  private var evaluator: Evaluator?
  private var tools: [ToolID: Target] = [:]
  private var prompts: [PromptID: Target] = [:]
  private var callers: [(server: String, caller: Identity, policy: Int)] = []
  /// The last one that was met: most events are of the same.
  private var principals: [Int: Principal] = [:]
  private var tests: [String: Int] = [:]

  private struct Target {
    let known: TextMasker.Known
    /// By place in the code.
    let tests: [Int: String]
  }

  package init(masker: TextMasker, detail: RecordedDetail, definitions: @escaping Definitions) {
    self.masker = masker
    self.detail = detail
    self.definitions = definitions
  }

  /// - Parameter milliseconds: when the recording begins.
  package func header(at milliseconds: Int64, tool: String) -> [UInt8] {
    var line = JSONLine(.header)
    line.add("format", TrafficFormat.name)
    line.add("version", TrafficFormat.version)
    line.add("tool", tool)
    line.add("start", milliseconds)
    line.add("detail", detail.rawValue)
    line.add("digest", "HMAC-SHA-256/128")
    return line.finished()
  }

  package mutating func gap(_ lost: Int) -> [UInt8] {
    var line = JSONLine(.gap)
    line.add("lost", lost)
    return line.finished()
  }

  package mutating func write(_ event: TrafficEvent, to lines: inout [UInt8]) {
    switch event {
    case .decided(let request): write(request, to: &lines)
    case .ended(let request): write(request, to: &lines)
    case .listed(let list): write(list, to: &lines)
    case .noticed(let notice): write(notice, to: &lines)
    }
  }

  // MARK: What lines rest on

  private mutating func enter(_ program: Program, to lines: inout [UInt8]) -> Int {
    if self.program === program { return policies.firstIndex(of: program.fingerprint) ?? 0 }
    self.program = program
    evaluator = Evaluator(program)
    tools = [:]
    prompts = [:]
    principals = [:]
    if let known = policies.firstIndex(of: program.fingerprint) { return known }
    policies.append(program.fingerprint)
    var line = JSONLine(.policy)
    line.add("n", policies.count - 1)
    line.add("fingerprint", program.fingerprint.hex)
    line.add(
      "servers",
      .array(
        program.servers.enumerated().map { index, server in
          let own = program.tools.indices.filter { Int(program.tools[$0].server.index) == index }
          return .object([
            Value.Member("name", .string(server.name)),
            Value.Member(
              "tools",
              .object(
                own.map { tool in
                  Value.Member(
                    program.tools[tool].name,
                    .array([.string(String(program.tools[tool].digest.hex.prefix(16))), .string(program.form(of: ToolID(UInt32(tool))))]))
                })),
          ])
        }))
    line.add(
      "filters",
      .object(program.filters.indices.map { Value.Member(program.filters[$0].name, .string(program.identity(ofFilter: $0))) }))
    lines += line.finished()
    return policies.count - 1
  }

  private mutating func number(of caller: Identity, at server: String, _ policy: Int, _ program: Program, to lines: inout [UInt8]) -> Int {
    if let known = callers.lastIndex(where: { $0.policy == policy && $0.server == server && $0.caller == caller }) { return known }
    callers.append((server, caller, policy))
    var line = JSONLine(.caller)
    line.add("n", callers.count - 1)
    line.add("server", server)
    switch caller.caller {
    case .verified: line.add("as", "verified")
    case .anyone: line.add("as", "anyone")
    case .named(let name):
      line.add("as", "named")
      line.key("agent")
      _ = line.withBytes { masker.append(name: Array(name.utf8), isKnown: program.agent(named: name) != nil, to: &$0) }
    }
    let agents = Principal(caller, of: program).agents.map { program.agents[Int($0)].name }
    if caller.caller == .verified { line.add("agents", agents) }
    line.add("claims", .object(caller.claims.map { path, value in claim(path, value, program) }.sorted { $0.name < $1.name }))
    if let scopes = caller.scopes { line.add("scopes", .array(scopes.map(Value.string))) }
    lines += line.finished()
    return callers.count - 1
  }

  /// A claim is kept when a policy names its value or no pack finds anything in it; whose it is can be read in the log as well.
  private func claim(_ path: ClaimPath, _ value: Value, _ program: Program) -> Value.Member {
    var known = TextMasker.Known()
    for slot in program.shared.slots where slot.hasLiterals { known.texts.formUnion(program.names.texts(in: slot.space).map(\.text)) }
    return Value.Member(path.description, masked(value, known, isNamedSecret: TextMasker.namesSecret(Array(path.path.joined().utf8))))
  }

  private func masked(_ value: Value, _ known: TextMasker.Known, isNamedSecret: Bool) -> Value {
    switch value {
    case .null, .boolean: value
    case .number(let number):
      number.description.utf8.count < 9 || masker.isClean(Array(number.description.utf8).span)
        ? value : .string(masker.mask(Array(number.description.utf8)))
    case .string(let text):
      known.texts.contains(Array(text.utf8))
        || (!isNamedSecret && text.utf8.first != 0 && text.utf8.count <= 256 && masker.isClean(Array(text.utf8).span))
        ? value : .string(masker.mask(Array(text.utf8)))
    case .array(let elements): .array(elements.map { masked($0, known, isNamedSecret: isNamedSecret) })
    case .object(let members):
      .object(
        members.map { member in
          let isSecret = isNamedSecret || TextMasker.namesSecret(Array(member.name.utf8))
          return Value.Member(member.name, masked(member.value, known, isNamedSecret: isSecret))
        })
    }
  }

  private mutating func target(_ tool: ToolID, _ program: Program) -> Target {
    if let known = tools[tool] { return known }
    let info = program.tool(tool)
    let made = Target(
      known: program.knownTexts(of: info.plan, [definitions(program, tool)?["inputSchema"], info.refinement?.inputSchema]),
      tests: testNames(info.plan, program))
    tools[tool] = made
    return made
  }

  private mutating func target(_ prompt: PromptID, _ program: Program) -> Target {
    if let known = prompts[prompt] { return known }
    let plan = program.prompt(prompt).plan
    let made = Target(known: program.knownTexts(of: plan, []), tests: testNames(plan, program))
    prompts[prompt] = made
    return made
  }

  private func testNames(_ plan: Plan?, _ program: Program) -> [Int: String] {
    guard let plan else { return [:] }
    return Dictionary(program.testIdentities(of: plan).map { ($0.place, $0.identity) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Requests

  private mutating func write(_ request: DecidedRequest, to lines: inout [UInt8]) {
    let program = request.program
    let policy = enter(program, to: &lines)
    let caller = number(of: request.caller, at: request.server, policy, program, to: &lines)
    var line = JSONLine(.call)
    line.add("n", request.number)
    if let resumes = request.resumes { line.add("resumes", resumes) }
    line.add("p", policy)
    line.add("c", caller)
    line.add("t", request.time.unixMilliseconds)
    line.add("ns", request.time.nanoseconds)
    line.add("m", request.method.name)
    line.add("out", request.outcome.rawValue)
    line.add("rule", request.rule)
    line.add("code", request.code?.rawValue)
    if !request.isByPolicy { line.add("by", "gate") }
    if let fits = request.fits { line.add("fits", fits) }
    line.add("approval", request.approval?.rawValue)
    let (call, target, isKnown) = subject(of: request, program)
    var isMasked = false
    if let subject = request.subject {
      line.key("on")
      isMasked = line.withBytes { appendSubject(subject, request.method, isKnown: isKnown, to: &$0) }
    }
    switch request.standing {
    case .asPinned, .unknown: break
    case .withheld: line.add("live", "withheld")
    case .absent: line.add("live", "absent")
    case .drifted(let digest): line.add("live", digest.map { String($0.hex.prefix(16)) } ?? "drifted")
    }
    if let arguments = request.arguments {
      line.key("args")
      let known = target?.known ?? TextMasker.Known()
      if line.withBytes({ masker.append(request.document, arguments, known, to: &$0) }) { isMasked = true }
    }
    if isMasked { line.add("masked", true) }
    if let call, let target, isMasked || callers[caller].caller.hasTexts {
      addTests(call, target, caller, request, &line, to: &lines)
    }
    line.add("labels", request.labels.labels.map { program.labels[Int($0.index)].name })
    line.add("found", request.argumentLabels.labels.map { program.labels[Int($0.index)].name })
    line.add("shadow", request.shadows)
    if request.limits.count > 0 { line.add("limits", limits(request.limits)) }
    line.add("agent", request.agent.flatMap { name in program.agent(named: name) != nil ? name : nil })
    line.add("bytes", request.bytes)
    lines += line.finished()
  }

  private func appendSubject(_ subject: [UInt8], _ method: Method, isKnown: Bool, to bytes: inout [UInt8]) -> Bool {
    let holdsMore = subject.contains(UInt8(ascii: "?")) || subject.contains(UInt8(ascii: "@")) || subject.contains(UInt8(ascii: "#"))
    if !isKnown && holdsMore {
      appendQuoted(masker.mask(subject), to: &bytes)
      return true
    }
    return masker.append(name: subject, isKnown: isKnown, to: &bytes)
  }

  private mutating func subject(of request: DecidedRequest, _ program: Program) -> (Call?, Target?, isKnown: Bool) {
    guard let name = request.subject, let server = program.server(named: request.server) else { return (nil, nil, false) }
    switch request.method {
    case .toolsCall:
      guard let tool = program.tool(named: name.span, of: server) else { return (nil, nil, false) }
      return (.tool(tool, request.document, arguments: request.arguments), target(tool, program), true)
    case .tasksGet, .tasksResult, .tasksCancel, .tasksUpdate:
      return (nil, nil, program.tool(named: name.span, of: server) != nil)
    case .promptsGet:
      guard let prompt = program.prompt(named: name.span, of: server) else { return (nil, nil, false) }
      return (.prompt(prompt, request.document, arguments: request.arguments), target(prompt, program), true)
    default: return (nil, nil, false)
    }
  }

  private mutating func addTests(
    _ call: Call, _ target: Target, _ caller: Int, _ request: DecidedRequest, _ line: inout JSONLine, to lines: inout [UInt8]
  ) {
    let principal = principals[caller] ?? Principal(request.caller, of: request.program)
    principals[caller] = principal
    let outcomes =
      evaluator?.testOutcomes(
        call, principal: principal, labels: request.labels, now: Moment(milliseconds: request.time.unixMilliseconds)) ?? []
    var found: [Int: RecalledTests.Outcome] = [:]
    var fresh: [String] = []
    for (place, outcome) in outcomes {
      guard let identity = target.tests[place] else { continue }
      if tests[identity] == nil {
        tests[identity] = tests.count
        fresh.append(identity)
      }
      if let number = tests[identity] { found[number] = outcome }
    }
    if !fresh.isEmpty {
      var declaration = JSONLine(.tests)
      declaration.add("from", tests.count - fresh.count)
      declaration.add("ids", fresh)
      lines += declaration.finished()
    }
    line.add("yes", found.filter { $0.value == .yes }.keys.sorted())
    line.add("no", found.filter { $0.value == .no }.keys.sorted())
    line.add("undecided", found.filter { $0.value == .undecided }.keys.sorted())
  }

  private func limits(_ states: LimitStates) -> Value {
    .array(
      (0..<states.count).map { index in
        let state = states[index]
        var members = [
          Value.Member("limit", .string(state.limit)), Value.Member("takes", .number(state.takes)),
          Value.Member("left", .number(state.left)),
        ]
        if state.isOver { members.append(Value.Member("over", .boolean(true))) }
        if state.isShadow { members.append(Value.Member("shadow", .boolean(true))) }
        return .object(members)
      })
  }

  private mutating func write(_ request: EndedRequest, to lines: inout [UInt8]) {
    _ = enter(request.program, to: &lines)
    let record = request.record
    var line = JSONLine(.end)
    line.add("n", request.number)
    line.add("t", request.time.unixMilliseconds)
    line.add("ns", request.time.nanoseconds)
    line.add("out", record.outcome.rawValue)
    line.add("rule", record.outcome == .denied ? record.rule : nil)
    line.add("code", record.outcome == .denied ? record.code?.rawValue : nil)
    line.add("done", request.isDone)
    line.add("set", request.setLabels.labels.map { request.program.labels[Int($0.index)].name })
    line.add("labels", record.labels)
    if !record.findings.isEmpty { line.add("found", findings(record.findings)) }
    line.add("in", request.answer?.bytes.count ?? 0)
    line.add("bytes", record.bytesOut)
    if record.outputMismatch != nil { line.add("misfit", true) }
    if detail == .redacted, let answer = request.answer { addResult(answer, &line) }
    lines += line.finished()
  }

  /// In bytes: of a larger answer no text is kept.
  private static let largestResult = 1 << 16

  private func addResult(_ answer: Document, _ line: inout JSONLine) {
    guard answer.bytes.count <= LineWriter.largestResult else { return }
    // The texts of errors are not kept: what filters read of them is not what came.
    guard let result = answer.member(answer.root, "result") else { return }
    var bytes = Array("{\"result\":".utf8)
    let isMasked = masker.append(answer, result, TextMasker.Known(), to: &bytes)
    bytes += "}".utf8
    line.key("answer")
    line.withBytes { $0 += bytes }
    if isMasked { line.add("masked", true) }
  }

  private func findings(_ findings: [CallRecord.Finding]) -> Value {
    .array(
      findings.map { finding in
        var members = [Value.Member("filter", .string(finding.filter)), Value.Member("count", .number(Number(finding.count)))]
        if let pattern = finding.pattern { members.insert(Value.Member("pattern", .string(pattern)), at: 1) }
        if finding.isUndecided { members.append(Value.Member("undecided", .boolean(true))) }
        return .object(members)
      })
  }

  // MARK: The rest

  private mutating func write(_ list: ShownList, to lines: inout [UInt8]) {
    let policy = enter(list.program, to: &lines)
    let caller = number(of: list.caller, at: list.server, policy, list.program, to: &lines)
    var line = JSONLine(.list)
    line.add("p", policy)
    line.add("c", caller)
    line.add("t", list.time.unixMilliseconds)
    line.add("ns", list.time.nanoseconds)
    line.add("m", list.list.name)
    if list.list == .toolsList || list.list == .promptsList {
      line.add("shown", list.entries.filter(\.isShown).map { name($0.name) })
      line.add("hidden", list.entries.filter { !$0.isShown }.map { name($0.name) })
    } else {
      line.add("shownCount", list.entries.count(where: \.isShown))
      line.add("hiddenCount", list.entries.count { !$0.isShown })
    }
    lines += line.finished()
  }

  private func name(_ text: String) -> String {
    let bytes = Array(text.utf8)
    return bytes.first != 0 && bytes.count <= 256 && masker.isClean(bytes.span) ? text : masker.mask(bytes)
  }

  private mutating func write(_ notice: Notice, to lines: inout [UInt8]) {
    let policy = enter(notice.program, to: &lines)
    let caller = number(of: notice.caller, at: notice.server, policy, notice.program, to: &lines)
    let record = notice.record
    var line = JSONLine(.note)
    if let number = notice.number { line.add("n", number) }
    line.add("c", caller)
    line.add("t", record.time.unixMilliseconds)
    line.add("ns", record.time.nanoseconds)
    line.add("from", record.sender == .client ? "client" : "server")
    line.add("out", record.outcome.rawValue)
    line.add("m", record.method?.name)
    line.add("rule", record.rule)
    line.add("labels", record.labels)
    if !record.findings.isEmpty { line.add("found", findings(record.findings)) }
    line.add("in", record.bytesIn)
    line.add("bytes", record.bytesOut)
    lines += line.finished()
  }
}

extension Identity {
  /// Whether it has claims that may be masked.
  fileprivate var hasTexts: Bool { !claims.isEmpty }
}
