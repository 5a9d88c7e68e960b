internal import RegularExpressions
internal import Syntax
internal import Text

/// The words of filters. Places of what goes to a model, and `args` for what goes to a server.
private enum FilterWords {
  static let places = ["text", "resource", "structured", "description", "error", "prompt", "instructions", arguments]
  static let arguments = "args"
  static let normalise = ["unicode", "confusables", "whitespace", "case"]
  static let strip = ["invisible", "control", "ansi", "html"]
  static let decode = ["base64", "hex", "url", "html"]
}

extension Checker {
  mutating func checkFilters() {
    for set in declared.patterns { check(set) }
    for filter in declared.filters { check(filter) }
  }

  private mutating func check(_ set: In<PatternsSyntax>) {
    var names: [String: SourceRange] = [:]
    var patterns: [CheckedPolicies.Filter.Pattern] = []
    for pattern in set.syntax.patterns {
      if let first = names[pattern.name.text] {
        reportDuplicate("pattern `\(pattern.name.text)`", pattern.name.range, first: first)
      } else {
        names[pattern.name.text] = pattern.name.range
      }
      if let text = self.pattern(pattern.regex, .search) {
        prove(pattern, text)
        patterns.append(.init(name: "\(set.syntax.name.text).\(pattern.name.text)", text: text, because: nil))
      }
      let missing = [pattern.hits.isEmpty ? "`hit`" : nil, pattern.misses.isEmpty ? "`miss`" : nil].compactMap(\.self)
      if !missing.isEmpty {
        report(
          .unprovenPattern, "pattern `\(pattern.name.text)` has no \(missing.joined(separator: " and no "))", pattern.name.range,
          "unproven",
          help: "show one text it finds and one it must leave alone: `hit \"…\" miss \"…\"`")
      }
    }
    patternSets.append(patterns)
  }

  /// Runs a pattern over the texts it says it finds and leaves alone. Not all can be run here: of a pattern with an atomic group, or whose
  /// automaton is large, nothing is said.
  private mutating func prove(_ pattern: PatternsSyntax.Pattern, _ regex: TextPattern) {
    guard let expression = try? RegularExpression(parsing: regex.source, caseInsensitive: regex.caseInsensitive),
      var recognizer = Recognizer(Language(expression, .search))
    else { return }
    for hit in pattern.hits where recognizer.accepts(hit.value) == false {
      var folding = (try? RegularExpression(parsing: regex.source, caseInsensitive: true)).flatMap { Recognizer(Language($0, .search)) }
      let isCase = folding?.accepts(hit.value) == true
      report(
        .missedHit, "pattern `\(pattern.name.text)` does not find its `hit`", hit.range, "not found",
        also: [.init(pattern.regex.range, "this pattern")],
        help: isCase ? "upper and lower case differ; write `i` behind the pattern" : "mend the pattern, or the text it is to find")
    }
    for miss in pattern.misses where recognizer.accepts(miss.value) == true {
      report(
        .foundMiss, "pattern `\(pattern.name.text)` finds its `miss`", miss.range, "found, but is to be left alone",
        also: [.init(pattern.regex.range, "this pattern")],
        help: "a pattern finds what it matches anywhere in a text; make it narrower, or begin and end it with `\\b`")
    }
  }

  private mutating func check(_ filter: In<FilterSyntax>) {
    let targets = resolve(filter.syntax.targets, from: filter.file)
    for place in filter.syntax.places {
      switch place {
      case .kind(let word): checkWord(word, FilterWords.places, "a filter reads")
      case .structured(let path, _):
        guard let path, !path.value.hasPrefix("$") else { continue }
        report(
          .badText, "`\(path.value)` is no path into a result", path.range, "starts with `$`", help: "write `\"$.messages[*].body\"`")
      }
    }
    var patterns: [CheckedPolicies.Filter.Pattern] = []
    for clause in filter.syntax.clauses {
      let found = check(clause, filter.file)
      guard case .match(_, let actions, _) = clause else { continue }
      let because = actions.lazy.compactMap(\.because).first
      patterns += found.map { .init(name: $0.name, text: $0.text, because: because) }
    }
    reportLaterParts(of: filter)
    if let targets { lower(filter, targets, patterns) }
  }

  private mutating func lower(_ filter: In<FilterSyntax>, _ targets: Targets, _ patterns: [CheckedPolicies.Filter.Pattern]) {
    let name = filter.syntax.name
    let range = filter.syntax.targets.map(\.range).reduce(filter.syntax.targets[0].range) { $0.union($1) }
    if !targets.resources.isEmpty, filter.syntax.places.contains(where: \.isArguments) {
      report(
        .noArguments, "resources have no arguments that filter `\(name.text)` could read", range, "speaks of resources",
        help: "name tools and prompts only")
    }
    if filter.syntax.clauses.isEmpty {
      report(
        .neverHolds, "filter `\(name.text)` finds nothing", name.range, "looks for nothing",
        help: "say what it looks for: `match SET -> block`")
    }
    parts.filters.append(
      .init(
        name: name.text, targets: targets, patterns: patterns, isShadow: filter.declaration.shadow != nil,
        annotations: annotations(of: filter.declaration), nameRange: name.range))
  }

  /// Filters of what goes to a server are carried out when they block; all others are refused by name of the part that is not.
  private mutating func reportLaterParts(of filter: In<FilterSyntax>) {
    if filter.syntax.places.isEmpty {
      reportLater("a filter of what goes back to the model", filter.syntax.name.range, help: "`in args` filters what goes to the server")
    }
    for place in filter.syntax.places {
      switch place {
      case .kind(let word):
        if word.text != FilterWords.arguments, FilterWords.places.contains(word.text) { reportLater("`in \(word.text)`", word.range) }
      case .structured(_, let range): reportLater("`in structured`", range)
      }
    }
    for clause in filter.syntax.clauses {
      switch clause {
      case .normalise(_, let range): reportLater("`normalise`", range)
      case .strip(_, let range): reportLater("`strip`", range)
      case .decode(_, let range): reportLater("`decode`", range)
      case .longerThan(_, _, let range): reportLater("`longer than`", range)
      case .match(_, let actions, _):
        for action in actions {
          guard let (word, range) = action.later else { continue }
          reportLater("`\(word)`", range)
        }
      }
    }
  }

  /// - Returns: the patterns it matches.
  private mutating func check(_ clause: FilterSyntax.Clause, _ file: Int) -> [CheckedPolicies.Filter.Pattern] {
    switch clause {
    case .normalise(let words, _):
      for word in words { checkWord(word, FilterWords.normalise, "`normalise` knows") }
    case .strip(let words, _):
      for word in words { checkWord(word, FilterWords.strip, "`strip` knows") }
    case .decode(let words, _):
      for word in words { checkWord(word, FilterWords.decode, "`decode` knows") }
    case .match(let name, let actions, _):
      for action in actions { check(action, file) }
      return findPatterns(name, file)
    case .longerThan(let size, let actions, _):
      if case .size(let bytes) = size.kind, bytes > 0 {
      } else {
        report(.badQuantity, "a length is a size", size.range, "no size", help: "write `longer than 64KiB`")
      }
      for action in actions { check(action, file) }
    }
    return []
  }

  private mutating func checkWord(_ word: Identifier, _ words: [String], _ what: String) {
    if words.contains(word.text) { return }
    let near = suggestion(for: word.text, among: words)
    report(
      .unknownChoice, "\(what) \(listed(words, most: 12)), not `\(word.text)`", word.range, "unknown",
      help: near.map { "did you mean `\($0)`?" }, fixes: replacement(near, word.range))
  }

  private mutating func check(_ action: FilterSyntax.Action, _ file: Int) {
    guard case .label(let label) = action, find(label, .label, from: file) != nil else { return }
    labelsSet.insert(label.text)
  }

  /// `injection`, or one pattern of it: `injection.role_tag`. Names of sets may have dots themselves.
  private mutating func findPatterns(_ name: DottedName, _ file: Int) -> [CheckedPolicies.Filter.Pattern] {
    if symbols[SymbolKind.patterns.rawValue][name.text] != nil || name.parts.count == 1 {
      guard let symbol = find(name, .patterns, from: file) else { return [] }
      if declared.patterns[symbol.index].syntax.patterns.isEmpty {
        report(
          .neverHolds, "pattern set `\(name.text)` finds nothing", name.range, "has no pattern", also: [.init(symbol.range, "empty")],
          help: "give it a pattern, or remove this clause")
      }
      return patternSets[symbol.index]
    }
    let set = DottedName(Array(name.parts.dropLast()))
    guard let symbol = find(set, .patterns, from: file) else { return [] }
    let last = name.parts[name.parts.count - 1]
    let patterns = declared.patterns[symbol.index].syntax.patterns.map(\.name.text)
    if patterns.contains(last.text) { return patternSets[symbol.index].filter { $0.name == name.text } }
    let near = suggestion(for: last.text, among: patterns)
    report(
      .unknownPattern, "no pattern `\(last.text)` in `\(set.text)`", last.range, "no such pattern",
      also: [.init(symbol.range, "has \(counted(patterns.count, "pattern"))")],
      help: near.map { "did you mean `\($0)`?" } ?? (patterns.isEmpty ? nil : "it has \(listed(patterns))"),
      fixes: replacement(near, last.range))
    return []
  }
}

extension FilterSyntax.Place {
  fileprivate var isArguments: Bool {
    if case .kind(let word) = self { word.text == FilterWords.arguments } else { false }
  }
}

extension FilterSyntax.Action {
  fileprivate var because: String? {
    if case .block(let because, _) = self { because?.value } else { nil }
  }

  /// What is not carried out; nil for `block`.
  fileprivate var later: (word: String, range: SourceRange)? {
    switch self {
    case .block: nil
    case .wrap(let range): ("wrap", range)
    case .redact(_, let range): ("redact", range)
    case .remove(let range): ("remove", range)
    case .truncate(let range): ("truncate", range)
    case .label(let label): ("label", label.range)
    }
  }
}
