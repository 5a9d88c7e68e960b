internal import GRDB

/// One administrative act: who did what to what, and when.
package struct AuditLine: Sendable, Equatable {
  /// Milliseconds since 1970.
  package let moment: Int64
  package let actor: String
  /// `key.create`, `key.revoke`, `stop`, …
  package let act: String
  package let object: String
  package let details: String?
}

/// Who does something administrative, and when: goes into the audit with it.
package struct Act: Sendable {
  /// A person's name on this machine.
  package let actor: String
  /// Milliseconds since 1970.
  package let moment: Int64

  package init(actor: String, moment: Int64) {
    self.actor = actor
    self.moment = moment
  }
}

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
