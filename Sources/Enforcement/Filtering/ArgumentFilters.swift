package import Bytecode
package import Decision
internal import Filters
internal import JSON
internal import Messages

extension ProgramFilters {
  /// Looks at every text in the arguments of a call, escapes resolved: values however deeply nested, and names of members.
  ///
  /// Time: linear in the arguments, once for all filters of the target. Does not allocate unless something is found.
  /// - Returns: nil when nothing is found, or nothing looks.
  package func scan(_ call: Call, scratch: inout FilterScratch) -> FilterFindings? {
    switch call {
    case .tool(let tool, let document, let arguments): scan(readers(of: tool), document, arguments, &scratch)
    case .prompt(let prompt, let document, let arguments): scan(readers(of: prompt), document, arguments, &scratch)
    case .resource: nil
    }
  }

  /// Whether any filter looks at the arguments of a call.
  func read(argumentsOf call: Call) -> Bool {
    let readers: Readers
    switch call {
    case .tool(let tool, _, _): readers = self.readers(of: tool)
    case .prompt(let prompt, _, _): readers = self.readers(of: prompt)
    case .resource: return false
    }
    return readers.unusable(in: .arguments) != nil || readers.selection(of: .arguments) != nil
  }

  private func scan(_ readers: Readers, _ document: Document, _ arguments: Node?, _ scratch: inout FilterScratch) -> FilterFindings? {
    guard let arguments else { return nil }
    if let unusable = readers.unusable(in: .arguments) { return FilterFindings(unusable: unusable, program) }
    guard let sanitiser, let selection = readers.selection(of: .arguments) else { return nil }
    scratch.hits.removeAll(keepingCapacity: true)
    scratch.labels = LabelSet()
    for index in document.indices(in: arguments) {
      let node = Node(index: index)
      guard let range = document.stringBytes(node) else { continue }
      if document.hasEscapes(node) {
        // Taken out for the time, so that the rest of the scratch can be written to meanwhile.
        var decoded: [UInt8] = []
        swap(&decoded, &scratch.decoded)
        decoded.removeAll(keepingCapacity: true)
        document.decodeString(node, appendingTo: &decoded)
        _ = sanitiser.inspect(decoded.span, under: selection, from: Span(), scratch: &scratch.texts)
        swap(&decoded, &scratch.decoded)
      } else {
        _ = sanitiser.inspect(document.bytes.span.extracting(range), under: selection, from: Span(), scratch: &scratch.texts)
      }
      scratch.note(index)
    }
    guard !scratch.hits.isEmpty else { return nil }
    return FilterFindings(scratch.hits, scratch.labels, program, document, arguments)
  }
}

/// What a scan writes to: made once by whoever scans, one scan at a time.
package struct FilterScratch: ~Copyable {
  var texts = SanitiserScratch()
  var decoded: [UInt8] = []
  var hits: [FilterHit] = []
  var labels = LabelSet()

  package init() {}

  /// A pattern counts once for a text, however often it is found there: a filter's every pattern and every text are noted up to a number.
  mutating func note(_ node: UInt32) {
    labels.formUnion(texts.labels)
    for finding in texts.findings {
      let hit = FilterHit(filter: finding.filter, pattern: finding.pattern, node: node, kind: finding.kind)
      guard !hits.contains(where: { $0.node == node && $0.filter == hit.filter && $0.pattern == hit.pattern }),
        hits.count(where: { $0.filter == finding.filter }) < Limits.filterHits
      else { continue }
      hits.append(hit)
    }
  }
}

/// A pattern that was found in a text, or that may be there.
struct FilterHit {
  let filter: Int
  /// An index into `Program.filterPatterns`; nil for a text that is too long.
  let pattern: Int?
  let node: UInt32
  let kind: FilterFinding.Kind
}

/// What the filters of a target found in the arguments of one call.
package struct FilterFindings: Sendable {
  /// Of filters that are enforced and block what they found, in order of name.
  package let denials: [FilterDenial]
  /// Names of shadow filters that found something.
  package let shadows: [String]
  /// What the session is marked with when the call's result goes out.
  package let labels: LabelSet

  fileprivate init(_ hits: [FilterHit], _ labels: LabelSet, _ program: Program, _ document: Document, _ arguments: Node) {
    let found = Set(hits.map(\.filter)).sorted()
    denials = found.filter { !program.filters[$0].isShadow }.compactMap { filter in
      let blocking = hits.filter { $0.filter == filter && program.blocks($0) }
      return blocking.isEmpty ? nil : FilterDenial(program, filter, blocking, document, arguments)
    }
    shadows = found.filter { program.filters[$0].isShadow }.map { program.filters[$0].name }
    self.labels = labels
  }

  fileprivate init(unusable filter: Int, _ program: Program) {
    denials = program.filters[filter].isShadow ? [] : [FilterDenial(unusable: program.filters[filter])]
    shadows = program.filters[filter].isShadow ? [program.filters[filter].name] : []
    labels = LabelSet()
  }
}

extension Program {
  /// Whether something found refuses the call, and does not only mark the session. What may be there takes the strictest action of the filter.
  fileprivate func blocks(_ hit: FilterHit) -> Bool {
    let filter = filters[hit.filter]
    switch hit.kind {
    case .tooLong: return filter.longest?.content == .block
    case .undecided: return filter.clauses.contains { $0.content == .block } || filter.longest?.content == .block
    case .found, .imitation:
      guard let pattern = hit.pattern else { return false }
      return filter.clauses.contains { $0.content == .block && $0.patterns.contains(pattern) }
    }
  }

  fileprivate func because(_ hit: FilterHit) -> String? { filters[hit.filter].because(hit.pattern) }
}

/// Why one filter denies a call. Names patterns and places, never what stands there.
package struct FilterDenial: Sendable {
  package let filter: FilterInfo
  /// Of the first pattern that found something and has a reason.
  package let because: String?
  package let problems: [ArgumentProblem]
  /// Names of the patterns, each once.
  package let patterns: [String]

  fileprivate init(_ program: Program, _ number: Int, _ hits: [FilterHit], _ document: Document, _ arguments: Node) {
    filter = program.filters[number]
    because = hits.lazy.compactMap { program.because($0) }.first
    problems = hits.map { hit in
      let (pointer, isName) = document.place(of: hit.node, in: arguments)
      let what = isName ? "the name of an argument in it" : "it"
      let message: String
      if let name = hit.pattern.map({ program.filterPatterns[$0].name }) {
        message =
          hit.kind == .undecided
          ? "\(what) is too long or too intricate to be searched for `\(name)`; make it shorter" : "\(what) matches the pattern `\(name)`"
      } else {
        message = "\(what) is too long; make it shorter"
      }
      return ArgumentProblem(path: shortened(Array(pointer.description.utf8)), message: message)
    }
    var seen: Set<Int> = []
    patterns = hits.compactMap(\.pattern).compactMap { seen.insert($0).inserted ? program.filterPatterns[$0].name : nil }
  }

  fileprivate init(unusable filter: FilterInfo) {
    self.filter = filter
    because = nil
    problems = [ArgumentProblem(path: "", message: "the filter's patterns cannot be used, so no arguments can be checked")]
    patterns = []
  }
}
