internal import Digests
package import JSON

/// All keys of a store, for reading: looking one up on the disk for each call would cost more than deciding the call. Immutable; a change in
/// the store makes a new one.
package struct KeyTable: Sendable {
  private let records: [String: KeyRecord]
  private let pepper: [UInt8]
  /// Stands in for the digest of a key that is not there. Nobody has its key: it is random.
  private let nobody = randomBytes(32)

  /// - Parameter pepper: at least 32 unpredictable bytes.
  package init(_ records: [KeyRecord], pepper: [UInt8]) {
    // Identifiers are ASCII by `APIKey`, so Swift's idea of equal texts is that of bytes.
    self.records = Dictionary(records.map { ($0.identifier, $0) }) { first, _ in first }
    self.pepper = pepper
  }

  package subscript(identifier: String) -> KeyRecord? { records[identifier] }

  package var identifiers: [String] { Array(records.keys) }

  /// The next moment at which a key that is good at `now` expires; nil: none does.
  package func nextExpiry(after now: Int64) -> Int64? {
    records.values.lazy.filter { $0.revoked == nil }.compactMap(\.expires).filter { $0 > now }.min()
  }

  /// Finds out whose key it is. The work is the same whether there is such a key or not, and does not depend on how much of a secret is right.
  ///
  /// - Parameter now: milliseconds since 1970.
  package func verify(_ key: borrowing APIKey, at now: Int64) throws(KeyFault) -> KeyRecord {
    let digest = key.digest(pepper: pepper)
    let record = records[key.identifier]
    guard areEqualInConstantTime(digest, record?.digest ?? nobody), let record else { throw .unknown }
    // Only to who has the whole key is said what became of it.
    if let fault = record.fault(at: now) { throw fault }
    return record
  }
}

extension KeyRecord {
  /// What the policy language reads as `key.…`.
  package var claims: [(name: String, value: JSON.Value)] {
    var claims: [(String, JSON.Value)] = [("id", .string(identifier)), ("tags", .array(tags.map(Value.string)))]
    if let owner { claims.append(("owner", .string(owner))) }
    if let scopes { claims.append(("scopes", .array(scopes.map(Value.string)))) }
    return claims
  }
}
