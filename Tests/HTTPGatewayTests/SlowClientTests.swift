import Foundation
import HTTPGateway
import TestSupport
import Testing

/// Clients that come byte by byte: each is cut off at the stated time, however busy it looks, and nobody else waits for it.
@Suite struct SlowClientTests {
  private struct Slow {
    let name: String
    /// What is sent at once.
    let start: String
    /// What is sent behind it, again and again.
    let drop: String
  }

  private static let headers = Slow(name: "headers", start: "POST /stub HTTP/1.1\r\nHost: x\r\nX-A: ", drop: "a")
  private static let lines = Slow(name: "lines", start: "POST /stub HTTP/1.1\r\nHost: x\r\n", drop: "X-A: a\r\n")
  private static let start = Slow(name: "request line", start: "POST /", drop: "a")

  @Test func manyThatDripHeadersAreCutOffAndOthersAreServed() throws {
    var limits = HTTPLimits()
    limits.headerTime = 2_000
    let gate = try Gate(limits: limits)
    let began = ContinuousClock.now
    var slow: [(client: RawClient, kind: Slow)] = []
    for kind in [Self.headers, Self.lines, Self.start] {
      for _ in 0..<20 {
        let client = try gate.client()
        client.send(kind.start)
        slow.append((client, kind))
      }
    }
    var cut = 0
    while !slow.isEmpty {
      try #require(ContinuousClock.now - began < .seconds(60), "\(slow.map(\.kind.name)) are not cut off")
      for (client, kind) in slow { client.send(kind.drop) }
      #expect(try gate.ask(.echo()).status == 200)
      var left: [(client: RawClient, kind: Slow)] = []
      for (client, kind) in slow {
        guard client.fill(seconds: 0.001) else {
          left.append((client, kind))
          continue
        }
        #expect(ContinuousClock.now - began >= .seconds(1), "\(kind.name) before its time")
        #expect(try client.answer().status == 408, "\(kind.name)")
        cut += 1
      }
      slow = left
    }
    #expect(cut == 60)
  }

  @Test func aBodyThatDripsIsCutOff() throws {
    var limits = HTTPLimits()
    limits.bodyTime = 2_000
    let gate = try Gate(limits: limits)
    let client = try gate.client()
    var ask = Ask.echo()
    ask.length = "100000"
    client.send(ask.bytes(port: gate.listener.port))
    let began = ContinuousClock.now
    while !client.fill(seconds: 0.05) {
      try #require(ContinuousClock.now - began < .seconds(60))
      client.send("a")
    }
    #expect(try client.answer().status == 408)
  }

  @Test(arguments: [
    ("one line", "POST /stub HTTP/1.1\r\nX-A: " + String(repeating: "a", count: 70_000)),
    ("a name", "POST /stub HTTP/1.1\r\n" + String(repeating: "a", count: 70_000)),
    ("the target", "POST /" + String(repeating: "a", count: 70_000)),
    ("many lines", "POST /stub HTTP/1.1\r\n" + String(repeating: "X: a\r\n", count: 129) + "\r\n"),
  ])
  func headersThatAreTooLargeAreRefused(what: String, bytes: String) throws {
    let gate = try Gate()
    let client = try gate.client()
    client.send(bytes)
    #expect(try client.answer().status == 431, "\(what)")
    #expect(client.isClosed(within: 20))
    #expect(try gate.ask(.echo()).status == 200)
  }

  /// An upstream that says more than it was asked has no say about the next request.
  @Test func anAnswerThatNobodyAskedForIsNobodys() throws {
    let stray = #"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"stray"}],"resultType":"complete"}}"#
    let second = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(stray.utf8.count)\r\n\r\n\(stray)"
    let gate = try Gate { request in
      guard request.body.contains("first") else { return StubAnswers.answer(request) }
      let answer = stray.replacing("stray", with: "first")
      let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: \(answer.utf8.count)\r\n\r\n"
      return .raw(Array((head + answer + second).utf8))
    }
    _ = try gate.ask(.echo())
    for _ in 0..<5 {
      _ = try gate.ask(.echo("first"))
      let next = try gate.ask(.echo("next"))
      #expect(next.text.contains("next") && !next.text.contains("stray"), "\(next.text)")
    }
  }

  @Test(.enabled(if: Certificates.isReady, "openssl and curl are not installed"))
  func aHandshakeThatDripsIsCutOff() throws {
    let files = try Certificates()
    try files.make("own")
    let certificate = try ServerCertificate(
      certificateFile: files.path("own.pem"), keyFile: files.path("own.key"), now: Int64(Date.now.timeIntervalSince1970))
    var limits = HTTPLimits()
    limits.headerTime = 2_000
    let gate = try Gate(limits: limits, certificate: certificate)
    let client = try gate.client()
    // A record of a handshake, of 16,000 bytes that come one by one.
    client.send([22, 3, 1, 0x3E, 0x80, 1, 0, 0x3E, 0x7C])
    let began = ContinuousClock.now
    while !client.isClosed(within: 0.05) {
      try #require(ContinuousClock.now - began < .seconds(60))
      client.send([3])
    }
  }
}
