import TestSupport

/// One test of one fact, as several languages say it. An absent fact passes no test.
struct Leaf {
  let sally: String
  /// Other ways to say the same in Sally.
  let others: [String]
  /// SMT-LIB 2.
  let smt: String
  /// Cedar; nil: it cannot say it.
  let cedar: String?
}

/// A condition that is written in Sally in many ways, and once in each of the other languages.
indirect enum Formula {
  case leaf(Leaf)
  case all([Formula])
  case any([Formula])
  case not(Formula)

  var sally: String {
    switch self {
    case .leaf(let leaf): "(\(leaf.sally))"
    case .all(let parts): "(" + parts.map(\.sally).joined(separator: " and ") + ")"
    case .any(let parts): "(" + parts.map(\.sally).joined(separator: " or ") + ")"
    case .not(let inner): "not \(inner.sally)"
    }
  }

  var smt: String {
    switch self {
    case .leaf(let leaf): leaf.smt
    case .all(let parts): "(and " + parts.map(\.smt).joined(separator: " ") + ")"
    case .any(let parts): "(or " + parts.map(\.smt).joined(separator: " ") + ")"
    case .not(let inner): "(not \(inner.smt))"
    }
  }

  var cedar: String {
    switch self {
    case .leaf(let leaf): "(\(leaf.cedar ?? "context.thereIsNoSuchTest"))"
    case .all(let parts): "(" + parts.map(\.cedar).joined(separator: " && ") + ")"
    case .any(let parts): "(" + parts.map(\.cedar).joined(separator: " || ") + ")"
    case .not(let inner): "!\(inner.cedar)"
    }
  }

  /// The same, otherwise written: turned round, negated twice, by De Morgan, distributed, with a case that is there already.
  func rewritten(_ random: inout SeededGenerator, _ maker: LeafMaker) -> String {
    switch self {
    case .leaf(let leaf): return "(\(([leaf.sally] + leaf.others).randomElement(using: &random) ?? leaf.sally))"
    case .not(let inner):
      return random.chance(20) ? "not not not \(inner.rewritten(&random, maker))" : "not \(inner.rewritten(&random, maker))"
    case .all(let parts), .any(let parts):
      let isAll = if case .all = self { true } else { false }
      let (own, other) = isAll ? (" and ", " or ") : (" or ", " and ")
      let shuffled = parts.shuffled(using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<3: return "not (" + shuffled.map { "not \($0.rewritten(&random, maker))" }.joined(separator: other) + ")"
      case 3, 4:
        // x and (y or z): (x and y) or (x and z)
        guard let place = shuffled.firstIndex(where: { $0.isJunction(all: !isAll) }) else { break }
        let rest = shuffled.indices.filter { $0 != place }.map { shuffled[$0] }
        let cases = shuffled[place].parts.map { part in
          "(" + (rest + [part]).map { $0.rewritten(&random, maker) }.joined(separator: own) + ")"
        }
        return "(" + cases.joined(separator: other) + ")"
      case 5:
        // x: x or (x and y)
        let first = shuffled[0]
        let rest = shuffled.dropFirst().map { $0.rewritten(&random, maker) }
        let (one, again) = (first.rewritten(&random, maker), first.rewritten(&random, maker))
        let absorbed = "(\(one)\(other)(\(again)\(own)\(maker.addition(&random).sally)))"
        return "(" + ([absorbed] + rest).joined(separator: own) + ")"
      default: break
      }
      return "(" + shuffled.map { $0.rewritten(&random, maker) }.joined(separator: own) + ")"
    }
  }

  private func isJunction(all: Bool) -> Bool {
    switch self {
    case .all: all
    case .any: !all
    case .leaf, .not: false
    }
  }

  var parts: [Formula] {
    switch self {
    case .all(let parts), .any(let parts): parts
    case .leaf, .not: [self]
    }
  }
}

/// Random tests of the arguments `n` (a number that is there), `c` (a text) and `f` (a boolean) and the claims `token.sub` and `token.level`.
struct LeafMaker {
  enum Style {
    /// Few values: `n` is 0 ... 6, `c` one of four texts, no level.
    case few
    /// Any decimal, any text, and all tests of texts.
    case many
    /// What Cedar has: whole numbers, `like`.
    case plain
  }

  let style: Style

  static let fewTexts = ["", "a", "ab", "b"]
  private static let texts = ["a", "b", "ab", "ba", "abc", "cab"]

  func leaf(_ random: inout SeededGenerator) -> Formula {
    switch Int.random(in: 0..<(style == .few ? 9 : 11), using: &random) {
    case 0..<4: .leaf(number("n", sally: "args.n", guarded: false, &random))
    case 4..<7: .leaf(style == .few ? fewTexts(&random) : text(&random))
    case 7:
      .leaf(
        Leaf(
          sally: "args.f present and args.f", others: ["args.f present and args.f == true"], smt: "(and f? f)",
          cedar: "context has f && context.f"))
    case 8: .leaf(sub(&random))
    default: .leaf(number("level", sally: "token.level", guarded: true, &random))
    }
  }

  /// A test that may be added where it changes nothing. Where texts are of any kind it is one of numbers: with more tests of a text, its kinds may
  /// be told apart by others than before.
  func addition(_ random: inout SeededGenerator) -> Formula {
    style == .many ? .leaf(number("n", sally: "args.n", guarded: false, &random)) : leaf(&random)
  }

  private func constants(_ random: inout SeededGenerator) -> [String] {
    switch style {
    case .few: (0..<3).map { _ in Int.random(in: 1...5, using: &random) }.sorted().map(String.init)
    case .plain: (0..<3).map { _ in Int.random(in: 0...9, using: &random) }.sorted().map(String.init)
    case .many:
      (0..<3).map { _ in Int.random(in: 0...40, using: &random) }.sorted().map { "\($0 / 4).\(["00", "25", "5", "750"][$0 % 4])" }
    }
  }

  private func number(_ name: String, sally fact: String, guarded: Bool, _ random: inout SeededGenerator) -> Leaf {
    let numbers = constants(&random)
    let (low, middle, high) = (numbers[0], numbers[1], numbers[2])
    func leaf(_ sally: String, _ others: [String], _ smt: String, _ cedar: String) -> Leaf {
      // A claim that is absent passes no test, and so fails its opposite: only the first form means the same then.
      Leaf(
        sally: sally, others: guarded ? others.filter { !$0.contains("not ") && !$0.contains("!=") } : others,
        smt: guarded ? "(and \(name)? \(smt))" : smt, cedar: guarded ? "context has \(name) && (\(cedar))" : cedar)
    }
    let attribute = "context.\(name)"
    switch Int.random(in: 0..<7, using: &random) {
    case 0:
      return leaf(
        "\(fact) <= \(low)", ["not \(fact) > \(low)", "\(fact) < \(low) or \(fact) == \(low)"], "(<= \(name) \(low))",
        "\(attribute) <= \(low)")
    case 1: return leaf("\(fact) < \(low)", ["not \(fact) >= \(low)"], "(< \(name) \(low))", "\(attribute) < \(low)")
    case 2:
      return leaf("\(fact) > \(low)", ["not \(fact) <= \(low)"], "(> \(name) \(low))", "\(attribute) > \(low)")
    case 3:
      return leaf(
        "\(fact) >= \(low)", ["not \(fact) < \(low)", "\(fact) > \(low) or \(fact) in {\(low)}"], "(>= \(name) \(low))",
        "\(attribute) >= \(low)")
    case 4:
      return leaf(
        "\(fact) == \(low)", ["not \(fact) != \(low)", "\(fact) in {\(low)}", "\(fact) >= \(low) and \(fact) <= \(low)"],
        "(= \(name) \(low))", "\(attribute) == \(low)")
    case 5:
      return leaf(
        "\(fact) in {\(low), \(high)}", ["\(fact) == \(high) or \(fact) == \(low)"], "(or (= \(name) \(low)) (= \(name) \(high)))",
        "\(attribute) == \(low) || \(attribute) == \(high)")
    default:
      return leaf(
        "\(fact) in \(low)..\(high)",
        [
          "\(fact) >= \(low) and \(fact) <= \(high)", "\(fact) in \(low)..\(middle) or \(fact) in \(middle)..\(high)",
          "not \(fact) < \(low) and not \(fact) > \(high)",
        ], "(and (>= \(name) \(low)) (<= \(name) \(high)))", "\(attribute) >= \(low) && \(attribute) <= \(high)")
    }
  }

  private func fewTexts(_ random: inout SeededGenerator) -> Leaf {
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      Leaf(
        sally: "args.c present and args.c starts with \"a\"", others: ["args.c present and args.c in {\"a\", \"ab\"}"],
        smt: "(and c? (str.prefixof \"a\" c))", cedar: "context has c && context.c like \"a*\"")
    case 1:
      Leaf(
        sally: "not args.c present or args.c == \"b\"", others: ["not args.c present or args.c ends with \"b\" and args.c != \"ab\""],
        smt: "(or (not c?) (= c \"b\"))", cedar: "!(context has c) || context.c == \"b\"")
    default:
      Leaf(
        sally: "args.c present and args.c contains \"b\"", others: ["args.c present and args.c not in {\"\", \"a\"}"],
        smt: "(and c? (str.contains c \"b\"))", cedar: "context has c && context.c like \"*b*\"")
    }
  }

  private func text(_ random: inout SeededGenerator) -> Leaf {
    let texts = Self.texts.shuffled(using: &random)
    let (one, other) = (texts[0], texts[1])
    func leaf(_ test: String, _ smt: String, _ cedar: String?, or others: [String] = []) -> Leaf {
      Leaf(
        sally: "args.c present and args.c \(test)",
        others: ["not (not args.c present or not args.c \(test))"] + others.map { "args.c present and (\($0))" }, smt: "(and c? \(smt))",
        cedar: cedar.map { "context has c && (\($0))" })
    }
    switch Int.random(in: 0..<(style == .plain ? 5 : 8), using: &random) {
    case 0: return leaf("== \"\(one)\"", "(= c \"\(one)\")", "context.c == \"\(one)\"", or: ["args.c in {\"\(one)\"}"])
    case 1:
      return leaf(
        "in {\"\(one)\", \"\(other)\"}", "(or (= c \"\(one)\") (= c \"\(other)\"))", "[\"\(one)\", \"\(other)\"].contains(context.c)",
        or: ["args.c in {\"\(other)\", \"\(one)\"}", "args.c == \"\(other)\" or args.c == \"\(one)\""])
    case 2:
      return leaf(
        "starts with \"\(one)\", \"\(other)\"", "(or (str.prefixof \"\(one)\" c) (str.prefixof \"\(other)\" c))",
        "context.c like \"\(one)*\" || context.c like \"\(other)*\"",
        or: [
          "args.c starts with \"\(other)\", \"\(one)\"", "args.c starts with \"\(other)\" or args.c starts with \"\(one)\"",
          "not (not args.c starts with \"\(one)\" and not args.c starts with \"\(other)\")",
        ])
    case 3: return leaf("ends with \"\(one)\"", "(str.suffixof \"\(one)\" c)", "context.c like \"*\(one)\"")
    case 4: return leaf("contains \"\(one)\"", "(str.contains c \"\(one)\")", "context.c like \"*\(one)*\"")
    case 5: return leaf("matches /[a-c]{2,4}/", "(str.in_re c ((_ re.loop 2 4) (re.range \"a\" \"c\")))", nil)
    case 6:
      return leaf(
        "matches /a(b|ca)*/", "(str.in_re c (re.++ (str.to_re \"a\") (re.* (re.union (str.to_re \"b\") (str.to_re \"ca\")))))", nil)
    default:
      let bound = Int.random(in: 1...5, using: &random)
      return Leaf(
        sally: "args.c present and length(args.c) > \(bound)",
        others: [
          "not (not args.c present or not length(args.c) > \(bound))", "args.c present and length(args.c) >= \(bound + 1)",
          "args.c present and not length(args.c) <= \(bound)", "args.c present and not length(args.c) < \(bound + 1)",
        ],
        smt: "(and c? (> (str.len c) \(bound)))", cedar: nil)
    }
  }

  private func sub(_ random: inout SeededGenerator) -> Leaf {
    if random.chance(50) {
      return Leaf(
        sally: "token.sub == \"d\"", others: ["token.sub in {\"d\"}"], smt: "(and sub? (= sub \"d\"))",
        cedar: "context has sub && context.sub == \"d\"")
    }
    return Leaf(
      sally: "token.sub in {\"bot\", \"x\"}", others: ["token.sub == \"x\" or token.sub == \"bot\""],
      smt: "(and sub? (or (= sub \"bot\") (= sub \"x\")))", cedar: "context has sub && [\"bot\", \"x\"].contains(context.sub)")
  }
}
