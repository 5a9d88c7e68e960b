import Foundation
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

/// What befalls a running `serve`: more connections than anybody has, a disk that is full, a death without notice.
@Suite(.serialized) struct ServeFaultTests {
  private static let connections = 5_000
  private static let rounds = ProcessInfo.processInfo.environment["KILL_ROUNDS"].flatMap(Int.init) ?? 4

  /// Files that a process may have open at most, of which the gate takes three quarters for clients.
  private static let descriptors: UInt = {
    var limit = rlimit()
    unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return limit.rlim_max
  }()

  @Test(.enabled(if: descriptors >= 8_000, "too few open files are allowed: `ulimit -Hn` is under 8000"))
  func thousandsOfConnectionsAreServed() throws {
    let stub = try StubUpstream()
    let gate = try ServeProcess.gate(policy: stub.file("stub.sally"), upstream: stub.address, [])
    defer { gate.end() }
    _ = try PlainRequest.call(0).send(port: gate.port)
    let open = try (0..<Self.connections).map { _ in
      let connection = try KeptConnection(port: gate.port)
      #expect(try connection.probe() == 200)
      return connection
    }
    #expect(try PlainRequest.call(1).send(port: gate.port).json["result"]?["isError"] == nil)
    // All of them are still there, and each is answered again.
    for connection in open { #expect(try connection.probe() == 200) }
    let status = try String(contentsOfFile: "/proc/\(gate.processIdentifier)/status", encoding: .utf8)
    let resident = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.1) })
    #expect(resident < 400_000, "\(resident) kB")
    #expect(gate.terminate() == 0)
  }

  /// A limit on the size of files stands for a disk that is full.
  @Test func aFullDiskDeniesVisibly() throws {
    let stub = try StubUpstream()
    let gate = try ServeProcess.gate(
      policy: stub.file("stub.sally"), upstream: stub.address,
      ["--audit", stub.file("audit.jsonl"), "--audit-full", "deny", "--log-level", "notice", "--admin", "127.0.0.1:0"])
    defer { gate.end() }
    let port = try gate.adminPort()
    func limit(_ bytes: String) throws {
      let finished = try run("/usr/bin/prlimit", ["--pid", String(gate.processIdentifier), "--fsize=\(bytes):"])
      try #require(finished.exitCode == 0, "\(finished)")
    }
    func code(_ id: Int) throws -> String? {
      let answer = try PlainRequest.call(id).send(port: gate.port)
      #expect(answer.status == 200)
      return try answer.json["result"]?["_meta"]?["com.sallyport/denial"]?["code"]?.string
    }
    #expect(try code(0) == nil)
    try limit("32768")
    var codes: [String?] = []
    while codes.count < 2_000, codes.last != "STORE_UNAVAILABLE" { codes.append(try code(codes.count + 1)) }
    #expect(codes.last == "STORE_UNAVAILABLE", "\(codes.count) calls")
    #expect(gate.errors.contains("the audit log cannot be written"))
    #expect(try PlainRequest(target: "/metrics").send(port: port).body.contains("sallyport_audit_failing 1"))
    try limit("unlimited")
    try gate.wait(saying: "the audit log is written again")
    #expect(try code(5_000) == nil)
    #expect(gate.terminate() == 0)
    let verified = try run(Programs.sallyport, ["audit", "verify", stub.file("audit.jsonl"), "--format", "json"])
    #expect(verified.exitCode == 0, "\(verified)")
    #expect(try Value(parsing: Array(verified.output.utf8))["lost"] == 0)
  }

  /// Killed while calls are under way, and begun anew on what is left, again and again.
  @Test func killedUnderLoadTheChainHoldsAndTheKeysStay() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let stub = try StubUpstream()
    let policy = try String(contentsOfFile: stub.file("stub.sally"), encoding: .utf8)
    try stub.write(policy: policy.replacing("token.sub == \"tester\"", with: "key.owner == \"tester\""))
    let environment = ["SALLYPORT_STATE": stub.file("state")]
    let made = try run(Programs.sallyport, ["keys", "create", "--owner", "tester"], environment: environment)
    try #require(made.exitCode == 0, "\(made)")
    let key = made.output.trimmingCharacters(in: .newlines)
    var first: Value?
    for round in 0..<Self.rounds {
      let gate = try ServeProcess.gate(
        folder: stub.folder,
        arguments: [
          "--policy", stub.file("stub.sally"), "--upstream", "stub=\(stub.address)", "--listen", "127.0.0.1:0", "--state",
          stub.file("state"), "--audit", stub.file("audit.jsonl"), "--audit-size", "1",
        ])
      let answered = Atomic(0)
      let port = gate.port
      let threads = (0..<3).map { number in
        let thread = Thread {
          var request = PlainRequest.call(number, arguments: #"{"text":"\#(String(repeating: "z", count: 50 * (number + 1)))"}"#)
          request.headers.append(("Authorization", "Bearer \(key)"))
          while let answer = try? request.send(port: port) {
            guard answer.status == 200 else { continue }
            answered.add(1, ordering: .relaxed)
          }
        }
        thread.start()
        return thread
      }
      let some = Int.random(in: 1...150, using: &random)
      let deadline = Date.now.addingTimeInterval(60)
      while answered.load(ordering: .relaxed) < some, Date.now < deadline { usleep(1_000) }
      gate.end()
      for thread in threads { while !thread.isFinished { usleep(1_000) } }
      #expect(answered.load(ordering: .relaxed) >= some, "round \(round), SEED=\(seed): \(gate.errors.suffix(500))")
      let verified = try run(Programs.sallyport, ["audit", "verify", stub.file("audit.jsonl"), "--format", "json"])
      #expect(verified.exitCode == 0, "round \(round), SEED=\(seed): \(verified)")
      let listed = try run(Programs.sallyport, ["keys", "list", "--format", "json"], environment: environment)
      let kept = try Value(parsing: Array(listed.output.utf8))["keys"]?[0]
      #expect(kept?["owner"] == "tester" && (first ?? kept)?["id"] == kept?["id"], "\(listed)")
      first = kept
    }
  }
}

/// A connection that stays open between probes.
private final class KeptConnection {
  struct Broken: Error {}

  private let socket: Int32
  private let request: [UInt8]

  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    request = Array("GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isOpen = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard isOpen else { throw Broken() }
  }

  deinit { close(socket) }

  /// - Returns: the status of the answer.
  func probe() throws -> Int {
    let sent = unsafe request.withUnsafeBytes { unsafe send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    guard sent == request.count else { throw Broken() }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4_096)
    while !String(decoding: bytes, as: UTF8.self).hasSuffix("}") {
      let count = unsafe recv(socket, &part, part.count, 0)
      guard count > 0 else { throw Broken() }
      bytes += part[..<count]
    }
    return Int(String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
  }
}
