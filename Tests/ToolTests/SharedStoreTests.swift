import Foundation
import Gateway
import Glibc
import JSON
import Testing

/// Real gates, each a process of its own, that count together in a real Redis.
@Suite(.serialized, .enabled(if: Redis.program != nil, "redis-server is not installed"))
struct SharedStoreTests {
  private func gate(_ redis: Redis, _ more: [String] = [], policy: String, server: [String] = ["answer", "10"]) throws -> GateClient {
    try GateClient(
      command: [Programs.sallyport, "wrap", "--policy", policy, "--agent", "tester", "--state-store", redis.address] + more + [
        "--", Programs.stub,
      ] + server)
  }

  /// The stub's policy and a limit, in a folder of their own.
  private func policy(_ limit: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sally-policy-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let fixtures = URL(filePath: Programs.folder("Fixtures"))
    for name in ["stub.sally", "stub.tools.json"] {
      try FileManager.default.copyItem(at: fixtures.appending(path: name), to: folder.appending(path: name))
    }
    let file = folder.appending(path: "stub.sally")
    try (String(contentsOf: file, encoding: .utf8) + "\n" + limit + "\n").write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  @Test func twoGatesNeverLetThroughMoreThanTheLimit() throws {
    let redis = try Redis()
    let policy = try policy("limit few 25 calls per month by agent")
    var one = try gate(redis, policy: policy.path)
    var other = try gate(redis, policy: policy.path)
    for id in 1...20 {
      one.call(id)
      other.call(id)
    }
    var passed = 0
    for _ in 1...20 {
      for answer in [try one.receive(), try other.receive()] {
        if answer.denialCode == nil { passed += 1 } else { #expect(answer.denialCode == "RATE_LIMITED") }
      }
    }
    #expect(passed == 25)
    _ = (one.close(), other.close())
  }

  /// A gate that is killed takes nothing with it; a server that is killed opens nothing.
  @Test func killsOpenNothing() throws {
    let redis = try Redis()
    let policy = try policy("limit few 10 calls per month by agent")
    var one = try gate(redis, policy: policy.path)
    for id in 1...6 { one.call(id) }
    for _ in 1...6 { #expect(try one.receive().denialCode == nil) }
    one.signal(SIGKILL)
    _ = one.end()
    var other = try gate(redis, policy: policy.path)
    for id in 1...6 { other.call(id) }
    var passed = 0
    for _ in 1...6 { if try other.receive().denialCode == nil { passed += 1 } }
    #expect(passed == 4)
    redis.kill()
    other.call(7)
    // On a busy machine also: what is stopped is not known any more.
    #expect(["STORE_UNAVAILABLE", "UPSTREAM_UNAVAILABLE"].contains(try other.receive().denialCode))
    let end = other.close()
    #expect(end.errors.contains("the shared store does not answer; calls under limits are denied"))
  }

  /// Two gates, a call in flight on each, and a verb on whatever machine: both calls end within a second, and so does everything after.
  @Test func aStopIsInForceEverywhereWithinASecond() throws {
    let redis = try Redis()
    let policy = try policy("")
    var one = try gate(redis, policy: policy.path, server: ["slow", "3000"])
    var other = try gate(redis, policy: policy.path, server: ["slow", "3000"])
    one.call(1)
    other.call(1)
    try one.waitForErrors(containing: "called")
    try other.waitForErrors(containing: "called")
    try verb(redis, ["stop", "tool", "stub.echo", "--because", "odd refunds"])
    let stopped = ContinuousClock.now
    let answers = try [one.receive(), other.receive()]
    #expect(ContinuousClock.now - stopped < .seconds(1))
    for answer in answers { #expect(answer.denialCode == "PERMISSION_DENIED", "\(answer)") }
    one.call(2)
    #expect(try one.receive().denialCode == "PERMISSION_DENIED")
    #expect(try verb(redis, ["stopped"]).contains("odd refunds"))
    try verb(redis, ["resume", "tool", "stub.echo"])
    Thread.sleep(forTimeInterval: 1)
    other.call(3)
    #expect(try other.receive().denialCode == nil)
    // Nobody can say any more what is stopped.
    redis.kill()
    Thread.sleep(forTimeInterval: 3)
    for id in 4...5 {
      one.call(id)
      #expect(try one.receive().denialCode == "UPSTREAM_UNAVAILABLE")
    }
    let log = one.close().errors
    #expect(log.contains("what is stopped cannot be read from the shared store"))
    _ = other.close()
  }

  @Test func aLabelHoldsOnEveryGate() throws {
    let redis = try Redis()
    let policy = try policy(
      """
      label said "something was said"
      mark said after stub.echo
      deny once
        on stub.echo
        when session has said
      """)
    // What is known of stops is to last, so that only labels are missing.
    var one = try gate(redis, ["--stops-outage", "1m"], policy: policy.path)
    var other = try gate(redis, ["--stops-outage", "1m"], policy: policy.path)
    one.call(1)
    #expect(try one.receive().denialCode == nil)
    other.call(1)
    #expect(try other.receive().denialCode == "PERMISSION_DENIED")
    redis.kill()
    other.call(2)
    #expect(try other.receive().denialCode == "STORE_UNAVAILABLE")
    _ = (one.close(), other.close())
  }

  /// Asked at one gate, decided by a verb, used at another: once.
  @Test func anApprovalOpensOneCallOnOneGate() throws {
    let redis = try Redis()
    let policy = try policy(
      """
      ask second_look
        on stub.echo
        when args.text present and args.text == "dear"
        from "leads" within 15m
      """)
    let state = policy.deletingLastPathComponent().appending(path: "state").path
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    let person = try run("/usr/bin/env", ["id", "-un"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(
      FileManager.default.createFile(
        atPath: state + "/approvers.json", contents: Data(write(["leads": [.string(person)]])), attributes: [.posixPermissions: 0o600]))
    var one = try gate(redis, policy: policy.path)
    var other = try gate(redis, policy: policy.path)
    one.call(1, text: "dear")
    let asked = try one.receive()
    let identifier = try #require(
      asked["result"]?["_meta"]?["com.sallyport/denial"]?["approval"]?["ids"]?[0]?.string, "\(asked)")
    #expect(try verb(redis, ["approvals", "list"], state: state).contains(identifier))
    try verb(redis, ["approvals", "approve", identifier], state: state)
    other.call(1, text: "dear")
    #expect(try other.receive().denialCode == nil)
    for id in 2...3 {
      one.call(id, text: "dear")
      #expect(try one.receive().denialCode == "APPROVAL_REQUIRED")
    }
    redis.kill()
    one.call(4, text: "dear")
    #expect(try one.receive().denialCode != nil)
    _ = (one.close(), other.close())
  }

  @discardableResult
  private func verb(_ redis: Redis, _ words: [String], state: String? = nil) throws -> String {
    let finished = try run(
      Programs.sallyport, words + ["--state-store", redis.address] + (state.map { ["--state", $0] } ?? []), environment: ["NO_COLOR": "1"])
    #expect(finished.exitCode == 0, "\(finished.errors)")
    return finished.output
  }

  @Test func secretsDoNotStandInAddresses() throws {
    let done = try run(
      Programs.sallyport,
      ["wrap", "--policy", Programs.folder("Fixtures/stub.sally"), "--state-store", "redis://user:hunter2@host", "--", Programs.stub])
    #expect(done.exitCode == 2 && !done.errors.contains("hunter2") && done.errors.contains("SALLYPORT_REDIS_PASSWORD"))
  }
}

/// A server on a socket of its own, that keeps nothing.
private final class Redis {
  static let program = ["/usr/bin/redis-server", "/usr/local/bin/redis-server"].first { FileManager.default.isExecutableFile(atPath: $0) }

  private let folder: URL
  private let process = Process()
  private var isAlive = true
  let address: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sally-redis-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let socket = folder.appending(path: "s").path
    address = "redis+unix://\(socket)"
    process.executableURL = URL(filePath: Redis.program ?? "redis-server")
    process.arguments = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder.path]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = ContinuousClock.now + .seconds(30)
    while !FileManager.default.fileExists(atPath: socket), ContinuousClock.now < deadline { usleep(10_000) }
  }

  func kill() {
    guard isAlive else { return }
    isAlive = false
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)
  }
}
