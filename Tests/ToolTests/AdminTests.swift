import Foundation
import Glibc
import JSON
import TestSupport
import Testing

/// The administration of a running `serve`: metrics, health, reload and the live page.
@Suite(.serialized) struct AdminTests {
  private static let token = "0123456789abcdef0123"
  private static let narrower = "\ndeny not_that_word\n  on stub.echo\n  when args.text present and args.text == \"plugh\"\n"
  private static let word = #"{"text":"plugh"}"#

  private func gate(_ stub: StubUpstream, _ options: [String] = []) throws -> ServeProcess {
    try Data((Self.token + "\n").utf8).write(to: URL(filePath: stub.file("token")))
    return try ServeProcess.gate(
      policy: stub.file("stub.sally"), upstream: stub.address,
      ["--admin", "127.0.0.1:0", "--admin-token", stub.file("token")] + options)
  }

  private func reload(_ port: Int, token: String? = AdminTests.token, _ more: [(String, String)] = []) throws -> PlainRequest.Answer {
    let headers = token.map { [("Authorization", "Bearer \($0)")] } ?? []
    return try PlainRequest(verb: "POST", target: "/reload", headers: headers + more).send(port: port)
  }

  @Test func onlyWhoHasTheTokenAndIsNoPageReloads() throws {
    let stub = try StubUpstream()
    let gate = try gate(stub)
    defer { gate.end() }
    let port = try gate.adminPort()
    #expect(try reload(port, token: nil).status == 401)
    #expect(try reload(port, token: "0123456789abcdef0124").status == 401)
    #expect(try reload(port, [("Origin", "http://127.0.0.1:\(port)")]).status == 403)
    #expect(try reload(port, [("Sec-Fetch-Site", "cross-site")]).status == 403)
    #expect(try PlainRequest(target: "/reload", headers: [("Authorization", "Bearer \(Self.token)")]).send(port: port).status == 405)
    #expect(try PlainRequest(target: "/metrics", host: "gate.example").send(port: port).status == 421)
    #expect(try PlainRequest(verb: "POST", target: "/metrics").send(port: port).status == 405)
    #expect(try PlainRequest(target: "/nothing").send(port: port).status == 404)
    let answer = try reload(port)
    #expect(answer.status == 200)
    #expect(try answer.json["accepted"] == true && answer.json["summary"] == "nothing changed")
    #expect(try PlainRequest(target: "/healthz").send(port: port).status == 200)
  }

  @Test func aBrokenPolicyIsRefusedAndIsSeenToBe() throws {
    let stub = try StubUpstream()
    let gate = try gate(stub, ["--reload-tests"])
    defer { gate.end() }
    let port = try gate.adminPort()
    let good = try String(contentsOfFile: stub.file("stub.sally"), encoding: .utf8)
    let broken = [
      ("deny nonsense\n  on stub.no_such_tool\n", "no_such_tool"),
      ("test \"fails\" {\n  as tester\n  call stub.echo { text: \"hi\" }\n  expect deny\n}\n", "fails"),
    ]
    for (text, word) in broken {
      try stub.write(policy: good + "\n" + text)
      let answer = try reload(port)
      #expect(answer.status == 422, "\(answer)")
      #expect(try answer.json["summary"]?.string?.contains(word) == true, "\(answer)")
      #expect(try PlainRequest.call(1).send(port: gate.port).json["result"]?["isError"] == nil, "the old policy is in force")
    }
    let metrics = try PlainRequest(target: "/metrics").send(port: port).body
    #expect(metrics.contains("sallyport_policy_stale 1") && metrics.contains(#"sallyport_policy_reloads_total{result="refused"} 2"#))
    #expect(try PlainRequest(target: "/").send(port: port).body.contains("policy refused"))
    try stub.write(policy: good.replacing("server stub", with: "server other").replacing("stub.echo", with: "other.echo"))
    #expect(try reload(port).status == 422, "a server that is served cannot go")
    try stub.write(policy: good + Self.narrower)
    let answer = try reload(port)
    #expect(answer.status == 200)
    #expect(try answer.json["summary"]?.string?.contains("NARROWER") == true, "\(answer)")
    #expect(try PlainRequest.call(2, arguments: Self.word).send(port: gate.port).json["result"]?["isError"] == true)
    #expect(gate.errors.contains(#""change":"1 NARROWER"#))
  }

  @Test func aChangedFileIsSeen() throws {
    let stub = try StubUpstream()
    let gate = try gate(stub, ["--watch"])
    defer { gate.end() }
    let good = try String(contentsOfFile: stub.file("stub.sally"), encoding: .utf8)
    try stub.write(policy: good + Self.narrower)
    try gate.wait(saying: #""by":"file""#)
    #expect(try PlainRequest.call(1, arguments: Self.word).send(port: gate.port).json["result"]?["isError"] == true)
    // As editors do it: a new file in the place of the old one.
    try Data(good.utf8).write(to: URL(filePath: stub.file("new")))
    _ = unsafe rename(stub.file("new"), stub.file("stub.sally"))
    try gate.wait(saying: "WIDER")
    #expect(try PlainRequest.call(2, arguments: Self.word).send(port: gate.port).json["result"]?["isError"] == nil)
  }

  /// Packs have no file that could have changed.
  @Test func withPacksNothingIsReadAgain() throws {
    let stub = try StubUpstream()
    let good = try String(contentsOfFile: stub.file("stub.sally"), encoding: .utf8)
    try stub.write(policy: good.replacing("server stub", with: "use sally.arguments\n\nserver stub"))
    let gate = try gate(stub, ["--watch"])
    defer { gate.end() }
    #expect(try PlainRequest.call(1, arguments: Self.word).send(port: gate.port).status == 200)
    sleep(3)
    #expect(!gate.errors.contains("reloaded"), "\(gate.errors)")
  }

  /// Requests go on while the policy changes under them, each decided by the one or the other; what limits have counted stays counted.
  @Test func reloadsUnderLoadDropNothing() throws {
    let stub = try StubUpstream()
    let good = try String(contentsOfFile: stub.file("stub.sally"), encoding: .utf8)
    let limited = good + "\nlimit few\n  60 calls per day\n  by agent\n  on stub.echo\n"
    try stub.write(policy: limited)
    let gate = try gate(stub)
    defer { gate.end() }
    let port = try gate.adminPort()
    let reloader = Thread {
      for number in 0..<6 {
        try? stub.write(policy: limited + (number % 2 == 0 ? Self.narrower : ""))
        _ = try? self.reload(port)
      }
    }
    reloader.start()
    var allowed = 0
    var limitedCalls = 0
    for number in 0..<100 {
      let answer = try PlainRequest.call(number).send(port: gate.port)
      #expect(answer.status == 200)
      let result = try answer.json["result"]
      if result?["isError"] == nil { allowed += 1 }
      if result?["_meta"]?["com.sallyport/denial"]?["code"] == "RATE_LIMITED" { limitedCalls += 1 }
    }
    while !reloader.isFinished { usleep(10_000) }
    #expect(allowed == 60 && limitedCalls == 40, "\(allowed) and \(limitedCalls)")
    let metrics = try PlainRequest(target: "/metrics").send(port: port).body
    #expect(metrics.contains(#"sallyport_policy_reloads_total{result="accepted"} 7"#), "the start and six reloads")
  }

  @Test func thePageShowsWhatHappensAndEscapesIt() throws {
    let stub = try StubUpstream()
    let gate = try gate(stub, ["--audit", stub.file("audit.jsonl")])
    defer { gate.end() }
    for number in 0..<5 { _ = try PlainRequest.call(number).send(port: gate.port) }
    _ = try PlainRequest.call(10, arguments: #"{"text":"xyzzy"}"#).send(port: gate.port)
    _ = try PlainRequest.call(11, tool: "<script>alert('1')</script>\u{202E}").send(port: gate.port)
    try gate.wait(saying: "script")
    usleep(50_000)
    let answer = try PlainRequest(target: "/").send(port: try gate.adminPort())
    #expect(answer.status == 200 && answer.headers["content-type"] == "text/html; charset=utf-8")
    #expect(answer.headers["content-security-policy"]?.hasPrefix("default-src 'none'; style-src 'self'") == true)
    #expect(answer.headers["x-content-type-options"] == "nosniff" && answer.headers["cache-control"] == "no-store")
    #expect(answer.body.contains("not_this_word") && answer.body.contains("&lt;script&gt;"))
    #expect(!answer.body.contains("<script") && !answer.body.contains("\u{202E}") && !answer.body.contains(" style="))
    #expect(try PlainRequest(target: "/style.css").send(port: try gate.adminPort()).headers["content-type"] == "text/css; charset=utf-8")
  }

  /// Every metric that the dashboard and the documentation name is one that a gate tells, and the other way round.
  @Test func theDashboardAndTheDocumentationKnowTheMetrics() throws {
    let stub = try StubUpstream()
    let policy = try String(contentsOfFile: stub.file("stub.sally"), encoding: .utf8)
    try stub.write(
      policy: policy + "\nlimit few\n  60 calls per day\n  by agent\n  on stub.echo\nshadow deny nothing_passes\n  on stub.echo\n")
    let gate = try gate(stub, ["--audit", stub.file("audit.jsonl"), "--otlp", "http://127.0.0.1:1"])
    defer { gate.end() }
    for number in 0..<61 { _ = try PlainRequest.call(number).send(port: gate.port) }
    usleep(100_000)
    let text = try PlainRequest(target: "/metrics").send(port: try gate.adminPort()).body
    // Of filters nothing is told before one finds something.
    let told = Set(text.matches(of: #/# TYPE (\S+)/#).map { String($0.1) }).union(["sallyport_filter_findings_total"])
    let dashboard = try Value(parsing: Array(Data(contentsOf: URL(filePath: Programs.checkout + "/docs/grafana.json"))))
    let queries = (dashboard["panels"]?.elements ?? []).flatMap { $0["targets"]?.elements ?? [] }.compactMap { $0["expr"]?.string }
    #expect(queries.count > 15)
    func names(in text: String) -> Set<String> {
      Set(
        text.matches(of: #/\b(?:mcp|sallyport|process)_[a-z_]+/#).map { String($0.output) }.map { name in
          ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) && told.contains(String(name.dropLast($0.count))) }
            .map { String(name.dropLast($0.count)) } ?? name
        })
    }
    let labels: Set = ["mcp_method_name", "sallyport_server"]
    for query in queries { #expect(names(in: query).subtracting(labels).isSubset(of: told), "\(query)") }
    let page = try String(contentsOfFile: Programs.checkout + "/docs/observability.md", encoding: .utf8)
    #expect(names(in: page).subtracting(labels) == told)
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/promtool"), "Prometheus is absent: make test-setup"))
  func prometheusScrapesIt() throws {
    let stub = try StubUpstream()
    let gate = try gate(stub, ["--audit", stub.file("audit.jsonl")])
    defer { gate.end() }
    for number in 0..<4 { _ = try PlainRequest.call(number).send(port: gate.port) }
    _ = try PlainRequest.call(5, arguments: #"{"text":"xyzzy"}"#).send(port: gate.port)
    for number in 0..<30 { _ = try PlainRequest.call(number + 100, tool: "made-up-\(number)").send(port: gate.port) }
    let port = try gate.adminPort()
    usleep(100_000)
    let text = try PlainRequest(target: "/metrics").send(port: port).body
    #expect(!text.contains("made-up") && text.contains(#"gen_ai_tool_name="_OTHER""#))
    let lint = try run("/usr/bin/promtool", ["check", "metrics"], input: text)
    #expect(lint.exitCode == 0 && lint.errors.isEmpty && lint.output.isEmpty, "\(lint)")
    let prometheus = try Prometheus(scraping: port, in: stub.folder)
    defer { prometheus.end() }
    let found = try prometheus.value(
      of: #"sum(mcp_server_operation_duration_seconds_count{mcp_method_name="tools/call",gen_ai_tool_name="echo"})"#)
    #expect(found == "5")
    #expect(try prometheus.value(of: #"sallyport_denials_total{code="PERMISSION_DENIED",rule="not_this_word"}"#) == "1")
  }
}

/// A real Prometheus that scrapes one target every second.
private final class Prometheus {
  private let process = Process()
  private let port: Int

  init(scraping target: Int, in folder: String) throws {
    let settings =
      "global:\n  scrape_interval: 1s\nscrape_configs:\n  - job_name: gate\n    static_configs:\n      - targets: [\"127.0.0.1:\(target)\"]\n"
    try Data(settings.utf8).write(to: URL(filePath: folder + "/prometheus.yml"))
    port = try ServeProcess.freePort()
    process.executableURL = URL(filePath: "/usr/bin/prometheus")
    process.arguments = [
      "--config.file=\(folder)/prometheus.yml", "--storage.tsdb.path=\(folder)/tsdb", "--web.listen-address=127.0.0.1:\(port)",
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
  }

  func end() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// Of an instant query, as soon as there is one.
  func value(of query: String) throws -> String {
    let escaped = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    let deadline = Date.now.addingTimeInterval(60)
    while Date.now < deadline {
      if let answer = try? PlainRequest(target: "/api/v1/query?query=\(escaped)").send(port: port),
        let value = try? answer.json["data"]?["result"]?[0]?["value"]?[1]?.string
      {
        return value
      }
      usleep(200_000)
    }
    throw PlainRequest.Broken()
  }
}
