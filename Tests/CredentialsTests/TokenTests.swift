import Credentials
import Foundation
import JSON
import Testing

/// Tokens made by another implementation (make-tokens.py).
@Suite struct TokenTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let token: String
    /// A case of `TokenFault`, or `good`.
    let expected: String

    var testDescription: String { name }
  }

  struct Table: Sendable {
    let now: Int64
    let requirements: TokenRequirements
    let keys: KeySet
    let cases: [Case]

    static let read: Table? = {
      let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases/tokens.json")
      guard let bytes = try? Data(contentsOf: file), let value = try? Value(parsing: Array(bytes)), let now = value["now"]?.number?.integer,
        let issuer = value["issuer"]?.string, let audience = value["audience"]?.string, let keys = value["keys"].flatMap(KeySet.init),
        let requirements = TokenRequirements(issuer: issuer, audiences: [audience]), let elements = value["cases"]?.elements
      else { return nil }
      let cases = elements.compactMap { element -> Case? in
        guard let name = element["name"]?.string, let token = element["token"]?.string, let expected = element["expect"]?.string else {
          return nil
        }
        return Case(name: name, token: token, expected: expected)
      }
      return Table(now: Int64(now), requirements: requirements, keys: keys, cases: cases)
    }()
  }

  @Test(arguments: Table.read?.cases ?? [])
  func isJudged(_ one: Case) throws {
    let table = try #require(Table.read)
    let verdict: String
    do {
      _ = try TokenVerifier(table.requirements).verify(Array(one.token.utf8), with: table.keys, now: table.now)
      verdict = "good"
    } catch {
      verdict = String(describing: error)
    }
    #expect(verdict == one.expected)
  }

  @Test func thereAreEnoughCases() throws {
    let table = try #require(Table.read)
    #expect(table.cases.count { $0.expected != "good" } >= 90)
    // RSA twice over, three curves, Ed25519; the others cannot check signatures here.
    #expect(table.keys.count == 8)
  }

  @Test func saysWhatTheTokenSays() throws {
    let table = try #require(Table.read)
    let good = try #require(table.cases.first { $0.expected == "good" })
    let token = try TokenVerifier(table.requirements).verify(Array(good.token.utf8), with: table.keys, now: table.now)
    #expect(token.subject == "user-7" && token.client == "desk" && token.identifier == "t-1" && token.scopes == ["read", "write"])
    #expect(token.expiry == table.now + 660 && token.claims["team"]?.string == "ops")
  }

  @Test func onlyListedAlgorithmsAreAccepted() throws {
    let table = try #require(Table.read)
    let requirements = try #require(
      TokenRequirements(issuer: table.requirements.issuer, audiences: table.requirements.audiences, algorithms: ["ES256"]))
    for one in table.cases where one.expected == "good" && !one.name.hasPrefix("ES256") {
      #expect(throws: TokenFault.algorithmNotAllowed) {
        try TokenVerifier(requirements).verify(Array(one.token.utf8), with: table.keys, now: table.now)
      }
    }
  }

  @Test func aTokenMayLiveShorterThanItSays() throws {
    let table = try #require(Table.read)
    let requirements = try #require(
      TokenRequirements(issuer: table.requirements.issuer, audiences: table.requirements.audiences, leeway: 0, longestLife: 100))
    let good = try #require(table.cases.first { $0.expected == "good" })
    let verifier = TokenVerifier(requirements)
    // It was issued ten seconds ago.
    #expect(try verifier.verify(Array(good.token.utf8), with: table.keys, now: table.now + 89).expiry == table.now + 90)
    #expect(throws: TokenFault.tooOld) { try verifier.verify(Array(good.token.utf8), with: table.keys, now: table.now + 90) }
  }

  @Test(arguments: [nil, ["none"], ["HS256"], ["RS256", "HS256"], []] as [[String]?])
  func algorithmsAreCheckedWhenTheyAreConfigured(_ names: [String]?) {
    let requirements = TokenRequirements(issuer: "https://a.example", audiences: ["b"], algorithms: names)
    #expect((requirements != nil) == (names == nil))
  }

  /// Every place of a good token, one bit changed: nothing else is ever accepted.
  @Test func everyBitCounts() throws {
    let table = try #require(Table.read)
    let good = try #require(table.cases.first { $0.name == "EdDSA is accepted" })
    let verifier = TokenVerifier(table.requirements)
    let bytes = Array(good.token.utf8)
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        #expect(throws: TokenFault.self, "byte \(place), bit \(bit)") { try verifier.verify(changed, with: table.keys, now: table.now) }
      }
    }
  }
}
