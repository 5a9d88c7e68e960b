internal import Bytecode
package import JSON
internal import Recording

/// One recorded call, as a test that can be put into a policy.
package struct RecordedTest {
  package struct Unusable: Error {
    package let reason: String
  }

  /// `demo.search`, or `resource demo "demo://a"`; the arguments come behind.
  package let target: String
  package let arguments: Value?
  /// A declared agent, or `anyone`.
  package let agent: String
  package let claims: [(name: String, value: Value)]
  /// Milliseconds since 1970-01-01 UTC.
  package let moment: Int64
  package let expectation: String
  /// Labels that the session had.
  package let labels: [String]
  /// Where a digest stood, for which a person has to put something.
  package let masked: [String]

  /// - Parameter line: of the recording, from 1.
  package init(_ path: String, line number: Int) throws {
    var world = RecordedWorld()
    var source = try LineSource(path)
    var torn = false
    while let bytes = try source.next(isTorn: &torn) {
      guard let document = try? Document(parsing: bytes, limits: DocumentLimits(bytes: 16 << 20)), let line = RecordedLine(document) else {
        if source.number == number { throw Unusable(reason: "line \(number) is no line of a recording") }
        continue
      }
      if let reason = world.take(line) { throw Unusable(reason: reason) }
      if source.number == number {
        self = try RecordedTest(line, world)
        return
      }
    }
    throw Unusable(reason: "it has no line \(number)")
  }

  private init(_ line: RecordedLine, _ world: RecordedWorld) throws(Unusable) {
    typealias Names = RecordedLine.Names
    guard line.kind == .call, let caller = line.integer(Names.caller).map({ Int($0) }), world.callers.indices.contains(caller),
      let subject = line.text(Names.subject), let method = line.text(Names.method)
    else { throw Unusable(reason: "the line is no call of a tool, prompt or resource") }
    guard line.text(Names.by) != "gate" else { throw Unusable(reason: "no policy decided this call, so no test can expect it") }
    if subject.utf8.first == 0 { throw Unusable(reason: "the name of what was called was recorded as a digest") }
    let server = world.callers[caller].server
    switch method {
    case "tools/call": target = "\(server).\(subject)"
    case "prompts/get": target = "prompt \(server).\(subject)"
    case "resources/read": target = "resource \(server) \(String(decoding: write(.string(subject)), as: UTF8.self))"
    default: throw Unusable(reason: "tests call tools, prompts and resources; this is `\(method)`")
    }
    var masked: [String] = []
    let recorded = line.node(Names.arguments).map { Value(line.document, $0) }
    arguments = method == "resources/read" ? nil : recorded.map { Self.unmasked($0, "args", &masked) } ?? .object([])
    self.masked = masked
    agent = line.text(Names.agent) ?? (world.callers[caller].name.isEmpty ? "anyone" : world.callers[caller].name)
    claims = world.callers[caller].identity.claims.map { ($0.key.description, $0.value) }.filter { _, value in
      if case .string(let text) = value { text.utf8.first != 0 } else { !value.isNull }
    }.sorted { $0.0 < $1.0 }
    moment = line.integer(Names.time) ?? 0
    labels = line.texts(Names.labels)
    expectation = try Self.expectation(line)
  }

  private static func expectation(_ line: RecordedLine) throws(Unusable) -> String {
    typealias Names = RecordedLine.Names
    let rule = line.text(Names.rule)
    let code = line.text(Names.code) ?? "PERMISSION_DENIED"
    switch line.text(Names.outcome) {
    case "allowed", "waits": return rule.map { "allow by \($0)" } ?? "allow"
    case "asked": return rule.map { "ask by \($0)" } ?? "ask"
    case "denied" where code == "APPROVAL_REQUIRED": return rule.map { "ask by \($0)" } ?? "ask"
    case "denied" where code == "RATE_LIMITED":
      throw Unusable(reason: "a limit refused it because of the calls before it; a test of one call cannot show that")
    case "denied" where code == "TOOL_DRIFTED": throw Unusable(reason: "the tool was not as pinned; a test takes it as pinned")
    case "denied": return rule != nil && code == "PERMISSION_DENIED" ? "deny by \(rule ?? "")" : "deny code \(code)"
    default: throw Unusable(reason: "no decision was recorded")
    }
  }

  /// With something harmless of the same length where a digest stands.
  private static func unmasked(_ value: Value, _ path: String, _ masked: inout [String]) -> Value {
    switch value {
    case .null, .boolean, .number: return value
    case .string(let text):
      guard text.utf8.first == 0 else { return value }
      masked.append(path)
      let length = Int(text.dropFirst().prefix { $0 != ":" }) ?? 1
      return .string(String(repeating: "x", count: min(length, 4_096)))
    case .array(let elements):
      return .array(elements.enumerated().map { unmasked($0.element, "\(path)[\($0.offset)]", &masked) })
    case .object(let members):
      return .object(
        members.enumerated().map { index, member in
          let isMasked = member.name.utf8.first == 0
          if isMasked { masked.append("\(path), a name") }
          let name = isMasked ? "x\(index)" : member.name
          return Value.Member(name, unmasked(member.value, "\(path).\(name)", &masked))
        })
    }
  }
}
