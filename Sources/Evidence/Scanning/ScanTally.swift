package import JSON

/// How often attacks were found in a labelled corpus, and harmless texts taken for them.
package struct ScanTally: Sendable {
  /// What a text of a corpus is known to be.
  package enum Label: String, Sendable {
    case attack, benign
  }

  /// Texts of one label, and those of them in which something was found.
  package struct Count: Hashable, Sendable {
    package private(set) var total = 0
    package private(set) var found = 0

    /// From 0 to 100; nil where there is no text.
    package var percent: Double? { total == 0 ? nil : 100 * Double(found) / Double(total) }

    fileprivate mutating func add(_ isFound: Bool) {
      total += 1
      if isFound { found += 1 }
    }
  }

  /// Of both labels.
  package struct Row: Hashable, Sendable {
    package private(set) var attack = Count()
    package private(set) var benign = Count()

    fileprivate mutating func add(_ label: Label, _ isFound: Bool) {
      switch label {
      case .attack: attack.add(isFound)
      case .benign: benign.add(isFound)
      }
    }
  }

  /// How many texts a rule was found in, each counted once.
  package struct RuleCount: Hashable, Sendable {
    package fileprivate(set) var attack = 0
    package fileprivate(set) var benign = 0
  }

  package private(set) var all = Row()
  package private(set) var sources: [String: Row] = [:]
  package private(set) var rules: [String: RuleCount] = [:]

  package init() {}

  /// - Parameter rules: what was found in the text, each once.
  package mutating func add(_ label: Label, source: String, rules found: Set<String>) {
    all.add(label, !found.isEmpty)
    sources[source, default: Row()].add(label, !found.isEmpty)
    for rule in found {
      switch label {
      case .attack: rules[rule, default: RuleCount()].attack += 1
      case .benign: rules[rule, default: RuleCount()].benign += 1
      }
    }
  }

  /// `{"attack":{"total":…,"detected":…},"benign":{"total":…,"flagged":…},"sources":{…},"rules":{…}}`; a source has `attack`, `benign` or both.
  package var json: Value {
    [
      "attack": Self.json(all.attack, "detected"), "benign": Self.json(all.benign, "flagged"),
      "sources": .object(
        sources.sorted { $0.key < $1.key }.map { source, row in
          var members: [Value.Member] = []
          if row.attack.total > 0 { members.append(.init("attack", Self.json(row.attack, "detected"))) }
          if row.benign.total > 0 { members.append(.init("benign", Self.json(row.benign, "flagged"))) }
          return .init(source, .object(members))
        }),
      "rules": .object(
        rules.sorted { $0.key < $1.key }.map { rule, count in
          .init(rule, ["attack": .number(Number(count.attack)), "benign": .number(Number(count.benign))])
        }),
    ]
  }

  private static func json(_ count: Count, _ found: String) -> Value {
    .object([.init("total", .number(Number(count.total))), .init(found, .number(Number(count.found)))])
  }
}
