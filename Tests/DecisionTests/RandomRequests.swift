import Semantics
import TestSupport

/// Random calls: values at the edges of what policies compare with, other spellings of them, and values of the wrong type.
struct RequestGenerator {
  var random: SeededGenerator

  init(seed: UInt64) { random = SeededGenerator(seed: seed) }

  private static let oddNumbers = [
    "1e2", "1E+2", "100.0", "100.0000000000000000000000001", "99.99999999999999999999999999", "-0", "-0.0", "1e-3", "10e-4", "2.50",
    "123456789012345678901234567890", "-1e30", "9223372036854775807", "9223372036854775808", "0.00100", "1.0", "1.5", "1000000.0",
  ]
  private static let urls = [
    "https://good.example/", "https://GOOD.example:443/x", "http://a.good.example", "https://good.example.",
    "https://good.example@evil.example/",
    "https://evil.example#@good.example", "https://evil.example\\@good.example/", "https:good.example", "https://10.0.0.1/",
    "http://0xA000001/",
    "http://167772161", "http://012.0.0.1/", "http://10.1/", "ftp://x.github.com/", "https://github.com",
    "https://good.example%2eevil.example/",
    "https://gооd.example/", "https://[::1]/", "https://a@b@good.example/", " https://good.example/", "https://good.example:99999/",
    "https://good.example:/", "//good.example/", "good.example", "https://evil.example/good.example", "https://good..example/",
    "https://0x/",
    "HTTPS://good.example?x", "https://u:p@good.example:8/", "file:///etc/passwd", "https://1.2.3.4.5/", "https://256.1.1.1",
    "mailto:a@good.example",
  ]
  private static let paths = [
    "src", "src/", "src/a", "./src/a", "src/../src/b", "src/..", "src/../..", "../src", "srcx", "docs/a", "docs//a/b", "docs/ab", "/etc",
    "/etc/passwd", "/", "/..", "/../etc", "etc", ".", "", "src/%2e%2e/x", "src\\a", "C:/x", "c:", "src/%41", "src/\u{0}x",
    "a/./b/../../src/x",
    "...", "src/...", "src/a%2Fb", "%2", "src/%zz", "docs/a/..",
  ]

  mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: 0..<values.count, using: &random)] }

  private mutating func number() -> Plain { .number(pick(random.chance(40) ? Self.oddNumbers : PolicyGenerator.numbers)) }

  private mutating func word() -> Plain {
    let word = pick(PolicyGenerator.words).replacing("\\\"", with: "\"")
    return .text(random.chance(15) ? word + pick(["x", "EUR", "é", "\n", "😀"]) : word)
  }

  private mutating func any() -> Plain { pick([.null, .boolean(true), .number("7"), .text("a"), .array([.number("1")]), .object([])]) }

  private mutating func value(_ kind: PolicyGenerator.Kind) -> Plain {
    if random.chance(2) { return any() }
    switch kind {
    case .number: return number()
    case .integer: return random.chance(90) ? .number(pick(["0", "1", "100", "1e2", "-1", "1000000", "200"])) : number()
    case .text: return random.chance(20) ? .text(pick(PolicyGenerator.teams)) : word()
    case .host: return .text(pick(Self.urls))
    case .path: return .text(pick(Self.paths))
    case .flag: return .boolean(random.chance(50))
    case .texts:
      return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in random.chance(30) ? .text(pick(Self.paths)) : word() })
    case .things: return .array((0..<Int.random(in: 0...3, using: &random)).map { _ in thing() })
    case .unknown: return any()
    case .nested:
      var members: [(String, Plain)] = random.chance(97) ? [("a", word())] : []
      if random.chance(60) { members.append(("b", random.chance(20) ? .null : number())) }
      return .object(members)
    }
  }

  private mutating func thing() -> Plain {
    var members: [(String, Plain)] = [("other", .number("1"))]
    if random.chance(98) { members.append(("sku", word())) }
    if random.chance(70) { members.append(("price", random.chance(3) ? any() : number())) }
    return random.chance(1) ? any() : .object(members.shuffled(using: &random))
  }

  mutating func arguments(_ tool: PolicyGenerator.Tool) -> Plain? {
    if random.chance(1) { return pick([nil, .null, .array([]), .text("x")]) }
    var members: [(String, Plain)] = []
    for property in tool.properties {
      guard random.chance(property.isRequired ? 99 : 60) else { continue }
      members.append((property.name, property.isNullable && random.chance(20) ? .null : value(property.kind)))
    }
    if random.chance(20) { members.append(("unread", any())) }
    return .object(members.shuffled(using: &random))
  }

  mutating func claims() -> [Semantics.ClaimPath: Plain] {
    var claims: [Semantics.ClaimPath: Plain] = [:]
    func set(_ name: String, _ value: Plain) { claims[Semantics.ClaimPath(.token, [name])] = value }
    if random.chance(60) { set("sub", .text(pick(["bot", "desk", "other"]))) }
    if random.chance(70) { set("team", random.chance(5) ? any() : .text(pick(PolicyGenerator.teams + ["p", "Platform"]))) }
    if random.chance(70) { set("level", random.chance(5) ? any() : number()) }
    if random.chance(50) { set("on_call", random.chance(5) ? any() : .boolean(random.chance(50))) }
    if random.chance(60) {
      let groups = (0..<Int.random(in: 0...2, using: &random)).map { _ in random.chance(5) ? any() : Plain.text(pick(PolicyGenerator.teams))
      }
      set("groups", random.chance(5) ? .text("platform") : .array(groups))
    }
    return claims
  }

  /// Around the dates that policies speak of, and anywhere.
  mutating func moment() -> Int64 {
    let edges: [Int64] = [1_798_761_600_000, 1_780_315_200_000, 1_782_864_000_000, 1_806_537_600_000, 0]
    if random.chance(40) { return pick(edges) + Int64.random(in: -1...1, using: &random) }
    return Int64.random(in: 1_700_000_000_000...1_900_000_000_000, using: &random)
  }
}
