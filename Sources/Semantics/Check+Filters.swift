internal import RegularExpressions
internal import Syntax
internal import Text

/// The words of filters. Places of what goes to a model, and `args` for what goes to a server.
private enum FilterWords {
  static let places = ["text", "resource", "structured", "description", "error", "prompt", "instructions", "args"]
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
    for pattern in set.syntax.patterns {
      if let first = names[pattern.name.text] {
        reportDuplicate("pattern `\(pattern.name.text)`", pattern.name.range, first: first)
      } else {
        names[pattern.name.text] = pattern.name.range
      }
      if let regex = self.pattern(pattern.regex, .search) { prove(pattern, regex) }
      let missing = [pattern.hits.isEmpty ? "`hit`" : nil, pattern.misses.isEmpty ? "`miss`" : nil].compactMap(\.self)
      if !missing.isEmpty {
        report(
          .unprovenPattern, "pattern `\(pattern.name.text)` has no \(missing.joined(separator: " and no "))", pattern.name.range,
          "unproven",
          help: "show one text it finds and one it must leave alone: `hit \"…\" miss \"…\"`")
      }
    }
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
    _ = resolve(filter.syntax.targets, from: filter.file)
    for place in filter.syntax.places {
      switch place {
      case .kind(let word): checkWord(word, FilterWords.places, "a filter reads")
      case .structured(let path, _):
        guard let path, !path.value.hasPrefix("$") else { continue }
        report(
          .badText, "`\(path.value)` is no path into a result", path.range, "starts with `$`", help: "write `\"$.messages[*].body\"`")
      }
    }
    for clause in filter.syntax.clauses { check(clause, filter.file) }
  }

  private mutating func check(_ clause: FilterSyntax.Clause, _ file: Int) {
    switch clause {
    case .normalise(let words, _):
      for word in words { checkWord(word, FilterWords.normalise, "`normalise` knows") }
    case .strip(let words, _):
      for word in words { checkWord(word, FilterWords.strip, "`strip` knows") }
    case .decode(let words, _):
      for word in words { checkWord(word, FilterWords.decode, "`decode` knows") }
    case .match(let name, let actions, _):
      findPattern(name, file)
      for action in actions { check(action, file) }
    case .longerThan(let size, let actions, _):
      if case .size(let bytes) = size.kind, bytes > 0 {
      } else {
        report(.badQuantity, "a length is a size", size.range, "no size", help: "write `longer than 64KiB`")
      }
      for action in actions { check(action, file) }
    }
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
  private mutating func findPattern(_ name: DottedName, _ file: Int) {
    if symbols[SymbolKind.patterns.rawValue][name.text] != nil || name.parts.count == 1 {
      _ = find(name, .patterns, from: file)
      return
    }
    let set = DottedName(Array(name.parts.dropLast()))
    guard let symbol = find(set, .patterns, from: file) else { return }
    let last = name.parts[name.parts.count - 1]
    let patterns = declared.patterns[symbol.index].syntax.patterns.map(\.name.text)
    if patterns.contains(last.text) { return }
    let near = suggestion(for: last.text, among: patterns)
    report(
      .unknownPattern, "no pattern `\(last.text)` in `\(set.text)`", last.range, "no such pattern",
      also: [.init(symbol.range, "has \(counted(patterns.count, "pattern"))")],
      help: near.map { "did you mean `\($0)`?" } ?? (patterns.isEmpty ? nil : "it has \(listed(patterns))"),
      fixes: replacement(near, last.range))
  }
}
