package import Bytecode
package import Decision
internal import Filters
internal import JSON
internal import RegularExpressions

/// The filters of a program's tools and prompts, compiled: each target's patterns are searched for together, in one pass over each text.
/// Immutable, so every connection may use it at once.
package final class ArgumentFilters: Sendable {
  /// Filters that some targets have in common.
  struct Plan {
    /// Nil when a pattern cannot be compiled: then nothing passes.
    let set: PatternSet?
    /// By pattern of the set.
    let owners: [Owner]
  }

  struct Owner {
    /// An index into `Program.filters`.
    let filter: Int
    /// An index into its clauses.
    let clause: Int
    /// An index into `Program.filterPatterns`.
    let pattern: Int
  }

  package let program: Program
  private let plans: [Plan]
  /// By number of the tool or prompt: an index into `plans`; nil for one without filters.
  private let ofTools: [Int?]
  private let ofPrompts: [Int?]

  package init(_ program: Program) {
    var plans: [Plan] = []
    var known: [[Int]: Int] = [:]
    func plan(of pinned: PinnedInfo) -> Int? {
      let filters = pinned.filters.filter { program.filters[$0].places.contains(.arguments) }
      if filters.isEmpty { return nil }
      if let plan = known[filters] { return plan }
      known[filters] = plans.count
      plans.append(Plan(filters, program))
      return plans.count - 1
    }
    ofTools = program.tools.map(plan)
    ofPrompts = program.prompts.map(plan)
    self.plans = plans
    self.program = program
  }

  /// Searches every text in the arguments of a call, escapes resolved: values however deeply nested, and names of members.
  ///
  /// Time: linear in the arguments, once for all filters of the target. Does not allocate unless something is found.
  /// - Returns: nil when nothing is found, or nothing looks.
  package func scan(_ call: Call, scratch: inout FilterScratch) -> FilterFindings? {
    switch call {
    case .tool(let tool, let document, let arguments): scan(ofTools[Int(tool.index)], document, arguments, &scratch)
    case .prompt(let prompt, let document, let arguments): scan(ofPrompts[Int(prompt.index)], document, arguments, &scratch)
    case .resource: nil
    }
  }

  private func scan(_ plan: Int?, _ document: Document, _ arguments: Node?, _ scratch: inout FilterScratch) -> FilterFindings? {
    guard let plan, let arguments else { return nil }
    guard let set = plans[plan].set else { return FilterFindings(unusable: Set(plans[plan].owners.map(\.filter)).sorted(), program) }
    scratch.hits.removeAll(keepingCapacity: true)
    for index in document.indices(in: arguments) {
      let node = Node(index: index)
      guard let range = document.stringBytes(node) else { continue }
      scratch.findings.removeAll(keepingCapacity: true)
      if document.hasEscapes(node) {
        // Taken out for the time, so that the rest of the scratch can be written to meanwhile.
        var decoded: [UInt8] = []
        swap(&decoded, &scratch.decoded)
        decoded.removeAll(keepingCapacity: true)
        document.decodeString(node, appendingTo: &decoded)
        set.matches(in: decoded.span, scratch: &scratch.scan, into: &scratch.findings)
        swap(&decoded, &scratch.decoded)
      } else {
        set.matches(in: document.bytes.span.extracting(range), scratch: &scratch.scan, into: &scratch.findings)
      }
      for finding in scratch.findings { scratch.note(finding, index, plans[plan].owners[finding.pattern]) }
    }
    return scratch.hits.isEmpty ? nil : FilterFindings(scratch.hits, program, document, arguments)
  }
}

extension ArgumentFilters.Plan {
  fileprivate init(_ filters: [Int], _ program: Program) {
    var owners: [ArgumentFilters.Owner] = []
    var expressions: [(expression: RegularExpression, longestText: Int)] = []
    for filter in filters {
      for (place, clause) in program.filters[filter].clauses.enumerated() where clause.content == .block {
        for number in clause.patterns {
          let pattern = program.filterPatterns[number]
          owners.append(ArgumentFilters.Owner(filter: filter, clause: place, pattern: number))
          guard let expression = try? RegularExpression(parsing: pattern.source, caseInsensitive: pattern.caseInsensitive) else { continue }
          expressions.append((expression, pattern.longestText))
        }
      }
    }
    self.owners = owners
    set = expressions.count == owners.count ? try? PatternSet(bounded: expressions) : nil
  }
}

/// What a scan writes to: made once by whoever scans, one scan at a time.
package struct FilterScratch: ~Copyable {
  var scan = ScanScratch()
  var decoded: [UInt8] = []
  var findings: [PatternSet.Finding] = []
  var hits: [FilterHit] = []

  package init() {}

  /// A pattern counts once for a text, however often it is found there: a filter's every pattern and every text are noted up to a number.
  mutating func note(_ finding: PatternSet.Finding, _ node: UInt32, _ owner: ArgumentFilters.Owner) {
    let isUndecided = finding.result == .undecided
    if let last = hits.last, last.node == node, last.filter == owner.filter, last.pattern == owner.pattern { return }
    let count = hits.count { $0.filter == owner.filter }
    guard count < Limits.filterHits else { return }
    hits.append(FilterHit(filter: owner.filter, clause: owner.clause, pattern: owner.pattern, node: node, isUndecided: isUndecided))
  }
}

/// A pattern that was found in a text, or that may be there.
struct FilterHit {
  let filter: Int
  let clause: Int
  let pattern: Int
  let node: UInt32
  let isUndecided: Bool
}

/// What the filters of a target found in the arguments of one call.
package struct FilterFindings: Sendable {
  /// Of filters that are enforced, in order of name.
  package let denials: [FilterDenial]
  /// Names of shadow filters that would have denied.
  package let shadows: [String]

  fileprivate init(_ hits: [FilterHit], _ program: Program, _ document: Document, _ arguments: Node) {
    let found = Set(hits.map(\.filter)).sorted()
    denials = found.filter { !program.filters[$0].isShadow }.map { filter in
      FilterDenial(program, filter, hits.filter { $0.filter == filter }, document, arguments)
    }
    shadows = found.filter { program.filters[$0].isShadow }.map { program.filters[$0].name }
  }

  fileprivate init(unusable filters: [Int], _ program: Program) {
    denials = filters.filter { !program.filters[$0].isShadow }.map { FilterDenial(unusable: program.filters[$0]) }
    shadows = filters.filter { program.filters[$0].isShadow }.map { program.filters[$0].name }
  }
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
    let filter = program.filters[number]
    self.filter = filter
    because = hits.lazy.compactMap { filter.clauses[$0.clause].because }.first
    problems = hits.map { hit in
      let name = program.filterPatterns[hit.pattern].name
      let (pointer, isName) = document.place(of: hit.node, in: arguments)
      let what = isName ? "the name of an argument in it" : "it"
      let message =
        hit.isUndecided
        ? "\(what) is too long or too intricate to be searched for `\(name)`; make it shorter" : "\(what) matches the pattern `\(name)`"
      return ArgumentProblem(path: shortened(Array(pointer.description.utf8)), message: message)
    }
    var seen: Set<Int> = []
    patterns = hits.compactMap { seen.insert($0.pattern).inserted ? program.filterPatterns[$0.pattern].name : nil }
  }

  fileprivate init(unusable filter: FilterInfo) {
    self.filter = filter
    because = nil
    problems = [ArgumentProblem(path: "", message: "the filter's patterns cannot be used, so no arguments can be checked")]
    patterns = []
  }
}
