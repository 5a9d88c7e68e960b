internal import JSON
internal import RegularExpressions
internal import Semantics

/// Texts that stand for all others under some tests: found with automata as far as tests are regular (what a text equals, begins, ends with,
/// contains and matches, and its length). What a text is as a path or URL is not; texts are tried that show it, and what then is not shown of
/// the combinations is kept as unconfirmed.
struct TextCandidateMaker {
  var judging: Judging
  let constraints: [Constraint]

  private enum Limits {
    static let seeds = 600
    static let combinations = 4_096
    /// A pattern's automaton does not tell bytes from characters, so texts at the edge of what it is tried on are not looked for.
    static let longest = 100_000
  }

  /// What of a text a test looks at.
  private enum Side: CaseIterable { case raw, url, path }

  private func side(_ test: Elementary) -> Side {
    switch test.subject {
    case .host, .scheme: .url
    default: if case .under = test.test { .path } else { .raw }
    }
  }

  mutating func candidates(_ shapes: [TextShape], _ tests: [Elementary]) throws(TooLarge) -> [Candidate] {
    if shapes.allSatisfy({ $0.allowed != nil }) {
      return Set(shapes.flatMap { $0.allowed ?? [] }.exact).sorted().map { Candidate(value: .string($0.text)) }
    }
    let sides = Dictionary(grouping: tests, by: side)
    let seeds = try seeds(sides)
    let raw = sides[.raw] ?? []
    var partition: [TextPartition.Test] = []
    for test in raw { partition += try regular(test) }
    for shape in shapes { for text in shape.allowed ?? [] { partition.append(.equals(text)) } }
    for constraint in constraints {
      switch constraint {
      case .matches(let pattern, _):
        guard let language = pattern.language else { throw TooLarge() }
        partition.append(.matches(language))
      case .withoutControlCharacters:
        guard let expression = try? RegularExpression(parsing: #"[^\x00-\x1F\x7F-\x9F]*"#) else { throw TooLarge() }
        partition.append(.matches(Language(expression, .whole)))
      default: break
      }
    }
    let lengths = try lengths(shapes, raw)
    guard !partition.isEmpty || lengths.count > 1 || seeds.isEmpty else { return combined(seeds.map(\.text), sides) }
    // Seeds go in as beginnings, so that texts are found that are both.
    for seed in seeds { partition.append(seed.isBeginning ? .startsWith(seed.text) : .equals(seed.text)) }
    guard let parts = TextPartition(by: partition, lengths: lengths) else { throw TooLarge() }
    return combined(parts.texts + seeds.map(\.text), sides)
  }

  private func regular(_ test: Elementary) throws(TooLarge) -> [TextPartition.Test] {
    if test.subject.isLength { return [] }
    switch test.test {
    case .equals(.text(let text)): return [.equals(text)]
    case .isIn(let constants): return constants.compactMap { if case .text(let text) = $0 { .equals(text) } else { nil } }
    case .startsWith(let texts): return texts.map { .startsWith($0) }
    case .endsWith(let texts): return texts.map { .endsWith($0) }
    case .contains(let texts): return texts.map { .contains($0) }
    case .matches(let pattern):
      guard let language = pattern.language else { throw TooLarge() }
      return [.matches(language)]
    default: return []
    }
  }

  private func lengths(_ shapes: [TextShape], _ tests: [Elementary]) throws(TooLarge) -> [Int] {
    var bounds: Set<Int> = [0]
    // What is too long for all is denied by all, and the shortest text of each kind is found first: no text need be longer.
    let longest = shapes.map { $0.maximumLength ?? .max }.max() ?? .max
    for shape in shapes {
      bounds.insert(shape.minimumLength)
      if let maximum = shape.maximumLength, maximum < longest { bounds.insert(maximum + 1) }
    }
    for test in tests {
      if test.subject.isLength { bounds.formUnion(try lengthBounds(test.test).filter { $0 <= longest }) }
      if case .matches(let pattern) = test.test, pattern.longestText < longest { bounds.insert(pattern.longestText + 1) }
    }
    for constraint in constraints {
      if case .length(let lower, let upper) = constraint { bounds.formUnion([lower ?? 0, (upper ?? 0) + 1]) }
    }
    guard bounds.allSatisfy({ $0 <= Limits.longest }) else { throw TooLarge() }
    return bounds.sorted()
  }

  // MARK: Paths and URLs

  private struct Seed {
    let text: String
    /// Whether it says as much when it goes on.
    let isBeginning: Bool
  }

  private func seeds(_ sides: [Side: [Elementary]]) throws(TooLarge) -> [Seed] {
    var found: [Seed] = []
    var folders = (sides[.path] ?? []).flatMap { test -> [String] in if case .under(let folders) = test.test { folders } else { [] } }
    var hosts: [Elementary] = []
    var schemes: [Elementary] = []
    for test in sides[.url] ?? [] { if case .host = test.subject { hosts.append(test) } else { schemes.append(test) } }
    let asked = Elementary(.argument(ArgumentPath([.member("")])), .present).subject
    for constraint in constraints {
      switch constraint {
      case .path(let under, _): folders += under
      case .url(let names, let names2, _):
        schemes += names.map { Elementary(asked, .equals(.text($0))) }
        hosts += (names2 ?? []).map { Elementary(asked, .hostIn([$0])) }
      default: break
      }
    }
    if !folders.isEmpty {
      for folder in folders where folder != "." && folder != "" {
        found += [Seed(text: folder, isBeginning: false), Seed(text: folder == "/" ? "/" : folder + "/", isBeginning: true)]
        found.append(Seed(text: folder + (folder == "/" ? "a" : "/a"), isBeginning: false))
      }
      found += ["a", "/a", "/", ".", #"a\a"#].map { Seed(text: $0, isBeginning: false) }
      found.append(Seed(text: #"a\"#, isBeginning: true))
    }
    if !hosts.isEmpty || !schemes.isEmpty {
      let schemeTexts = try names(schemes, like: "[a-z][a-z0-9+.-]*") { scheme(of: $0 + ":a")?.exact == $0.exact }
      let hostTexts = try names(hosts, like: "[a-z0-9_-]+(\\.[a-z0-9_-]+)*") { host(of: "https://\($0)/")?.exact == $0.exact }
      for scheme in schemeTexts {
        found += hostTexts.map { Seed(text: "\(scheme)://\($0)/", isBeginning: true) }
        found.append(Seed(text: "\(scheme):a", isBeginning: false))
      }
      found += [Seed(text: "a", isBeginning: false), Seed(text: "a ", isBeginning: true)]
    }
    guard found.count <= Limits.seeds else { throw TooLarge() }
    return found
  }

  /// Names that stand for all under the tests, of those that are one.
  private func names(_ tests: [Elementary], like pattern: String, _ isName: (String) -> Bool) throws(TooLarge) -> [String] {
    guard let expression = try? RegularExpression(parsing: pattern) else { throw TooLarge() }
    var partition: [TextPartition.Test] = [.matches(Language(expression, .whole))]
    var constants: [String] = []
    for test in tests {
      if case .hostIn(let hosts) = test.test {
        for host in hosts {
          switch host {
          case .exactly(let name):
            partition.append(.equals(name))
            constants.append(name)
          case .below(let name):
            partition.append(.endsWith("." + name))
            constants.append("a." + name)
          }
        }
      } else {
        partition += try regular(test)
        if case .equals(.text(let text)) = test.test { constants.append(text) }
      }
    }
    guard let parts = TextPartition(by: partition) else { throw TooLarge() }
    return Set((parts.texts + constants).filter(isName).exact).sorted().map(\.text)
  }

  // MARK: Combinations

  /// The texts, and those combinations of what they are as texts, as URLs and as paths that none of them shows.
  private mutating func combined(_ texts: [String], _ sides: [Side: [Elementary]]) -> [Candidate] {
    var found = texts.map { Candidate(value: .string($0)) }
    let asked = Side.allCases.filter { !(sides[$0] ?? []).isEmpty }
    guard asked.count > 1 else { return found }
    var shown: Set<[[Outcome]]> = []
    var kinds = [[[Outcome]: String]](repeating: [:], count: asked.count)
    for text in texts {
      let outcomes = asked.map { side in (sides[side] ?? []).map { judging.outcome(value: text, $0) } }
      shown.insert(outcomes)
      for (index, one) in outcomes.enumerated() where kinds[index][one] == nil { kinds[index][one] = text }
    }
    var combinations: [(outcomes: [[Outcome]], texts: [String])] = [([], [])]
    for kind in kinds {
      combinations = combinations.flatMap { whole in kind.map { (whole.outcomes + [$0.key], whole.texts + [$0.value]) } }
      // More are not looked at; the caps of what comes after say so.
      if combinations.count > Limits.combinations { break }
    }
    for combination in combinations where combination.outcomes.count == asked.count && !shown.contains(combination.outcomes) {
      guard isConceivable(combination.outcomes, combination.texts, asked, sides) else { continue }
      var candidate = Candidate(value: .string(combination.texts[0]), isConfirmed: false)
      for (side, outcomes) in zip(asked, combination.outcomes) {
        for (test, outcome) in zip(sides[side] ?? [], outcomes) { candidate.forced[test] = outcome }
      }
      found.append(candidate)
    }
    return found
  }

  /// Whether a text could be both: one that is known as a whole is what it is, and one whose beginning holds scheme and host has these.
  private mutating func isConceivable(
    _ outcomes: [[Outcome]], _ texts: [String], _ asked: [Side], _ sides: [Side: [Elementary]]
  ) -> Bool {
    guard asked[0] == .raw else { return true }
    for (test, outcome) in zip(sides[.raw] ?? [], outcomes[0]) where outcome == .yes {
      switch test.test {
      case .equals, .isIn: return false
      case .startsWith(let beginnings):
        guard let url = asked.firstIndex(of: .url) else { continue }
        for beginning in beginnings {
          for (test, outcome) in zip(sides[.url] ?? [], outcomes[url]) where outcome != .undecided {
            if case .scheme = test.subject, !beginning.contains(":") { continue }
            if case .host = test.subject, !hasWholeAuthority(beginning) { continue }
            if judging.outcome(value: beginning, test) != outcome { return false }
          }
        }
      default: continue
      }
    }
    return true
  }

  private func hasWholeAuthority(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes.count > colon + 3 else { return false }
    return bytes[(colon + 3)...].contains { [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")].contains($0) }
  }
}

extension Judging {
  /// Of the value itself, whatever the way to it.
  mutating func outcome(value text: String, _ test: Elementary) -> Outcome {
    let outcome = element(test, .string(text), steps: [])
    return test.element == .fails ? outcome.negated : outcome
  }
}
