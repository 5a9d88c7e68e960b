import Enforcement
import Foundation
import HTTPGateway
import JSON
import TestSupport
import Testing

/// Peers that are broken or mean harm. Whoever waits is told; nobody waits for ever, and nothing grows without end.
@Suite struct FaultTests {
  /// Answers of an upstream to a call, none of which can be used.
  static let faults: [(name: String, reply: LoopbackServer.Reply)] = [
    ("closes at once", .raw([])),
    ("garbage", .raw(Array("garbage\r\n\r\n".utf8))),
    ("an answer that breaks off", .raw(Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{".utf8))),
    ("no length", .raw(Array("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}".utf8))),
    ("two lengths", .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}".utf8))),
    ("an error with a page", .document("<html>", status: 502, headers: ["Content-Type": "text/html"])),
    ("401", .document("{}", status: 401, headers: ["Content-Type": "application/json", "WWW-Authenticate": "Bearer"])),
    ("a redirect", .document("", status: 307, headers: ["Location": "http://127.0.0.1:1/"])),
    ("a page", .document("<html>", headers: ["Content-Type": "text/html"])),
    ("no JSON", .document("{", headers: ["Content-Type": "application/json"])),
    ("another request's answer", .document(#"{"jsonrpc":"2.0","id":99,"result":{}}"#, headers: ["Content-Type": "application/json"])),
    ("compressed", .document("{}", headers: ["Content-Type": "application/json", "Content-Encoding": "gzip"])),
    ("a stream without the answer", StubAnswers.events([])),
    (
      "a stream that breaks off",
      .raw(Array("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".utf8))
    ),
    ("accepted", .document("", status: 202)),
    ("an answer before the answer, without end", .raw(Array(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 1_000).utf8))),
    ("headers without end", .raw(Array(("HTTP/1.1 200 OK\r\n" + String(repeating: "X-A: b\r\n", count: 5_000)).utf8))),
    ("a chunk that is too large", .raw(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n".utf8))),
  ]

  @Test(arguments: faults.indices)
  func theClientIsToldAndTheNextCallWorks(index: Int) throws {
    let gate = try Gate { request in
      request.body.contains("broken") ? FaultTests.faults[index].reply : StubAnswers.answer(request)
    }
    let client = try gate.client()
    for text in ["fine", "broken", "fine"] {
      client.send(Ask.echo(text).bytes(port: gate.listener.port))
      let answer = try client.answer()
      #expect(answer.status == 200)
      let isWhole = !answer.text.contains("UPSTREAM_UNAVAILABLE") && !answer.text.contains("OUTPUT_BLOCKED")
      #expect(isWhole == (text == "fine"), "\(FaultTests.faults[index].name): \(answer.text)")
      #expect(answer.messages.last?["id"] == 1)
    }
  }

  @Test func anUpstreamThatIsNotThere() throws {
    let gone = try LoopbackServer { _ in .silence }
    gone.stop()
    let gate = try Gate(upstream: gone.port)
    #expect(try gate.ask(.modern("server/discover")).text.contains("UPSTREAM_UNAVAILABLE"))
    #expect(try gate.ask(.initialize()).text.contains("UPSTREAM_UNAVAILABLE"))
  }

  @Test func anUpstreamThatIsSilent() throws {
    var limits = HTTPLimits()
    limits.silenceTime = 1_500
    let gate = try Gate(limits: limits) { request in request.body.contains("broken") ? .silence : StubAnswers.answer(request) }
    #expect(try gate.ask(.echo("broken")).text.contains("UPSTREAM_UNAVAILABLE"))
  }

  @Test func aMessageBeyondTheLimit() throws {
    var limits = HTTPLimits()
    limits.message = 4_096
    let gate = try Gate(limits: limits) { request in
      guard request.body.contains("broken") else { return StubAnswers.answer(request) }
      return StubAnswers.events([
        #"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":""# + String(repeating: "a", count: 9_000)
      ])
    }
    #expect(try gate.ask(.echo("broken")).text.contains("UPSTREAM_UNAVAILABLE"))
    #expect(try gate.ask(.echo(String(repeating: "b", count: 5_000))).status == 413)
  }

  @Test func aClientThatGoesIsACancellation() throws {
    let gate = try Gate { request in
      request.body.contains("broken")
        ? .dripping(Array("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 1000000\r\n\r\n".utf8), milliseconds: 20)
        : StubAnswers.answer(request)
    }
    _ = try gate.ask(.echo())
    do {
      let client = try gate.client()
      client.send(Ask.echo("broken").bytes(port: gate.listener.port))
      #expect(!client.fill(seconds: 0.5))
    }
    // The id is free at once, for it was that request's alone.
    #expect(try gate.ask(.echo()).status == 200)
  }

  @Test func idsOfRequestsAtTheSameTimeDoNotMeet() throws {
    let gate = try Gate { request in
      if request.body.contains("slow") { usleep(300_000) }
      return StubAnswers.answer(request)
    }
    _ = try gate.ask(.echo())
    let clients = try (0..<8).map { _ in try gate.client() }
    for (number, client) in clients.enumerated() { client.send(Ask.echo("slow\(number)").bytes(port: gate.listener.port)) }
    for (number, client) in clients.enumerated() {
      #expect(try client.answer().messages.last?["result"]?["content"]?[0]?["text"]?.string == "slow\(number)")
    }
  }

  @Test func requestsOneBehindTheOther() throws {
    let gate = try Gate()
    let client = try gate.client()
    client.send((0..<5).flatMap { Ask.echo("\($0)", id: "\($0)").bytes(port: gate.listener.port) })
    for number in 0..<5 { #expect(try client.answer().messages.last?["id"]?.number?.integer == number) }
  }

  @Test func headersThatDrip() throws {
    var limits = HTTPLimits()
    limits.headerTime = 1_000
    let gate = try Gate(limits: limits)
    let client = try gate.client()
    client.send("POST /stub HTTP/1.1\r\nHost: x")
    #expect(try client.answer().status == 408)
    #expect(client.isClosed(within: 5))
  }

  @Test func headersWithoutEnd() throws {
    let gate = try Gate()
    let client = try gate.client()
    client.send("POST /stub HTTP/1.1\r\n")
    client.send(String(repeating: "X-A: " + String(repeating: "a", count: 1_000) + "\r\n", count: 100))
    #expect(try client.answer().status == 431)
  }

  @Test func aBodyThatDoesNotCome() throws {
    var limits = HTTPLimits()
    limits.bodyTime = 1_000
    let gate = try Gate(limits: limits)
    let client = try gate.client()
    var ask = Ask.echo()
    ask.length = "5000"
    client.send(ask.bytes(port: gate.listener.port))
    #expect(try client.answer().status == 408)
  }

  @Test func aConnectionThatRests() throws {
    var limits = HTTPLimits()
    limits.idleTime = 1_000
    let gate = try Gate(limits: limits)
    #expect(try gate.client().isClosed(within: 5))
  }

  @Test func aReloadIsInForceWithTheNextRequest() throws {
    let gate = try Gate()
    #expect(try gate.ask(.echo()).text.contains(#""text":"hi""#))
    gate.store.replace(with: try Gate.program(Gate.policy.replacingOccurrences(of: "xyzzy", with: "hi")))
    #expect(try gate.ask(.echo()).text.contains("Say something else."))
    #expect(try gate.ask(.echo("xyzzy")).text.contains("xyzzy"))
  }

  /// The tools are read once for all requests, not once for each.
  @Test func theToolsAreReadOnce() throws {
    let gate = try Gate()
    for _ in 0..<5 { _ = try gate.ask(.echo()) }
    #expect(gate.upstream.requests.count { $0.body.contains("tools/list") } == 1)
  }
}
