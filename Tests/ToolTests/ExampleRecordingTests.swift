import Foundation
import JSON
import Testing

/// The recordings beside the worked examples, which `Tests/Interop/record-examples` makes: each is reproduced by its policy, and an edit of
/// the policy is told as the difference that it makes.
@Suite struct ExampleRecordingTests {
  struct Edit: CustomTestStringConvertible {
    let example: String
    let old: String
    let new: String
    let target: String
    let before: String
    let after: String
    let kind: String
    var testDescription: String { "\(example): \(old) -> \(new)" }
  }

  static let names = ["filesystem", "git", "fetch", "sqlite", "github", "mail"]

  private static let edits = [
    Edit(
      example: "filesystem", old: "deny outside_the_project\n", new: "shadow deny outside_the_project\n", target: "list_directory",
      before: "deny by outside_the_project", after: "allow by coder_writes", kind: "newly-allowed"),
    Edit(
      example: "git", old: "max_count: ..100", new: "max_count: ..1_000", target: "git_log",
      before: "deny (INVALID_ARGUMENT)", after: "allow by coder_commits", kind: "newly-allowed"),
    Edit(
      example: "fetch", old: "burst 10", new: "burst 4", target: "fetch", before: "allow by researcher_reads", after: "limited by pages",
      kind: "newly-denied"),
    Edit(
      example: "sqlite", old: "@sensitive",
      new: "deny no_lamps\n  on db.write_query\n  when args.query contains \"lamp\"\n\n@sensitive",
      target: "write_query", before: "allow by importer_writes", after: "deny by no_lamps", kind: "newly-denied"),
    Edit(
      example: "github", old: "mark untrusted after github.issue_read, github.list_issues",
      new: "mark untrusted after github.search_code",
      target: "merge_pull_request", before: "ask by after_strangers_text", after: "allow by release_train", kind: "newly-allowed"),
    Edit(
      example: "mail", old: "length(args.to) > 10", new: "length(args.to) > 20", target: "draft_mail", before: "deny by mass_mail",
      after: "allow by secretary_writes", kind: "newly-allowed"),
  ]

  private func path(_ name: String, _ file: String) -> String { "\(Programs.checkout)/rules/examples/\(name)/\(file)" }

  private func replay(_ name: String, _ options: String...) throws -> (exitCode: Int32, summary: Value) {
    let finished = try run(
      Programs.sallyport,
      ["replay", "--policy", path(name, "\(name).sally"), path(name, "\(name).recording.jsonl"), "--format", "json"] + options)
    return (finished.exitCode, try Value(parsing: Array(finished.output.utf8)))
  }

  @Test(arguments: names) func everyDecisionIsReproduced(name: String) throws {
    let (exitCode, summary) = try replay(name)
    #expect(exitCode == 0 && summary["changed"] == 0 && summary["lost"] == 0, "\(summary)")
    for outcome in ["allowed", "denied"] { #expect(summary["outcomes"]?[outcome] != nil, "\(name) \(outcome)") }
    // A pack that looks for something else than when it was recorded leaves masked texts open, and nothing else may be.
    for gap in summary["gaps"]?.elements ?? [] {
      #expect(gap["missing"]?.string?.hasPrefix("filters would read") == true, "\(gap): run Tests/Interop/record-examples again")
    }
  }

  @Test(arguments: edits) func aChangedPolicyIsTold(edit: Edit) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-example-\(UUID().uuidString)").path
    try FileManager.default.copyItem(atPath: "\(Programs.checkout)/rules/examples/\(edit.example)", toPath: folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let policy = "\(folder)/\(edit.example).sally"
    let text = try String(contentsOfFile: policy, encoding: .utf8)
    try #require(text.components(separatedBy: edit.old).count == 2)
    try text.replacing(edit.old, with: edit.new).write(toFile: policy, atomically: true, encoding: .utf8)
    let (exitCode, summary) = try replay(edit.example, "--against", policy)
    #expect(exitCode == 6, "\(summary)")
    let told = summary["changes"]?.elements ?? []
    let isTold = told.contains { change in
      change["subject"]?.string == edit.target && change["kind"]?.string == edit.kind
        && change["before"]?.string == edit.before && change["after"]?.string == edit.after
    }
    #expect(isTold, "\(told)")
  }

  @Test(arguments: names) func nothingSecretIsInIt(name: String) throws {
    let text = try String(contentsOfFile: path(name, "\(name).recording.jsonl"), encoding: .utf8)
    for secret in ["ghp_", "DE89", "@acme.example", "@evil.example"] { #expect(!text.contains(secret)) }
    #expect(text.utf8.count < 32_768)
  }
}
