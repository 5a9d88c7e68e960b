import Credentials
import Fetching
import Foundation
import Synchronization
import TestSupport
import Testing

/// What becomes of a fetch, told from outside: libcurl is what is tested.
@Suite struct FetcherTests {
  private let open = AddressPolicy(allowing: NetworkPrefix.loopback)
  /// Milliseconds: where it is not the deadline that is tested, a busy machine must not reach it.
  private let patience = 60_000

  @Test func fetchesADocument() async throws {
    let server = try LoopbackServer { _ in .document("{\"keys\":[]}", headers: ["Cache-Control": "public, max-age=300", "Age": "20"]) }
    let result = await Fetcher(open).answer(FetchRequest(try WebAddress(server.origin + "/jwks?a=b"), deadline: patience))
    #expect(result == .success(FetchedDocument(bytes: Array("{\"keys\":[]}".utf8), freshness: 280)))
    let request = try #require(server.requests.first)
    #expect(request.method == "GET" && request.target == "/jwks?a=b" && request.headers["accept"] == "application/json")
    #expect(request.headers["authorization"] == nil && request.headers["cookie"] == nil)
  }

  @Test func aDocumentThatIsKnownIsNotSentAgain() async throws {
    let server = try LoopbackServer { request in
      request.headers["if-none-match"] == #""two""#
        ? .document("", status: 304, headers: ["ETag": #""two""#]) : .document("{}", headers: ["ETag": #""two""#])
    }
    let address = try WebAddress(server.origin)
    let first = try await Fetcher(open).answer(FetchRequest(address, known: EntityTag(#""one""#), deadline: patience)).get()
    #expect(first.bytes == Array("{}".utf8) && first.tag?.text == #""two""#)
    #expect(await Fetcher(open).answer(FetchRequest(address, known: first.tag, deadline: patience)) == .failure(.unchanged))
    let wrong = try LoopbackServer { _ in .document("", status: 304) }
    let unasked = await Fetcher(open).answer(FetchRequest(try WebAddress(wrong.origin), deadline: patience))
    #expect(unasked == .failure(.redirected), "a 304 that nobody asked for is no document")
  }

  @Test func sendsAForm() async throws {
    let server = try LoopbackServer { _ in .document("{}") }
    let request = FetchRequest(
      try WebAddress(server.origin + "/introspect"), form: Secret(Array("token=abc&x=%00".utf8)),
      authorization: Secret(Array("Basic Zm9vOmJhcg==".utf8)), deadline: patience)
    #expect(await Fetcher(open).answer(request) == .success(FetchedDocument(bytes: Array("{}".utf8))))
    let sent = try #require(server.requests.first)
    #expect(sent.method == "POST" && sent.body == "token=abc&x=%00" && sent.headers["authorization"] == "Basic Zm9vOmJhcg==")
    #expect(sent.headers["content-type"] == "application/x-www-form-urlencoded")
  }

  struct Bad: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let reply: LoopbackServer.Reply
    let fault: FetchFault
  }

  static let bad = [
    Bad(testDescription: "moved", reply: .document("", status: 302, headers: ["Location": "http://127.0.0.1:1/"]), fault: .redirected),
    Bad(testDescription: "moved for good", reply: .document("{}", status: 308, headers: ["Location": "/x"]), fault: .redirected),
    Bad(testDescription: "missing", reply: .document("{}", status: 404), fault: .status(404)),
    Bad(testDescription: "broken", reply: .document("{}", status: 500), fault: .status(500)),
    Bad(testDescription: "empty on purpose", reply: .document("", status: 204), fault: .status(204)),
    Bad(testDescription: "large", reply: .document(String(repeating: " ", count: 1_001)), fault: .tooLarge(1_000)),
    Bad(
      testDescription: "large without a length",
      reply: .raw(Array(("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: " ", count: 5_000)).utf8)),
      fault: .tooLarge(1_000)),
    Bad(
      testDescription: "large in chunks",
      reply: .raw(
        Array(
          ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + String(repeating: "100\r\n" + String(repeating: " ", count: 256) + "\r\n", count: 9)).utf8)), fault: .tooLarge(1_000)),
    Bad(
      testDescription: "large headers",
      reply: .raw(Array(("HTTP/1.1 200 OK\r\n" + String(repeating: "X: \(String(repeating: "y", count: 1_000))\r\n", count: 80)).utf8)),
      fault: .tooLarge(65_536)),
    Bad(testDescription: "no HTTP", reply: .raw(Array("SSH-2.0-OpenSSH\r\n".utf8)), fault: .garbled),
    Bad(testDescription: "the HTTP of 1991", reply: .raw(Array("{\"keys\":[]}".utf8)), fault: .garbled),
    Bad(testDescription: "nothing", reply: .raw([]), fault: .garbled),
    Bad(testDescription: "cut short", reply: .raw(Array("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{".utf8)), fault: .garbled),
    Bad(testDescription: "silent", reply: .silence, fault: .tooSlow),
    Bad(
      testDescription: "dripping", reply: .dripping(Array("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n".utf8), milliseconds: 20),
      fault: .tooSlow),
    Bad(testDescription: "dripping headers", reply: .dripping(Array("HTTP/1.1 200 OK\r\nX: ".utf8), milliseconds: 20), fault: .tooSlow),
  ]

  @Test(arguments: bad)
  func aBadAnswerIsNone(_ bad: Bad) async throws {
    let server = try LoopbackServer { _ in bad.reply }
    let request = FetchRequest(try WebAddress(server.origin), mostBytes: 1_000, deadline: bad.fault == .tooSlow ? 300 : 20_000)
    #expect(await Fetcher(open).answer(request) == .failure(bad.fault))
    #expect(server.requests.count == 1, "a redirection was followed")
  }

  @Test func nobodyThere() async throws {
    let server = try LoopbackServer { _ in .silence }
    server.stop()
    #expect(await Fetcher(open).answer(FetchRequest(try WebAddress(server.origin))) == .failure(.unreachable))
    #expect(await Fetcher(open).answer(FetchRequest(try WebAddress("https://nobody.invalid/"))) == .failure(.unresolved))
  }

  /// The address is looked at when it is connected to, however it is written and whatever name leads to it.
  @Test(arguments: [
    "http://127.0.0.1", "https://127.0.0.1", "https://localhost", "https://127.1", "https://0x7f000001", "https://2130706433",
    "https://0177.0.0.1",
    "https://[::1]", "https://[::ffff:127.0.0.1]", "https://[0:0:0:0:0:ffff:7f00:1]", "https://0.0.0.0", "https://[::]",
  ])
  func closedAddressesAreNotConnectedTo(_ origin: String) async throws {
    let server = try LoopbackServer { _ in .document("{}") }
    let result = await Fetcher().answer(FetchRequest(try WebAddress("\(origin):\(server.port)/")))
    guard case .failure(.closedAddress) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(server.requests.isEmpty)
  }

  @Test(arguments: [
    "https://169.254.169.254/latest/meta-data/", "https://[fd00:ec2::254]/", "https://10.0.0.1/", "https://100.100.100.200/",
  ])
  func cloudsKeepTheirCredentials(_ address: String) async throws {
    guard case .failure(.closedAddress(let address)) = await Fetcher(open).answer(FetchRequest(try WebAddress(address))) else {
      Issue.record("was connected to")
      return
    }
    #expect(!AddressPolicy().allows(address))
  }

  /// In a process of its own: the environment is that of all tests, and of what they start.
  @Test func theEnvironmentNamesNoProxy() async {
    await #expect(processExitsWith: .success) {
      let proxy = try LoopbackServer { _ in .document("{\"proxied\":true}") }
      let server = try LoopbackServer { _ in .document("{}") }
      for name in ["http_proxy", "all_proxy", "ALL_PROXY"] { unsafe setenv(name, proxy.origin, 1) }
      let answer = await Fetcher(AddressPolicy(allowing: NetworkPrefix.loopback)).answer(FetchRequest(try WebAddress(server.origin)))
      #expect(answer == .success(FetchedDocument(bytes: Array("{}".utf8))))
      #expect(proxy.requests.isEmpty)
    }
  }

  @Test func manyAtOnceAllEnd() async throws {
    let server = try LoopbackServer { request in request.target.hasSuffix("0") ? .silence : .document(request.target) }
    let fetcher = Fetcher(open)
    let outcomes = await withTaskGroup(of: (Int, Result<FetchedDocument, FetchFault>).self) { group in
      for number in 0..<100 {
        group.addTask {
          guard let address = try? WebAddress("\(server.origin)/\(number)") else { return (number, .failure(.stopped)) }
          return (number, await fetcher.answer(FetchRequest(address, deadline: number % 10 == 0 ? 3_000 : 60_000)))
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for (number, outcome) in outcomes {
      let expected: Result<FetchedDocument, FetchFault> =
        number % 10 == 0 ? .failure(.tooSlow) : .success(FetchedDocument(bytes: Array("/\(number)".utf8)))
      #expect(outcome == expected, "\(number)")
    }
  }

  @Test func tooManyAreRefused() async throws {
    let server = try LoopbackServer { _ in .silence }
    let fetcher = Fetcher(open)
    let busy = Mutex(0)
    let address = try WebAddress(server.origin)
    for _ in 0..<300 {
      fetcher.fetch(FetchRequest(address, deadline: 5_000)) { if $0 == .failure(.busy) { busy.withLock { $0 += 1 } } }
    }
    #expect(busy.withLock { $0 } == 44)
    fetcher.stop()
  }

  @Test func stoppingEndsWhatIsUnderWay() async throws {
    let server = try LoopbackServer { _ in .silence }
    let fetcher = Fetcher(open)
    let address = try WebAddress(server.origin)
    async let answer = fetcher.answer(FetchRequest(address, deadline: patience))
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    fetcher.stop()
    #expect(await answer == .failure(.stopped))
    #expect(await fetcher.answer(FetchRequest(address)) == .failure(.stopped))
  }
}

extension DocumentSource {
  func answer(_ request: FetchRequest) async -> Result<FetchedDocument, FetchFault> {
    await withCheckedContinuation { continuation in fetch(request) { continuation.resume(returning: $0) } }
  }
}
