internal import JSON
internal import Syntax
internal import Text

extension Checker {
  mutating func checkEvidence() {
    var cases: [CheckedPolicies.Test] = []
    for test in declared.tests { cases.append(check(test)) }
    for table in declared.tables { cases += check(table) }
    parts.tests = cases.sorted { $0.range < $1.range }
    for prove in declared.proves { check(prove) }
  }

  private mutating func check(_ test: In<TestSyntax>) -> CheckedPolicies.Test {
    var progress = TestProgress()
    let steps = lower(test.syntax.steps, test.file, &progress)
    if !progress.hasCalled || !progress.hasExpected {
      report(
        .emptyTest, "this test \(progress.hasCalled ? "expects" : "calls") nothing", test.syntax.name.range, "shows nothing",
        help: progress.hasCalled ? "say what comes of the call: `expect allow`" : "make a call: `call SERVER.TOOL { … }`")
    }
    return .init(name: test.syntax.name.value, origin: .test, steps: steps, range: test.syntax.name.range)
  }

  private mutating func lower(_ steps: [TestSyntax.Step], _ file: Int, _ progress: inout TestProgress) -> [CheckedPolicies.TestStep] {
    var lowered: [CheckedPolicies.TestStep] = []
    for step in steps {
      switch step {
      case .caller(let caller): lowered.append(.caller(lower(caller, file)))
      case .at(let literal):
        if let moment = moment(literal) { lowered.append(.at(moment)) }
      case .call(let call):
        progress.hasCalled = true
        if let call = lower(call, file) { lowered.append(.call(call)) }
      case .wait(let literal):
        if case .duration(let time) = literal.kind {
          lowered.append(.wait(milliseconds: time))
        } else {
          report(.badQuantity, "a pause is a length of time", literal.range, "none", help: "write `wait 15m`")
        }
      case .binaryResult(let type, let size, let range):
        requireCall(progress, range, "the answer to which call?")
        guard case .size(let bytes) = size.kind, (1...TestLimits.binaryBytes).contains(bytes) else {
          report(
            .badQuantity, "binary content in a test has 1 byte to 8 MiB", size.range, "not of this size",
            help: "write a size: `result binary \"image/png\" 64KiB`")
          continue
        }
        if let type = mediaType(type) { lowered.append(.binaryResult(type: type, bytes: Int(bytes), range)) }
      case .result(let value, let range):
        requireCall(progress, range, "the answer to which call?")
        if let value = json(value) { lowered.append(.result(value, range)) }
      case .failure(let range):
        requireCall(progress, range, "of which call?")
        lowered.append(.failure(range))
      case .decision(let approves, let group, let range):
        requireCall(progress, range, "of which call?")
        lowered.append(.decision(approves: approves, group: group?.value, range))
      case .expect(let expectation):
        progress.hasExpected = true
        requireCall(progress, expectation.range, "of which call?")
        if let expectation = lower(expectation, file) { lowered.append(.expect(expectation)) }
      case .repeated(let count, let every, let inner, let range):
        if let repeated = lower(count, every, inner, range, file, &progress) { lowered.append(repeated) }
      }
    }
    return lowered
  }

  private mutating func requireCall(_ progress: TestProgress, _ range: SourceRange, _ question: String) {
    if !progress.hasCalled { report(.emptyTest, "nothing was called yet", range, question, help: "put a `call` before it") }
  }

  private mutating func lower(
    _ count: Literal, _ every: Literal?, _ steps: [TestSyntax.Step], _ range: SourceRange, _ file: Int, _ progress: inout TestProgress
  ) -> CheckedPolicies.TestStep? {
    let inner = lower(steps, file, &progress)
    guard case .number(let digits) = count.kind, let times = Int(digits), (1...TestLimits.repetitions).contains(times) else {
      report(
        .badQuantity, "a test repeats something 1 to \(TestLimits.repetitions) times", count.range, "not so often",
        help: "write a whole number: `repeat 20 { … }`")
      return nil
    }
    var milliseconds: Int64 = 0
    if let every {
      guard case .duration(let time) = every.kind else {
        report(.badQuantity, "a pause is a length of time", every.range, "none", help: "write `every 1s`")
        return nil
      }
      milliseconds = time
    }
    return .repeated(count: times, everyMilliseconds: milliseconds, inner)
  }

  mutating func moment(_ literal: Literal) -> Int64? {
    if case .moment(let moment) = literal.kind { return moment.milliseconds }
    report(.badQuantity, "a test happens at a moment", literal.range, "no moment", help: "write `2026-11-18T10:00:00Z`")
    return nil
  }

  // MARK: callers

  private mutating func lower(_ caller: CallerSyntax, _ file: Int) -> CheckedPolicies.TestCaller {
    let agent = caller.agent.flatMap { find($0, .agent, from: file)?.index }
    var claims = fixedClaims(ofAgent: agent)
    for claim in caller.claims { add(claim.fact, claim.value, to: &claims) }
    return .init(agent: agent, claims: claims, range: caller.range)
  }

  func fixedClaims(ofAgent agent: Int?) -> [ClaimPath: JSON.Value] {
    guard let agent else { return [:] }
    return parts.agents[agent].fixedClaims.mapValues(\.value)
  }

  mutating func add(_ fact: FactPath, _ value: ValueSyntax, to claims: inout [ClaimPath: JSON.Value]) {
    guard ClaimPath.Root(rawValue: fact.root.text) != nil else {
      report(
        .unknownFact, "`\(fact.text)` is no claim", fact.range, "not of the caller", help: "write `token.\(fact.text)` or a fact of `key`")
      return
    }
    guard let path = claimPath(fact, FactUse(isQuantified: false, isPresenceTest: false)), let value = json(value) else { return }
    if claimUses[path] == nil, !claimsAsked.contains(path) { reportUnread(path, fact) }
    claims[path] = value
  }

  private mutating func reportUnread(_ path: ClaimPath, _ fact: FactPath) {
    // A rule that could not be read may read it.
    guard !isAnythingLost else { return }
    let known = Set(claimUses.keys).union(claimsAsked).map(\.description).sorted()
    let near = suggestion(for: path.description, among: known)
    report(
      .unreadClaim, "no condition reads `\(path)`", fact.range, "makes no difference",
      help: near.map { "did you mean `\($0)`?" } ?? (known.isEmpty ? "no condition reads any claim" : "conditions read \(listed(known))"),
      fixes: replacement(near, fact.range))
  }

  // MARK: calls

  mutating func lower(_ call: CallSyntax, _ file: Int) -> CheckedPolicies.TestCall? {
    let arguments: JSON.Value
    if let written = call.arguments {
      guard let value = json(written) else { return nil }
      guard case .object = value else {
        report(.typeMismatch, "the arguments of a call are an object", written.range, "no object", help: "write `{ name: value }`")
        return nil
      }
      arguments = value
    } else {
      arguments = .object([])
    }
    guard let target = callTarget(call.target, file) else { return nil }
    if case .resource = target, call.arguments != nil {
      report(.noArguments, "a resource has no arguments", call.range, "reads an address only", help: "remove what is in braces")
      return nil
    }
    return .init(target: target, arguments: arguments, range: call.range)
  }

  private mutating func callTarget(_ target: Target, _ file: Int) -> CheckedPolicies.TestCall.Target? {
    switch target.kind {
    case .tool(let server, let name), .prompt(let server, let name):
      if let glob = [server, name].first(where: { $0.text.utf8.contains(UInt8(ascii: "*")) }) {
        report(.misplacedTarget, "a call names one tool", glob.range, "a glob", help: "name the tool: `call SERVER.TOOL`")
        return nil
      }
      guard let resolved = resolve(target, from: file) else { return nil }
      return resolved.tools.first.map { .tool($0) } ?? resolved.prompts.first.map { .prompt($0) }
    case .resource(let server, let uri):
      guard !server.text.utf8.contains(UInt8(ascii: "*")), !uri.value.contains("*") else {
        report(.misplacedTarget, "a call reads one resource", target.range, "a glob", help: "write the whole address")
        return nil
      }
      return find(server, .server, from: file).map { .resource(server: $0.index, uri: uri.value) }
    case .scope(let name):
      report(.misplacedTarget, "a call names one tool", name.range, "a scope", help: "name a tool the scope opens")
      return nil
    }
  }

  /// A value as JSON; nil when it has no JSON, which has been reported.
  mutating func json(_ value: ValueSyntax) -> JSON.Value? {
    switch value.kind {
    case .null: return .null
    case .array(let elements):
      let values = elements.map { json($0) }
      return values.contains(nil) ? nil : .array(values.compactMap(\.self))
    case .object(let members):
      var seen: [ExactText: SourceRange] = [:]
      var lowered: [JSON.Value.Member] = []
      for member in members {
        if let first = seen[member.key.value.exact] {
          reportDuplicate("member `\(member.key.value)`", member.key.range, first: first)
          return nil
        }
        seen[member.key.value.exact] = member.key.range
        guard let value = json(member.value) else { return nil }
        lowered.append(.init(member.key.value, value))
      }
      return .object(lowered)
    case .literal(let literal): return json(literal)
    }
  }

  private mutating func json(_ literal: Literal) -> JSON.Value? {
    switch literal.kind {
    case .string(let text): return .string(text)
    case .number(let digits): return number(digits, literal.range).map(JSON.Value.number)
    case .boolean(let value): return .boolean(value)
    case .word(let word):
      report(
        .needsQuotes, "`\(word)` stands without quotes", literal.range, "text needs quotes", help: "write `\"\(word)\"`",
        fixes: replacement("\"\(word)\"", literal.range))
    case .moment, .duration, .size:
      report(
        .badQuantity, "JSON has no \(literal.kind.noun.split(separator: " ").dropFirst().joined(separator: " "))", literal.range,
        "no JSON value",
        help: "write it as text in quotes, or as a plain number")
    }
    return nil
  }
}

private struct TestProgress {
  var hasCalled = false
  var hasExpected = false
}

private enum TestLimits {
  /// Of one `repeat`: enough to run any limit out, few enough to end.
  static let repetitions = 100_000
  /// Fits in one message with its base64.
  static let binaryBytes: Int64 = 8 << 20
}

extension Constant {
  var value: JSON.Value {
    switch self {
    case .text(let text): .string(text)
    case .number(let number): .number(number)
    case .boolean(let value): .boolean(value)
    }
  }
}
