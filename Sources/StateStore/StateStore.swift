internal import Digests
internal import GRDB

/// The store: one SQLite file that gates and verbs on a machine share. Blocks its caller while it reads or writes, so it is not for the path of a
/// call.
///
/// What must stay true: when a method that changes something has returned, the change outlives `kill -9` and loss of power; a change
/// is there whole or not at all, with its line in the audit.
package final class StateStore: Sendable {
  let directory: StateDirectory
  private let queue: DatabaseQueue
  private let identity: PrivateFile.Status.Identity

  /// How long to wait for another process's transaction, in seconds. They take milliseconds.
  private static let patience = 10.0

  /// Opens the store that is there.
  package convenience init(opening directory: StateDirectory) throws(StoreError) {
    try directory.require()
    guard try directory.exists() else {
      throw StoreError(.missing, "there is no state in `\(directory.path)`", help: "`sallyport keys create` makes it")
    }
    try self.init(directory)
  }

  /// Opens the store, and makes it when there is none.
  package convenience init(making directory: StateDirectory) throws(StoreError) {
    try directory.make()
    try self.init(directory)
  }

  private init(_ directory: StateDirectory) throws(StoreError) {
    self.directory = directory
    // SQLite gives its other files the permissions of this one.
    identity = try PrivateFile.require(.file, directory.database).identity
    do {
      var configuration = Configuration()
      configuration.label = "sallyport.state"
      configuration.busyMode = .timeout(StateStore.patience)
      // Only SQLite's own functions in the schema, and damaged pages found before they are believed.
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON")
      }
      queue = try DatabaseQueue(path: directory.database, configuration: configuration)
      try queue.inDatabase { database in
        try StateStore.useLog(database)
        // SQLite's default, said because a commit that is not on the disk must not be acknowledged.
        try database.execute(sql: "PRAGMA synchronous = FULL")
        try Migrations.run(database)
      }
    } catch {
      throw StoreError(error)
    }
  }

  /// Whether the file that is open is still the one at its place.
  package func isInPlace() -> Bool { (try? directory.identity()) == identity }

  /// Reads one state of the store.
  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    do {
      return try queue.read(body)
    } catch {
      throw StoreError(error)
    }
  }

  /// Changes the store; when this returns the change is on the disk. Everything `body` does is one transaction; it begins with the right to
  /// write, so that what it reads is what it changes.
  func write<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    do {
      var result: Result?
      try queue.inTransaction(.immediate) { database in
        result = try body(database)
        return .commit
      }
      guard let result else { preconditionFailure("a transaction that was committed was carried out") }
      return result
    } catch {
      throw StoreError(error)
    }
  }

  /// A number that changes when another connection has changed anything. Cheap: it asks no table.
  package func outsideVersion() throws(StoreError) -> Int64 {
    do {
      return try queue.inDatabase { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    } catch {
      throw StoreError(error)
    }
  }

  /// Going over to a write-ahead log needs the file alone for a moment, for which SQLite does not wait by itself.
  private static func useLog(_ database: Database) throws {
    var attempts = 0
    while true {
      do {
        let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
        guard mode == "wal" else { throw StoreError(.system, "the file system does not let several processes share the state") }
        return
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && attempts < 200 {
        attempts += 1
        pause(milliseconds: 10)
      }
    }
  }
}

extension StoreError {
  init(_ error: any Error) {
    if let error = error as? StoreError {
      self = error
      return
    }
    guard let error = error as? DatabaseError else {
      self.init(.system, "the state cannot be used: \(type(of: error))")
      return
    }
    // SQLite's own words, without statement or values.
    let words = error.message ?? "error \(error.extendedResultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: self.init(.busy, "another process holds the state for too long")
    case .SQLITE_NOTADB, .SQLITE_CORRUPT: self.init(.damaged, "the state is damaged: \(words)", help: "put it back from a backup")
    default: self.init(.system, "the state cannot be used: \(words)")
    }
  }
}
