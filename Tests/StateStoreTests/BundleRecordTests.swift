import Enforcement
import Testing

@testable import StateStore

@Suite struct BundleRecordTests {
  private let act = Act(actor: "tester", moment: 1)

  private func record(_ serial: Int64, _ fingerprint: String = "f", key: String = "one") -> BundleRecord {
    BundleRecord(key: key, serial: serial, fingerprint: fingerprint, document: Array("\(key) \(serial) \(fingerprint)".utf8))
  }

  @Test func nothingOlderIsTaken() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    #expect(try store.newestBundle(signedBy: ["one"]) == nil)
    #expect(try store.take(record(5), trusting: ["one"], act) == nil)
    #expect(try store.take(record(4), trusting: ["one"], act) == record(5))
    #expect(try store.take(record(5, "g"), trusting: ["one"], act) == record(5), "another policy with the same serial")
    #expect(try store.take(record(5), trusting: ["one"], act) == nil)
    // Another process, or this one after a restart.
    let again = try StateStore(opening: folder.state)
    #expect(try again.newestBundle(signedBy: ["one"]) == record(5))
    #expect(try again.take(record(4), trusting: ["one"], act) == record(5))
    #expect(try again.take(record(6, "g"), trusting: ["one"], act) == nil)
    #expect(try store.newestBundle(signedBy: ["one"]) == record(6, "g"))
    #expect(try store.audit().map(\.object) == ["one 5", "one 6"])
  }

  /// A series goes on when its key changes; what a key has signed that is trusted no more binds nobody.
  @Test func keysThatAreTrustedTogetherHaveOneSeries() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    #expect(try store.take(record(5), trusting: ["one"], act) == nil)
    #expect(try store.take(record(4, key: "two"), trusting: ["one", "two"], act) == record(5))
    #expect(try store.take(record(6, key: "two"), trusting: ["one", "two"], act) == nil)
    #expect(try store.take(record(5), trusting: ["one", "two"], act) == record(6, key: "two"))
    #expect(try store.newestBundle(signedBy: ["one"]) == record(5))
    #expect(try store.take(record(5), trusting: ["one"], act) == nil)
  }
}
