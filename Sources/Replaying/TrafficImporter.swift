internal import JSON
internal import Recording

/// Makes lines of a recording out of traffic that somebody else wrote down: calls without a decision, and their answers.
package struct TrafficImporter {
  package enum Format: String, Sendable, CaseIterable {
    /// One JSON-RPC message a line, alone or in `msg`.
    case jsonrpc
    /// HTTP Archive 1.2.
    case har
    /// Spans of the MCP conventions of OpenTelemetry, as OTLP in JSON: one export a line, or one document.
    case otlp
  }

  package struct Unreadable: Error {
    package let reason: String
  }

  /// Requests whose target a policy decides on.
  private static let methods = ["tools/call": "name", "prompts/get": "name", "resources/read": "uri"]

  private let give: ([UInt8]) throws -> Void
  private var number: Int64 = 0
  private var clock: Int64 = 0
  /// By the id of a request in flight.
  private var open: [Value: Int64] = [:]
  /// Requests whose target a policy decides on.
  package private(set) var calls = 0

  /// - Parameters:
  ///   - server: the policy's name of it.
  ///   - agent: the policy's name of who calls; nil: nobody in particular.
  ///   - give: is given lines, without their ends.
  package init(server: String, agent: String?, give: @escaping ([UInt8]) throws -> Void) throws {
    self.give = give
    try give(
      write(["k": "header", "format": .string(TrafficFormat.name), "version": .number(Number(TrafficFormat.version)), "tool": "import"]))
    var caller: [Value.Member] = [
      .init("k", "caller"), .init("n", 0), .init("server", .string(server)), .init("as", agent == nil ? "anyone" : "named"),
    ]
    if let agent { caller.append(.init("agent", .string(agent))) }
    try give(write(.object(caller)))
  }

  /// The format of a text: by its beginning, or by one line of it.
  package static func detect(_ text: [UInt8]) -> Format? {
    guard let value = try? Value(parsing: text, limits: limits) else { return nil }
    if value["log"]?["entries"] != nil { return .har }
    if value["resourceSpans"] != nil { return .otlp }
    if value["jsonrpc"] != nil || value["msg"]?["jsonrpc"] != nil { return .jsonrpc }
    return nil
  }

  private static let limits = DocumentLimits(bytes: 1 << 30)

  /// A line of JSON-RPC or OTLP, or a whole document.
  package mutating func take(_ text: [UInt8], _ format: Format) throws {
    let value: Value
    do {
      value = try Value(parsing: text, limits: Self.limits)
    } catch {
      throw Unreadable(reason: "no JSON: \(error.message)")
    }
    switch format {
    case .jsonrpc: try takeMessage(value["msg"] ?? value, at: milliseconds(value))
    case .har: try takeArchive(value)
    case .otlp: try takeSpans(value)
    }
  }

  private func milliseconds(_ value: Value) -> Int64? {
    for name in ["t", "ts", "time", "timestamp"] {
      if let number = value[name]?.number, let whole = Double(number.description) { return Int64(exactly: whole.rounded(.down)) }
    }
    return nil
  }

  /// After the last text.
  package func finish() throws(Unreadable) {
    if calls == 0 { throw Unreadable(reason: "there is no call in it") }
  }

  // MARK: Messages

  private mutating func takeMessage(_ message: Value, at milliseconds: Int64?) throws {
    for element in message.elements ?? [] { try takeMessage(element, at: milliseconds) }
    clock = milliseconds ?? clock + 1
    if let method = message["method"]?.string {
      guard let id = message["id"], let subject = Self.methods[method], let parameters = message["params"],
        let name = parameters[subject]?.string
      else { return }
      open[id] = try call(method, name, parameters["arguments"])
    } else if let id = message["id"], let number = open.removeValue(forKey: id) {
      try answer(number, result: message["result"], error: message["error"])
    }
  }

  private mutating func call(_ method: String, _ name: String, _ arguments: Value?) throws -> Int64 {
    number += 1
    calls += 1
    var members: [Value.Member] = [
      .init("k", "call"), .init("n", .number(Number(number))), .init("c", 0), .init("t", .number(Number(clock))),
      .init("m", .string(method)),
      .init("on", .string(name)),
    ]
    if let arguments { members.append(.init("args", arguments)) }
    try give(write(.object(members)))
    return number
  }

  private func answer(_ number: Int64, result: Value?, error: Value?) throws {
    var members: [Value.Member] = [
      .init("k", "end"), .init("n", .number(Number(number))), .init("t", .number(Number(clock))), .init("out", "allowed"),
      .init("done", .boolean(result != nil && result?["isError"]?.boolean != true)),
    ]
    if let result {
      members.append(.init("answer", ["result": result]))
    } else if let error {
      members.append(.init("answer", ["error": error]))
    }
    try give(write(.object(members)))
  }

  // MARK: HTTP Archive

  private mutating func takeArchive(_ archive: Value) throws {
    guard let entries = archive["log"]?["entries"]?.elements else { throw Unreadable(reason: "no HTTP Archive: `log.entries` is missing") }
    for entry in entries {
      let begin = entry["startedDateTime"]?.string.flatMap(Timestamp.milliseconds)
      if let text = entry["request"]?["postData"]?["text"]?.string, let message = try? Value(parsing: Array(text.utf8)) {
        try takeMessage(message, at: begin)
      }
      guard let content = entry["response"]?["content"], let text = content["text"]?.string, content["encoding"] == nil else { continue }
      let took = entry["time"]?.number.flatMap { Double($0.description) } ?? 0
      for message in Self.messages(text) { try takeMessage(message, at: begin.map { $0 + Int64(took) }) }
    }
  }

  /// Of a response: JSON, or the data of server-sent events.
  private static func messages(_ text: String) -> [Value] {
    if let value = try? Value(parsing: Array(text.utf8)) { return [value] }
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      guard line.hasPrefix("data:") else { return nil }
      return try? Value(parsing: Array(line.dropFirst(5).utf8))
    }
  }

  // MARK: OpenTelemetry

  private mutating func takeSpans(_ export: Value) throws {
    guard let resources = export["resourceSpans"]?.elements else { throw Unreadable(reason: "no spans: `resourceSpans` is missing") }
    let spans = resources.flatMap { ($0["scopeSpans"]?.elements ?? []).flatMap { $0["spans"]?.elements ?? [] } }
    let timed = spans.map { (span: $0, begin: Self.nanoseconds($0["startTimeUnixNano"]), end: Self.nanoseconds($0["endTimeUnixNano"])) }
    for entry in timed.sorted(by: { $0.begin < $1.begin }) { try takeSpan(entry.span, entry.begin, entry.end) }
  }

  private mutating func takeSpan(_ span: Value, _ begin: Int64, _ end: Int64) throws {
    var attributes: [String: Value] = [:]
    for attribute in span["attributes"]?.elements ?? [] {
      if let key = attribute["key"]?.string, let value = attribute["value"] { attributes[key] = Self.plain(value) }
    }
    let method =
      attributes["mcp.method.name"]?.string ?? (attributes["gen_ai.operation.name"]?.string == "execute_tool" ? "tools/call" : "")
    let name: String? =
      switch method {
      case "tools/call": attributes["gen_ai.tool.name"]?.string
      case "prompts/get": attributes["gen_ai.prompt.name"]?.string
      case "resources/read": attributes["mcp.resource.uri"]?.string
      default: nil
      }
    guard let name else { return }
    clock = begin / 1_000_000
    let number = try call(method, name, Self.object(attributes["gen_ai.tool.call.arguments"]))
    clock = max(clock, end / 1_000_000)
    let result = Self.object(attributes["gen_ai.tool.call.result"])
    try answer(number, result: result ?? ["content": []], error: nil)
  }

  private static func nanoseconds(_ value: Value?) -> Int64 {
    value?.string.flatMap { Int64($0) } ?? value?.number.flatMap { Int64($0.description) } ?? 0
  }

  /// An attribute's value, as plain JSON.
  private static func plain(_ value: Value) -> Value {
    if let text = value["stringValue"] { return text }
    if let flag = value["boolValue"] { return flag }
    if let number = value["intValue"] { return number.string.flatMap { Number($0) }.map(Value.number) ?? number }
    if let number = value["doubleValue"] { return number }
    if let elements = value["arrayValue"]?["values"]?.elements { return .array(elements.map(plain)) }
    if let members = value["kvlistValue"]?["values"]?.elements {
      return .object(members.compactMap { member in member["key"]?.string.map { Value.Member($0, plain(member["value"] ?? .null)) } })
    }
    return .null
  }

  /// Arguments are an object, or the text of one.
  private static func object(_ value: Value?) -> Value? {
    switch value {
    case .object?: value
    case .string(let text)?: (try? Value(parsing: Array(text.utf8))).flatMap { parsed in parsed.members == nil ? nil : parsed }
    default: nil
    }
  }
}

/// RFC 3339.
enum Timestamp {
  /// Nil: no time.
  static func milliseconds(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    func digits(_ range: Range<Int>) -> Int64? {
      guard range.upperBound <= bytes.count else { return nil }
      return bytes[range].reduce(0 as Int64?) { sum, byte in
        guard let sum, (0x30...0x39).contains(byte) else { return nil }
        return sum * 10 + Int64(byte - 0x30)
      }
    }
    guard let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10), let hour = digits(11..<13),
      let minute = digits(14..<16), let second = digits(17..<19), (1...12).contains(month)
    else { return nil }
    // Howard Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    var place = 19
    var fraction: Int64 = 0
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      place += 1
      var weight: Int64 = 100
      while place < bytes.count, (0x30...0x39).contains(bytes[place]) {
        fraction += Int64(bytes[place] - 0x30) * weight
        weight /= 10
        place += 1
      }
    }
    var offset: Int64 = 0
    if place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "+") || bytes[place] == UInt8(ascii: "-"),
      let hours = digits(place + 1..<place + 3), let minutes = digits(place + 4..<place + 6)
    {
      offset = (hours * 60 + minutes) * (bytes[place] == UInt8(ascii: "+") ? 1 : -1)
    }
    return (((days * 24 + hour) * 60 + minute - offset) * 60 + second) * 1_000 + fraction
  }
}
