internal import Syntax
internal import Text

/// What sets a label.
struct LabelSetter {
  /// Answers to calls of these; nil: an approval, or targets that could not be resolved.
  let targets: Targets?
}

extension Checker {
  mutating func checkLabels() {
    for label in declared.labels {
      parts.labels.append(.init(name: label.syntax.name.text, meaning: label.syntax.meaning.value, range: label.syntax.name.range))
    }
    guard let over = declared.labels.dropFirst(LabelLimits.labels).first else { return }
    report(
      .tooManyLabels, "more than \(LabelLimits.labels) labels", over.syntax.name.range, "one too many",
      help: "labels are for what decides about calls; what is only of interest stands in the log")
  }

  mutating func checkLabelEvents() {
    var marked: [(event: CheckedPolicies.LabelEvent, range: SourceRange)] = []
    for mark in declared.marks {
      guard let event = lower(mark, sets: true) else { continue }
      labelSetters[event.label, default: []].append(LabelSetter(targets: event.targets))
      marked.append((event, mark.syntax.label.range))
    }
    for clear in declared.clears {
      guard let event = lower(clear, sets: false) else { continue }
      uses(label: clear.syntax.label)
      if let other = marked.first(where: { $0.event.label == event.label && $0.event.event.overlaps(event.event) }) {
        report(
          .conflictingActions, "label `\(event.label)` is set and cleared by the same event", clear.syntax.label.range, "cleared here",
          also: [.init(other.range, "set here")], help: "the label would be set; say after what it is cleared, and leave that out of `mark`"
        )
      }
    }
  }

  /// Nil: reported.
  private mutating func lower(_ mark: In<MarkSyntax>, sets: Bool) -> CheckedPolicies.LabelEvent? {
    let label = find(mark.syntax.label, .label, from: mark.file)
    let event: CheckedPolicies.LabelEvent.Event
    switch mark.syntax.event {
    case .approval: event = .approval
    case .targets(let targets):
      guard let targets = resolve(targets, from: mark.file) else {
        // Something sets it, if not what was meant.
        if label != nil, sets { labelSetters[mark.syntax.label.text, default: []].append(LabelSetter(targets: nil)) }
        return nil
      }
      event = .use(of: targets)
    }
    guard label != nil else { return nil }
    let lowered = CheckedPolicies.LabelEvent(label: mark.syntax.label.text, sets: sets, event: event)
    parts.labelEvents.append(lowered)
    return lowered
  }

  /// Something waits for the label; whether anything sets it is known at the end.
  mutating func uses(label: Identifier) { labelsUsed.append(label) }

  /// A rule asks for the label.
  mutating func reads(label: Identifier) {
    labelsRead.insert(label.text)
    uses(label: label)
  }

  mutating func checkLabelUses() {
    // What could not be read may set or read them.
    guard !isAnythingLost else { return }
    for label in labelsUsed where labelSetters[label.text] == nil {
      report(
        .labelNeverSet, "nothing sets label `\(label.text)`", label.range, "never there",
        help: "set it with `mark \(label.text) after SERVER.TOOL` or in a filter's action")
    }
    for label in declared.labels where !labelsRead.contains(label.syntax.name.text) {
      report(
        .labelNeverRead, "no rule asks for label `\(label.syntax.name.text)`", label.syntax.name.range, "makes no difference",
        help: "ask for it: `deny NAME on SERVER.TOOL when session has \(label.syntax.name.text)`, or remove it")
    }
    reportOutOfReach()
  }

  // MARK: Reach

  /// A label that only uses of tools set which no grant opens, as far as labels tell, is never there.
  private mutating func reportOutOfReach() {
    var reached: Set<String> = []
    while true {
      let open = opened(with: reached)
      let next = Set(labelSetters.filter { $0.value.contains { $0.targets.map { open.meets($0) } ?? true } }.keys)
      if next.isSubset(of: reached) { break }
      reached.formUnion(next)
    }
    var seen: Set<String> = []
    for label in labelsUsed where labelSetters[label.text] != nil && !reached.contains(label.text) && seen.insert(label.text).inserted {
      report(
        .labelOutOfReach, "label `\(label.text)` is set only by tools that nobody may call", label.range, "never there",
        help: "grant one of the tools that set it, or remove what waits for it")
    }
  }

  /// What grants open that need no label beyond these.
  private func opened(with labels: Set<String>) -> Targets {
    var open = Targets()
    for rule in parts.rules {
      guard case .grant = rule.kind, rule.condition.requiredLabels.isSubset(of: labels) else { continue }
      open.formUnion(rule.targets)
    }
    return open
  }

  // MARK: Sessions

  mutating func checkSessions() {
    for (index, session) in declared.sessions.enumerated() {
      if index > 0 {
        report(
          .repeatedDeclaration, "a policy says once what a session is", session.declaration.range, "a second time",
          also: [.init(declared.sessions[0].declaration.keyword, "the first time")], help: "remove one of them")
      }
      for key in session.syntax.keys { checkSessionKey(key, session.file) }
    }
  }

  private mutating func checkSessionKey(_ key: FactPath, _ file: Int) {
    switch key.root.text {
    case "token", "key":
      if let path = claimPath(key, FactUse(isQuantified: false, isPresenceTest: true)) { parts.sessionKey.append(.claim(path)) }
    case "args":
      guard let path = ArgumentPath(key), !path.goesThroughElements else { return reportSessionKey(key) }
      parts.sessionKey.append(.argument(path))
      let visible = parts.servers.indices.filter { index in
        symbols[SymbolKind.server.rawValue][parts.servers[index].name].map { visibility.sees(from: file, $0.file) } ?? false
      }
      let known = visible.flatMap { parts.servers[$0].snapshot.tools }
      if known.isEmpty || known.contains(where: { if case .success = $0.input.read(path) { true } else { false } }) { return }
      report(
        .unknownArgument, "no tool has an argument `\(key.text)`", key.range, "no such argument",
        help: "a session key that no call has would put all calls into one session")
    default: reportSessionKey(key)
    }
  }

  private mutating func reportSessionKey(_ key: FactPath) {
    let near = suggestion(for: key.root.text, among: ["token", "key", "args"])
    report(
      .unknownFact, "`\(key.text)` cannot tell sessions apart", key.range, "no claim and no argument",
      help: near.map { "did you mean `\($0)`?" } ?? "write a claim such as `token.sub`, or an argument such as `args.thread_id`")
  }
}

private enum LabelLimits {
  /// One bit each of a session's word.
  static let labels = 64
}

extension CheckedPolicies.LabelEvent {
  fileprivate var targets: Targets? {
    if case .use(let targets) = event { targets } else { nil }
  }
}

extension CheckedPolicies.LabelEvent.Event {
  fileprivate func overlaps(_ other: Self) -> Bool {
    switch (self, other) {
    case (.approval, .approval): true
    case (.use(let one), .use(let two)): one.meets(two)
    case (.approval, _), (.use, _): false
    }
  }
}

extension Targets {
  /// Whether anything is in both.
  fileprivate func meets(_ other: Targets) -> Bool {
    !Set(tools).isDisjoint(with: other.tools) || !Set(prompts).isDisjoint(with: other.prompts)
      || resources.contains { mine in other.resources.contains { $0.server == mine.server && $0.uri.overlaps(mine.uri) } }
  }
}

extension Condition {
  /// Labels without which it cannot hold, as far as its outermost conjunction tells.
  fileprivate var requiredLabels: Set<String> {
    switch self {
    case .atom(let atom): if case .label(let name) = atom.subject { [name] } else { [] }
    case .all(let parts): parts.reduce(into: []) { $0.formUnion($1.requiredLabels) }
    case .constant, .any, .not: []
    }
  }
}
