import Credentials
import JSON
import Testing

@Suite struct KeyTableTests {
  private static let pepper = [UInt8](repeating: 7, count: 32)

  private struct Made {
    let text: [UInt8]
    let record: KeyRecord
  }

  private static func make(expires: Int64? = nil, revoked: Int64? = nil) -> Made {
    let key = APIKey()
    let text = key.reveal { span in span.indices.map { span[$0] } }
    return Made(
      text: text,
      record: KeyRecord(
        identifier: key.identifier, digest: key.digest(pepper: pepper), owner: "ana", scopes: ["a"], tags: ["t"], created: 0,
        expires: expires, revoked: revoked))
  }

  private func verify(_ text: [UInt8], _ table: KeyTable, at now: Int64) throws -> KeyRecord {
    guard let key = APIKey(text) else { throw KeyFault.malformed }
    return try table.verify(key, at: now)
  }

  @Test func aKeyIsFound() throws {
    let all = (0..<20).map { _ in Self.make() }
    let table = KeyTable(all.map(\.record), pepper: Self.pepper)
    for made in all { #expect(try verify(made.text, table, at: 1) == made.record) }
  }

  @Test func others() throws {
    let made = Self.make()
    let table = KeyTable([made.record], pepper: Self.pepper)
    #expect(throws: KeyFault.unknown) { try verify(Self.make().text, table, at: 1) }
    #expect(throws: KeyFault.unknown) { try verify(made.text, KeyTable([], pepper: Self.pepper), at: 1) }
    // The digest of another pepper.
    #expect(throws: KeyFault.unknown) { try verify(made.text, KeyTable([made.record], pepper: [UInt8](repeating: 8, count: 32)), at: 1) }
    #expect(throws: KeyFault.malformed) { try verify(Array(made.text.dropLast()), table, at: 1) }
  }

  /// A key with the name of another and a secret of its own: what somebody would try who has seen a list of keys.
  @Test func theRightNameIsNotEnough() throws {
    let (made, other) = (Self.make(), Self.make())
    let record = KeyRecord(identifier: made.record.identifier, digest: other.record.digest, created: 0)
    #expect(throws: KeyFault.unknown) { try verify(made.text, KeyTable([record], pepper: Self.pepper), at: 1) }
  }

  @Test(
    arguments: [
      (nil, nil, 5, nil), (10, nil, 9, nil), (10, nil, 10, .expired), (nil, 3, 5, .revoked), (10, 3, 50, .revoked),
    ] as [(Int64?, Int64?, Int64, KeyFault?)])
  func ends(expires: Int64?, revoked: Int64?, now: Int64, fault: KeyFault?) throws {
    let made = Self.make(expires: expires, revoked: revoked)
    let table = KeyTable([made.record], pepper: Self.pepper)
    if let fault {
      #expect(throws: fault) { try verify(made.text, table, at: now) }
    } else {
      #expect(try verify(made.text, table, at: now) == made.record)
    }
  }

  @Test func theNextEnd() {
    let records = [Self.make(expires: 10), Self.make(expires: 5), Self.make(), Self.make(expires: 3, revoked: 1)].map(\.record)
    let table = KeyTable(records, pepper: Self.pepper)
    #expect(table.nextExpiry(after: 0) == 5 && table.nextExpiry(after: 5) == 10 && table.nextExpiry(after: 10) == nil)
  }

  @Test func whatPoliciesRead() {
    let claims = Self.make().record.claims
    #expect(claims.map(\.name) == ["id", "tags", "owner", "scopes"])
    #expect(claims.map { $0.value.string ?? $0.value[0]?.string }.dropFirst() == ["t", "ana", "a"])
    #expect(KeyRecord(identifier: "x", digest: [], created: 0).claims.map(\.name) == ["id", "tags"])
  }
}
