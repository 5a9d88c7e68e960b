internal import Bytecode
internal import Patterns
internal import Semantics
internal import Text

/// The filters of arguments in order of name, and what they speak of.
struct FilterTable {
  private(set) var filters: [FilterInfo] = []
  private(set) var patterns: [FilterPattern] = []
  private(set) var sets: [PatternSetInfo] = []
  /// Indices into `filters`, ascending.
  private(set) var byTool: [ToolReference: [Int]] = [:]
  private(set) var byPrompt: [PromptReference: [Int]] = [:]

  init(_ policies: CheckedPolicies) throws(Rejected) {
    let files = Dictionary(uniqueKeysWithValues: policies.files.map { ($0.id, $0) })
    let sorted = policies.filters.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (index, filter) in sorted.enumerated() {
      guard let file = files[filter.nameRange.file] else { preconditionFailure("a filter of a file that was not loaded") }
      try add(filter, file)
      for tool in filter.targets.tools { byTool[tool, default: []].append(index) }
      for prompt in filter.targets.prompts { byPrompt[prompt, default: []].append(index) }
    }
  }

  private mutating func add(_ filter: CheckedPolicies.Filter, _ file: SourceFile) throws(Rejected) {
    let first = patterns.count
    var clauses: [FilterClause] = []
    for pattern in filter.patterns {
      do {
        _ = try Patterns.Pattern(pattern.text.source, caseless: pattern.text.caseInsensitive, mode: .search)
      } catch {
        throw Rejected([
          Diagnostic(
            .patternTooLarge, "pattern `\(pattern.name)` cannot be compiled", at: Diagnostic.Label(filter.nameRange, error.message))
        ])
      }
      clauses.append(
        FilterClause(
          set: sets.count, patterns: [patterns.count], isScored: false, content: .block, labels: LabelSet(), because: pattern.because))
      patterns.append(
        FilterPattern(
          name: pattern.name, source: pattern.text.source, caseInsensitive: pattern.text.caseInsensitive,
          longestText: pattern.text.longestText))
    }
    sets.append(
      PatternSetInfo(name: filter.name, threshold: nil, window: PatternSetInfo.defaultWindow, patterns: first..<patterns.count))
    filters.append(
      FilterInfo(
        name: filter.name, file: file.path, line: file.position(at: filter.nameRange.lower).line, isShadow: filter.isShadow,
        isConfidential: filter.annotations.contains { $0.name == "confidential" }, places: .arguments, clauses: clauses))
  }
}
