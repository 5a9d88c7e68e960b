internal import Bytecode
internal import JSON
internal import Semantics
internal import Text

/// The filters in order of name, the pattern sets they use, and what they speak of.
struct FilterTable {
  private(set) var filters: [FilterInfo] = []
  private(set) var patterns: [FilterPattern] = []
  private(set) var sets: [PatternSetInfo] = []
  /// Indices into `filters`, ascending.
  private(set) var byTool: [ToolReference: [Int]] = [:]
  private(set) var byPrompt: [PromptReference: [Int]] = [:]
  /// By server.
  private(set) var serverWide: [[Int]]
  private(set) var ofResources: [[ResourceFilter]]
  /// By checked set, its number here.
  private var known: [Int: Int] = [:]

  init(_ policies: CheckedPolicies, _ labels: LabelTable) {
    serverWide = Array(repeating: [], count: policies.servers.count)
    ofResources = Array(repeating: [], count: policies.servers.count)
    let files = Dictionary(uniqueKeysWithValues: policies.files.map { ($0.id, $0) })
    let sorted = policies.filters.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (index, filter) in sorted.enumerated() {
      guard let file = files[filter.nameRange.file] else { preconditionFailure("a filter of a file that was not loaded") }
      add(filter, file, policies, labels)
      for tool in filter.targets.tools { byTool[tool, default: []].append(index) }
      for server in policies.servers.indices { place(filter, index, server, policies) }
    }
  }

  /// Says which prompts, resources and texts of its own a server has under a filter.
  ///
  /// A server's tools are named, and its other texts rarely are, though they reach the same model. So a filter of all tools of a server is one of
  /// everything that the server says; and one that names places reads them wherever they stand, as soon as it speaks of the server at all. Only
  /// prompts or resources that are named are not widened.
  private mutating func place(_ filter: CheckedPolicies.Filter, _ index: Int, _ server: Int, _ policies: CheckedPolicies) {
    let tools = filter.targets.tools.count { $0.server == server }
    let named = filter.targets.prompts.filter { $0.server == server }
    let globs = filter.targets.resources.filter { $0.server == server }
    guard tools > 0 || !named.isEmpty || !globs.isEmpty else { return }
    let declared = policies.servers[server].snapshot
    let isWide = filter.arePlacesNamed || tools == declared.tools.count
    for prompt in named { byPrompt[prompt, default: []].append(index) }
    if !globs.isEmpty { ofResources[server].append(ResourceFilter(filter: index, globs: globs.map { URIGlob($0.uri) })) }
    guard isWide else { return }
    serverWide[server].append(index)
    if named.isEmpty, filter.places.contains(.prompt) || filter.places.contains(.description) {
      for prompt in declared.prompts.indices { byPrompt[PromptReference(server: server, prompt: prompt), default: []].append(index) }
    }
    if globs.isEmpty { ofResources[server].append(ResourceFilter(filter: index, globs: [URIGlob(source: "**", pieces: [.anything])])) }
  }

  private mutating func add(_ filter: CheckedPolicies.Filter, _ file: SourceFile, _ policies: CheckedPolicies, _ labels: LabelTable) {
    let clauses = filter.clauses.map { clause in
      let set = number(of: clause.set, policies)
      return FilterClause(
        set: set, patterns: clause.pattern.map { [sets[set].patterns.lowerBound + $0] } ?? Array(sets[set].patterns),
        isScored: clause.pattern == nil && sets[set].threshold != nil, content: clause.actions.content.map(ContentAction.init),
        labels: labels.set(clause.actions.labels), because: clause.actions.because)
    }
    filters.append(
      FilterInfo(
        name: filter.name, file: file.path, line: file.position(at: filter.nameRange.lower).line, isShadow: filter.isShadow,
        isConfidential: filter.annotations.contains { $0.name == "confidential" },
        places: filter.places.reduce(into: []) { $0.formUnion(FilterPlaces($1)) },
        structuredPaths: filter.structuredPaths.map { ResultPath(steps: $0.map(ResultPath.Step.init)) },
        transforms: filter.transforms.reduce(into: []) { $0.formUnion(FilterTransforms($1)) }, clauses: clauses,
        longest: filter.longest.map { longest in
          LongestText(
            bytes: longest.bytes, content: longest.actions.content.map(ContentAction.init), labels: labels.set(longest.actions.labels),
            because: longest.actions.because)
        }, binaries: filter.binaries.map { BinaryClause($0, labels) }))
  }

  private mutating func number(of set: Int, _ policies: CheckedPolicies) -> Int {
    if let number = known[set] { return number }
    let checked = policies.patternSets[set]
    let first = patterns.count
    patterns += checked.patterns.map { pattern in
      FilterPattern(
        name: "\(checked.name).\(pattern.name)", source: pattern.text.source, caseInsensitive: pattern.text.caseInsensitive,
        longestText: pattern.text.longestText, weight: pattern.weight, family: pattern.family, checks: pattern.checks)
    }
    sets.append(
      PatternSetInfo(
        name: checked.name, threshold: checked.threshold, window: checked.window ?? PatternSetInfo.defaultWindow,
        patterns: first..<patterns.count))
    known[set] = sets.count - 1
    return sets.count - 1
  }
}

/// Labels in order of name, and what events do to them.
struct LabelTable {
  let infos: [LabelInfo]
  private let ids: [ExactText: LabelID]
  private(set) var approval = LabelChange()
  private(set) var byTool: [ToolReference: LabelChange] = [:]
  private(set) var byPrompt: [PromptReference: LabelChange] = [:]
  /// By server.
  private(set) var ofResources: [[ResourceLabels]]

  init(_ policies: CheckedPolicies) {
    let sorted = policies.labels.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    let cleared = Set(policies.labelEvents.filter { !$0.sets }.map(\.label))
    infos = sorted.map { LabelInfo(name: $0.name, meaning: $0.meaning, canBeCleared: cleared.contains($0.name)) }
    ids = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1.name.exact, LabelID(UInt8($0))) })
    ofResources = Array(repeating: [], count: policies.servers.count)
    for event in policies.labelEvents {
      let labels = set([event.label])
      let change = event.sets ? LabelChange(sets: labels) : LabelChange(clears: labels)
      switch event.event {
      case .approval: approval.formUnion(change)
      case .use(let targets):
        for tool in targets.tools { byTool[tool, default: LabelChange()].formUnion(change) }
        for prompt in targets.prompts { byPrompt[prompt, default: LabelChange()].formUnion(change) }
        for (server, globs) in Dictionary(grouping: targets.resources, by: \.server) {
          ofResources[server].append(ResourceLabels(change: change, globs: globs.map { URIGlob($0.uri) }))
        }
      }
    }
  }

  func id(_ name: String) -> LabelID {
    guard let id = ids[name.exact] else { preconditionFailure("a label that was not declared") }
    return id
  }

  func set(_ names: [String]) -> LabelSet { LabelSet(names.map(id)) }
}

extension ContentAction {
  fileprivate init(_ content: CheckedPolicies.Filter.Content) {
    self =
      switch content {
      case .wrap: .wrap
      case .redact(let template): .redact(template.map { RedactionTemplate(pieces: $0.map(RedactionTemplate.Piece.init)) } ?? .standard)
      case .remove: .remove
      case .truncate: .truncate
      case .block: .block
      }
  }
}

extension BinaryClause {
  fileprivate init(_ binary: CheckedPolicies.Filter.Binary, _ labels: LabelTable) {
    let action: Action? =
      switch binary.actions.content {
      case .block: .block
      case .redact(let template):
        .redact(template.map { $0.flatMap(\.ownText) })
      case .wrap, .remove, .truncate, nil: nil
      }
    self.init(
      isExcept: binary.isExcept, types: binary.types.map(MediaRange.init), longerThan: binary.longerThan, action: action,
      labels: labels.set(binary.actions.labels), because: binary.actions.because)
  }
}

extension CheckedPolicies.Filter.TemplatePiece {
  fileprivate var ownText: [UInt8] { if case .text(let text) = self { Array(text.utf8) } else { [] } }
}

extension RedactionTemplate.Piece {
  fileprivate init(_ piece: CheckedPolicies.Filter.TemplatePiece) {
    self =
      switch piece {
      case .text(let text): .text(Array(text.utf8))
      case .pattern: .pattern
      case .kind: .kind
      case .pseudonym: .pseudonym
      }
  }
}

extension ResultPath.Step {
  fileprivate init(_ step: CheckedPolicies.Filter.PathStep) {
    self =
      switch step {
      case .member(let name): .member(Array(name.utf8))
      case .elements: .elements
      }
  }
}

extension FilterPlaces {
  fileprivate init(_ place: CheckedPolicies.Filter.Place) {
    self =
      switch place {
      case .text: .text
      case .resource: .resource
      case .structured: .structured
      case .description: .description
      case .error: .error
      case .prompt: .prompt
      case .instructions: .instructions
      case .completion: .completion
      case .message: .message
      case .request: .request
      case .arguments: .arguments
      }
  }
}

extension FilterTransforms {
  fileprivate init(_ transform: CheckedPolicies.Filter.Transform) {
    self =
      switch transform {
      case .unicode: .unicode
      case .invisible: .invisible
      case .control: .control
      case .terminal: .terminal
      case .markup: .markup
      case .base64: .base64
      case .hexadecimal: .hexadecimal
      case .percent: .percent
      case .entities: .entities
      case .rot13: .rot13
      case .leet: .leet
      case .spaced: .spaced
      }
  }
}
