package import Credentials
internal import Digests
package import Enforcement
internal import Foundation
internal import GRDB

/// What a new key is made for.
package struct KeyRequest: Sendable {
  package var owner: String?
  /// Nil: the policy alone decides what it can be used for.
  package var scopes: [String]?
  package var tags: [String] = []
  /// Nil: all servers.
  package var servers: [String]?
  /// Milliseconds since 1970, the first moment that is too late; nil: never.
  package var expires: Int64?

  package init() {}
}

extension StateStore {
  /// Makes a key. Its record is on the disk when this returns; the key itself is nowhere but in what is returned.
  package func createKey(_ request: KeyRequest, _ act: Act) throws(StoreError) -> APIKey {
    let key = APIKey()
    try add(key, request, replacing: nil, act, "key.create")
    return key
  }

  /// Makes a key like another, which then has until `overlap` milliseconds from now, or its own end if that is sooner.
  package func rotateKey(_ identifier: String, overlap: Int64, _ act: Act) throws(StoreError) -> APIKey {
    let key = APIKey()
    guard let old = try keys().first(where: { $0.identifier == identifier }) else { throw StateStore.noSuchKey(identifier) }
    if let fault = old.fault(at: act.moment) {
      throw StoreError(.refused, "`\(identifier)` cannot be rotated: \(fault.rawValue)", help: "`sallyport keys create` makes a new one")
    }
    var request = KeyRequest()
    request.owner = old.owner
    request.scopes = old.scopes
    request.tags = old.tags
    request.servers = old.servers
    // What was made for a time is made for as long again.
    request.expires = old.expires.map { act.moment + ($0 - old.created) }
    let (sum, isTooLate) = act.moment.addingReportingOverflow(overlap)
    try add(key, request, replacing: (identifier, min(old.expires ?? .max, isTooLate ? .max : sum)), act, "key.rotate")
    return key
  }

  /// For good. A key that was revoked before stays as it was.
  package func revokeKey(_ identifier: String, because: String?, _ act: Act) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "UPDATE keys SET revoked = ? WHERE identifier = ? AND revoked IS NULL", arguments: [act.moment, identifier])
      guard database.changesCount == 1 else {
        guard try Bool.fetchOne(database, sql: "SELECT 1 FROM keys WHERE identifier = ?", arguments: [identifier]) == true else {
          throw StateStore.noSuchKey(identifier)
        }
        return
      }
      try StateStore.audit(database, act, "key.revoke", identifier, because)
      try StateStore.announce(database)
    }
  }

  /// All keys, the oldest first.
  package func keys() throws(StoreError) -> [KeyRecord] { try read { try StateStore.keys($0) } }

  static func keys(_ database: Database) throws -> [KeyRecord] {
    try Row.fetchAll(database, sql: "SELECT * FROM keys ORDER BY created, identifier").map { row in
      KeyRecord(
        identifier: row["identifier"], digest: bytes(row["digest"]) ?? [], owner: row["owner"], scopes: try list(row["scopes"]),
        tags: try list(row["tags"]) ?? [], servers: try list(row["servers"]), created: row["created"], expires: row["expires"],
        revoked: row["revoked"], replaces: row["replaces"], lastUsed: row["lastUsed"])
    }
  }

  /// Writes down when keys were used, many at once: it is not worth a wait for the disk each.
  ///
  /// - Parameter uses: by identifier, milliseconds since 1970. Older than what is known changes nothing.
  package func noteUses(_ uses: [String: Int64]) throws(StoreError) {
    guard !uses.isEmpty else { return }
    try write { database in
      let statement = try database.cachedStatement(
        sql: "UPDATE keys SET lastUsed = ? WHERE identifier = ? AND (lastUsed IS NULL OR lastUsed < ?)")
      for (identifier, moment) in uses { try statement.execute(arguments: [moment, identifier, moment]) }
    }
  }

  /// The pepper; made with the first key.
  func pepper() throws(StoreError) -> [UInt8] {
    let check = bytes(try read { try Data.fetchOne($0, sql: "SELECT pepperCheck FROM state") })
    let pepper = try directory.pepper(mayMake: check == nil)
    guard let check else { return pepper }
    guard areEqualInConstantTime(check, StateStore.check(of: pepper)) else {
      throw StoreError(
        .damaged, "the pepper is not the one that the keys were made with", help: "put `\(directory.pepperFile)` back from a backup")
    }
    return pepper
  }

  private func add(
    _ key: borrowing APIKey, _ request: KeyRequest, replacing old: (identifier: String, ends: Int64)?, _ act: Act, _ name: String
  ) throws(StoreError) {
    let pepper = try pepper()
    let identifier = key.identifier
    let digest = key.digest(pepper: pepper)
    try write { database in
      // In the same transaction as the first key: two processes cannot each begin with a pepper of their own.
      try database.execute(
        sql: "UPDATE state SET pepperCheck = ? WHERE pepperCheck IS NULL", arguments: [blob(StateStore.check(of: pepper))])
      if let old {
        try database.execute(
          sql: "UPDATE keys SET expires = ? WHERE identifier = ? AND revoked IS NULL", arguments: [old.ends, old.identifier])
        guard database.changesCount == 1 else { throw StoreError(.refused, "`\(old.identifier)` was revoked meanwhile") }
      }
      try database.execute(
        sql: """
          INSERT INTO keys (identifier, digest, owner, scopes, tags, servers, created, expires, replaces)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          """,
        arguments: [
          identifier, blob(digest), request.owner, column(request.scopes), column(request.tags), column(request.servers), act.moment,
          request.expires, old?.identifier,
        ])
      try StateStore.audit(database, act, name, identifier, old.map { "in place of \($0.identifier)" })
      try StateStore.announce(database)
    }
  }

  /// Makes it possible to tell the pepper from another, and nothing else.
  private static func check(of pepper: [UInt8]) -> [UInt8] { hmacSHA256(key: pepper, Array("sallyport pepper".utf8).span) }

  private static func noSuchKey(_ identifier: String) -> StoreError {
    StoreError(.refused, "there is no key `\(identifier)`", help: "`sallyport keys list` shows them")
  }
}
