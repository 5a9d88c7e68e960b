import Bytecode
import Checksums
import Filters
import JSON
import TestSupport
import Testing

/// Texts that are JSON stay JSON.
@Suite struct JSONTextTests {
  private func policy() -> Policy {
    var policy = Policy()
    policy.set("secrets", [.init(name: "token", source: "tok_[a-z0-9]{6}"), .init(name: "pair", source: #""password"\s*:\s*"[^"]*""#)])
    policy.set("numbers", [.init(name: "card", source: #"\b\d{13,16}\b"#, checks: [.luhn])])
    policy.set("junk", [.init(name: "zero", source: #"\b777\b"#)])
    policy.set("anchored", [.init(name: "start", source: "^start")])
    policy.filter(
      "all",
      [
        policy.clause("secrets", .redaction), policy.clause("numbers", .redaction), policy.clause("junk", .remove),
        policy.clause("anchored", .redaction),
      ])
    return policy
  }

  @Test(arguments: [
    (#"{"a":"x tok_abc123"}"#, #"{"a":"x [redacted: token]"}"#),
    (#" [ "tok_abc123", 1, null ] "#, #" [ "[redacted: token]", 1, null ] "#),
    (#"{"a":"t\u006fk_abc123 \"q\" é"}"#, #"{"a":"[redacted: token] \"q\" é"}"#),
    (#"{"a":"line\ntok_abc123\\"}"#, #"{"a":"line\n[redacted: token]\\"}"#),
    // Numbers go whole.
    (#"{"card":4111111111111111,"n":5}"#, #"{"card":"[redacted: card]","n":5}"#), (#"[777, 7771]"#, #"[null, 7771]"#),
    // Names too, and stay different from each other.
    (#"{"tok_abc123":1}"#, #"{"[redacted: token]":1}"#),
    (#"{"tok_abc123":1,"tok_def456":2}"#, #"{"[redacted: token]":1,"[redacted: token] #2":2}"#),
    (#"{"tok_abc123":1,"tok_def456":2,"[redacted: token] #2":3}"#, #""[redacted]""#),
    // What is only found over several parts takes the values with it, not the names.
    (#"{"password": "hunter2", "b": 1}"#, #"{"password": "[redacted: pair]", "b": 1}"#),
    (#"{"password": "h\"unter2"}"#, #"{"password": "[redacted: pair]"}"#),
    // JSON in strings of JSON.
    (#"{"a":"{\"b\":\"tok_abc123\"}"}"#, #"{"a":"{\"b\":\"[redacted: token]\"}"}"#),
    (#"["[\"{\\\"b\\\":4111111111111111}\"]"]"#, #"["[\"{\\\"b\\\":\\\"[redacted: card]\\\"}\"]"]"#),
    // A part begins where it begins, and not where the text does.
    (#"["start", "x start"]"#, #"["[redacted: start]", "x start"]"#),
    (#"{"a":"{\"b\":\"start\"}"}"#, #"{"a":"{\"b\":\"[redacted: start]\"}"}"#),
    // No JSON, but text.
    (#"{"a":"tok_abc123""#, #"{"a":"[redacted: token]""#), (#"{"a":4111111111111111} and more"#, #"{"a":[redacted: card]} and more"#),
    (#"{"a":1,"a":"tok_abc123"}"#, #"{"a":1,"a":"[redacted: token]"}"#), (#"[]"#, #"[]"#), (#"{"a":"b\n"}"#, #"{"a":"b\n"}"#),
    (#"[1}"#, #"[1}"#),
  ]) func table(_ text: String, _ expected: String) throws {
    let bench = try Bench(policy())
    let result = bench.inspect(text)
    #expect(result.string == expected)
    #expect(result.outcome == (text == expected ? .clean : .rewritten))
    #expect(bench.inspect(result.text).outcome == .clean)
  }

  @Test(arguments: [
    (#"{"a":"é tok_abc123"}"#, "tok_abc123"), (#"{"a":"\u00e9\n t\u006fk_abc123 x"}"#, #"t\u006fk_abc123"#),
    (#"{"a":"\ud83d\ude00tok_abc123"}"#, "tok_abc123"), (#"{"tok_abc123":[1]}"#, "tok_abc123"),
    (#"[ 4111111111111111 ]"#, "4111111111111111"),
    (#"{"password": "x"}"#, #""password": "x""#), (#"{"a":"{\"b\":\"tok_abc123\"}"}"#, "tok_abc123"),
    (#"{"a":"{\"b\":\"t\\u006fk_abc123\"}"}"#, #"t\\u006fk_abc123"#),
  ]) func findingsTellPlacesInTheSource(_ text: String, _ expected: String) throws {
    let findings = try Bench(policy()).inspect("  " + text).findings
    #expect(findings.map { String(decoding: Array(("  " + text).utf8)[$0.range], as: UTF8.self) } == [expected])
  }

  @Test func scoresAddUpOverLeaves() throws {
    var policy = Policy()
    policy.set(
      "weak", threshold: 2, window: 40, [.init(name: "a", source: "aaa", family: 0), .init(name: "b", source: "bbb", family: 1)])
    policy.filter("all", [policy.clause("weak", .redaction)])
    let bench = try Bench(policy)
    #expect(bench.inspect(#"["aaa", "bbb"]"#).string == #"["[redacted: a]", "[redacted: b]"]"#)
    let apart = #"["aaa", "\#(String(repeating: ".", count: 50))", "bbb"]"#
    #expect(bench.inspect(apart).outcome == .clean)
  }
}
