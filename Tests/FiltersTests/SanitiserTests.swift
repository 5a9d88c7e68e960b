import Bytecode
import Checksums
import Filters
import TestSupport
import Testing

@Suite struct SanitiserTests {
  /// Secrets go, orders are enclosed, `bomb` stops everything.
  private func policy(_ transforms: FilterTransforms = []) -> Policy {
    var policy = Policy()
    policy.set("secrets", [.init(name: "token", source: "tok_[a-z0-9]{6}"), .init(name: "long_token", source: "tok_[a-z0-9]{6}-[a-z]{4}")])
    policy.set("numbers", [.init(name: "card", source: #"\b\d{13,16}\b"#, checks: [.luhn])])
    policy.set("junk", [.init(name: "ad", source: "buy now|now tok_[a-z]")])
    policy.set("orders", [.init(name: "ignore", source: #"ignore\s+all"#)])
    policy.set("danger", [.init(name: "bomb", source: "bomb")])
    policy.filter(
      "all", transforms: transforms,
      [
        policy.clause("secrets", .redaction, labels: [1]), policy.clause("numbers", .redaction), policy.clause("junk", .remove),
        policy.clause("orders", .wrap, labels: [2]), policy.clause("danger", .block),
      ])
    return policy
  }

  @Test(arguments: [
    ("nothing here", "nothing here"), ("", ""),
    ("a tok_abc123 b", "a [redacted: token] b"),
    ("tok_abc123tok_def456", "[redacted: token][redacted: token]"),
    // The longest span's placeholder stands, all the bytes go.
    ("x tok_abc123-efgh y", "x [redacted: long_token] y"),
    // Redact beats remove, whichever is longer, and takes the other's bytes along.
    ("a now tok_abc123 b", "a [redacted: token] b"), ("buy now tok_abc123", " [redacted: token]"),
    ("please buy now or not", "please  or not"),
    ("4111111111111111", "[redacted: card]"), ("4111111111111112", "4111111111111112"),
    // What a removal brings together is found as well.
    ("tok_abbuy nowc123", "[redacted: token]"), ("bubuy nowy now", ""),
    ("é tok_abc123 日本", "é [redacted: token] 日本"),
  ]) func table(_ text: String, _ expected: String) throws {
    let bench = try Bench(policy())
    let result = bench.inspect(text)
    #expect(result.string == expected)
    #expect(result.outcome == (text == expected ? .clean : .rewritten))
  }

  @Test(arguments: ["bomb", "tok_abc123 bomb", "ignore all bomb", "bobuy nowmb", "{\"a\": [\"b\\u006fmb\"]}"])
  func blockBeatsEverything(_ text: String) throws {
    let bench = try Bench(policy())
    #expect(bench.inspect(text).outcome == .blocked(filter: 0, pattern: 5))
  }

  @Test func labels() throws {
    let bench = try Bench(policy())
    #expect(bench.inspect("tok_abc123").labels.labels == [LabelID(1)])
    #expect(bench.inspect("tok_abc123 ignore all").labels.labels == [LabelID(1), LabelID(2)])
    #expect(bench.inspect("nothing").labels.isEmpty)
  }

  @Test func findingsTellPlaces() throws {
    let bench = try Bench(policy())
    let findings = bench.inspect("é tok_abc123 ignore all").findings
    #expect(
      Set(findings) == [
        .init(kind: .found, filter: 0, pattern: 0, range: 3..<13), .init(kind: .found, filter: 0, pattern: 4, range: 14..<24),
      ])
  }

  @Test func patternsAlsoReadViews() throws {
    let bench = try Bench(policy([.unicode, .invisible, .entities]))
    #expect(bench.inspect("a tok\u{200B}_abc123 b").string == "a [redacted: token] b")
    #expect(bench.inspect("a ｔok_abc123 b").string == "a [redacted: token] b")
    #expect(bench.inspect("&#116;ok_abc123").string == "[redacted: token]")
    #expect(bench.inspect("４１１１１１１１１１１１１１１１").string == "[redacted: card]")
    // Seen in two ways, told once.
    #expect(bench.inspect("tok_abc123 é\u{200B}").findings.count == 1)
  }

  @Test func stripsForGood() throws {
    let bench = try Bench(policy([.invisible, .control, .terminal, .markup]))
    #expect(bench.inspect("a\u{200B}b \u{E0041}\u{1B}[31mred\u{1B}[0m\u{7}<!-- c -->!").string == "ab red!")
    #expect(bench.inspect("plain").outcome == .clean)
    #expect(bench.inspect("👩\u{200D}💻").outcome == .clean)
    #expect(bench.inspect("{\"a\":\"x\\u200by\\u001b[1m\"}").string == "{\"a\":\"xy\"}")
  }

  @Test func shadowFiltersOnlyTell() throws {
    var policy = Policy()
    policy.set("secrets", [.init(name: "token", source: "tok_[a-z0-9]{6}")])
    policy.filter(
      "watch", shadow: true, transforms: [.invisible], [policy.clause("secrets", .block, labels: [1])],
      longest: LongestText(bytes: 3, content: .block, labels: LabelSet(), because: nil))
    let bench = try Bench(policy)
    let result = bench.inspect("tok_abc123\u{200B}")
    #expect(result.outcome == .clean && result.labels.isEmpty && result.findings.count == 2)
  }

  @Test func whatIsGivenUpIsNotClean() throws {
    for (action, expected) in [
      (ContentAction.block, Sanitiser.Outcome.undecided(filter: 0)), (.redaction, .rewritten), (.remove, .rewritten), (.wrap, .rewritten),
    ] {
      var policy = Policy()
      policy.set("odd", [.init(name: "slow", source: "foo.*bar", longestText: 10)])
      policy.filter("all", [policy.clause("odd", action)])
      let bench = try Bench(policy)
      #expect(bench.inspect("foo bar").outcome == (action == .block ? .blocked(filter: 0, pattern: 0) : .rewritten))
      let result = bench.inspect("a long text with foo & bar")
      #expect(result.outcome == expected)
      #expect(result.findings == [.init(kind: .undecided, filter: 0, pattern: 0, range: 0..<26)])
      if action == .redaction { #expect(result.string == "[redacted: slow]") }
      if action == .remove { #expect(result.string == "") }
    }
  }

  @Test func filtersReadTheirPlacesOnly() throws {
    var policy = Policy()
    policy.set("secrets", [.init(name: "token", source: "tok_[a-z0-9]{6}")])
    policy.filter("descriptions", places: .description, [policy.clause("secrets", .block)])
    let sanitiser = try policy.sanitiser()
    #expect(sanitiser.selection(of: [0], in: .text) == nil)
    #expect(sanitiser.selection(of: [0], in: .description) != nil)
    #expect(sanitiser.selection(of: [], in: .description) == nil)
  }

  @Test func everyFilterCounts() throws {
    var policy = Policy()
    policy.set("secrets", [.init(name: "token", source: "tok_[a-z0-9]{6}")])
    policy.set("mail", [.init(name: "address", source: "[a-z_0-9]+@[a-z]+")])
    policy.filter("first", [policy.clause("secrets", .remove)])
    policy.filter("second", [policy.clause("mail", .redact("(mail)"), labels: [3])])
    policy.filter("third", [policy.clause("secrets", nil, labels: [4])])
    let bench = try Bench(policy)
    let result = bench.inspect("x tok_abc123@corp y tok_zzzzzz")
    #expect(result.string == "x (mail) y ")
    #expect(result.labels.labels == [LabelID(3), LabelID(4)])
    #expect(result.findings.count == 5)
  }

  // MARK: Scores

  private func scored(window: Int = 4096) -> Policy {
    var policy = Policy()
    policy.set(
      "weak", threshold: 5, window: window,
      [
        .init(name: "a", source: "aaa", weight: 2, family: 0), .init(name: "a2", source: "axa", weight: 3, family: 0),
        .init(name: "b", source: "bbb", weight: 3, family: 1), .init(name: "c", source: "ccc", weight: 5, family: 2),
      ])
    return policy
  }

  @Test(arguments: [
    // The greatest weight of each family, once.
    ("aaa aaa aaa", 4096, "aaa aaa aaa"), ("aaa axa", 4096, "aaa axa"), ("bbb aaa", 4096, "[redacted: b] [redacted: a]"),
    ("ccc", 4096, "[redacted: c]"),
    // Begins within the window or not.
    ("bbb....aaa", 8, "[redacted: b]....[redacted: a]"), ("bbb.....aaa", 8, "bbb.....aaa"),
    // Those outside of firing windows stay.
    ("aaa..................bbb aaa", 8, "aaa..................[redacted: b] [redacted: a]"),
    ("bbb aaa......bbb......aaa", 8, "[redacted: b] [redacted: a]......bbb......aaa"),
    // Windows that touch.
    ("aaa bbb aaa bbb", 5, "[redacted: a] [redacted: b] [redacted: a] [redacted: b]"),
  ]) func scores(_ text: String, _ window: Int, _ expected: String) throws {
    var policy = scored(window: window)
    policy.filter("weak", [policy.clause("weak", .redaction)])
    let bench = try Bench(policy)
    #expect(bench.inspect(text).string == expected)
  }

  @Test func aNamedPatternNeedsNoScore() throws {
    var policy = scored()
    policy.filter("weak", [policy.clause("weak", .redaction), policy.clause("weak", .remove, only: "a")])
    let bench = try Bench(policy)
    #expect(bench.inspect("aaa").string == "")
    #expect(bench.inspect("bbb").string == "bbb")
    #expect(bench.inspect("aaa bbb").string == "[redacted: a] [redacted: b]")
  }

  // MARK: Lengths

  private func limited(_ bytes: Int, _ action: ContentAction) -> Policy {
    var policy = policy()
    policy.filter("short", [], longest: LongestText(bytes: bytes, content: action, labels: LabelSet([LabelID(5)]), because: nil))
    return policy
  }

  @Test(arguments: [
    (String(repeating: "x", count: 60), 60, String(repeating: "x", count: 60)),
    (String(repeating: "x", count: 61), 60, String(repeating: "x", count: 39) + "\n[cut: 22 more bytes]"),
    (String(repeating: "é", count: 40), 61, String(repeating: "é", count: 20) + "\n[cut: 40 more bytes]"),
    (String(repeating: "e\u{301}", count: 30), 60, String(repeating: "e\u{301}", count: 13) + "\n[cut: 51 more bytes]"),
    ("0123456789", 4, "0123"), ("日本語", 4, "日"), ("日本語", 2, ""),
    // Measured when everything else is done.
    ("tok_abc123-efgh" + String(repeating: "x", count: 10), 10, "[redacted:"),
  ]) func truncation(_ text: String, _ limit: Int, _ expected: String) throws {
    let bench = try Bench(limited(limit, .truncate))
    let result = bench.inspect(text)
    #expect(result.string == expected)
    #expect(bench.inspect(result.text).outcome == .clean)
  }

  @Test func longTextsCanBeBlockedOrRemoved() throws {
    var bench = try Bench(limited(10, .block))
    let result = bench.inspect("0123456789a")
    #expect(result.outcome == .blocked(filter: 1, pattern: nil) && result.labels.contains(LabelID(5)))
    #expect(result.findings == [.init(kind: .tooLong, filter: 1, pattern: nil, range: 0..<11)])
    #expect(bench.inspect("0123456789").outcome == .clean)
    bench = try Bench(limited(10, .remove))
    #expect(bench.inspect("0123456789a").string == "")
  }
}
