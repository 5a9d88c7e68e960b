import Bytecode
import Filters
import TestSupport
import Testing

/// A pattern may hold what announces a secret; `(?<secret>…)` says which part of it goes.
@Suite struct SecretGroupTests {
  private func policy(_ content: ContentAction = .redaction, transforms: FilterTransforms = []) -> Policy {
    var policy = Policy()
    policy.set(
      "secrets",
      [
        .init(name: "password", source: #"\bpassword["']?\s{0,3}[:=]\s{0,3}["']?(?<secret>[a-z0-9]{6,12})"#),
        .init(name: "either", source: #"\bpin (?:is (?<secret>\d{4})|\d{6})"#),
        .init(name: "late", source: #"\bcode (?<name>[a-z]+)-(?<secret>\d{4})"#),
      ])
    policy.filter("all", transforms: transforms, [policy.clause("secrets", content)])
    return policy
  }

  @Test(arguments: [
    (#"password = "abc123" ok"#, #"password = "[redacted: password]" ok"#),
    ("password: abc123, password:def456", "password: [redacted: password], password:[redacted: password]"),
    ("pin is 1234", "pin is [redacted: either]"),
    // The group took no part: all of it goes.
    ("pin 123456", "[redacted: either]"),
    ("code blue-1234", "code blue-[redacted: late]"),
    ("é password=abc123日本", "é password=[redacted: password]日本"),
    (#"{"a": "password=abc123", "b": 1}"#, #"{"a": "password=[redacted: password]", "b": 1}"#),
  ]) func onlyTheSecretGoes(_ text: String, _ expected: String) throws {
    #expect(try Bench(policy()).inspect(text).string == expected)
  }

  @Test func placesAreThoseOfTheSecret() throws {
    #expect(try Bench(policy()).inspect("password=abc123").findings == [.init(kind: .found, filter: 0, pattern: 0, range: 9..<15)])
    let seen = try Bench(policy(transforms: [.unicode])).inspect("ｐassword=abc１23 x")
    #expect(seen.string == "ｐassword=[redacted: password] x")
  }

  /// A placeholder that would be taken for the secret behind its name goes with the name, once, and not again and again.
  @Test func aPlaceholderThatLooksLikeOneTakesTheNameAlong() throws {
    #expect(try Bench(policy(.redact("hidden"))).inspect("x password=abc123 y").string == "x hidden y")
  }

  @Test func twiceChangesNothing() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "password", "=", ":", " ", "abc123", "hidden", "pin is ", "pin ", "1234", "56", "code ", "a-", "[redacted", "]", "\"", "é",
    ]
    let benches = try [ContentAction.redaction, .redact("hidden"), .redact("password=abc123"), .remove].map { try Bench(policy($0)) }
    for _ in 0..<propertyRuns(2_000) {
      let text = (0..<Int.random(in: 1...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      for bench in benches {
        let once = bench.inspect(text)
        let twice = bench.inspect(once.text)
        #expect(twice.text == once.text, "seed \(seed): \(text) became \(once.string), then \(twice.string)")
      }
    }
  }
}
