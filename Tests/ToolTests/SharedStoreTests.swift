import Foundation
import Gateway
import Glibc
import JSON
import Testing

/// Real gates, each a process of its own, that count together in a real Redis.
@Suite(.serialized, .enabled(if: Redis.program != nil, "redis-server is not installed"))
struct SharedStoreTests {
  private func gate(_ redis: Redis, _ more: [String] = [], policy: String) throws -> GateClient {
    try GateClient(
      command: [Programs.sallyport, "wrap", "--policy", policy, "--agent", "tester", "--state-store", redis.address] + more + [
        "--", Programs.stub, "answer", "10",
      ])
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
    #expect(try other.receive().denialCode == "STORE_UNAVAILABLE")
    let end = other.close()
    #expect(end.errors.contains("the shared store does not answer; calls under limits are denied"))
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
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  deinit {
    Glibc.kill(process.processIdentifier, SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }
}
