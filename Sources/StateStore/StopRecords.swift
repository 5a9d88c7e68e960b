package import Enforcement
internal import GRDB

extension StateStore: StopStore {
  /// Stops something on every gate that shares the store. What is stopped already stays as it was.
  ///
  /// - Returns: false when it was stopped before.
  @discardableResult
  package func stop(_ kind: Stops.Kind, _ name: String, because: String?, _ act: Act) throws(StoreError) -> Bool {
    try write { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO stops (kind, name, since, actor, because) VALUES (?, ?, ?, ?, ?)",
        arguments: [kind.rawValue, name, act.moment, act.actor, because])
      guard database.changesCount == 1 else { return false }
      try StateStore.audit(database, act, "stop", "\(kind.rawValue) \(name)", because)
      try StateStore.announce(database)
      return true
    }
  }

  /// - Returns: false when it was not stopped.
  @discardableResult
  package func resume(_ kind: Stops.Kind, _ name: String, _ act: Act) throws(StoreError) -> Bool {
    try write { database in
      try database.execute(sql: "DELETE FROM stops WHERE kind = ? AND name = ?", arguments: [kind.rawValue, name])
      guard database.changesCount == 1 else { return false }
      try StateStore.audit(database, act, "resume", "\(kind.rawValue) \(name)")
      try StateStore.announce(database)
      return true
    }
  }

  /// What is stopped, the latest first.
  package func stops() throws(StoreError) -> [StopRecord] { try read { try StateStore.stops($0) } }

  static func stops(_ database: Database) throws -> [StopRecord] {
    try Row.fetchAll(database, sql: "SELECT * FROM stops ORDER BY since DESC, kind, name").map { row in
      let name: String = row["kind"]
      // A later version may know more kinds; passing one over would let through what somebody stopped.
      guard let kind = Stops.Kind(rawValue: name) else {
        throw StoreError(.newer, "the state says that a `\(name)` is stopped, and this version does not know what that is")
      }
      return StopRecord(kind: kind, name: row["name"], since: row["since"], actor: row["actor"], because: row["because"])
    }
  }
}
