import Foundation
import JSON
import Testing

@testable import Tool

@Suite struct DemoTests {
  private let example = Programs.checkout + "/rules/examples/demo"

  @Test func theAgentIsAllowedNarrowedAndDenied() throws {
    let finished = try run(Programs.sallyport, ["demo", "--format", "json"])
    #expect(finished.exitCode == 0 && finished.errors.isEmpty, "\(finished)")
    let account = try Value(parsing: Array(finished.output.utf8))
    let decisions = account["calls"]?.elements?.compactMap { $0["decision"]?.string }
    #expect(
      decisions == ["allow", "allow", "deny", "allow", "ask", "deny", "deny", "allow", "deny", "deny", "allow", "deny"])
    #expect(account["hidden"] == ["delete_customer"])
    #expect(account["drift"]?["call"]?["denial"]?["code"] == "TOOL_DRIFTED")
    #expect(account["drift"]?["listed"]?.elements?.contains("transfer_money") == false)
  }

  @Test func peopleCanReadIt() throws {
    let text = try run(Programs.sallyport, ["demo"], environment: ["NO_COLOR": "1"]).output
    #expect(
      text.contains("✓ allowed") && text.contains("✗ denied") && text.contains("? asks")
        && text.contains("hidden            delete_customer"))
    #expect(!text.contains("\u{1B}"))
  }

  /// The program carries the policy; the file is the one that people read and change.
  @Test func theProgramsPolicyIsTheExample() throws {
    let file = try String(contentsOfFile: example + "/office.sally", encoding: .utf8)
    #expect(DemoPolicy.text == file)
  }

  @Test func theExamplesSnapshotIsWhatTheServerOffers() throws {
    let command = ["snapshot", "--check", "-o", example + "/office.snapshot.json", "--", Programs.sallyport, "demo-server"]
    let finished = try run(Programs.sallyport, command)
    #expect(finished.exitCode == 0, "\(finished.output)\(finished.errors)")
  }
}
