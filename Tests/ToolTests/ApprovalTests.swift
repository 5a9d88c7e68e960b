import Foundation
import Gateway
import Glibc
import JSON
import Testing

/// Approvals as people have them: a gate, a state directory, and the verbs in other processes.
@Suite struct ApprovalTests {
  private static let call = #"{"name":"echo","arguments":{"text":"dear"},"#

  /// A folder with a policy that asks, which is gone with its owner.
  private final class Folder {
    let path: String
    var environment: [String: String] { ["SALLYPORT_STATE": path + "/state", "NO_COLOR": "1"] }

    init() throws {
      path = FileManager.default.temporaryDirectory.appending(path: "sallyport-approvals-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      for name in ["stub.sally", "stub.tools.json"] {
        try FileManager.default.copyItem(atPath: Programs.folder("Fixtures/\(name)"), toPath: "\(path)/\(name)")
      }
      let rules = """
        edition 1
        policy stub.asking
        use "./stub.sally"
        ask second_look
          on stub.echo
          when args.text present and args.text == "dear"
          from "leads" within 15m
          because "Dear things need a second look."

        """
      try Data(rules.utf8).write(to: URL(filePath: path + "/asking.sally"))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func gate(_ options: [String] = []) throws -> GateClient {
      try GateClient(
        command: ["/usr/bin/env"] + environment.map { "\($0.key)=\($0.value)" } + [
          Programs.sallyport, "wrap", "--policy", path, "--agent", "tester",
        ] + options + ["--", Programs.stub, "answer", "3"])
    }

    func verb(_ arguments: [String]) throws -> Finished {
      try run(Programs.sallyport, ["approvals"] + arguments, environment: environment)
    }

    func list(_ more: [String] = []) throws -> [Value] {
      let finished = try verb(["list", "--format", "json"] + more)
      #expect(finished.exitCode == 0, "\(finished.errors)")
      return try Value(parsing: Array(finished.output.utf8))["approvals"]?.elements ?? []
    }

    /// Of whoever runs the tests.
    func nameApprover(of group: String) throws {
      let name = try run("/usr/bin/env", ["id", "-un"]).output.trimmingCharacters(in: .whitespacesAndNewlines)
      let text = write(["\(group)": [.string(name)]])
      let file = path + "/state/approvers.json"
      #expect(FileManager.default.createFile(atPath: file, contents: Data(text), attributes: [.posixPermissions: 0o600]))
    }
  }

  private func denial(_ message: Value) -> Value? { message["result"]?["_meta"]?["com.sallyport/denial"] }

  @Test func aPersonInTheGroupOpensOneCall() throws {
    let folder = try Folder()
    var client = try folder.gate()
    client.call(1, text: "dear")
    let identifier = try #require(denial(try client.receive())?["approval"]?["ids"]?[0]?.string)
    let waiting = try folder.list()
    #expect(waiting.count == 1 && waiting[0]["id"] == .string(identifier) && waiting[0]["arguments"] == #"{"text":"dear"}"#)
    #expect(try folder.verb(["list"]).output.contains("because    Dear things need a second look."))

    // Nobody is in the group, then somebody else.
    #expect(try folder.verb(["approve", identifier]).exitCode == 2)
    try folder.nameApprover(of: "others")
    let refused = try folder.verb(["approve", identifier])
    #expect(refused.exitCode == 2 && refused.errors.contains("is not in the group `leads`"))
    client.call(2, text: "dear")
    #expect(denial(try client.receive())?["code"] == "APPROVAL_REQUIRED")

    try folder.nameApprover(of: "leads")
    let approved = try folder.verb(["approve", identifier])
    #expect(approved.exitCode == 0 && approved.errors.contains("approved \(identifier): stub.echo for tester, once"))
    #expect(try folder.verb(["deny", identifier]).errors.contains("is decided already"))
    client.call(3, text: "dear")
    #expect(try client.receiveText().text.hasSuffix("xxx"))
    client.call(4, text: "dear")
    #expect(denial(try client.receive())?["code"] == "APPROVAL_REQUIRED")

    let other = try #require(try folder.list().first?["id"]?.string)
    #expect(other != identifier)
    #expect(try folder.verb(["deny", other]).exitCode == 0)
    client.call(5, text: "dear")
    #expect(denial(try client.receive())?["code"] == "PERMISSION_DENIED")
    #expect(try folder.list(["--all"]).map { $0["state"] } == ["used", "denied"])
    #expect(client.close().errors.contains("\"approval\":\"\(identifier) by "))
  }

  /// A gate that is started anew finds what was approved before.
  @Test func approvalsOutliveTheGate() throws {
    let folder = try Folder()
    var first = try folder.gate()
    first.call(1, text: "dear")
    let identifier = try #require(denial(try first.receive())?["approval"]?["ids"]?[0]?.string)
    first.signal(SIGKILL)
    _ = first.end()
    try folder.nameApprover(of: "leads")
    #expect(try folder.verb(["approve", identifier]).exitCode == 0)
    var second = try folder.gate()
    second.call(1, text: "dear")
    #expect(try second.receiveText().text.hasSuffix("xxx"))
  }

  @Test func wrongNamesAreComplaints() throws {
    let folder = try Folder()
    #expect(try folder.verb(["list"]).exitCode == 2)
    _ = try folder.gate().close()
    #expect(try folder.verb(["list"]).output == "nothing is waiting\n")
    try folder.nameApprover(of: "leads")
    let unknown = try folder.verb(["approve", "ap_0"])
    #expect(unknown.exitCode == 2 && unknown.errors.contains("nothing of the name `ap_0`"))
    try Data("[1]".utf8).write(to: URL(filePath: folder.path + "/state/approvers.json"))
    #expect(try folder.verb(["approve", "ap_0"]).errors.contains("is no list of approvers"))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.path + "/state/approvers.json")
    #expect(try folder.verb(["approve", "ap_0"]).errors.contains("is open to other users"))
    for (options, complaint) in [
      (["--client-approves", "leds"], "did you mean `leads`?"),
      (["--approvals-webhook", "ftp://x"], "the address of the approvals' webhook"),
    ] {
      let end = try folder.gate(options).end()
      #expect(end.status == .exited(code: 2) && end.errors.contains(complaint), "\(end.errors)")
    }
  }

  /// The webhook gets what waits; that nobody takes it changes nothing.
  @Test func theWebhookIsTold() throws {
    let folder = try Folder()
    let script = """
      import http.server, sys
      class Hook(http.server.BaseHTTPRequestHandler):
          def do_POST(self):
              body = self.rfile.read(int(self.headers["Content-Length"]))
              open(sys.argv[1], "ab").write(self.headers["Content-Type"].encode() + b" " + body)
              self.send_response(204)
              self.end_headers()
          def log_message(self, *_): pass
      server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
      print(server.server_port, flush=True)
      server.serve_forever()
      """
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script, folder.path + "/told"]
    process.standardOutput = output
    try process.run()
    // It may have inherited a mask that keeps gentler signals from it.
    defer { kill(process.processIdentifier, SIGKILL) }
    let port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    var client = try folder.gate(["--approvals-webhook", "http://127.0.0.1:\(port)/hook"])
    client.call(1, text: "dear")
    let identifier = try #require(denial(try client.receive())?["approval"]?["ids"]?[0]?.string)
    var told = ""
    for _ in 0..<600 where !told.hasSuffix("}") {
      usleep(50_000)
      told = (try? String(contentsOfFile: folder.path + "/told", encoding: .utf8)) ?? ""
    }
    #expect(told.hasPrefix("application/json {\"id\":\"\(identifier)\",\"state\":\"pending\",\"target\":\"stub.echo\""), "\(told)")
    _ = client.close()

    var unheard = try folder.gate(["--approvals-webhook", "http://127.0.0.1:1/hook"])
    unheard.call(1, text: "dear")
    #expect(denial(try unheard.receive())?["code"] == "APPROVAL_REQUIRED")
  }
}
