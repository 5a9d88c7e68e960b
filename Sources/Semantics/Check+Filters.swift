internal import Syntax
internal import Text

private typealias Filter = CheckedPolicies.Filter

extension Checker {
  mutating func checkFilters() {
    for filter in declared.filters { check(filter) }
  }

  private mutating func check(_ filter: In<FilterSyntax>) {
    let targets = resolve(filter.syntax.targets, from: filter.file)
    var places: Set<Filter.Place> = []
    var paths: [[Filter.PathStep]] = []
    var isWhole = false
    for place in filter.syntax.places {
      switch place {
      case .kind(let word):
        let known = Filter.Place.allCases.map(\.rawValue)
        checkWord(word, known, "a filter reads")
        if let place = Filter.Place(rawValue: word.text) { places.insert(place) }
      case .structured(let path, _):
        places.insert(.structured)
        if let path { paths += steps(of: path).map { [$0] } ?? [] } else { isWhole = true }
      }
    }
    let isNamed = !filter.syntax.places.isEmpty
    if !isNamed { places = Set(Filter.Place.allCases).subtracting([.arguments]) }
    let lowered = lower(filter, isOfArguments: places.contains(.arguments))
    checkPlaces(filter.syntax, targets, places)
    checkNormalised(filter, places, lowered.transforms, lowered.clauses)
    if !lowered.binaries.isEmpty { checkBinary(filter.syntax, lowered.binaries, places) }
    let texts = lowered.clauses.map(\.actions) + (lowered.longest.map { [$0.actions] } ?? [])
    for actions in texts + lowered.binaries.map(\.binary.actions) {
      for label in actions.labels { labelSetters[label, default: []].append(LabelSetter(targets: targets)) }
    }
    guard let targets, !places.isEmpty else { return }
    parts.filters.append(
      .init(
        name: filter.syntax.name.text, targets: targets, places: places, arePlacesNamed: isNamed, structuredPaths: isWhole ? [] : paths,
        transforms: lowered.transforms, clauses: lowered.clauses, longest: lowered.longest,
        binaries: lowered.binaries.map(\.binary), isShadow: filter.declaration.shadow != nil,
        annotations: annotations(of: filter.declaration), nameRange: filter.syntax.name.range))
  }

  private mutating func checkPlaces(_ filter: FilterSyntax, _ targets: Targets?, _ places: Set<Filter.Place>) {
    if let targets, places == [.arguments], !targets.resources.isEmpty {
      let range = filter.targets.map(\.range).reduce(filter.targets[0].range) { $0.union($1) }
      report(
        .noArguments, "resources have no arguments that filter `\(filter.name.text)` could read", range, "speaks of resources",
        help: "name tools and prompts only")
    }
    if filter.clauses.isEmpty {
      report(
        .neverHolds, "filter `\(filter.name.text)` does nothing", filter.name.range, "looks for nothing",
        help: "say what it looks for: `match SET -> redact`")
    }
  }

  // MARK: Clauses

  private struct LoweredClauses {
    var transforms: Set<Filter.Transform> = []
    var clauses: [Filter.Clause] = []
    var longest: Filter.Longest?
    var binaries: [(binary: Filter.Binary, range: SourceRange)] = []
  }

  private mutating func lower(_ filter: In<FilterSyntax>, isOfArguments: Bool) -> LoweredClauses {
    var lowered = LoweredClauses()
    var matched: [DottedName] = []
    var length: SourceRange?
    for clause in filter.syntax.clauses {
      switch clause {
      case .normalise(let words, let range): lowered.transforms.formUnion(transforms("normalise", words, range))
      case .strip(let words, let range): lowered.transforms.formUnion(transforms("strip", words, range))
      case .decode(let words, let range): lowered.transforms.formUnion(transforms("decode", words, range))
      case .match(let name, let written, _):
        if let first = matched.first(where: { $0.text == name.text }) {
          reportClash("filter `\(filter.syntax.name.text)` says twice what happens to `\(name.text)`", name.range, first.range)
        }
        matched.append(name)
        let actions = lower(written, filter.file, of: .match, isOfArguments)
        if let (set, pattern) = findPatterns(name, filter.file) {
          lowered.clauses.append(.init(set: set, pattern: pattern, actions: actions))
        }
      case .longerThan(let size, let written, let range):
        if let length { reportClash("filter `\(filter.syntax.name.text)` has two lengths", range, length) }
        length = range
        if isOfArguments {
          report(
            .misplacedAction, "the length of arguments is not a filter's", range, "of arguments",
            help: "say it where types are: `refine SERVER.TOOL { field: length ..1_000 }`")
        }
        let actions = lower(written, filter.file, of: .length, false)
        if let bytes = positiveSize(size) { lowered.longest = .init(bytes: bytes, actions: actions) }
      case .binary(let binary, let written, let range):
        let actions = lower(written, filter.file, of: .binary, false)
        if let binary = lower(binary, actions) { lowered.binaries.append((binary, range)) }
      }
    }
    return lowered
  }

  mutating func reportClash(_ message: String, _ range: SourceRange, _ first: SourceRange) {
    report(
      .conflictingActions, message, range, "said again", also: [.init(first, "said here")],
      help: "join what is to happen in one clause: one of `wrap`, `redact`, `remove` and `block`, and any number of labels")
  }

  mutating func positiveSize(_ size: Literal) -> Int? {
    if case .size(let bytes) = size.kind, bytes > 0, let bytes = Int(exactly: bytes) { return bytes }
    report(.badQuantity, "a length is a size", size.range, "no size", help: "write `longer than 64KiB`")
    return nil
  }

  private mutating func transforms(_ step: String, _ words: [Identifier], _ range: SourceRange) -> [Filter.Transform] {
    let known = Filter.Transform.words[step] ?? [:]
    return words.compactMap { word in
      checkWord(word, known.keys.sorted(), "`\(step)` knows")
      return known[word.text]
    }
  }

  mutating func checkWord(_ word: Identifier, _ words: [String], _ what: String) {
    if words.contains(word.text) { return }
    let near = suggestion(for: word.text, among: words)
    report(
      .unknownChoice, "\(what) \(listed(words, most: 12)), not `\(word.text)`", word.range, "unknown",
      help: near.map { "did you mean `\($0)`?" }, fixes: replacement(near, word.range))
  }

  // MARK: Actions

  private enum ClauseKind { case match, length, binary }

  private mutating func lower(
    _ written: [FilterSyntax.Action], _ file: Int, of kind: ClauseKind, _ isOfArguments: Bool
  ) -> Filter.Actions {
    var content: (action: Filter.Content, range: SourceRange)?
    var labels: [String] = []
    var because: String?
    for action in written {
      if case .label(let name) = action {
        guard find(name, .label, from: file) != nil else { continue }
        if !labels.contains(name.text) { labels.append(name.text) }
        continue
      }
      guard let (word, range, lowered) = lower(action) else { continue }
      if case .block(let reason, _) = action { because = reason?.value }
      if let help = misplacement(lowered, kind, isOfArguments) {
        report(.misplacedAction, "`\(word)` cannot happen here", range, "cannot happen", help: help)
      } else if let content {
        report(
          .conflictingActions, "one text cannot be treated in two ways", range, "and this", also: [.init(content.range, "this")],
          help: "keep the stricter one; labels may stand beside it")
      } else {
        content = (lowered, range)
      }
    }
    return .init(content: content?.action, labels: labels, because: because)
  }

  private mutating func lower(_ action: FilterSyntax.Action) -> (word: String, range: SourceRange, content: Filter.Content)? {
    switch action {
    case .wrap(let range): ("wrap", range, .wrap)
    case .redact(let text, let range): ("redact", range, .redact(text.map { template($0) }))
    case .remove(let range): ("remove", range, .remove)
    case .truncate(let range): ("truncate", range, .truncate)
    case .block(_, let range): ("block", range, .block)
    case .label: nil
    }
  }

  /// Why an action cannot happen in a clause, as advice; nil: it can.
  private func misplacement(_ content: Filter.Content, _ kind: ClauseKind, _ isOfArguments: Bool) -> String? {
    if isOfArguments, content != .block {
      return "what goes to a server is never changed: `in args` takes `block` and `label`"
    }
    switch (kind, content) {
    case (.match, .truncate): return "`truncate` belongs to a length: `longer than 64KiB -> truncate`"
    case (.length, .redact): return "a length takes `truncate`, `wrap`, `remove` or `block`"
    case (.binary, .wrap), (.binary, .remove), (.binary, .truncate):
      return "binary content passes as it is, or not at all: it takes `redact`, which puts a text in its place, `block` and `label`"
    case (.binary, .redact(let template)):
      let isText = template?.allSatisfy { if case .text = $0 { true } else { false } } ?? true
      return isText ? nil : "no pattern finds binary content; write a plain text: `redact \"[a picture was here]\"`"
    case (.match, _), (.length, _), (.binary, .block): return nil
    }
  }

  /// `[removed: {pattern}]`; braces that hold none of the words stand for themselves.
  private mutating func template(_ literal: StringLiteral) -> [Filter.TemplatePiece] {
    let words: [(String, Filter.TemplatePiece)] = [("{pattern}", .pattern), ("{kind}", .kind), ("{id}", .pseudonym)]
    var pieces: [Filter.TemplatePiece] = []
    var text = ""
    var rest = literal.value[...]
    while let first = rest.first {
      if let (word, piece) = words.first(where: { rest.hasPrefix($0.0) }) {
        if !text.isEmpty { pieces.append(.text(text)) }
        text = ""
        pieces.append(piece)
        rest = rest.dropFirst(word.count)
      } else {
        if first == "{" {
          report(
            .badText, "`\(literal.value)` holds a brace that means nothing", literal.range, "unknown in braces",
            help: "braces hold `{pattern}`, `{kind}` or `{id}`")
          return [.text(literal.value)]
        }
        text.append(first)
        rest = rest.dropFirst()
      }
    }
    return text.isEmpty ? pieces : pieces + [.text(text)]
  }

  // MARK: Paths

  /// `$`, then `.name`, `["name"]` and `[*]`; nil: reported.
  private mutating func steps(of path: StringLiteral) -> [Filter.PathStep]? {
    if let steps = resultSteps(path.value) { return steps }
    report(
      .badText, "`\(path.value)` is no path into a result", path.range, "no path",
      help: "write `\"$.messages[*].body\"`: names behind dots, or in `['…']`, and `[*]` for each element")
    return nil
  }

  // MARK: Patterns

  /// `injection`, or one pattern of it: `injection.role_tag`. Names of sets may have dots themselves.
  private mutating func findPatterns(_ name: DottedName, _ file: Int) -> (set: Int, pattern: Int?)? {
    if symbols[SymbolKind.patterns.rawValue][name.text] != nil || name.parts.count == 1 {
      guard let symbol = find(name, .patterns, from: file) else { return nil }
      if declared.patterns[symbol.index].syntax.patterns.isEmpty {
        report(
          .neverHolds, "pattern set `\(name.text)` finds nothing", name.range, "has no pattern", also: [.init(symbol.range, "empty")],
          help: "give it a pattern, or remove this clause")
      }
      return (symbol.index, nil)
    }
    let set = DottedName(Array(name.parts.dropLast()))
    guard let symbol = find(set, .patterns, from: file) else { return nil }
    let last = name.parts[name.parts.count - 1]
    let patterns = declared.patterns[symbol.index].syntax.patterns.map(\.name.text)
    if patterns.contains(last.text) {
      // One that is no pattern was left out, and reported.
      return parts.patternSets[symbol.index].patterns.firstIndex { $0.name == last.text }.map { (symbol.index, $0) }
    }
    let near = suggestion(for: last.text, among: patterns)
    report(
      .unknownPattern, "no pattern `\(last.text)` in `\(set.text)`", last.range, "no such pattern",
      also: [.init(symbol.range, "has \(counted(patterns.count, "pattern"))")],
      help: near.map { "did you mean `\($0)`?" } ?? (patterns.isEmpty ? nil : "it has \(listed(patterns))"),
      fixes: replacement(near, last.range))
    return nil
  }

  /// Words of a language can be written in many ways that read the same; tokens of a format cannot. So it is patterns that fold letter case
  /// which want the text normalised.
  private mutating func checkNormalised(
    _ filter: In<FilterSyntax>, _ places: Set<Filter.Place>, _ transforms: Set<Filter.Transform>, _ clauses: [Filter.Clause]
  ) {
    guard places != [.arguments], !transforms.isSuperset(of: [.unicode, .invisible]) else { return }
    let prose = clauses.first { clause in
      let patterns = parts.patternSets[clause.set].patterns
      return (clause.pattern.map { [patterns[$0]] } ?? patterns).contains(where: \.text.caseInsensitive)
    }
    guard let prose else { return }
    let missing = [transforms.contains(.unicode) ? nil : "normalise unicode", transforms.contains(.invisible) ? nil : "strip invisible"]
    report(
      .rawText, "filter `\(filter.syntax.name.text)` reads text as it is written", filter.syntax.name.range,
      "look-alikes and invisible characters hide `\(parts.patternSets[prose.set].name)`",
      help: "add `\(missing.compactMap(\.self).joined(separator: ", "))`")
  }
}

private func resultSteps(_ text: String) -> [CheckedPolicies.Filter.PathStep]? {
  guard text.hasPrefix("$") else { return nil }
  var steps: [CheckedPolicies.Filter.PathStep] = []
  var rest = text.dropFirst()
  while let first = rest.first {
    if rest.hasPrefix("[*]") {
      steps.append(.elements)
      rest = rest.dropFirst(3)
    } else if first == "." {
      let name = rest.dropFirst().prefix { $0 != "." && $0 != "[" }
      guard !name.isEmpty, name != "*" else { return nil }
      steps.append(.member(String(name)))
      rest = rest.dropFirst(name.count + 1)
    } else if rest.hasPrefix("['"), let end = rest.firstRange(of: "']") {
      steps.append(.member(String(rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound])))
      rest = rest[end.upperBound...]
    } else {
      return nil
    }
  }
  return steps
}
