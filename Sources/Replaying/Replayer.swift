internal import Bytecode
internal import Decision
internal import Digests
internal import Enforcement
internal import JSON
internal import Messages
internal import Quotas
internal import Recording

/// Takes the lines of one recording in their order, and decides every request anew under one policy, on the recording's clock.
package struct Replayer: ~Copyable {
  package struct Unusable: Error {
    package let reason: String
  }

  /// A gate of one caller at one server.
  private final class Box {
    var gate: ReplayedGate

    init(_ gate: consuming ReplayedGate) { self.gate = gate }
  }

  /// A call that has not ended in the recording.
  private struct Open {
    let box: Box
    let caller: Int
    let policy: Int
    let subject: String
    let waits: Bool
  }

  private let policy: ReplayPolicy
  private(set) var world = RecordedWorld()
  private var boxes: [Box] = []
  private var open: [UInt64: Open] = [:]
  /// A tool of now under a policy of the recording.
  private struct Pinned: Hashable {
    let policy: Int
    let tool: ToolID
  }

  /// How tools stood whose servers offered what was pinned.
  private var pinned: [Pinned: DecidedRequest.Standing] = [:]
  /// Of tools and prompts: the tests of each in the program's code.
  private var tests: [String: [(place: Int, identity: String)]] = [:]
  /// Whether limits are read for charts.
  private let readsLimits: Bool

  package init(_ policy: ReplayPolicy, readsLimits: Bool = false) {
    self.policy = policy
    self.readsLimits = readsLimits
  }

  package var lost: Int { world.lost }
  package var fingerprints: [String] { world.policies.map(\.fingerprint) }

  /// - Returns: nil for a line that says nothing of what happened.
  package mutating func take(_ line: RecordedLine) throws(Unusable) -> ReplayStep? {
    if let reason = world.take(line) { throw Unusable(reason: reason) }
    guard world.headers > 0 else { throw Unusable(reason: "it does not begin with a header") }
    switch line.kind {
    case .header:
      boxes = []
      open = [:]
      pinned = [:]
      return nil
    case .caller:
      boxes.append(box(of: world.callers.count - 1))
      return nil
    case .policy, .tests, .gap: return nil
    case .call: return try takeCall(line)
    case .end: return takeEnd(line)
    case .list: return try takeList(line)
    case .note: return takeNote(line)
    }
  }

  private func box(of caller: Int) -> Box {
    let caller = world.callers[caller]
    var identity = caller.identity
    // Which agent it is cannot be worked out from digests; the recording says it.
    if caller.isMasked, identity.caller == .verified, let agent = caller.agents.first {
      identity = Identity(caller: .named(agent), claims: identity.claims, scopes: identity.scopes)
    }
    let configuration = GateConfiguration(server: caller.server, identity: identity)
    return Box(ReplayedGate(configuration: configuration, policies: policy.policies, tools: policy.tools))
  }

  private static let allowed = Array(DecidedRequest.Outcome.allowed.rawValue.utf8)

  private func outcome(_ line: RecordedLine) -> DecidedRequest.Outcome? {
    guard let node = line.node(RecordedLine.Names.outcome) else { return nil }
    // Most calls are.
    if line.document.stringEquals(node, Self.allowed) { return .allowed }
    return line.document.string(node).flatMap(DecidedRequest.Outcome.init(rawValue:))
  }

  private func time(_ line: RecordedLine) -> EventTime {
    let milliseconds = line.integer(RecordedLine.Names.time) ?? 0
    let nanoseconds = line.integer(RecordedLine.Names.nanoseconds).map { UInt64(max(0, $0)) }
    return EventTime(unixMilliseconds: milliseconds, nanoseconds: nanoseconds ?? UInt64(max(0, milliseconds)) &* 1_000_000)
  }

  // MARK: Calls

  private mutating func takeCall(_ line: RecordedLine) throws(Unusable) -> ReplayStep? {
    typealias Names = RecordedLine.Names
    guard let caller = line.integer(Names.caller).map({ Int($0) }), boxes.indices.contains(caller),
      let number = line.integer(Names.number).map({ UInt64(max(0, $0)) }),
      let method = line.node(Names.method).flatMap({ Method(line.document, $0) })
    else { throw Unusable(reason: "a call without a caller, a number or a method") }
    let policyNumber = line.integer(Names.policy).map { Int($0) } ?? -1
    let subject = line.text(Names.subject)
    let time = time(line)
    var step = ReplayStep(
      kind: .call, number: number, milliseconds: time.unixMilliseconds, server: world.callers[caller].server,
      subject: subject.map { $0.utf8.first == 0 ? "(masked)" : $0 } ?? method.name,
      agent: line.text(Names.agent) ?? world.callers[caller].name)
    step.recorded = outcome(line).map {
      ReplayedDecision(recorded: $0, rule: line.text(Names.rule), code: line.text(Names.code))
    }
    let kind = ReplayedRequest.Subject(method, subject)
    guard line.node(Names.by) == nil || line.text(Names.by) != "gate", let kind else {
      step.isCarried = true
      step.replayed = step.recorded
      return step
    }
    let resumes = line.integer(Names.resumes).map { UInt64(max(0, $0)) }
    if let resumes { open[resumes] = nil }
    guard isTold(caller, policyNumber) else {
      step.missing = "who calls depends on claims that were recorded as digests"
      return step
    }
    guard let standing = standing(line, caller, policyNumber, subject) else {
      step.missing = "the recording does not say how the tool was"
      return step
    }
    let request = ReplayedRequest(
      number: number, resumes: resumes, subject: kind, method: method, document: line.document,
      arguments: line.node(Names.arguments), time: time, standing: standing,
      approval: line.text(Names.approval).flatMap(DecidedRequest.Approval.init(rawValue:)),
      recalled: line.flag(Names.masked) == true || world.callers[caller].isMasked
        ? recalled(line, caller, policyNumber, subject, method, step.recorded) : nil)
    let ruling = boxes[caller].gate.decide(request)
    let decision = ReplayedDecision(ruling)
    step.replayed = decision
    if readsLimits { step.limits = pressures(ruling.limits) }
    if let missing = ruling.missing {
      step.missing = words(missing, subject)
      // Nobody knows; the rest of the replay goes on as if the recording were right.
      boxes[caller].gate.follow(request, didPass: step.recorded?.reachesServer ?? false)
    }
    keepOpen(number, step, caller, policyNumber, time)
    return step
  }

  /// Whether it is known which agents a caller is under the policy of now.
  private func isTold(_ caller: Int, _ policyNumber: Int) -> Bool {
    guard world.callers[caller].isMasked else { return true }
    let caller = world.callers[caller]
    guard caller.identity.caller == .verified else { return true }
    return caller.agents.count == 1 && world.policies.indices.contains(policyNumber)
      && world.policies[policyNumber].fingerprint == policy.program.fingerprint.hex
  }

  private mutating func keepOpen(_ number: UInt64, _ step: ReplayStep, _ caller: Int, _ policyNumber: Int, _ time: EventTime) {
    if step.recorded?.reachesServer ?? false {
      open[number] = Open(
        box: boxes[caller], caller: caller, policy: policyNumber, subject: step.subject, waits: step.recorded?.outcome == .waits)
    } else if step.replayed?.reachesServer ?? false {
      // No answer was recorded: it is taken for one that came at once and in which nothing was found.
      _ = boxes[caller].gate.end(
        ReplayedAnswer(number: number, time: time, isReleased: true, isDone: true, content: .read(blockedBy: nil, labels: [])))
    }
  }

  /// How a tool that was recorded stands to the snapshot of the policy of now.
  private mutating func standing(_ line: RecordedLine, _ caller: Int, _ policyNumber: Int, _ subject: String?) -> DecidedRequest.Standing? {
    let live = line.text(RecordedLine.Names.live)
    if live == "absent" { return .absent }
    guard world.policies.indices.contains(policyNumber), let subject,
      let server = policy.program.server(named: world.callers[caller].server),
      let tool = policy.program.tool(named: subject, of: server)
    else { return live == nil || live == "withheld" ? .unknown : .drifted(nil) }
    if let live, live != "withheld" { return isPinned(tool, live) ? .asPinned : .drifted(nil) }
    let place = Pinned(policy: policyNumber, tool: tool)
    if let known = pinned[place] { return known }
    guard let recorded = world.policies[policyNumber].tools[world.callers[caller].server]?[subject]?.digest else { return nil }
    let standing = isPinned(tool, recorded) ? DecidedRequest.Standing.asPinned : .drifted(nil)
    pinned[place] = standing
    return standing
  }

  private func isPinned(_ tool: ToolID, _ digest: String) -> Bool { policy.program.tool(tool).digest.hex.hasPrefix(digest) }

  /// What the recording knows of values that are masked.
  private mutating func recalled(
    _ line: RecordedLine, _ caller: Int, _ policyNumber: Int, _ subject: String?, _ method: Method, _ recorded: ReplayedDecision?
  ) -> RecalledFacts {
    typealias Names = RecordedLine.Names
    var facts = RecalledFacts()
    facts.isOfClaimsOnly = line.flag(Names.masked) != true
    let server = world.callers[caller].server
    let known = world.policies.indices.contains(policyNumber) ? world.policies[policyNumber] : RecordedWorld.Policy()
    if method == .toolsCall, let subject, let id = policy.program.server(named: server),
      let tool = policy.program.tool(named: subject, of: id)
    {
      if known.tools[server]?[subject]?.form == policy.forms[Int(tool.index)] { facts.fits = line.flag(Names.fits) }
    } else {
      facts.fits = true
    }
    let wasScanned = recorded.map { $0.outcome != .denied || $0.code == "RATE_LIMITED" || known.filters[$0.rule ?? ""] != nil } ?? false
    if known.filters == policy.filters, wasScanned {
      let denial = recorded?.outcome == .denied ? recorded?.rule.flatMap { known.filters[$0] == nil ? nil : $0 } : nil
      facts.findings = RecalledFacts.Findings(
        denial: denial, shadows: line.texts(Names.shadow).filter { known.filters[$0] != nil }, labels: line.texts(Names.found))
    }
    var outcomes: [String: RecalledTests.Outcome] = [:]
    for (name, outcome) in [(Names.yes, RecalledTests.Outcome.yes), (Names.no, .no), (Names.undecided, .undecided)] {
      for number in line.integers(name) where world.tests.indices.contains(number) { outcomes[world.tests[number]] = outcome }
    }
    guard !outcomes.isEmpty, let subject else { return facts }
    facts.outcomes = Array(repeating: .missing, count: policy.program.code.count)
    for (place, identity) in tests(of: subject, at: server, method) {
      if let outcome = outcomes[identity] { facts.outcomes[place] = outcome }
    }
    return facts
  }

  private mutating func tests(of subject: String, at server: String, _ method: Method) -> [(place: Int, identity: String)] {
    let key = "\(method.name) \(server) \(subject)"
    if let known = tests[key] { return known }
    let program = policy.program
    var found: [(place: Int, identity: String)] = []
    if let id = program.server(named: server) {
      let plan =
        method == .promptsGet
        ? program.prompt(named: subject, of: id).flatMap { program.prompt($0).plan }
        : program.tool(named: subject, of: id).flatMap { program.tool($0).plan }
      if let plan { found = program.testIdentities(of: plan) }
    }
    tests[key] = found
    return found
  }

  private func words(_ missing: RecalledFacts.Missing, _ subject: String?) -> String {
    switch missing {
    case .test: "a rule tests an argument that was recorded as a digest"
    case .argumentFilter: "filters would read arguments that were recorded as digests"
    case .schema: "the schema is another one, and arguments were recorded as digests"
    case .limit: "a limit counts by an argument that was recorded as a digest"
    case .answer: "filters would read an answer that was not recorded whole"
    case .address: "the address was recorded as a digest"
    }
  }

  private func pressures(_ states: LimitStates) -> [LimitReadingOfStep] {
    (0..<states.count).map { index in
      let state = states[index]
      let capacity = policy.program.limits.first { $0.name == state.limit }.map {
        Double($0.limit.capacity.number(decimals: $0.limit.decimals).description) ?? 1
      }
      let left = (Double(state.left.description) ?? 0) / max(capacity ?? 1, .leastNormalMagnitude)
      return LimitReadingOfStep(limit: state.limit, left: min(1, max(0, left)), isOver: state.isOver)
    }
  }

  // MARK: Answers

  private mutating func takeEnd(_ line: RecordedLine) -> ReplayStep? {
    typealias Names = RecordedLine.Names
    guard let number = line.integer(Names.number).map({ UInt64(max(0, $0)) }), let request = open.removeValue(forKey: number) else {
      return nil
    }
    let time = time(line)
    let outcome = line.text(Names.outcome) ?? ""
    let rule = line.text(Names.rule)
    if request.waits, outcome == "cancelled" {
      request.box.gate.withdraw(number, at: time)
      return nil
    }
    // What a filter withheld, it withheld when it was to be released.
    let isReleased = outcome == "allowed" || (outcome == "denied" && rule != nil)
    var step = ReplayStep(
      kind: .answer, number: number, milliseconds: time.unixMilliseconds, server: world.callers[request.caller].server,
      subject: request.subject, agent: world.callers[request.caller].name)
    step.recorded = ReplayedDecision(outcome: outcome == "denied" ? .denied : .allowed, rule: rule, code: line.text(Names.code))
    guard
      let ending = request.box.gate.end(
        ReplayedAnswer(
          number: number, time: time, isReleased: isReleased, isDone: line.flag(Names.done) ?? true,
          content: content(line, request.policy, blockedBy: rule)))
    else { return nil }
    guard isReleased else {
      step.isCarried = true
      step.replayed = step.recorded
      return step
    }
    step.missing = ending.missing.map { words($0, nil) }
    let found = ending.findings.map { FoundPattern(name: $0.pattern ?? $0.filter, count: $0.count) }
    step.findings = found.isEmpty ? findings(line) : found
    step.replayed = ReplayedDecision(
      outcome: ending.blockedBy == nil ? .allowed : .denied, rule: ending.blockedBy, code: ending.blockedBy == nil ? nil : "OUTPUT_BLOCKED")
    return step
  }

  private func content(_ line: RecordedLine, _ policyNumber: Int, blockedBy: String?) -> ReplayedAnswer.Content {
    typealias Names = RecordedLine.Names
    if let answer = line.node(Names.answer), line.flag(Names.masked) != true,
      let document = try? Document(parsing: Array(line.document.bytes[line.document.source(answer)]), limits: .standard)
    {
      return .whole(document)
    }
    guard world.policies.indices.contains(policyNumber), world.policies[policyNumber].filters == policy.filters else { return .unknown }
    return .read(blockedBy: blockedBy, labels: line.texts(Names.set))
  }

  private func findings(_ line: RecordedLine) -> [FoundPattern] {
    guard let node = line.node(RecordedLine.Names.found), line.document.kind(node) == .array else { return [] }
    return line.document.elements(node).compactMap { element in
      func text(_ name: String) -> String? { line.document.member(element, name).flatMap { line.document.string($0) } }
      guard let name = text("pattern") ?? text("filter") else { return nil }
      let count = line.document.member(element, "count").flatMap { line.document.fixed($0) }.map { Int($0.coefficient) } ?? 1
      return FoundPattern(name: name, count: count)
    }
  }

  // MARK: Lists and the rest

  private mutating func takeList(_ line: RecordedLine) throws(Unusable) -> ReplayStep? {
    typealias Names = RecordedLine.Names
    guard let caller = line.integer(Names.caller).map({ Int($0) }), boxes.indices.contains(caller),
      let method = line.node(Names.method).flatMap({ Method(line.document, $0) })
    else { throw Unusable(reason: "a list without a caller or a method") }
    let (shown, hidden) = (line.texts(MemberName("shown")), line.texts(MemberName("hidden")))
    guard !shown.isEmpty || !hidden.isEmpty else { return nil }
    let time = time(line)
    // What is hidden because it has drifted stays so; which of them that is, is not recorded.
    let nowShown = shown.filter { boxes[caller].gate.isShown(Array($0.utf8), in: method, at: time) }
    let nowHidden = shown.filter { !nowShown.contains($0) }
    var step = ReplayStep(
      kind: .list, number: 0, milliseconds: time.unixMilliseconds, server: world.callers[caller].server, subject: method.name,
      agent: world.callers[caller].name)
    step.recorded = ReplayedDecision(outcome: .allowed, rule: nil, code: nil)
    step.replayed =
      nowHidden.isEmpty ? step.recorded : ReplayedDecision(outcome: .denied, rule: nil, code: "hides \(nowHidden.joined(separator: ", "))")
    return step
  }

  private mutating func takeNote(_ line: RecordedLine) -> ReplayStep? {
    typealias Names = RecordedLine.Names
    let labels = line.texts(Names.labels)
    guard !labels.isEmpty, let caller = line.integer(Names.caller).map({ Int($0) }), boxes.indices.contains(caller) else { return nil }
    boxes[caller].gate.mark(labels, of: line.integer(Names.number).map { UInt64(max(0, $0)) })
    return nil
  }
}

extension ReplayedRequest.Subject {
  /// Nil: of what is asked so, the policy decides nothing that can be told from a recording.
  init?(_ method: Method, _ subject: String?) {
    guard let subject else { return nil }
    let bytes = Array(subject.utf8)
    switch method {
    case .toolsCall: self = .tool(bytes)
    case .promptsGet: self = .prompt(bytes)
    case .resourcesRead, .subscribe, .unsubscribe: self = .resource(bytes)
    case .tasksGet, .tasksResult, .tasksCancel, .tasksUpdate: self = .task(bytes)
    default: return nil
    }
  }
}
