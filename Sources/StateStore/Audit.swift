package import Enforcement
internal import GRDB

extension StateStore {
  /// All of it, oldest first.
  package func audit() throws(StoreError) -> [AuditLine] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT moment, actor, act, object, details FROM audit ORDER BY number").map { row in
        AuditLine(moment: row["moment"], actor: row["actor"], act: row["act"], object: row["object"], details: row["details"])
      }
    }
  }

  /// Within the transaction of what it is about.
  static func audit(_ database: Database, _ act: Act, _ name: String, _ object: String, _ details: String? = nil) throws {
    try database.execute(
      sql: "INSERT INTO audit (moment, actor, act, object, details) VALUES (?, ?, ?, ?, ?)",
      arguments: [act.moment, act.actor, name, object, details])
  }

  /// Tells the gates that something they go by has changed.
  static func announce(_ database: Database) throws { try database.execute(sql: "UPDATE state SET changes = changes + 1") }
}
