import Credentials
import Enforcement
import Foundation
import GRDB
import Glibc
import StoreKits
import Testing

@testable import StateStore

@Suite struct StoreTests {
  static let act = Act(actor: "ana", moment: 1_000)

  @Test func stopsAreKept() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    try await StopStoreKit {
      let directory = StateDirectory("\(path)/\(UInt64.random(in: 0 ... .max))")
      return (try StateStore(making: directory), try StateStore(opening: directory))
    }.all()
    withExtendedLifetime(folder) {}
  }

  // MARK: Keys

  @Test func keysAreKept() throws {
    let folder = try TemporaryFolder()
    var request = KeyRequest()
    request.owner = "support"
    request.scopes = ["a.b", "c"]
    request.tags = ["é", "e\u{301}"]
    request.servers = ["bank"]
    request.expires = 5_000
    let store = try StateStore(making: folder.state)
    let key = try store.createKey(request, Self.act)
    _ = try store.createKey(KeyRequest(), Act(actor: "bo", moment: 2_000))
    // Also by who opens it anew.
    let keys = try StateStore(opening: folder.state).keys()
    let identifier = key.identifier
    let digest = key.digest(pepper: try store.pepper())
    #expect(keys.count == 2 && keys[0].identifier == identifier && keys[0].digest == digest)
    #expect(keys[0].owner == "support" && keys[0].scopes == ["a.b", "c"] && keys[0].servers == ["bank"] && keys[0].expires == 5_000)
    #expect(keys[0].tags.map { Array($0.utf8) } == request.tags.map { Array($0.utf8) })
    // Nothing said is not the same as nothing allowed.
    #expect(keys[1].scopes == nil && keys[1].servers == nil && keys[1].tags.isEmpty && keys[1].expires == nil)
    #expect(try store.audit().map(\.act) == ["key.create", "key.create"] && store.audit().map(\.actor) == ["ana", "bo"])
  }

  @Test func emptyListsStayEmpty() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    var request = KeyRequest()
    request.scopes = []
    request.servers = []
    _ = try store.createKey(request, Self.act)
    let key = try store.keys()[0]
    #expect(key.scopes == [] && key.servers == [])
  }

  @Test func revoking() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    let identifier = try store.createKey(KeyRequest(), Self.act).identifier
    try store.revokeKey(identifier, because: "leaked", Act(actor: "bo", moment: 3_000))
    #expect(try store.keys()[0].revoked == 3_000)
    // Again: the first time counts.
    try store.revokeKey(identifier, because: nil, Act(actor: "cy", moment: 4_000))
    #expect(try store.keys()[0].revoked == 3_000 && store.audit().map(\.details) == [nil, "leaked"])
    #expect(throws: StoreError.self) { try store.revokeKey("nobody", because: nil, Self.act) }
    #expect(throws: StoreError.self) { _ = try store.rotateKey(identifier, overlap: 0, Self.act).identifier }
  }

  /// For a while both keys are good; then the old one is not.
  @Test(
    arguments: [
      (nil, 500, 10_500, nil), (10_100, 500, 10_100, 19_100), (20_000, 0, 10_000, 29_000), (20_000, Int64.max, 20_000, 29_000),
    ] as [(Int64?, Int64, Int64, Int64?)])
  func rotating(expires: Int64?, overlap: Int64, oldEnds: Int64, newEnds: Int64?) throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    var request = KeyRequest()
    request.owner = "support"
    request.scopes = ["a"]
    request.tags = ["t"]
    request.servers = ["s"]
    request.expires = expires
    let old = try store.createKey(request, Self.act).identifier
    let new = try store.rotateKey(old, overlap: overlap, Act(actor: "ana", moment: 10_000)).identifier
    let keys = try store.keys()
    #expect(keys.map(\.identifier) == [old, new] && keys[0].expires == oldEnds && keys[1].expires == newEnds)
    #expect(keys[1].replaces == old && keys[1].owner == "support" && keys[1].scopes == ["a"] && keys[1].tags == ["t"])
    #expect(keys[1].servers == ["s"] && keys[0].fault(at: oldEnds - 1) == nil && keys[0].fault(at: oldEnds) == .expired)
  }

  @Test func usesAreNoted() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    let identifier = try store.createKey(KeyRequest(), Self.act).identifier
    try store.noteUses([identifier: 7_000, "nobody": 1])
    try store.noteUses([identifier: 6_000])
    #expect(try store.keys()[0].lastUsed == 7_000)
  }

  // MARK: Stops

  @Test func stopping() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    for kind in Stops.Kind.allCases { #expect(try store.stop(kind, "x", because: "b", Self.act)) }
    #expect(try !store.stop(.tool, "x", because: "again", Act(actor: "bo", moment: 9)))
    #expect(try store.stops().count == 6 && store.stops().allSatisfy { $0.actor == "ana" && $0.because == "b" && $0.since == 1_000 })
    #expect(try store.resume(.tool, "x", Self.act) && !store.resume(.tool, "x", Self.act) && !store.resume(.agent, "y", Self.act))
    #expect(try store.stops().map(\.kind) == [.agent, .key, .server, .subject, .token])
    #expect(try store.audit().count == 7)
  }

  // MARK: The file

  @Test func everyCommitIsOnTheDisk() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    #expect(try store.pragma("synchronous") == "2" && store.pragma("journal_mode") == "wal" && store.pragma("foreign_keys") == "1")
    let again = try StateStore(opening: folder.state)
    #expect(try again.pragma("synchronous") == "2" && again.pragma("user_version") == "\(Migrations.all.count)")
  }

  @Test func nobodyElseCanRead() throws {
    let folder = try TemporaryFolder()
    let old = umask(0)
    defer { umask(old) }
    let store = try StateStore(making: StateDirectory(folder.path + "/a/b/state"))
    _ = try store.createKey(KeyRequest(), Self.act).identifier
    for (path, mode) in [("a", 0o700), ("a/b", 0o700), ("a/b/state", 0o700)] { #expect(try permissions(folder.path + "/" + path) == mode) }
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/a/b/state")
    #expect(files.contains("state.sqlite") && files.contains("pepper") && files.contains("state.sqlite-wal"))
    for file in files { #expect(try permissions(folder.path + "/a/b/state/" + file) == 0o600, "\(file)") }
  }

  @Test(arguments: ["folder", "group", "file", "link", "fileLink", "pepper", "pepperLink"])
  func whatOthersCouldChangeIsRefused(what: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/state"
    _ = try StateStore(making: folder.state).createKey(KeyRequest(), Self.act).identifier
    let files = FileManager.default
    var used = folder.state
    switch what {
    case "folder": try setPermissions(path, 0o755)
    case "group": try setPermissions(path, 0o720)
    case "file": try setPermissions(path + "/state.sqlite", 0o644)
    case "link":
      try files.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: path)
      used = StateDirectory(folder.path + "/link/")
    case "fileLink":
      try files.moveItem(atPath: path + "/state.sqlite", toPath: folder.path + "/elsewhere")
      try files.createSymbolicLink(atPath: path + "/state.sqlite", withDestinationPath: folder.path + "/elsewhere")
    case "pepper": try setPermissions(path + "/pepper", 0o640)
    default:
      try files.moveItem(atPath: path + "/pepper", toPath: folder.path + "/elsewhere")
      try files.createSymbolicLink(atPath: path + "/pepper", withDestinationPath: folder.path + "/elsewhere")
    }
    let error = #expect(throws: StoreError.self) { _ = try StateStore(making: used).createKey(KeyRequest(), Self.act).identifier }
    #expect(error?.reason == .exposed && error?.help != nil)
  }

  @Test func aStoreIsNotMadeByReading() throws {
    let folder = try TemporaryFolder()
    #expect(throws: StoreError.self) { _ = try StateStore(opening: folder.state) }
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/state"))
  }

  @Test func aLaterVersionIsRefused() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    try store.write { try $0.execute(sql: "PRAGMA user_version = 99") }
    let error = #expect(throws: StoreError.self) { _ = try StateStore(opening: folder.state) }
    #expect(error?.reason == .newer && error?.description.contains("99") == true)
  }

  /// What an earlier version wrote is brought up to date, with what is in it.
  @Test func everyVersionIsBroughtUpToDate() throws {
    for version in 1...Migrations.all.count {
      let folder = try TemporaryFolder()
      try folder.state.make()
      try StateStore.prepare(folder.state, version: version)
      let store = try StateStore(opening: folder.state)
      #expect(try store.pragma("user_version") == "\(Migrations.all.count)")
      _ = try store.createKey(KeyRequest(), Self.act).identifier
      #expect(try store.keys().count == 1)
    }
  }

  @Test(arguments: ["no database at all", "SQLite format 3\u{0}"])
  func otherFilesAreRefused(contents: String) throws {
    let folder = try TemporaryFolder()
    try folder.state.make()
    try Data((contents + String(repeating: " ", count: 4_096)).utf8).write(to: URL(filePath: folder.path + "/state/state.sqlite"))
    try setPermissions(folder.path + "/state/state.sqlite", 0o600)
    let error = #expect(throws: StoreError.self) { _ = try StateStore(opening: folder.state) }
    #expect(error?.reason == .damaged)
  }

  @Test func anotherProgramsDatabaseIsRefused() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    try store.write { try $0.execute(sql: "PRAGMA application_id = 7") }
    #expect(throws: StoreError.self) { _ = try StateStore(opening: folder.state) }
  }

  // MARK: The pepper

  @Test(arguments: ["gone", "another", "short", "long"]) func thePepperIsNotMadeAnew(what: String) throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: folder.state)
    _ = try store.createKey(KeyRequest(), Self.act).identifier
    let path = folder.path + "/state/pepper"
    let pepper = try Data(contentsOf: URL(filePath: path))
    #expect(pepper.count == 32)
    try FileManager.default.removeItem(atPath: path)
    let count = ["another": 32, "short": 31, "long": 33][what]
    if let count {
      #expect(
        FileManager.default.createFile(atPath: path, contents: Data(repeating: 1, count: count), attributes: [.posixPermissions: 0o600]))
    }
    let error = #expect(throws: StoreError.self) { _ = try store.createKey(KeyRequest(), Self.act).identifier }
    #expect(error?.reason == .damaged)
    #expect(try store.keys().count == 1)
  }

  @Test func twoStoresHaveTwoPeppers() throws {
    let folders = try [TemporaryFolder(), TemporaryFolder()]
    let peppers = try folders.map { try StateStore(making: $0.state).pepper() }
    #expect(peppers[0] != peppers[1])
  }

  // MARK: Many at once

  /// Threads with a connection each stand for processes: SQLite's locks are the same.
  @Test func manyBeginTogether() throws {
    let folder = try TemporaryFolder()
    let state = folder.state
    let failures = Failures()
    DispatchQueue.concurrentPerform(iterations: 8) { number in
      do {
        let store = try StateStore(making: state)
        for _ in 0..<5 { _ = try store.createKey(KeyRequest(), Act(actor: "\(number)", moment: 0)).identifier }
      } catch {
        failures.add("\(error)")
      }
    }
    #expect(failures.all.isEmpty, "\(failures.all)")
    let store = try StateStore(opening: folder.state)
    #expect(try store.keys().count == 40 && store.audit().count == 40 && Set(store.keys().map(\.identifier)).count == 40)
  }

  private func setPermissions(_ path: String, _ mode: Int) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}
