import Foundation
import Telemetry
import Testing

@Suite struct TelemetryTests {
  @Test func bucketsIncludeTheirUpperBound() {
    var histogram = Histogram(bounds: Histogram.operations)
    for nanoseconds: UInt64 in [0, 10_000_000, 10_000_001, 300_000_000_000, 300_000_000_001] { histogram.record(nanoseconds) }
    #expect(histogram.counts.first == 2 && histogram.counts[1] == 1)
    #expect(histogram.counts[histogram.counts.count - 2] == 1 && histogram.counts.last == 1)
    #expect(histogram.count == 5)
    #expect(Histogram.operations.map { Double($0) / 1e9 } == [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300])
  }

  /// The examples of protobuf.dev, "Encoding".
  @Test func theWireFormatIsThatOfTheExamples() {
    var writer = ProtobufWriter()
    writer.varint(1, 150)
    #expect(writer.bytes == [0x08, 0x96, 0x01])
    writer.removeAll()
    writer.string(2, "testing")
    #expect(writer.bytes == [0x12, 0x07] + Array("testing".utf8))
    writer.removeAll()
    writer.message(3) { $0.varint(1, 150) }
    #expect(writer.bytes == [0x1A, 0x03, 0x08, 0x96, 0x01])
    writer.removeAll()
    writer.message(1) { $0.string(1, String(repeating: "x", count: 300)) }
    #expect(Array(writer.bytes.prefix(6)) == [0x0A, 0xAF, 0x02, 0x0A, 0xAC, 0x02] && writer.bytes.count == 306)
  }

  @Test func labelsAreBoundedWhateverCallersSend() {
    var family = MetricFamily("sallyport.requests", "help", labels: ["server", "outcome"], kind: .counter)
    for number in 0..<2_000 { family.add(1, ["s\(number)", "allowed"]) }
    #expect(family.samples.count == 501)
    #expect(family.samples.last?.values == ["_OTHER", "_OTHER"] && family.samples.last?.sample == .number(1_500))
  }

  @Test func textIsAsPrometheusReadsIt() {
    var counter = MetricFamily("sallyport.denials", "Denials\nof the gate.", labels: ["rule"], kind: .counter)
    counter.add(2, ["a \"quoted\\ rule\"\n"])
    var duration = MetricFamily(
      "mcp.server.operation.duration", unit: "s", "Time.", labels: ["mcp.method.name"], kind: .histogram([1_000_000_000]))
    duration.record(500_000_000, ["tools/call"])
    duration.record(2_000_000_000, ["tools/call"])
    #expect(
      PrometheusText.write([counter, duration]) == #"""
        # HELP sallyport_denials_total Denials\nof the gate.
        # TYPE sallyport_denials_total counter
        sallyport_denials_total{rule="a \"quoted\\ rule\"\n"} 2
        # HELP mcp_server_operation_duration_seconds Time.
        # TYPE mcp_server_operation_duration_seconds histogram
        mcp_server_operation_duration_seconds_bucket{mcp_method_name="tools/call",le="1"} 1
        mcp_server_operation_duration_seconds_bucket{mcp_method_name="tools/call",le="+Inf"} 2
        mcp_server_operation_duration_seconds_sum{mcp_method_name="tools/call"} 2.5
        mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call"} 2

        """#)
  }

  @Test func spansThatDoNotFitAreCounted() {
    var queue = SpanQueue(capacity: 3)
    let span = Span(trace: (1, 2), identifier: 3, parent: 0, name: "tools/call", kind: .server, start: 1, end: 2, attributes: [])
    for _ in 0..<5 { queue.append(span) }
    #expect(queue.count == 3 && queue.dropped == 2)
    let batch = queue.take(2)
    queue.append(span)
    queue.giveBack(batch)
    #expect(queue.count == 3 && queue.dropped == 3, "the oldest of those that come back makes room")
  }
}
