import Foundation
import JSON
import TestSupport
import Testing

/// What is sent to a collector, decoded with the official descriptions of OTLP and held to the MCP semantic conventions.
@Suite(.enabled(if: Collector.isReady, "opentelemetry-proto is absent: run Tests/Interop/setup"), .serialized)
struct TelemetryTests {
  private static let trace = "0af7651916cd43dd8448eb211c80319c"
  private static let parent = "b7ad6b7169203331"

  @Test func spansFollowTheConventions() throws {
    let stub = try StubUpstream()
    let collector = try Collector()
    defer { collector.end() }
    let gate = try ServeProcess.gate(policy: stub.file("stub.sally"), upstream: stub.address, ["--otlp", collector.address])
    defer { gate.end() }
    let meta = #""traceparent":"00-\#(Self.trace)-\#(Self.parent)-01","baggage":"who=ever","#
    let calls = [
      PlainRequest.call(1, meta: meta), PlainRequest.call(2, arguments: #"{"text":"xyzzy"}"#),
      PlainRequest.call(3, arguments: #"{"text":"fail"}"#), PlainRequest.call(4, tool: "chosen-by-the-caller"),
    ]
    for call in calls { #expect(try call.send(port: gate.port).status == 200) }
    #expect(gate.terminate() == 0)
    let requests = try collector.requests()
    #expect(requests.allSatisfy { $0["whole"] == true && $0["type"] == "application/x-protobuf" }, "every field is one of the description")
    let spans = requests.filter { $0["path"] == "/v1/traces" }.flatMap { Collector.spans(in: $0) }

    let server = try #require(spans.first { $0.parent == Self.parent.base64OfHex })
    #expect(server.kind == "SPAN_KIND_SERVER" && server.name == "tools/call echo" && server.trace == Self.trace.base64OfHex)
    #expect(server.attributes["mcp.method.name"] == "tools/call" && server.attributes["gen_ai.tool.name"] == "echo")
    #expect(server.attributes["gen_ai.operation.name"] == "execute_tool" && server.attributes["mcp.protocol.version"] == "2026-07-28")
    #expect(server.attributes["jsonrpc.request.id"] == "1" && server.attributes["network.transport"] == "tcp")
    #expect(server.attributes["mcp.session.id"] == nil && server.attributes["gen_ai.tool.call.arguments"] == nil)
    #expect(server.attributes["sallyport.rule"] == "tester_uses" && server.attributes["sallyport.outcome"] == "allowed")
    #expect(server.attributes["error.type"] == nil && server.status == nil)
    let client = try #require(spans.first { $0.parent == server.identifier })
    #expect(client.kind == "SPAN_KIND_CLIENT" && client.trace == server.trace && client.name == server.name)
    #expect(client.attributes["server.address"] == "127.0.0.1" && client.attributes["server.port"] == String(stub.server.port))
    #expect(client.start >= server.start && client.end <= server.end && client.start <= client.end)

    // The server behind the gate is told our span, in place of the caller's.
    let forwarded = stub.server.requests.compactMap { try? Value(parsing: Array($0.body.utf8)) }.filter { $0["method"] == "tools/call" }
    let told = forwarded.compactMap { $0["params"]?["_meta"]?["traceparent"]?.string }
    #expect(told.count == forwarded.count && forwarded.count == 2)
    let marks = told[0].split(separator: "-").map(String.init)
    #expect(marks[1] == Self.trace && marks[2].base64OfHex == client.identifier && marks[3] == "01")

    let denied = try #require(spans.first { $0.attributes["jsonrpc.request.id"] == "2" })
    #expect(denied.attributes["sallyport.denial.code"] == "PERMISSION_DENIED" && denied.attributes["sallyport.rule"] == "not_this_word")
    #expect(denied.attributes["error.type"] == "tool_error" && denied.status == "STATUS_CODE_ERROR" && denied.parent == nil)
    #expect(!spans.contains { $0.parent == denied.identifier }, "it never went to the server")
    let failed = try #require(spans.first { $0.attributes["jsonrpc.request.id"] == "3" })
    #expect(failed.attributes["error.type"] == "-32603" && failed.attributes["rpc.response.status_code"] == "-32603")
    #expect(failed.status == "STATUS_CODE_ERROR")
    let unknown = try #require(spans.first { $0.attributes["jsonrpc.request.id"] == "4" })
    #expect(unknown.name == "tools/call _OTHER", "names of spans are not the caller's to choose")
  }

  @Test func metricsHaveTheBucketsOfTheConventions() throws {
    let stub = try StubUpstream()
    let collector = try Collector()
    defer { collector.end() }
    let gate = try ServeProcess.gate(policy: stub.file("stub.sally"), upstream: stub.address, ["--otlp", collector.address])
    defer { gate.end() }
    for number in 1...3 { #expect(try PlainRequest.call(number).send(port: gate.port).status == 200) }
    #expect(gate.terminate() == 0)
    let last = try #require(try collector.requests().last { $0["path"] == "/v1/metrics" })
    let metrics = last["message"]?["resourceMetrics"]?[0]?["scopeMetrics"]?[0]?["metrics"]?.elements ?? []
    let duration = try #require(metrics.first { $0["name"] == "mcp.server.operation.duration" })
    #expect(duration["unit"] == "s" && duration["histogram"]?["aggregationTemporality"] == "AGGREGATION_TEMPORALITY_CUMULATIVE")
    let point = try #require(duration["histogram"]?["dataPoints"]?.elements?.first)
    #expect(point["count"] == "3")
    #expect(
      point["explicitBounds"]?.elements?.compactMap { $0.number?.description } == [
        "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10", "30", "60", "120", "300",
      ])
    let resource = last["message"]?["resourceMetrics"]?[0]?["resource"]?["attributes"]?.elements ?? []
    #expect(resource.contains { $0["key"] == "service.name" && $0["value"]?["stringValue"] == "sallyport" })
  }

  /// A collector that is not ready gets the same spans later; none is lost.
  @Test func whatIsNotTakenComesAgain() throws {
    let stub = try StubUpstream()
    let collector = try Collector(refusing: 2)
    defer { collector.end() }
    let gate = try ServeProcess.gate(policy: stub.file("stub.sally"), upstream: stub.address, ["--otlp", collector.address])
    defer { gate.end() }
    for number in 1...5 { #expect(try PlainRequest.call(number).send(port: gate.port).status == 200) }
    let deadline = Date.now.addingTimeInterval(30)
    while try collector.requests().isEmpty, Date.now < deadline { usleep(50_000) }
    let spans = try collector.requests().filter { $0["path"] == "/v1/traces" }.flatMap { Collector.spans(in: $0) }
    #expect(spans.filter { $0.kind == "SPAN_KIND_SERVER" && $0.name == "tools/call echo" }.count == 5)
  }
}

/// `Tests/Interop/otlp_collector.py`
final class Collector {
  struct Span {
    let trace: String
    let identifier: String
    let parent: String?
    let name: String
    let kind: String
    let start: UInt64
    let end: UInt64
    let status: String?
    let attributes: [String: String]
  }

  private static let python = Interop.path(".venv-otlp/bin/python")
  static let isReady = FileManager.default.isExecutableFile(atPath: python)

  private let process = Process()
  private let file: TemporaryFile
  let address: String

  init(refusing refusals: Int = 0) throws {
    let file = try TemporaryFile()
    self.file = file
    process.executableURL = URL(filePath: Collector.python)
    process.arguments = [Interop.path("otlp_collector.py")]
    process.environment = ProcessInfo.processInfo.environment.merging(["REFUSE": String(refusals)]) { _, new in new }
    process.standardOutput = try FileHandle(forWritingTo: file.url)
    try process.run()
    let deadline = Date.now.addingTimeInterval(60)
    var port: Int?
    while port == nil, Date.now < deadline {
      usleep(20_000)
      port = file.text.split(separator: "\n").first.flatMap { try? Value(parsing: Array($0.utf8)) }?["port"]?.number?.integer
    }
    guard let port else { throw PlainRequest.Broken() }
    address = "http://127.0.0.1:\(port)"
  }

  func end() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Those that were taken, in order.
  func requests() throws -> [Value] {
    try file.text.split(separator: "\n").dropFirst().compactMap { try Value(parsing: Array($0.utf8)) }
  }

  static func spans(in request: Value) -> [Span] {
    let groups = request["message"]?["resourceSpans"]?.elements ?? []
    return groups.flatMap { $0["scopeSpans"]?.elements ?? [] }.flatMap { $0["spans"]?.elements ?? [] }.map { span in
      let attributes = (span["attributes"]?.elements ?? []).compactMap { attribute -> (String, String)? in
        guard let name = attribute["key"]?.string, let value = attribute["value"] else { return nil }
        return (name, value["stringValue"]?.string ?? value["intValue"]?.string ?? "")
      }
      return Span(
        trace: span["traceId"]?.string ?? "", identifier: span["spanId"]?.string ?? "", parent: span["parentSpanId"]?.string,
        name: span["name"]?.string ?? "", kind: span["kind"]?.string ?? "",
        start: UInt64(span["startTimeUnixNano"]?.string ?? "") ?? 0, end: UInt64(span["endTimeUnixNano"]?.string ?? "") ?? 0,
        status: span["status"]?["code"]?.string, attributes: Dictionary(attributes) { first, _ in first })
    }
  }
}

extension String {
  /// As protobuf's JSON writes bytes.
  fileprivate var base64OfHex: String {
    var bytes: [UInt8] = []
    var rest = self[...]
    while rest.count >= 2 {
      bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
      rest = rest.dropFirst(2)
    }
    return Data(bytes).base64EncodedString()
  }
}
