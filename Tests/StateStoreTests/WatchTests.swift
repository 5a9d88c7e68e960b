import Credentials
import Enforcement
import Foundation
import Testing

@testable import StateStore

/// What one process writes is in force in another.
@Suite struct WatchTests {
  private static let act = Act(actor: "ana", moment: 1_000)

  private func text(_ key: borrowing APIKey) -> [UInt8] { key.reveal { span in span.indices.map { span[$0] } } }

  private func accepts(_ text: [UInt8], _ watch: StateWatch) -> Bool {
    guard let key = APIKey(text) else { return false }
    return (try? watch.verify(key)) != nil
  }

  @Test func changesComeIntoForce() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    let watch = try StateWatch(folder.state)
    let key = try text(store.createKey(KeyRequest(), Self.act))
    #expect(!accepts(key, watch))
    watch.look(at: 2_000)
    #expect(accepts(key, watch))
    let identifier = String(decoding: key[3..<15], as: UTF8.self)
    let generation = watch.revocations.stops
    #expect(generation.isCurrent)
    try store.stop(.agent, "bot", because: "odd", Self.act)
    watch.look(at: 2_000)
    #expect(watch.revocations.stops[.agent, "bot"] == Stops.Entry(actor: "ana", because: "odd"))
    try store.resume(.agent, "bot", Self.act)
    try store.revokeKey(identifier, because: nil, Self.act)
    watch.look(at: 2_000)
    #expect(watch.revocations.stops[.agent, "bot"] == nil && !accepts(key, watch))
  }

  /// Sessions are not woken for nothing.
  @Test func whatDoesNotConcernGatesIsPassedOver() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    let identifier = try store.createKey(KeyRequest(), Self.act).identifier
    let watch = try StateWatch(folder.state)
    let changes = Failures()
    watch.revocations.whenReplaced { changes.add("") }
    watch.look(at: 2_000)
    try store.noteUses([identifier: 2_000])
    watch.look(at: 2_000)
    #expect(changes.all.isEmpty)
    try store.stop(.agent, "bot", because: nil, Self.act)
    watch.look(at: 2_000)
    watch.look(at: 2_000)
    #expect(changes.all.count == 1)
  }

  /// A key's end comes without anybody writing it.
  @Test func keysExpire() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    var request = KeyRequest()
    let now = Int64(Date.now.timeIntervalSince1970 * 1_000)
    request.expires = now + 50_000
    _ = try store.createKey(request, Self.act).identifier
    let watch = try StateWatch(folder.state)
    let changes = Failures()
    watch.revocations.whenReplaced { changes.add("") }
    watch.look(at: now + 49_999)
    #expect(changes.all.isEmpty)
    watch.look(at: now + 50_000)
    watch.look(at: now + 50_001)
    #expect(changes.all.count == 1)
  }

  @Test func aStoreThatComesLaterIsSeen() throws {
    let folder = try TemporaryFolder()
    let watch = try StateWatch(folder.state)
    for _ in 0..<10 { watch.look(at: 0) }
    #expect(watch.revocations.stops.isCurrent)
    let store = try StateStore(making: folder.state)
    try store.stop(.server, "bank", because: nil, Self.act)
    watch.look(at: 0)
    #expect(watch.revocations.stops[.server, "bank"] != nil)
  }

  /// When the store is gone nobody can say what is stopped, so everything is; a disk that fails once is no reason yet.
  @Test(arguments: ["removed", "replaced by a folder", "opened to others"])
  func aStoreThatIsGoneStopsEverything(what: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/state"
    _ = try StateStore(making: folder.state).createKey(KeyRequest(), Self.act).identifier
    let watch = try StateWatch(folder.state)
    let files = FileManager.default
    try files.moveItem(atPath: path, toPath: folder.path + "/away")
    if what == "replaced by a folder" {
      try files.createDirectory(atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }
    if what == "opened to others" {
      try files.copyItem(atPath: folder.path + "/away", toPath: path)
      try files.setAttributes([.posixPermissions: 0o777], ofItemAtPath: path)
    }
    watch.look(at: 0)
    #expect(watch.revocations.stops.isCurrent)
    for _ in 0..<3 { watch.look(at: 0) }
    #expect(!watch.revocations.stops.isCurrent)
    // And is let go when it is back.
    if files.fileExists(atPath: path) { try files.removeItem(atPath: path) }
    try files.moveItem(atPath: folder.path + "/away", toPath: path)
    watch.look(at: 0)
    #expect(watch.revocations.stops.isCurrent)
  }

  /// Another store in the place of the first: its keys count, those of the first do not.
  @Test func aStoreThatWasExchangedIsNoticed() throws {
    let folders = try [TemporaryFolder(), TemporaryFolder()]
    let keys = try folders.map { folder in text(try StateStore(making: folder.state).createKey(KeyRequest(), Self.act)) }
    let watch = try StateWatch(folders[0].state)
    #expect(accepts(keys[0], watch) && !accepts(keys[1], watch))
    try FileManager.default.moveItem(atPath: folders[0].path + "/state", toPath: folders[0].path + "/away")
    try FileManager.default.moveItem(atPath: folders[1].path + "/state", toPath: folders[0].path + "/state")
    watch.look(at: 0)
    #expect(!accepts(keys[0], watch) && accepts(keys[1], watch))
  }

  @Test func usesAreWrittenAtTheEnd() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    let key = try text(store.createKey(KeyRequest(), Self.act))
    let watch = try StateWatch(folder.state)
    #expect(accepts(key, watch))
    #expect(try store.keys()[0].lastUsed == nil)
    watch.end()
    #expect(try store.keys()[0].lastUsed != nil)
  }

  @Test func anUnusableStoreIsAnErrorAtTheBeginning() throws {
    let folder = try TemporaryFolder()
    _ = try StateStore(making: folder.state)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.path + "/state")
    #expect(throws: StoreError.self) { _ = try StateWatch(folder.state) }
  }
}
