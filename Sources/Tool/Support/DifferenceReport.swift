import Analysis
import Bytecode
import Compilation
import Digests
import Evidence
import JSON
import Semantics
import Text

/// What became of a policy, printed in one of the formats. Every call that is shown was put to both engines.
struct DifferenceReport {
  let comparison: Comparison
  /// Of each region in order of target, what the engines said to its witness; nil: there is none.
  private let answers: [[(before: String, after: String)?]]
  /// Nil when nobody asked: every target has to be looked at for them, and not only those that were changed.
  private let fingerprints: (old: String, new: String)?
  /// Proofs that held, or were not there, and that fail now.
  private let broken: [(proof: CheckedPolicies.Proof, diagnostic: Diagnostic, witness: Witness?)]
  private let old: CheckedPolicies
  private let new: CheckedPolicies

  init(_ old: CheckedPolicies, _ new: CheckedPolicies, withFingerprints: Bool) throws {
    let programs = (try compiled(old), try compiled(new))
    let comparison: Comparison
    if withFingerprints {
      let (found, digests) = compareWithFingerprints(old, new)
      comparison = found
      fingerprints = (digests.old.hex, digests.new.hex)
    } else {
      comparison = compare(old, new)
      fingerprints = nil
    }
    var oldJudge = CallJudge(old, programs.0)
    var newJudge = CallJudge(new, programs.1)
    var answers: [[(before: String, after: String)?]] = []
    for target in comparison.targets {
      var answered: [(before: String, after: String)?] = []
      for region in target.regions {
        guard let witness = region.witness else {
          answered.append(nil)
          continue
        }
        let before = oldJudge.judge(witness).map { Explanation($0, programs.0).outcome } ?? "no such target"
        let after = newJudge.judge(witness).map { Explanation($0, programs.1).outcome } ?? "no such target"
        answered.append((before, after))
      }
      answers.append(answered)
    }
    let held = Set(prove(old).filter(\.isProved).map(\.proof.name))
    let known = Set(old.proofs.map(\.name))
    let report = ProofReport(new, programs.1)
    broken = zip(report.outcomes, report.diagnostics).compactMap { outcome, diagnostic in
      guard let diagnostic, held.contains(outcome.proof.name) || !known.contains(outcome.proof.name) else { return nil }
      return (proof: outcome.proof, diagnostic: diagnostic, witness: outcome.witness)
    }
    self.comparison = comparison
    self.answers = answers
    self.old = old
    self.new = new
  }

  // MARK: For people

  private var headline: String {
    // Where no call is decided otherwise there is one fingerprint.
    guard let fingerprints else { return comparison.isEmpty ? "pure refactor: fingerprint unchanged" : "fingerprint changed" }
    if fingerprints.old == fingerprints.new { return "pure refactor: fingerprint \(fingerprints.new.prefix(8)) unchanged" }
    return "fingerprint \(fingerprints.old.prefix(8)) -> \(fingerprints.new.prefix(8))"
  }

  private var equalLine: String? {
    comparison.equalTargets == 0 ? nil : "\(counted(comparison.equalTargets, "other target")) EQUAL"
  }

  func human(colour: Bool) -> String {
    func paint(_ text: String, _ style: String) -> String { colour ? "\u{1B}[\(style)m\(text)\u{1B}[0m" : text }
    func paint(_ direction: Comparison.Direction) -> String { paint(direction.rawValue, direction == .narrower ? "1;32" : "1;31") }
    var lines = ["policy diff  \(headline)"]
    for (target, answers) in zip(comparison.targets, answers) {
      let note = target.regions.isEmpty ? "  (could not be looked at whole; read the rules)" : ""
      lines.append("\(target.target.description)  \(paint(target.direction))\(note)")
      for (region, answer) in zip(target.regions, answers) {
        lines.append("  \(region.words)")
        lines.append("    \(region.before) -> \(region.after)")
        if let witness = region.witness {
          lines.append("    shown by: \(witness.line)" + (doubt(region, answer).map { "  (\($0))" } ?? ""))
        }
      }
      if target.omitted > 0 { lines.append("  and \(target.omitted) more regions") }
      for rule in target.rules { lines += source(rule).map { "    \($0)" } }
    }
    for setting in comparison.settings {
      lines.append(
        "\(setting.kind) \(setting.name)  \(paint(setting.direction))  \(setting.change)\(place(setting).map { "  \($0)" } ?? "")")
    }
    for agent in comparison.agents {
      lines.append("agent \(agent.name) is recognised otherwise" + (agent.after.flatMap { place($0, new.files) }.map { "  \($0)" } ?? ""))
    }
    for (proof, diagnostic, witness) in broken {
      lines.append("breaks  \(diagnostic.message)" + (place(proof.nameRange, new.files).map { "  \($0)" } ?? ""))
      if let witness { lines.append("    shown by: \(witness.line)") }
    }
    if let equalLine { lines.append(equalLine) }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Why a call may not show what it should; nil: both engines confirm it.
  private func doubt(_ region: Comparison.Region, _ answer: (before: String, after: String)?) -> String? {
    guard let answer else { return "not asked" }
    func agrees(_ said: String, _ expected: String) -> Bool {
      said.hasPrefix(String(expected.prefix { $0 != " " })) || said == "no such target"
    }
    if agrees(answer.before, region.before), agrees(answer.after, region.after) { return nil }
    return "not confirmed: \(answer.before) -> \(answer.after)"
  }

  /// `- access.sally:33  grant …`, `+ access.sally:33  grant …`
  private func source(_ change: Comparison.RuleChange) -> [String] {
    var lines: [String] = []
    if let range = change.before { lines += text(range, old.files, "-") }
    if let range = change.after { lines += text(range, new.files, "+") }
    return lines
  }

  private func text(_ range: SourceRange, _ files: [SourceFile], _ mark: String) -> [String] {
    guard let file = files.first(where: { $0.id == range.file }) else { return [] }
    let line = file.position(at: range.lower).line
    return file.text(in: range).split(separator: "\n").enumerated().map { "\(mark) \(file.path):\(line + $0.offset)  \($0.element)" }
  }

  private func place(_ setting: Comparison.SettingChange) -> String? {
    setting.after.flatMap { place($0, new.files) } ?? setting.before.flatMap { place($0, old.files) }
  }

  private func place(_ range: SourceRange, _ files: [SourceFile]) -> String? {
    guard let file = files.first(where: { $0.id == range.file }) else { return nil }
    return "\(file.path):\(file.position(at: range.lower).line)"
  }

  // MARK: For machines

  var markdown: String {
    var out = "### Policy diff\n\n\(headline)\n"
    if !comparison.targets.isEmpty { out += "\n| target | | calls | before | after | such as |\n|---|---|---|---|---|---|\n" }
    for (target, answers) in zip(comparison.targets, answers) {
      if target.regions.isEmpty { out += "| `\(target.target.description)` | **\(target.direction.rawValue)** | | | | |\n" }
      for (region, answer) in zip(target.regions, answers) {
        let call = region.witness.map { "\(code($0.line))\(doubt(region, answer).map { " (\($0))" } ?? "")" } ?? ""
        out +=
          "| \(code(target.target.description)) | **\(region.direction.rawValue)** | \(code(region.words)) | \(code(region.before)) | \(code(region.after)) | \(call) |\n"
      }
      if target.omitted > 0 { out += "| \(code(target.target.description)) | | and \(target.omitted) more regions | | | |\n" }
    }
    for target in comparison.targets where !target.rules.isEmpty {
      let fence = "````"
      out += "\n\(fence)diff\n\(target.rules.flatMap(source).joined(separator: "\n"))\n\(fence)\n"
    }
    for setting in comparison.settings {
      out += "\n- \(setting.kind) \(code(setting.name)): **\(setting.direction.rawValue)**, \(setting.change)"
    }
    for agent in comparison.agents { out += "\n- agent \(code(agent.name)) is recognised otherwise" }
    for (proof, _, witness) in broken {
      out += "\n- **breaks** prove \(code(proof.name))" + (place(proof.nameRange, new.files).map { ", \(code($0))" } ?? "")
      if let witness { out += ": \(code(witness.line))" }
    }
    if let equalLine { out += "\n\n\(equalLine)" }
    return out + "\n"
  }

  /// In a table's cell, whatever it holds.
  private func code(_ text: String) -> String {
    "<code>" + text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("|", with: "&#124;").replacing("\n", with: " ")
      + "</code>"
  }

  var json: Value {
    [
      "isPureRefactor": .boolean(comparison.isEmpty),
      "fingerprint": fingerprints.map { ["old": .string($0.old), "new": .string($0.new)] } ?? .null,
      "mayWiden": .boolean(comparison.mayWiden), "equalTargets": number(comparison.equalTargets),
      "targets": .array(
        zip(comparison.targets, answers).map { target, answers in
          [
            "target": .string(target.target.description), "direction": .string(target.direction.rawValue),
            "omittedRegions": number(target.omitted),
            "regions": .array(
              zip(target.regions, answers).map { region, answer in
                [
                  "facts": .array(region.facts.map(Value.string)), "before": .string(region.before), "after": .string(region.after),
                  "direction": .string(region.direction.rawValue),
                  "witness": region.witness.map {
                    .string(
                      $0.test(named: "witness", expecting: region.after == "deny" ? "deny" : region.after == "allow" ? "allow" : "ask"))
                  } ?? .null,
                  "confirmed": .boolean(region.witness != nil && doubt(region, answer) == nil),
                ]
              }),
            "rules": .array(target.rules.map { .string($0.name) }),
          ]
        }),
      "settings": .array(
        comparison.settings.map {
          ["kind": .string($0.kind), "name": .string($0.name), "direction": .string($0.direction.rawValue), "change": .string($0.change)]
        }),
      "agents": .array(comparison.agents.map { .string($0.name) }),
      "brokenProofs": .array(
        broken.map { proof, _, witness in
          [
            "name": .string(proof.name), "place": place(proof.nameRange, new.files).map(Value.string) ?? .null,
            "counterExample": witness.map { .string($0.test(named: proof.name, expecting: "deny")) } ?? .null,
          ]
        }),
    ]
  }

  var diagnostics: [Diagnostic] { comparison.diagnostics(in: new) + broken.map(\.diagnostic) }
}
