import Enforcement
import Foundation
import HTTPGateway
import JSON
import TestSupport
import Testing

/// More than can be done: what is taken is answered, the rest is told so at once, and nothing grows without end.
@Suite struct OverloadTests {
  @Sendable private static func slow(_ request: LoopbackServer.Request) -> LoopbackServer.Reply {
    if request.body.contains("tools/call") { usleep(400_000) }
    return StubAnswers.answer(request)
  }

  private static func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
    var limits = HTTPLimits()
    change(&limits)
    return limits
  }

  @Test func whatIsTakenIsAnsweredAndTheRestIsTurnedAway() throws {
    let limits = OverloadTests.limits {
      $0.upstreamRequests = 2
      $0.upstreamQueue = 2
    }
    let gate = try Gate(limits: limits, loops: 1, OverloadTests.slow)
    _ = try gate.ask(.modern("tools/list"))
    let clients = try (0..<8).map { _ in try gate.client() }
    for (number, client) in clients.enumerated() {
      client.send(Ask.echo("\(number)", id: "\(number + 10)").bytes(port: gate.listener.port))
    }
    let answers = try clients.map { try $0.answer() }
    #expect(answers.count { $0.status == 200 && $0.text.contains(#""content""#) } == 4)
    for (number, answer) in answers.enumerated() where answer.status != 200 {
      #expect(answer.status == 503 && answer.headers["retry-after"] == "1" && answer.code == -31_007)
      #expect(answer.messages.last?["id"]?.number?.integer == number + 10)
      #expect(answer.messages.last?["error"]?["data"]?["retryAfterMs"]?.number?.integer == 1_000)
    }
    #expect(try gate.ask(.echo("after")).status == 200)
  }

  @Test func nobodyWaitsInLineForEver() throws {
    let limits = OverloadTests.limits {
      $0.upstreamRequests = 1
      $0.queueTime = 500
    }
    let gate = try Gate(limits: limits, loops: 1) { request in
      request.body.contains("stuck") ? .silence : StubAnswers.answer(request)
    }
    _ = try gate.ask(.echo())
    let stuck = try gate.client()
    stuck.send(Ask.echo("stuck").bytes(port: gate.listener.port))
    #expect(!stuck.fill(seconds: 0.2))
    #expect(try gate.ask(.echo("waits")).text.contains("UPSTREAM_UNAVAILABLE"))
  }

  @Test func aPlaceInLineIsGivenUpWithItsClient() throws {
    let limits = OverloadTests.limits { $0.upstreamRequests = 1 }
    let gate = try Gate(limits: limits, loops: 1, OverloadTests.slow)
    _ = try gate.ask(.echo())
    let first = try gate.client()
    first.send(Ask.echo("first").bytes(port: gate.listener.port))
    do {
      let gone = try gate.client()
      gone.send(Ask.echo("gone").bytes(port: gate.listener.port))
      #expect(!gone.fill(seconds: 0.1))
    }
    #expect(try gate.ask(.echo("last")).status == 200)
    #expect(!gate.upstream.requests.contains { $0.body.contains("gone") })
  }

  @Test func manyLargeBodiesAtOnceAreTurnedAway() throws {
    let limits = OverloadTests.limits {
      $0.message = 1 << 20
      $0.memory = 2 << 20
    }
    let gate = try Gate(limits: limits, loops: 1)
    let part = String(repeating: "a", count: 700_000)
    var ask = Ask.echo(part)
    ask.length = "1000000"
    let clients = try (0..<4).map { _ in try gate.client() }
    for client in clients { client.send(ask.bytes(port: gate.listener.port)) }
    let turnedAway = try clients.compactMap { client in client.fill(seconds: 2) ? try client.answer() : nil }
    #expect(turnedAway.count == 2 && turnedAway.allSatisfy { $0.status == 503 })
    // Memory comes back with those who had it.
    _ = consume clients
    usleep(300_000)
    #expect(try gate.ask(.echo(part)).status == 200)
  }

  @Test func connectionsBeyondTheLimitAreClosed() throws {
    let limits = OverloadTests.limits { $0.connections = 4 }
    let gate = try Gate(limits: limits, loops: 2)
    let clients = try (0..<8).map { _ in try gate.client() }
    #expect(clients.count { $0.isClosed(within: 0.5) } == 4)
  }

  /// Every second connection goes to the same loop, and its part alone would not do.
  @Test func roomIsSharedByTheLoops() throws {
    let limits = OverloadTests.limits { $0.connections = 6 }
    let gate = try Gate(limits: limits, loops: 2)
    let kept = try (0..<5).map { _ in
      let client = try gate.client()
      _ = try gate.ask(.echo())
      usleep(50_000)
      return client
    }
    #expect(kept.count { $0.isClosed(within: 0.1) } == 0)
  }

  /// A client that reads nothing holds up its upstream, not our memory.
  @Test func whatIsNotReadIsNotFetched() throws {
    let event =
      "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{\"level\":\"info\",\"data\":\"\(String(repeating: "x", count: 60_000))\"}}\n\n"
    let events = 1_000
    let gate = try Gate { request in
      guard request.body.contains("tools/call") else { return StubAnswers.answer(request) }
      let all =
        String(repeating: event, count: events)
        + "data: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[],\"resultType\":\"complete\"}}\n\n"
      return .raw(Array("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: \(all.utf8.count)\r\n\r\n\(all)".utf8))
    }
    let client = try gate.client()
    let meta = Ask.meta.dropLast(1) + #","io.modelcontextprotocol/logLevel":"info"}"#
    client.send(
      Ask.modern("tools/call", #""name":"echo","arguments":{"text":"x"}"#, name: "echo").replacing(Ask.meta, with: String(meta)).bytes(
        port: gate.listener.port))
    sleep(1)
    let answer = try client.answer()
    #expect(answer.events.count == events + 1 && answer.body.count > 60_000_000, "\(answer.events.count): \(answer.text.suffix(300))")
  }

  @Test func aReloadDropsNoRequest() throws {
    let gate = try Gate(OverloadTests.slow)
    _ = try gate.ask(.echo())
    let clients = try (0..<8).map { _ in try gate.client() }
    for (number, client) in clients.enumerated() { client.send(Ask.echo("\(number)").bytes(port: gate.listener.port)) }
    for round in 0..<5 {
      gate.store.replace(with: try Gate.program(Gate.policy.replacingOccurrences(of: "xyzzy", with: "word\(round)")))
      usleep(50_000)
    }
    for (number, client) in clients.enumerated() {
      #expect(try client.answer().messages.last?["result"]?["content"]?[0]?["text"]?.string == "\(number)")
    }
  }
}
