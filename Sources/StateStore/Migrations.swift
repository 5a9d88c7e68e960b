internal import GRDB

/// The database's schema, version by version. What stands here was carried out somewhere: it is never changed, only added to.
enum Migrations {
  /// Tells a store of ours from other SQLite files: `SPST`.
  static let applicationIdentifier: Int64 = 0x5350_5354

  /// The statements that lead to version 1, 2, …
  static let all = [credentials, approvals, bundles]

  /// Moments are milliseconds since 1970. Lists are JSON arrays of texts; NULL where absence means something else than an empty list.
  private static let credentials = """
    CREATE TABLE state (
      one INTEGER PRIMARY KEY CHECK (one = 1),
      -- Counts changes that a gate has to know of.
      changes INTEGER NOT NULL,
      -- A code that only the right pepper makes again; NULL until there is one.
      pepperCheck BLOB
    ) STRICT;
    INSERT INTO state (one, changes) VALUES (1, 0);

    CREATE TABLE keys (
      identifier TEXT PRIMARY KEY NOT NULL,
      digest BLOB NOT NULL CHECK (length(digest) = 32),
      owner TEXT,
      scopes TEXT,
      tags TEXT NOT NULL,
      servers TEXT,
      created INTEGER NOT NULL,
      expires INTEGER,
      revoked INTEGER,
      replaces TEXT REFERENCES keys (identifier),
      lastUsed INTEGER
    ) STRICT;

    CREATE TABLE stops (
      kind TEXT NOT NULL,
      name TEXT NOT NULL,
      since INTEGER NOT NULL,
      actor TEXT NOT NULL,
      because TEXT,
      PRIMARY KEY (kind, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE audit (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      moment INTEGER NOT NULL,
      actor TEXT NOT NULL,
      act TEXT NOT NULL,
      object TEXT NOT NULL,
      details TEXT
    ) STRICT;
    """

  private static let approvals = """
    CREATE TABLE approvals (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      identifier TEXT NOT NULL UNIQUE,
      -- Hexadecimal digits.
      subject TEXT NOT NULL CHECK (length(subject) = 64),
      approvers TEXT NOT NULL,
      rules TEXT NOT NULL,
      reason TEXT,
      caller TEXT NOT NULL,
      target TEXT NOT NULL,
      arguments TEXT NOT NULL,
      within INTEGER NOT NULL,
      asked INTEGER NOT NULL,
      -- The first moment that is too late, for a decision or after one for the call.
      deadline INTEGER NOT NULL,
      decision TEXT CHECK (decision IN ('approve', 'deny')),
      decidedBy TEXT,
      decided INTEGER,
      used INTEGER,
      CHECK ((decision IS NULL) = (decidedBy IS NULL) AND (decision IS NULL) = (decided IS NULL)),
      CHECK (used IS NULL OR decision = 'approve')
    ) STRICT;
    CREATE INDEX approvalsBySubject ON approvals (subject);
    """

  private static let bundles = """
    CREATE TABLE bundles (
      -- Which key has signed it.
      key TEXT PRIMARY KEY NOT NULL,
      serial INTEGER NOT NULL,
      fingerprint TEXT NOT NULL,
      taken INTEGER NOT NULL,
      document BLOB NOT NULL
    ) STRICT;
    """

  /// Brings a database up to date, in one transaction: another process sees all of it or nothing.
  static func run(_ database: Database) throws {
    try database.inTransaction(.immediate) {
      let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
      let identifier = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
      guard version <= all.count else {
        throw StoreError(
          .newer, "the state was written by a later version of this program (schema \(version), this one knows \(all.count))",
          help: "use that version, or another state directory")
      }
      let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
      guard identifier == applicationIdentifier || (isEmpty && identifier == 0 && version == 0) else {
        throw StoreError(.damaged, "the database is not one of this program")
      }
      guard version < all.count else { return .rollback }
      for statements in all[version...] { try database.execute(sql: statements) }
      try database.execute(sql: "PRAGMA application_id = \(applicationIdentifier)")
      try database.execute(sql: "PRAGMA user_version = \(all.count)")
      return .commit
    }
  }
}
