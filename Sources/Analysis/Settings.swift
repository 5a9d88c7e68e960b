internal import Compilation
internal import JSON
internal import Semantics
internal import Text

/// What a policy says beside its rules, in the compiler's normal form. What is only watched (`shadow`) changes nothing and is left out.
struct Settings {
  struct Key: Hashable, Comparable {
    let kind: String
    let name: ExactText

    static func < (left: Key, right: Key) -> Bool { (left.kind, left.name) < (right.kind, right.name) }
  }

  /// Each in order of text.
  let lines: [Key: [String]]

  init(_ policies: CheckedPolicies) {
    var lines: [Key: [String]] = [:]
    for line in Set(canonicalSettings(policies).map { $0.dropLast(1) }) {
      var rest = line
      if rest.hasPrefix("shadow ") { continue }
      if rest.hasPrefix("confidential ") { rest = rest.dropFirst("confidential ".count) }
      guard let word = rest.split(separator: " ", maxSplits: 1).first, let kind = Self.kinds[String(word)] else { continue }
      let name = kind == "session" || kind == "server" ? "" : Self.name(rest.dropFirst(word.count + 1), kind)
      lines[Key(kind: kind, name: name.exact), default: []].append(String(line))
    }
    self.lines = lines.mapValues { $0.map(\.exact).sorted().map(\.text) }
  }

  private static let kinds = [
    "limit": "limit", "filter": "filter", "refine": "refine", "label": "label", "mark": "label", "clear": "label", "session": "session",
    "server": "server",
  ]

  /// The text in quotes that comes first; of a tool, both.
  private static func name(_ text: Substring, _ kind: String) -> String {
    var names: [String] = []
    for part in text.split(separator: "\"", omittingEmptySubsequences: false).dropFirst().enumerated() where part.offset % 2 == 0 {
      names.append(String(part.element))
      if names.count == (kind == "refine" ? 2 : 1) { break }
    }
    return names.joined(separator: ".")
  }
}

func settingChanges(_ old: CheckedPolicies, _ new: CheckedPolicies, _ targets: [Comparison.TargetChange]) -> [Comparison.SettingChange] {
  let (before, after) = (Settings(old).lines, Settings(new).lines)
  return Set(before.keys).union(after.keys).sorted().compactMap { key -> Comparison.SettingChange? in
    let (was, now) = (before[key] ?? [], after[key] ?? [])
    if was == now { return nil }
    let name = key.name.text
    let (direction, change): (Comparison.Direction, String) =
      switch key.kind {
      case "limit": limitChange(name, old, new)
      case "filter": filterChange(name, old, new)
      case "refine": (refinementChange(name, old, new, targets), was.isEmpty ? "added" : now.isEmpty ? "removed" : "changed")
      case "server": (.unknown, "what becomes of results that do not fit")
      default: (.unknown, was.isEmpty ? "added" : now.isEmpty ? "removed" : "changed")
      }
    return Comparison.SettingChange(
      kind: key.kind, name: name, direction: direction, change: change, before: place(key, old), after: place(key, new))
  }
}

private func place(_ key: Settings.Key, _ policies: CheckedPolicies) -> SourceRange? {
  switch key.kind {
  case "limit": policies.limits.first { $0.name.exact == key.name }?.nameRange
  case "filter": policies.filters.first { $0.name.exact == key.name }?.nameRange
  case "label": policies.labels.first { $0.name.exact == key.name }?.range
  case "refine": policies.refinement(named: key.name.text)?.fields.first?.range
  default: nil
  }
}

/// What diagrams show of a refinement, they say; the rest is told by what was added and removed.
private func refinementChange(
  _ name: String, _ old: CheckedPolicies, _ new: CheckedPolicies, _ targets: [Comparison.TargetChange]
) -> Comparison.Direction {
  let (before, after) = (old.refinement(named: name), new.refinement(named: name))
  let hidden = [before, after].map { $0?.hidden ?? [] }
  if hidden[0] == hidden[1] { return targets.first { "\($0.target.server).\($0.target.name)" == name }?.direction ?? .narrower }
  if hidden[0].isSubset(of: hidden[1]) { return .narrower }
  return hidden[1].isSubset(of: hidden[0]) ? .wider : .unknown
}

extension CheckedPolicies {
  fileprivate func refinement(named name: String) -> Refinement? {
    refinements.first { "\(servers[$0.tool.server].name).\(tool($0.tool).name)".exact == name.exact }
  }
}

extension CheckedPolicies.Refinement {
  /// What diagrams do not show whole.
  fileprivate var hidden: Set<String> {
    var texts: Set<String> = forbidsOthers ? ["others"] : []
    for field in fields {
      if field.isAbsent { texts.insert("\(field.path) absent") }
      if let value = field.defaultValue { texts.insert("\(field.path) default \(value.text)") }
      for constraint in field.constraints {
        switch constraint {
        case .url, .path: texts.insert("\(field.path) \(constraint)")
        default: continue
        }
      }
    }
    return texts
  }
}
