import Foundation
import Glibc
import HTTPGateway
import JSON
import TestSupport
import Testing

/// Stdio servers behind HTTP: a process for each session, one for all requests that stand alone.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "there is no /usr/bin/python3"))
struct ProcessTests {
  private let journal = FileManager.default.temporaryDirectory.appending(path: "sallyport-journal-\(UUID().uuidString)")

  private func gate(_ words: [String]? = nil, environment: [String] = ["PATH"], limits: HTTPLimits = HTTPLimits()) throws -> Gate {
    let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "stdio-server.py").path
    let command = ServerCommand(words: words ?? ["/usr/bin/python3", script, Gate.tools, journal.path], environment: environment)
    return try Gate(limits: limits, loops: 1, target: .process(command))
  }

  private func text(_ answer: RawClient.Answer) -> String? { answer.messages.last?["result"]?["content"]?[0]?["text"]?.string }

  private func call(_ text: String, id: Int = 5) -> String {
    #"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo","arguments":{"text":"\#(text)"}}}"#
  }

  private func session(_ gate: Gate) throws -> String {
    let session = try #require(try gate.ask(.initialize()).headers["mcp-session-id"])
    #expect(try gate.ask(.handshake(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, session: session)).status == 202)
    return session
  }

  private func waitUntil(_ isDone: () -> Bool) -> Bool {
    let deadline = Date.now.addingTimeInterval(20)
    while !isDone(), Date.now < deadline { usleep(10_000) }
    return isDone()
  }

  private func isRunning(_ process: String) -> Bool { Int32(process).map { kill($0, 0) == 0 } ?? false }

  @Test func aSessionIsAProcess() throws {
    let gate = try gate()
    let first = try session(gate)
    let second = try session(gate)
    let one = try #require(text(try gate.ask(.handshake(call("pid"), session: first))))
    #expect(text(try gate.ask(.handshake(call("pid"), session: first))) == one)
    let other = try #require(text(try gate.ask(.handshake(call("pid"), session: second))))
    #expect(one != other && isRunning(one) && isRunning(other))
    #expect(try gate.ask(Ask(verb: "DELETE", headers: [("Mcp-Session-Id", first)])).status == 204)
    #expect(waitUntil { !isRunning(one) } && isRunning(other))
    // The policy stands before it as before any server.
    #expect(text(try gate.ask(.handshake(call("xyzzy"), session: second)))?.contains("PERMISSION_DENIED") == true)
    let listed = try gate.ask(.handshake(#"{"jsonrpc":"2.0","id":9,"method":"tools/list"}"#, session: second)).json
    #expect(listed?["result"]?["tools"]?.elements?.compactMap { $0["name"]?.string } == ["echo", "query"])
  }

  @Test func itAsksItsOwnClient() throws {
    let gate = try gate()
    let session = try session(gate)
    let waiting = try gate.client()
    waiting.send(Ask.handshake(call("ask"), session: session).bytes(port: gate.listener.port))
    _ = try waiting.partial(until: "elicitation/create")
    let answer = #"{"jsonrpc":"2.0","id":0,"result":{"action":"accept","content":{"name":"Ann"}}}"#
    #expect(try gate.ask(.handshake(answer, session: session)).status == 202)
    #expect(try text(waiting.answer()) == "it is Ann")
  }

  @Test func aCrashAnswersEverything() throws {
    let gate = try gate()
    let session = try session(gate)
    let waiting = try gate.client()
    waiting.send(Ask.handshake(call("hold", id: 6), session: session).bytes(port: gate.listener.port))
    #expect(text(try gate.ask(.handshake(call("here", id: 7), session: session))) == "here")
    let crashed = try gate.ask(.handshake(call("crash"), session: session))
    #expect(crashed.status == 200 && crashed.text.contains("UPSTREAM_UNAVAILABLE"))
    #expect(try waiting.answer().text.contains("UPSTREAM_UNAVAILABLE"))
    // A client begins anew, with a new process.
    #expect(try gate.ask(.handshake(call("here"), session: session)).status == 404)
    #expect(text(try gate.ask(.handshake(call("here"), session: try self.session(gate)))) == "here")
  }

  @Test func requestsThatStandAloneShareOne() throws {
    let gate = try gate()
    let process = try #require(text(try gate.ask(.echo("pid"))))
    #expect(text(try gate.ask(.echo("pid"))) == process)
    // The same id and the same progress token at the same time, answered in another order.
    let first = try gate.client()
    first.send(Ask.echo("hold", id: "1").bytes(port: gate.listener.port))
    let second = try gate.client()
    second.send(Ask.echo("hold", id: #""1""#).bytes(port: gate.listener.port))
    #expect(waitUntil { text((try? gate.ask(.echo("here", id: "1"))) ?? .nothing) == "here" })
    #expect(text(try gate.ask(.echo("release", id: "1"))) == "released")
    let answers = try (first.answer(), second.answer())
    #expect(answers.0.json?["id"] == 1 && answers.1.json?["id"] == "1")
    #expect(text(answers.0) != text(answers.1) && text(answers.0)?.hasPrefix("held as") == true)
    let progress = Ask.modern("tools/call", #""name":"echo","arguments":{"text":"progress"}"#, name: "echo")
      .replacing(#""_meta":{"#, with: #""_meta":{"progressToken":"mine","#)
    let streamed = try gate.ask(progress)
    #expect(streamed.messages.first?["params"]?["progressToken"] == "mine" && text(streamed) == "with progress")
    #expect(text(try gate.ask(.echo("noise"))) == "after noise")
  }

  @Test func aClientThatGoesHasCancelled() throws {
    let gate = try gate()
    _ = try gate.ask(.echo("here"))
    do {
      let client = try gate.client()
      client.send(Ask.echo("hold").bytes(port: gate.listener.port))
      #expect(text(try gate.ask(.echo("here"))) == "here")
    }
    #expect(waitUntil { (try? String(contentsOf: journal, encoding: .utf8))?.hasPrefix("cancelled ") == true })
    try? FileManager.default.removeItem(at: journal)
  }

  @Test func aSharedOneIsStartedAgain() throws {
    let gate = try gate()
    let process = try #require(text(try gate.ask(.echo("pid"))))
    #expect(try gate.ask(.echo("crash")).text.contains("UPSTREAM_UNAVAILABLE"))
    // Not at once, in case that it always ends so.
    #expect(try gate.ask(.echo("here")).text.contains("UPSTREAM_UNAVAILABLE"))
    #expect(waitUntil { text((try? gate.ask(.echo("here"))) ?? .nothing) == "here" })
    #expect(text(try gate.ask(.echo("pid"))) != process)
  }

  @Test func itSeesWhatIsListedAndNothingElse() throws {
    let gate = try gate(environment: ["PATH", "SALLYPORT_STATE", "NO_SUCH_VARIABLE"])
    #expect(text(try gate.ask(.echo("environment")))?.split(separator: " ").filter { !$0.hasPrefix("LC_") } == ["PATH"])
  }

  @Test func whatCannotBeStartedIsUnavailable() throws {
    let gate = try gate(["/no/such/program"])
    #expect(try gate.ask(.echo()).text.contains("UPSTREAM_UNAVAILABLE"))
    #expect(try gate.ask(.initialize()).status == 200)
    #expect(try gate.ask(.initialize()).json?["error"] != nil)
  }

  @Test func noneIsLeftBehind() throws {
    var process = ""
    var shared = ""
    do {
      let gate = try gate()
      process = try #require(text(try gate.ask(.handshake(call("pid"), session: try session(gate)))))
      shared = try #require(text(try gate.ask(.echo("pid"))))
      #expect(isRunning(process) && isRunning(shared))
    }
    #expect(waitUntil { !isRunning(process) && !isRunning(shared) })
  }
}
