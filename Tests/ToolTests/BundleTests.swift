import Foundation
import Gateway
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

/// Gates that take a signed policy from a file or a server of this machine.
@Suite struct BundleTests {
  // Made with `openssl genpkey -algorithm ed25519`, for these tests only.
  private static let keys = [
    (
      secret: "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
      open: "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
    ),
    (
      secret: "MC4CAQAwBQYDK2VwBCIEIJ1isZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g",
      open: "MCowBQYDK2VwAyEANqT5yhBq6mejYOEW8voRyr2jnUqV4ezPcDm310bNGOc="
    ),
  ]
  private static let narrower = "\ndeny not_that_word\n  on stub.echo\n  when args.text present and args.text == \"plugh\"\n"
  private static let word = #"{"text":"plugh"}"#

  /// What is published, and who signs it.
  private final class Publisher: Sendable {
    let stub: StubUpstream
    let server: LoopbackServer
    private let shown: Shown

    private final class Shown: Sendable {
      let bundle = Mutex<(text: String, tag: String)?>(nil)
    }

    init() throws {
      stub = try StubUpstream()
      let shown = Shown()
      self.shown = shown
      server = try LoopbackServer { request in
        guard let (text, tag) = shown.bundle.withLock({ $0 }) else { return .document("", status: 500) }
        let isKnown = request.headers["if-none-match"] == tag
        return .document(isKnown ? "" : text, status: isKnown ? 304 : 200, headers: ["ETag": tag])
      }
      for (number, key) in BundleTests.keys.enumerated() {
        try write("key\(number).pem", "-----BEGIN PRIVATE KEY-----\n\(key.secret)\n-----END PRIVATE KEY-----\n")
        try write("key\(number).pub.pem", "-----BEGIN PUBLIC KEY-----\n\(key.open)\n-----END PUBLIC KEY-----\n")
      }
    }

    deinit { server.stop() }

    func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: stub.file(name))) }

    /// The stub's policy, with something behind it.
    func bundle(_ serial: Int, key: Int = 0, adding text: String = "") throws -> String {
      let policy = try String(contentsOfFile: Programs.folder("Fixtures/stub.sally"), encoding: .utf8)
      try stub.write(policy: policy + text)
      let built = try run(
        Programs.sallyport,
        [
          "build", stub.file("stub.sally"), "--sign", stub.file("key\(key).pem"), "--serial", String(serial), "-o",
          stub.file("made.bundle"),
        ])
      try #require(built.exitCode == 0, "\(built)")
      return try String(contentsOfFile: stub.file("made.bundle"), encoding: .utf8)
    }

    /// Nil: the server has nothing but errors.
    func show(_ bundle: String?) { shown.bundle.withLock { $0 = bundle.map { ($0, "\"\(UUID().uuidString)\"") } } }

    var address: String { server.origin + "/gate.bundle" }

    func options(source: String? = nil, keys: [Int] = [0], state: String = "state", _ more: [String] = []) -> [String] {
      [
        "--bundle", source ?? address, "--bundle-key",
      ] + keys.map { stub.file("key\($0).pub.pem") } + [
        "--bundle-interval", "1s", "--state", stub.file(state), "--agent", "tester", "--upstream", "stub=\(stub.address)", "--listen",
        "127.0.0.1:0",
      ] + more
    }

    func gate(source: String? = nil, keys: [Int] = [0], state: String = "state", _ more: [String] = []) throws -> ServeProcess {
      try ServeProcess.gate(folder: stub.folder, arguments: options(source: source, keys: keys, state: state, more))
    }

    /// Waits until the source was looked at so many times more.
    func waitForLooks(_ count: Int) throws {
      let before = server.requests.count
      let deadline = Date.now.addingTimeInterval(60)
      while server.requests.count < before + count {
        try #require(Date.now < deadline, "nobody looks")
        usleep(20_000)
      }
    }
  }

  private func isDenied(_ gate: ServeProcess) throws -> Bool {
    let answer = try PlainRequest.call(1, arguments: Self.word).send(port: gate.port)
    #expect(answer.status == 200)
    return try answer.json["result"]?["isError"] == true
  }

  private func count(_ text: String, in log: String) -> Int { log.components(separatedBy: text).count - 1 }

  @Test func aNewerOneTakesThePlaceOfTheOlderAndTheSameIsNotSentAgain() throws {
    let publisher = try Publisher()
    publisher.show(try publisher.bundle(1))
    let gate = try publisher.gate()
    defer { gate.end() }
    #expect(try !isDenied(gate))
    try publisher.waitForLooks(2)
    #expect(!gate.errors.contains("the policy was reloaded"))
    publisher.show(try publisher.bundle(2, adding: Self.narrower))
    try gate.wait(saying: #""by":"bundle""#)
    #expect(try isDenied(gate))
    #expect(gate.errors.contains(#""serial":"2""#) && gate.errors.contains("NARROWER"))
    try publisher.waitForLooks(2)
    #expect(count("the policy was reloaded", in: gate.errors) == 1)
    let looks = publisher.server.requests
    #expect(looks[0].headers["if-none-match"] == nil && looks.dropFirst().allSatisfy { $0.headers["if-none-match"] != nil })
  }

  private static let refusals: [(name: String, reason: String, make: @Sendable (Publisher) throws -> String?)] = [
    ("changed", "signature", { try $0.bundle(9).replacing("Say something else.", with: "Say something elze.") }),
    ("of another key", "signature", { try $0.bundle(9, key: 1) }),
    ("older", "its serial is 4, and 5 was taken before", { try $0.bundle(4) }),
    ("another with the same serial", "another policy was taken before", { try $0.bundle(5, adding: BundleTests.narrower) }),
    ("cut", "does not end in a signature", { String(try $0.bundle(9).dropLast(50)) }),
    (
      "of another program", "another policy of the bundle",
      { publisher in
        // Signed rightly, with the fingerprint of other rules.
        try publisher.write("lie.py", BundleTests.lie)
        let text = try publisher.bundle(9)
        try publisher.write("made.bundle", text)
        let made = try run("/usr/bin/env", ["python3", publisher.stub.file("lie.py"), publisher.stub.folder])
        try #require(made.exitCode == 0, "\(made)")
        return made.output
      }
    ),
    (
      "without the server", "no server `stub`",
      { publisher in
        let policy = try String(contentsOfFile: Programs.folder("Fixtures/stub.sally"), encoding: .utf8)
        let other = policy.replacing("server stub", with: "server other").replacing("stub.echo", with: "other.echo")
        try publisher.write("other.sally", other)
        let built = try run(
          Programs.sallyport,
          [
            "build", publisher.stub.file("other.sally"), "--sign", publisher.stub.file("key0.pem"), "--serial", "9", "-o",
            publisher.stub.file("other.bundle"),
          ])
        try #require(built.exitCode == 0, "\(built)")
        return try String(contentsOfFile: publisher.stub.file("other.bundle"), encoding: .utf8)
      }
    ),
    ("not there", "the status 500", { _ in nil }),
  ]

  /// Signs what `build` would not.
  private static let lie = """
    import json, subprocess, sys
    folder = sys.argv[1]
    payload, seal = open(folder + "/made.bundle").read().splitlines()
    bundle, seal = json.loads(payload), json.loads(seal)
    bundle["fingerprint"] = "00" * 32
    payload = json.dumps(bundle, separators=(",", ":"))
    open(folder + "/signed", "w").write("sallyport bundle 1\\n" + payload)
    done = subprocess.run(
        ["openssl", "pkeyutl", "-sign", "-inkey", folder + "/key0.pem", "-rawin", "-in", folder + "/signed"],
        capture_output=True, check=True)
    seal["ed25519"] = done.stdout.hex()
    print(payload + "\\n" + json.dumps(seal))
    """

  @Test(arguments: refusals.indices)
  func whatIsRefusedIsSaidOnceAndTheOldOneStays(index: Int) throws {
    let refusal = Self.refusals[index]
    let publisher = try Publisher()
    publisher.show(try publisher.bundle(5))
    let gate = try publisher.gate(["--admin", "127.0.0.1:0"])
    defer { gate.end() }
    publisher.show(try refusal.make(publisher))
    try gate.wait(saying: refusal.reason)
    try publisher.waitForLooks(1)
    #expect(try !isDenied(gate))
    let metrics = try PlainRequest(target: "/metrics").send(port: try gate.adminPort()).body
    #expect(metrics.contains("sallyport_policy_stale 1") && metrics.contains(#"sallyport_policy_reloads_total{result="refused"} 1"#))
    publisher.show(try publisher.bundle(10, adding: Self.narrower))
    try gate.wait(saying: "the policy was reloaded")
    #expect(count("the policy was not reloaded", in: gate.errors) == 1, "\(refusal.name): \(gate.errors)")
    #expect(try isDenied(gate))
    #expect(try PlainRequest(target: "/metrics").send(port: try gate.adminPort()).body.contains("sallyport_policy_stale 0"))
  }

  @Test func anOlderOneIsRefusedAfterARestartToo() throws {
    let publisher = try Publisher()
    publisher.show(try publisher.bundle(5, adding: Self.narrower))
    try publisher.gate().end()
    publisher.show(try publisher.bundle(4))
    let gate = try publisher.gate()
    defer { gate.end() }
    #expect(gate.errors.contains("its serial is 4, and 5 was taken before"))
    #expect(try isDenied(gate), "what was taken last is in force")
    // A key that goes on with the series does not begin it anew.
    let other = try publisher.gate(keys: [1, 0])
    defer { other.end() }
    #expect(try isDenied(other))
    publisher.show(try publisher.bundle(4, key: 1))
    try other.wait(saying: "its serial is 4, and 5 was taken before")
    publisher.show(try publisher.bundle(6, key: 1))
    try other.wait(saying: "the policy was reloaded")
    #expect(try !isDenied(other))
  }

  @Test func theLastOneTakenIsServedWhileTheSourceIsDown() throws {
    let publisher = try Publisher()
    publisher.show(try publisher.bundle(5, adding: Self.narrower))
    try publisher.gate().end()
    publisher.show(nil)
    let gate = try publisher.gate(["--admin", "127.0.0.1:0"])
    defer { gate.end() }
    #expect(try isDenied(gate))
    try gate.wait(saying: "the policy was not reloaded")
    #expect(try PlainRequest(target: "/metrics").send(port: try gate.adminPort()).body.contains("sallyport_policy_stale 1"))
    publisher.show(try publisher.bundle(6))
    try gate.wait(saying: "the policy was reloaded")
    #expect(try !isDenied(gate))
  }

  /// A copy that was changed where it is kept, and one whose key is trusted no more, start nothing.
  @Test func theCopyIsCheckedLikeAnyOther() throws {
    let publisher = try Publisher()
    publisher.show(try publisher.bundle(5))
    try publisher.gate().end()
    publisher.show(nil)
    let withoutKey = try run(Programs.sallyport, ["serve"] + publisher.options(keys: [1]))
    #expect(withoutKey.exitCode == 3 && withoutKey.errors.contains("the status 500"), "\(withoutKey)")
    let database = publisher.stub.file("state") + "/state.sqlite"
    let change = """
      import sqlite3, sys
      database = sqlite3.connect(sys.argv[1])
      document = database.execute("SELECT document FROM bundles").fetchone()[0]
      database.execute("UPDATE bundles SET document = ?", (document.replace(b"Say something else.", b"Say something elze."),))
      database.commit()
      """
    let changed = try run("/usr/bin/env", ["python3", "-c", change, database])
    try #require(changed.exitCode == 0, "\(changed)")
    let refused = try run(Programs.sallyport, ["serve"] + publisher.options())
    #expect(refused.exitCode == 3 && refused.errors.contains("signature") && !refused.errors.contains("listening"), "\(refused)")
  }

  @Test func withoutAGoodBundleNothingIsServed() throws {
    let publisher = try Publisher()
    for bundle in [nil, try publisher.bundle(1, key: 1), try publisher.bundle(1).replacing("xyzzy", with: "xyzzz")] {
      publisher.show(bundle)
      let refused = try run(Programs.sallyport, ["serve"] + publisher.options())
      #expect(refused.exitCode == 3 && refused.errors.contains("the bundle is not taken"), "\(refused)")
      #expect(!refused.errors.contains("listening"))
    }
    let plain = try run(
      Programs.sallyport, ["serve", "--bundle", publisher.address, "--state", publisher.stub.file("state"), "--upstream", "stub=http://a/"])
    #expect(plain.exitCode == 2 && plain.errors.contains("--bundle-key"), "\(plain)")
    let both = try run(Programs.sallyport, ["serve"] + publisher.options(["--policy", publisher.stub.file("stub.sally")]))
    #expect(both.exitCode == 64 || both.exitCode == 2)
    #expect(both.errors.contains("--policy or --bundle"), "\(both)")
  }

  /// `SIGHUP` and the administration look at once.
  @Test func whoAsksIsAnsweredWithWhatIsThereNow() throws {
    let publisher = try Publisher()
    publisher.show(try publisher.bundle(1))
    try publisher.write("token", "0123456789abcdef0123\n")
    let gate = try publisher.gate([
      "--bundle-interval", "1h", "--admin", "127.0.0.1:0", "--admin-token", publisher.stub.file("token"),
    ])
    defer { gate.end() }
    publisher.show(try publisher.bundle(2, adding: Self.narrower))
    let answer = try PlainRequest(verb: "POST", target: "/reload", headers: [("Authorization", "Bearer 0123456789abcdef0123")])
      .send(port: try gate.adminPort())
    #expect(answer.status == 200, "\(answer)")
    #expect(try isDenied(gate))
    publisher.show(try publisher.bundle(1))
    try gate.reload(saying: "its serial is 1, and 2 was taken before")
    #expect(try isDenied(gate))
  }

  @Test func aFileIsLookedAtToo() throws {
    let publisher = try Publisher()
    try publisher.write("gate.bundle", try publisher.bundle(1))
    var client = try GateClient(command: [
      Programs.sallyport, "wrap", "--bundle", publisher.stub.file("gate.bundle"), "--bundle-key", publisher.stub.file("key0.pub.pem"),
      "--bundle-interval", "1s", "--state", publisher.stub.file("state"), "--agent", "tester", "--", Programs.stub, "answer", "10",
    ])
    client.call(1, text: "plugh")
    #expect(try client.receiveText().id == 1)
    try publisher.write("gate.bundle", try publisher.bundle(2, adding: Self.narrower))
    try client.waitForErrors(containing: "the policy was reloaded")
    client.call(2, text: "plugh")
    #expect(try client.receive().denialCode == "PERMISSION_DENIED")
    #expect(client.close().status == .exited(code: 0))
  }
}
