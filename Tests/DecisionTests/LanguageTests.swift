import Bytecode
import Patterns
import Testing

@testable import Decision

/// The language's decisions, one table each, from the policy's text to the verdict.
@Suite struct LanguageTests {
  private static let everything = "grant everything pays to any agent\n"

  // MARK: Layers

  static let layers: [(main: String, layer: String, answer: String)] = [
    ("grant g pays to any agent", "grant bound pays to any agent when args.amount < 100", "allow bound"),
    ("grant g pays to any agent", "grant bound pays to any agent when args.amount < 10", "deny"),
    ("grant g pays to any agent when args.amount < 10", "grant bound pays to any agent", "deny"),
    ("grant a pays to any agent when args.amount < 10\ngrant b pays to any agent", "grant z pays to any agent", "allow b"),
    // A layer without grants does not close anything; its denies and asks count.
    ("grant g pays to any agent", "deny d on s.pay when args.amount > 20", "deny d"),
    ("grant g pays to any agent", "deny d on s.pay when args.amount > 200", "allow g"),
    ("grant g pays to any agent", "ask q on s.pay when args.amount > 20 from \"x\" within 1m", "ask q"),
    ("grant g pays to any agent when args.amount < 10", "ask q on s.pay from \"x\" within 1m", "deny"),
    ("grant g pays to any agent\nask q on s.pay from \"x\" within 1m", "deny d on s.pay when args.amount > 20", "deny d"),
  ]

  @Test(arguments: layers) func layer(main: String, layer: String, answer: String) throws {
    let text = "policy org as layer\nuse \"./main.sally\"\n" + layer
    var situation = try Situation(main, files: ["org.sally": text])
    #expect(try situation.call("pay", "{\"amount\": 50}") == answer)
  }

  @Test func filesOfOneLayerGrantTogether() throws {
    var situation = try Situation(
      "grant small pays to any agent when args.amount < 10",
      files: ["more.sally": "policy more\nuse \"./main.sally\"\ngrant large pays to any agent when args.amount > 100"])
    #expect(try situation.call("pay", "{\"amount\": 5}") == "allow small")
    #expect(try situation.call("pay", "{\"amount\": 500}") == "allow large")
    #expect(try situation.call("pay", "{\"amount\": 50}") == "deny")
  }

  // MARK: Absent facts

  static let absent: [(condition: String, arguments: String, holds: Bool)] = [
    ("args.currency present", "{\"amount\": 1}", false), ("not args.currency present", "{\"amount\": 1}", true),
    ("args.currency present and args.currency == \"EUR\"", "{\"amount\": 1}", false),
    ("not args.currency present or args.currency == \"EUR\"", "{\"amount\": 1}", true),
    ("not args.currency present or args.currency == \"EUR\"", "{\"amount\": 1, \"currency\": \"USD\"}", false),
    ("args.memo present", "{\"amount\": 1, \"memo\": null}", false), ("args.memo present", "{\"amount\": 1, \"memo\": \"\"}", true),
    ("any of args.tags == \"a\"", "{\"amount\": 1}", false), ("all of args.tags == \"a\"", "{\"amount\": 1}", true),
    ("none of args.tags == \"a\"", "{\"amount\": 1}", true), ("any of args.tags == \"a\"", "{\"amount\": 1, \"tags\": []}", false),
    ("all of args.tags == \"a\"", "{\"amount\": 1, \"tags\": []}", true),
    ("any of args.tags != \"a\"", "{\"amount\": 1, \"tags\": [\"a\"]}", false),
    ("any of args.tags != \"a\"", "{\"amount\": 1, \"tags\": [\"a\", \"b\"]}", true),
    ("none of args.tags == \"a\"", "{\"amount\": 1, \"tags\": [\"b\", \"a\"]}", false),
    ("token.team == \"x\"", "{\"amount\": 1}", false), ("token.team != \"x\"", "{\"amount\": 1}", true),
    ("token.level > 3", "{\"amount\": 1}", false), ("not token.level > 3", "{\"amount\": 1}", true),
    ("token.on_call", "{\"amount\": 1}", false),
    ("not token.on_call", "{\"amount\": 1}", true), ("any of token.groups == \"x\"", "{\"amount\": 1}", false),
    ("all of token.groups == \"x\"", "{\"amount\": 1}", true),
  ]

  @Test(arguments: absent) func absentFact(condition: String, arguments: String, holds: Bool) throws {
    var situation = try Situation(Self.everything + "deny d on s.pay when \(condition)")
    #expect(try situation.call("pay", arguments) == (holds ? "deny d" : "allow everything"))
  }

  /// A claim of another type than the test needs is as good as absent.
  @Test(arguments: [
    ("token.team == \"x\"", "{\"team\": \"x\"}", true), ("token.team == \"x\"", "{\"team\": 1}", false),
    ("token.team != \"x\"", "{\"team\": [\"x\"]}", true), ("token.team in {\"x\", \"y\"}", "{\"team\": \"y\"}", true),
    ("token.level > 3", "{\"level\": \"9\"}", false), ("token.level > 3", "{\"level\": 9}", true),
    ("token.level > 3", "{\"level\": 3.0}", false),
    ("token.on_call", "{\"on_call\": true}", true), ("token.on_call", "{\"on_call\": \"true\"}", false),
    ("not token.on_call", "{\"on_call\": 1}", true), ("any of token.groups == \"x\"", "{\"groups\": [\"y\", \"x\"]}", true),
    ("any of token.groups == \"x\"", "{\"groups\": \"x\"}", false), ("any of token.groups == \"x\"", "{\"groups\": [1, null]}", false),
    ("token.level > 0 and token.cap > 0 and token.level == token.cap", "{\"level\": 5, \"cap\": 5.0}", true),
    ("token.level > 0 and token.cap > 0 and token.level == token.cap", "{\"level\": 5, \"cap\": 6}", false),
    ("args.amount == token.level", "{\"level\": 50.0}", true), ("args.amount == token.level", "{\"level\": \"50\"}", false),
  ]) func claim(condition: String, claims: String, holds: Bool) throws {
    var situation = try Situation(Self.everything + "deny d on s.pay when \(condition)")
    #expect(try situation.call("pay", "{\"amount\": 50}", caller(claims)) == (holds ? "deny d" : "allow everything"))
  }

  // MARK: Whole match

  @Test(arguments: [
    ("/ab/", "ab", true), ("/ab/", "xab", false), ("/ab/", "abx", false), ("/ab/", "ab\n", false), ("/ab/", "AB", false),
    ("/ab/i", "AB", true),
    ("/a|ab/", "ab", true), ("/a|b/", "ab", false), ("/.*/", "a\nb", false), ("/a*/", "", true), ("/[a-z]+/", "abc\u{0}", false),
    ("/^ab$/", "ab", true), ("/(?:ab)+/", "ababab", true), ("/é+/", "éé", true),
  ]) func wholeMatch(pattern: String, text: String, holds: Bool) throws {
    var situation = try Situation("grant g reads to any agent when args.path matches \(pattern)")
    #expect(try situation.call("read", "{\"path\": \(quoted(text))}") == (holds ? "allow g" : "deny"))
  }

  // MARK: The clock

  /// 2026-11-20T00:00:00Z, a Friday.
  private static let friday: Int64 = 1_795_132_800_000
  private static let hour: Int64 = 3_600_000

  static let moments: [(condition: String, now: Int64, holds: Bool)] = [
    ("now.weekday == fri", friday, true), ("now.weekday == fri", friday - 1, false), ("now.weekday == fri", friday + 24 * hour - 1, true),
    ("now.weekday in {sat, sun}", friday + 24 * hour, true), ("now.weekday in {sat, sun}", friday + 72 * hour, false),
    ("now.hour == 0", friday, true), ("now.hour >= 23", friday - 1, true), ("now.hour < 9", friday + 9 * hour - 1, true),
    ("now.hour < 9", friday + 9 * hour, false), ("now.minute == 59", friday - 1, true), ("now.day == 20", friday, true),
    ("now.day == 19", friday - 1, true), ("now.month == 11", friday, true), ("now.year == 2026", friday, true),
    ("now < 2026-11-20", friday - 1, true), ("now < 2026-11-20", friday, false),
    ("now >= 2026-11-20", friday, true), ("now < 2026-11-20T00:00:01Z", friday + 999, true),
    ("now < 2026-11-20T00:00:01Z", friday + 1_000, false),
  ]

  @Test(arguments: moments) func clock(condition: String, now: Int64, holds: Bool) throws {
    var situation = try Situation("grant g pays to any agent when \(condition)")
    #expect(try situation.call("pay", "{\"amount\": 1}", at: now) == (holds ? "allow g" : "deny"))
    #expect(try situation.lists("pay", at: now) == holds)
  }

  @Test(arguments: [
    ("2026-11-19", friday - 1, true), ("2026-11-19", friday, false), ("2026-11-20", friday, true),
    ("2026-11-20", friday + 24 * hour - 1, true),
    ("2026-11-20", friday + 24 * hour, false), ("2026-11-20T00:00:00Z", friday - 1, true), ("2026-11-20T00:00:00Z", friday, false),
  ]) func until(end: String, now: Int64, isOpen: Bool) throws {
    var situation = try Situation("grant g pays to any agent until \(end)")
    #expect(try situation.call("pay", "{\"amount\": 1}", at: now) == (isOpen ? "allow g" : "deny"))
  }

  // MARK: What cannot be evaluated

  /// With a limit of one step every search is given up: neither a match nor its absence grants, and both deny and ask.
  @Test(arguments: [
    ("grant g reads to any agent when args.path matches /(?:ab|a)*c/", "deny"),
    ("grant g reads to any agent when args.path not matches /(?:ab|a)*c/", "deny"),
    ("grant g reads to any agent when args.path matches /(?:ab|a)*c/ or not args.path matches /(?:ab|a)*c/", "deny"),
    ("grant g reads to any agent\ndeny d on s.read when args.path matches /(?:ab|a)*c/", "deny d"),
    ("grant g reads to any agent\ndeny d on s.read when args.path not matches /(?:ab|a)*c/", "deny d"),
    ("grant g reads to any agent\nask q on s.read when args.path matches /(?:ab|a)*c/ from \"x\" within 1m", "ask q"),
    ("grant g reads to any agent\ndeny d on s.read when args.path matches /(?:ab|a)*c/ and args.path == \"x\"", "allow g"),
  ]) func undecided(rules: String, answer: String) throws {
    var situation = try Situation(rules)
    situation.evaluator.scratch.matching = MatchScratch(matchLimit: 1)
    #expect(try situation.call("read", "{\"path\": \"aaaabaabaaab\"}") == answer)
  }

  /// While a list is filtered, a rule about arguments hides nothing that a call could get.
  @Test(arguments: [
    ("grant g pays to any agent when args.amount < 0", true), ("grant g pays to any agent when not args.amount < 0", true),
    ("grant g pays to any agent\ndeny d on s.pay when args.amount < 0", true),
    ("grant g pays to any agent\ndeny d on s.pay when not token.ok", false), ("grant g pays to any agent when token.ok", false),
    ("grant g pays to any agent when token.ok and args.amount < 0", false),
    ("grant g pays to any agent when token.ok or args.amount < 0", true),
    ("grant g pays to any agent\nask q on s.pay from \"x\" within 1m", true),
    ("grant g pays to any agent\ndeny d on s.pay when args.amount < 0 or not token.ok", false),
    ("grant g pays to any agent\ndeny d on s.pay when args.amount < 0 and not token.ok", true), ("deny d on s.read", false),
  ]) func listing(rules: String, isListed: Bool) throws {
    var situation = try Situation(rules)
    #expect(try situation.lists("pay") == isListed)
  }

  // MARK: Agents

  private static let agents = """
    agent bot when token.sub == "bot" and token.env == "prod"
    agent other when token.sub == "other"
    grant g pays to bot when token.env == "prod"
    deny d on s.pay when token.env != "prod"

    """

  @Test(arguments: [
    (Identity(caller: .named("bot")), "allow g"), (Identity(caller: .named("other")), "deny d"),
    (Identity(caller: .named("nobody")), "deny d"),
    (Identity(caller: .anyone), "deny d"), (Identity(caller: .verified), "deny d"),
  ]) func named(identity: Identity, answer: String) throws {
    var situation = try Situation(Self.agents)
    #expect(try situation.call("pay", "{\"amount\": 1}", identity) == answer)
  }

  @Test(arguments: [
    ("{\"sub\": \"bot\", \"env\": \"prod\"}", "allow g"), ("{\"sub\": \"bot\", \"env\": \"test\"}", "deny d"),
    ("{\"sub\": \"other\", \"env\": \"prod\"}", "deny"), ("{\"sub\": [\"bot\"], \"env\": \"prod\"}", "deny"),
  ]) func verified(claims: String, answer: String) throws {
    var situation = try Situation(Self.agents)
    #expect(try situation.call("pay", "{\"amount\": 1}", caller(claims)) == answer)
  }

  // MARK: Prompts

  @Test(arguments: [
    ("{\"topic\": \"tax\"}", "allow g"), ("{\"topic\": \"x\"}", "deny"), ("{}", "invalid"), ("{\"topic\": 1}", "invalid"),
    ("{\"topic\": \"tax\", \"depth\": \"9\"}", "deny d"), ("{\"topic\": \"tax\", \"depth\": \"1\"}", "allow g"),
  ]) func prompt(arguments: String, answer: String) throws {
    var situation = try Situation(
      """
      scope talk opens prompt s.review
      grant g talk to any agent when args.topic == "tax"
      deny d on prompt s.review when args.depth present and args.depth == "9"
      """)
    #expect(try situation.prompt("review", arguments) == answer)
  }
}
