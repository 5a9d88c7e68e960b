import Foundation
import Testing

/// The HTML report of `replay` in a real browser: it has nothing to complain of, and no page is wider than its window.
@Suite(.enabled(if: Browser.isPresent, "there is no Chromium: apt-get install chromium"), .serialized)
struct ReplayPageTests {
  enum Traffic: CaseIterable { case example, longNames, empty }

  @Test(arguments: Traffic.allCases, [500, 1_200]) func opensWithoutComplaint(traffic: Traffic, width: Int) throws {
    let page = try page(traffic)
    let opened = try Browser.open(page, width: width)
    #expect(opened.complaints.isEmpty, "\(opened.complaints)")
    #expect(opened.document.contains("<h1>Replay</h1>") && opened.document.contains(traffic == .empty ? "No calls." : "<svg"))
    // The page allows no script, so it is measured without that rule.
    let rule = try #require(page.firstRange(of: /<meta http-equiv="Content-Security-Policy"[^>]*>/))
    var measured = page.replacingCharacters(in: rule, with: "")
    measured += "<script>document.body.dataset.over = document.documentElement.scrollWidth - document.documentElement.clientWidth</script>"
    #expect(try Browser.open(measured, width: width).document.contains("data-over=\"0\""))
  }

  /// What the browser complains of is heard.
  @Test func aScriptIsRefused() throws {
    let page = try page(.example).replacing("</main>", with: "<script>alert(1)</script></main>")
    #expect(try Browser.open(page, width: 1_200).complaints.contains("Content Security Policy"))
  }

  private func page(_ traffic: Traffic) throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let report = folder.appending(path: "report.html").path
    let (policy, recording) =
      traffic == .example
      ? ("\(Programs.checkout)/rules/examples/fetch/fetch.sally", "\(Programs.checkout)/rules/examples/fetch/fetch.recording.jsonl")
      : try written(calls: traffic == .empty ? 0 : 3_000, into: folder)
    let finished = try run(
      Programs.sallyport, ["replay", "--policy", policy, recording, "--html", report, "--fail-on", "unreplayable"])
    try #require(finished.exitCode == 0, "\(finished)")
    return try String(contentsOfFile: report, encoding: .utf8)
  }

  /// Names as long as a policy may have them, and a limit that runs out.
  private func written(calls: Int, into folder: URL) throws -> (policy: String, recording: String) {
    let long = String(repeating: "a_long_name_", count: 9) + "of"
    let policy = """
      policy demo
      server demo from "demo.json"
      scope all opens demo.*
      agent \(long)_agent when token.sub == "tester"
      grant \(long)_grant all to any agent
      deny \(long)_deny on demo.search when args.q contains "7"
      limit \(long)_limit 100 calls per hour by agent on demo.search

      """
    let snapshot =
      #"{"tools":[{"name":"search","inputSchema":{"type":"object","properties":{"q":{"type":"string"}},"required":["q"]}}]}"#
    var lines = [
      #"{"k":"header","format":"sallyport-traffic","version":1,"tool":"test","start":1790000000000}"#,
      #"{"k":"caller","n":0,"server":"demo","as":"named","agent":"\#(long)_agent"}"#,
    ]
    for call in 0..<calls {
      let time = 1_790_000_000_000 + call * 20_000
      lines.append(
        #"{"k":"call","n":\#(call),"c":0,"t":\#(time),"m":"tools/call","out":"allowed","rule":"\#(long)_grant","on":"search","args":{"q":"\#(call)"}}"#
      )
    }
    for (name, text) in [("demo.sally", policy), ("demo.json", snapshot), ("traffic.jsonl", lines.joined(separator: "\n") + "\n")] {
      try Data(text.utf8).write(to: folder.appending(path: name))
    }
    return (folder.appending(path: "demo.sally").path, folder.appending(path: "traffic.jsonl").path)
  }
}

/// A browser without a window.
private enum Browser {
  private static let program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static var isPresent: Bool { program != nil }

  /// - Returns: the page as the browser has it in the end, and what its console says.
  static func open(_ page: String, width: Int) throws -> (document: String, complaints: String) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-browser-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "page.html")
    try Data(page.utf8).write(to: file)
    let finished = try run(
      program ?? "",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--user-data-dir=\(folder.path)/profile",
        "--window-size=\(width),900", "--dump-dom", file.absoluteString,
      ])
    try #require(finished.exitCode == 0, "\(finished.errors)")
    let complaints = finished.errors.split(separator: "\n").filter { $0.contains("CONSOLE") }
    return (finished.output, complaints.joined(separator: "\n"))
  }
}
