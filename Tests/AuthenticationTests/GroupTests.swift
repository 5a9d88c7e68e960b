import JSON
import Testing

@testable import Authentication
@testable import Credentials

/// Groups that a token says its subject is in: who may approve is never guessed.
@Suite struct GroupTests {
  private func groups(_ claims: String, subject: String? = "ann", claim: String = "groups") throws -> [String] {
    let token = VerifiedToken(
      claims: try Value(parsing: Array(claims.utf8)), issuer: "https://i.example", subject: subject, client: nil, identifier: nil,
      scopes: [],
      expiry: 0)
    return TokenGroups.read(token, claim)
  }

  @Test(arguments: [
    (#"{"groups":["leads","ops"]}"#, ["leads", "ops"]), (#"{"groups":"leads"}"#, ["leads"]), (#"{"groups":["a.b c/é"]}"#, ["a.b c/é"]),
    (#"{"groups":[]}"#, []), (#"{}"#, []), (#"{"Groups":["leads"]}"#, []), (#"{"groups":null}"#, []), (#"{"groups":["leads",7]}"#, []),
    (#"{"groups":["leads",["ops"]]}"#, []), (#"{"groups":{"leads":true}}"#, []), (#"{"groups":["leads",""]}"#, []),
    (#"{"groups":true}"#, []),
    (#"{"groups":"leads,ops"}"#, ["leads,ops"]),
  ])
  func onlyAListOfNamesCounts(_ claims: String, _ expected: [String]) throws { #expect(try groups(claims) == expected) }

  @Test func theyAreBounded() throws {
    func many(_ count: Int, _ name: String = "g") -> String { "[" + (0..<count).map { "\"\(name)\($0)\"" }.joined(separator: ",") + "]" }
    #expect(try groups("{\"groups\":\(many(TokenGroups.most))}").count == TokenGroups.most)
    #expect(try groups("{\"groups\":\(many(TokenGroups.most + 1))}").isEmpty)
    #expect(try groups("{\"groups\":[\"\(String(repeating: "g", count: TokenGroups.longest))\"]}").count == 1)
    #expect(try groups("{\"groups\":[\"\(String(repeating: "g", count: TokenGroups.longest + 1))\"]}").isEmpty)
  }

  /// A token of a client alone speaks for no person.
  @Test func withoutASubjectThereIsNobody() throws {
    #expect(try groups(#"{"groups":["leads"]}"#, subject: nil).isEmpty)
    #expect(try groups(#"{"roles":["leads"]}"#, claim: "roles") == ["leads"])
  }
}
