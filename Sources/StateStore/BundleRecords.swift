package import Enforcement
internal import Foundation
internal import GRDB

/// A signed policy that was taken: nothing older of its series is taken again, and it is what a gateway begins with when its source is down.
package struct BundleRecord: Equatable, Sendable {
  /// Which key has signed it.
  package let key: String
  package let serial: Int64
  /// Of the program that it makes.
  package let fingerprint: String
  /// As it was signed.
  package let document: [UInt8]

  package init(key: String, serial: Int64, fingerprint: String, document: [UInt8]) {
    self.key = key
    self.serial = serial
    self.fingerprint = fingerprint
    self.document = document
  }
}

extension StateStore {
  /// The newest bundle that was taken of any of these keys; nil: there is none.
  package func newestBundle(signedBy keys: [String]) throws(StoreError) -> BundleRecord? {
    try read { try StateStore.newestBundle($0, keys) }
  }

  /// Takes a bundle, unless a newer one was taken, or another one with the same serial. When this returns nothing older can be taken.
  ///
  /// - Parameter keys: all that are trusted: a series goes on when another key goes on with it.
  /// - Returns: the newest one, when that stands in the way.
  package func take(_ bundle: BundleRecord, trusting keys: [String], _ act: Act) throws(StoreError) -> BundleRecord? {
    try write { database in
      let newest = try StateStore.newestBundle(database, keys + [bundle.key])
      if let newest, newest.serial > bundle.serial || (newest.serial == bundle.serial && newest.fingerprint != bundle.fingerprint) {
        return newest
      }
      if let newest, newest == bundle { return nil }
      try database.execute(
        sql: "INSERT OR REPLACE INTO bundles (key, serial, fingerprint, taken, document) VALUES (?, ?, ?, ?, ?)",
        arguments: [bundle.key, bundle.serial, bundle.fingerprint, act.moment, blob(bundle.document)])
      try StateStore.audit(database, act, "bundle.take", "\(bundle.key) \(bundle.serial)", bundle.fingerprint)
      return nil
    }
  }

  private static func newestBundle(_ database: Database, _ keys: [String]) throws -> BundleRecord? {
    let marks = keys.map { _ in "?" }.joined(separator: ", ")
    let row = try Row.fetchOne(
      database, sql: "SELECT * FROM bundles WHERE key IN (\(marks)) ORDER BY serial DESC, taken DESC LIMIT 1",
      arguments: StatementArguments(keys))
    return row.map { row in
      let document: Data = row["document"]
      return BundleRecord(key: row["key"], serial: row["serial"], fingerprint: row["fingerprint"], document: Array(document))
    }
  }
}
