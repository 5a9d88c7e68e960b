import Foundation
import TestSupport
import Testing

/// What packs find in corpora, held by a file: of attacks never less than stands there, of harmless texts never more.
///
/// A line is `RUN attack SOURCE PERCENT`, `RUN benign SOURCE PERCENT`, or `RUN rule RULE TEXTS`, the harmless texts that a rule counts in. A source of harmless texts, or a
/// rule, that has no line may be flagged, or count, in none. `ACCEPT=1` writes what was measured, but never a bound that is looser than the one there.
struct PackBounds: Equatable {
  enum Kind: String {
    /// A floor, in percent of a source's attacks.
    case attack
    /// A ceiling, in percent of a source's harmless texts.
    case benign
    /// A ceiling, in harmless texts of all sources.
    case rule
  }

  struct Key: Hashable, Comparable {
    let run: String
    let kind: Kind
    let name: String

    static func < (one: Key, other: Key) -> Bool {
      (one.run, one.kind.rawValue, one.name) < (other.run, other.kind.rawValue, other.name)
    }
  }

  private(set) var bounds: [Key: Double] = [:]

  init() {}

  init(_ text: String) throws {
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "\t").map(String.init)
      let kind = try #require(parts.count == 4 ? Kind(rawValue: parts[1]) : nil, "no bound: \(line)")
      bounds[Key(run: parts[0], kind: kind, name: parts[2])] = try #require(Double(String(parts[3])) as Double?, "no number: \(line)")
    }
  }

  var text: String {
    var text =
      "# Floors (attack, % found) and ceilings (benign, % flagged; rule, harmless texts): ACCEPT=1 make packs moves them one way only.\n"
    for (key, bound) in bounds.sorted(by: { $0.key < $1.key }) {
      text += "\(key.run)\t\(key.kind.rawValue)\t\(key.name)\t\(Self.written(bound))\n"
    }
    return text
  }

  /// With two places, a floor down and a ceiling up, so that what was measured always keeps what is written.
  private static func written(_ bound: Double) -> String { String(format: "%.2f", locale: Locale(identifier: "en_US_POSIX"), bound) }

  mutating func set(_ key: Key, _ value: Double) {
    let hundredths = value * 100
    bounds[key] = (key.kind == .attack ? hundredths.rounded(.down) : hundredths.rounded(.up)) / 100
  }

  /// What in a measurement breaks these bounds, one sentence each. Attacks that are measured and have no floor break them too, or a new source would be held by nothing;
  /// and so does a floor of the same run that nothing was measured for.
  func broken(by measured: PackBounds) -> [String] {
    let runs = Set(measured.bounds.keys.map(\.run))
    let keys = Set(bounds.keys.filter { runs.contains($0.run) }).union(measured.bounds.keys)
    return keys.sorted().compactMap { key in
      let name = "\(key.run) \(key.kind.rawValue) \(key.name)"
      switch (key.kind, bounds[key], measured.bounds[key]) {
      case (.attack, let floor?, let value?): return value < floor ? "\(name): \(value) %, at least \(floor)" : nil
      case (.attack, let floor?, nil): return "\(name): not measured, at least \(floor)"
      case (.attack, nil, _): return "\(name): has no floor; ACCEPT=1 writes one"
      case (.benign, let ceiling, let value), (.rule, let ceiling, let value):
        return value ?? 0 > ceiling ?? 0 ? "\(name): \(value ?? 0), at most \(ceiling ?? 0)" : nil
      }
    }
  }

  /// These bounds with what was measured where that is tighter, or of a run or an attack that had none. Never looser than these.
  func tightened(by measured: PackBounds) -> PackBounds {
    var tight = self
    let known = Set(bounds.keys.map(\.run))
    let runs = Set(measured.bounds.keys.map(\.run))
    for (key, value) in measured.bounds {
      switch (key.kind, bounds[key]) {
      case (.attack, let floor): tight.bounds[key] = max(floor ?? 0, value)
      case (_, let ceiling?): tight.bounds[key] = min(ceiling, value)
      // Without a line the ceiling of a run that is known was nought.
      case (_, nil): if !known.contains(key.run) { tight.bounds[key] = value }
      }
    }
    for key in bounds.keys where key.kind != .attack && measured.bounds[key] == nil && runs.contains(key.run) { tight.bounds[key] = 0 }
    return tight
  }
}

@Suite struct PackBoundsTests {
  private func bounds(_ lines: String...) throws -> PackBounds { try PackBounds(lines.joined(separator: "\n")) }

  @Test func aWorseMeasurementBreaksThem() throws {
    let held = try bounds("gate\tattack\ta\t90.00", "gate\tbenign\tb\t1.00", "gate\trule\tr\t2.00")
    #expect(held.broken(by: held) == [])
    #expect(held.broken(by: try bounds("gate\tattack\ta\t95", "gate\tbenign\tb\t0")) == [])
    #expect(held.broken(by: try bounds("gate\tattack\ta\t89.99", "gate\tbenign\tb\t1.01", "gate\trule\tr\t3")).count == 3)
    #expect(
      held.broken(by: try bounds("gate\tattack\ta\t90", "gate\tattack\tnew\t0", "gate\tbenign\tnew\t1", "gate\trule\tnew\t1")).count == 3)
    #expect(held.broken(by: try bounds("gate\tbenign\tb\t1")).count == 1)
    #expect(held.broken(by: try bounds("pii\tattack\ta\t1")).count == 1)
  }

  @Test func acceptingOnlyTightens() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(500) {
      let (held, measured) = (drawn(&random), drawn(&random))
      // The first measurement of a run writes its ceilings.
      if held.bounds.isEmpty { continue }
      let tight = held.tightened(by: measured)
      for (key, bound) in held.bounds {
        let new = try #require(tight.bounds[key], "seed \(seed)")
        #expect(key.kind == .attack ? new >= bound : new <= bound, "seed \(seed): \(key)")
      }
      // Whatever breaks the bounds breaks them still, but for what had none.
      let still = tight.broken(by: measured)
      #expect(held.broken(by: measured).filter { !$0.contains("has no floor") && !still.contains($0) }.isEmpty, "seed \(seed)")
      #expect(tight.tightened(by: measured) == tight, "seed \(seed)")
    }
  }

  private func drawn(_ random: inout SeededGenerator) -> PackBounds {
    var bounds = PackBounds()
    for name in ["a", "b", "c"] {
      for kind in [PackBounds.Kind.attack, .benign, .rule] where random.chance(60) {
        bounds.set(.init(run: "gate", kind: kind, name: name), Double(Int.random(in: 0...100, using: &random)))
      }
    }
    return bounds
  }

  @Test func theyAreReadAsWritten() throws {
    var bounds = PackBounds()
    bounds.set(.init(run: "gate", kind: .attack, name: "x/y z"), 66.667)
    bounds.set(.init(run: "gate", kind: .benign, name: "x/y z"), 1.234)
    #expect(bounds.bounds.values.sorted() == [1.24, 66.66])
    #expect(try PackBounds(bounds.text) == bounds)
  }
}
