import Foundation
import GRDB
import Synchronization

@testable import StateStore

/// A folder that is gone with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "sallyport-state-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Not there yet.
  var state: StateDirectory { StateDirectory(path + "/state") }
}

/// From any thread.
final class Failures: Sendable {
  private let texts = Mutex<[String]>([])

  func add(_ text: String) { texts.withLock { $0.append(text) } }
  var all: [String] { texts.withLock { $0 } }
}

extension StateStore {
  func pragma(_ name: String) throws -> String? { try read { try String.fetchOne($0, sql: "PRAGMA \(name)") } }

  /// A database as an earlier version has left it.
  static func prepare(_ directory: StateDirectory, version: Int) throws {
    let queue = try DatabaseQueue(path: directory.database)
    try queue.inDatabase { database in
      for statements in Migrations.all.prefix(version) { try database.execute(sql: statements) }
      try database.execute(sql: "PRAGMA application_id = \(Migrations.applicationIdentifier); PRAGMA user_version = \(version)")
    }
  }
}
