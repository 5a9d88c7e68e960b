import Bytecode
import Checksums
import TestSupport

/// Policies whose patterns overlap, follow from each other's removal and find each other's placeholders.
enum RandomPolicies {
  // No letters of the placeholders, but for the last few words.
  private static let words = [
    "k", "kq", "q", "qk+", "kqw", "w k", "[kq]w", #"\d{2}"#, #"\d{13,16}"#, #"\bwkq\b"#, "é", "x.?y", #"k\s+q"#, "😀", "w{1,3}",
    "(?:kq|qw){2}",
    "^kq", "q$", "\"k\"", "kqwkq", "red", "untrusted", "-",
  ]

  private static let pieces = [
    "k", "q", "w", "kq", "kqw", " ", "\n", "é", "😀", "1", "22", "4111111111111111", "x", "y", "red", "[", "]", "[[untrusted ",
    "[[end untrusted",
    "\"", "\"k\"", "wkq", "qwk", "\u{200B}", "e\u{301}", "tok", "{", "}", "\\", "&#107;",
  ]

  static func text(_ random: inout SeededGenerator, longest: Int = 40) -> [UInt8] {
    (0..<Int.random(in: 0...longest, using: &random)).flatMap { _ in Array((pieces.randomElement(using: &random) ?? "").utf8) }
  }

  static func policy(_ random: inout SeededGenerator, transforms: [FilterTransforms] = [[]], blocks: Bool = true) -> Policy {
    var policy = Policy()
    let names = ["s", "t", "u"].prefix(Int.random(in: 1...3, using: &random))
    for name in names {
      var words: [Policy.Word] = []
      for number in 0..<Int.random(in: 1...4, using: &random) {
        let source = Self.words.randomElement(using: &random) ?? "a"
        words.append(
          .init(
            name: "p\(number)", source: source, weight: Int.random(in: 1...3, using: &random),
            family: Int.random(in: 0...2, using: &random),
            checks: source.hasPrefix(#"\d{13"#) ? [.luhn] : []))
      }
      let threshold = random.chance(50) ? Int.random(in: 1...5, using: &random) : nil
      policy.set(name, threshold: threshold, window: [1, 3, 8, 20, 4096].randomElement(using: &random) ?? 1, words)
    }
    for number in 0..<Int.random(in: 1...3, using: &random) {
      var clauses: [FilterClause] = []
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let only = random.chance(25) ? "p0" : nil
        let labels = random.chance(30) ? [UInt8.random(in: 0...3, using: &random)] : []
        clauses.append(policy.clause(names.randomElement(using: &random) ?? "s", action(&random, blocks), labels: labels, only: only))
      }
      policy.filter("f\(number)", shadow: random.chance(10), transforms: transforms.randomElement(using: &random) ?? [], clauses)
    }
    return policy
  }

  private static func action(_ random: inout SeededGenerator, _ blocks: Bool) -> ContentAction? {
    switch Int.random(in: 0..<20, using: &random) {
    case 0: blocks ? .block : .wrap
    case 1...3: .wrap
    case 4...8: .remove
    case 9: nil
    case 10...14: .redaction
    default: .redact(["-", "<\u{2603}>", "()", "zz", "kq"].randomElement(using: &random) ?? "-")
    }
  }
}
