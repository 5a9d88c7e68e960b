internal import Bytecode

extension Sanitiser {
  /// What came of a text. Labels and findings are in the scratch in every case.
  package enum Outcome: Hashable, Sendable {
    /// Goes on as it is.
    case clean
    /// Goes on as `SanitiserScratch.output`.
    case rewritten
    /// Must not go on, nor the message it is in.
    case blocked(filter: Int, pattern: Int?)
    /// As `blocked`, because nobody knows whether the filter's pattern matches.
    case undecided(filter: Int)
  }

  /// Looks at one text, and makes another of it where filters say so.
  ///
  /// Time: linear in the text; a text in which nothing is found is read once for each view of it. Memory: none for such a text once the scratch has grown.
  /// The output is valid UTF-8 and at most `longestOutput(of:)` bytes long.
  ///
  /// - Parameters:
  ///   - text: valid UTF-8, escapes resolved.
  ///   - source: named to the model as where the text is from: `server.tool`.
  package func inspect(
    _ text: Span<UInt8>, under selection: Selection, from source: Span<UInt8>, scratch: inout SanitiserScratch
  ) -> Outcome {
    scratch.begin()
    // What was enclosed here before is not enclosed again, unless what is in it changes.
    if let inside = spotlight.inside(text) {
      let outcome = settle(text.extracting(inside), from: inside.lowerBound, selection, &scratch)
      if outcome == .rewritten { scratch.output = spotlight.enclose(scratch.output.span, from: source, message: scratch.message) }
      return outcome
    }
    let outcome = settle(text, from: 0, selection, &scratch)
    switch outcome {
    case .clean where scratch.verdict.wraps: scratch.output = spotlight.enclose(text, from: source, message: scratch.message)
    case .rewritten where scratch.verdict.wraps:
      scratch.output = spotlight.enclose(scratch.output.span, from: source, message: scratch.message)
    default: return outcome
    }
    return .rewritten
  }

  /// The most bytes that a text of so many can become.
  package static func longestOutput(of count: Int) -> Int { longestBody(of: count) + Spotlight.longest }

  /// Without an enclosure. A text that would become longer is withheld whole.
  static func longestBody(of count: Int) -> Int { 4 * count + 1_024 }

  /// How often a text is looked at again before it is given up.
  private static let passes = 4

  /// Changes a text until nothing is left to change.
  private func settle(_ text: Span<UInt8>, from start: Int, _ selection: Selection, _ scratch: inout SanitiserScratch) -> Outcome {
    if text.isEmpty { return .clean }
    guard pass(over: text, from: start, selection, &scratch), !areEqual(text, scratch.output.span) else {
      return verdict(scratch) ?? .clean
    }
    var left = Self.passes
    scratch.isFirstLook = false
    while scratch.verdict.block == nil {
      guard left > 0, scratch.output.count <= Self.longestBody(of: text.count) else {
        withhold(selection, &scratch)
        break
      }
      left -= 1
      if scratch.output.isEmpty { break }
      var previous: [UInt8] = []
      swap(&previous, &scratch.output)
      guard pass(over: previous.span, from: nil, selection, &scratch), scratch.output != previous else {
        scratch.output = previous
        break
      }
    }
    return verdict(scratch) ?? .rewritten
  }

  private func verdict(_ scratch: borrowing SanitiserScratch) -> Outcome? {
    scratch.verdict.block.map { $0.isUndecided ? .undecided(filter: $0.filter) : .blocked(filter: $0.filter, pattern: $0.pattern) }
  }

  /// Puts the shortest placeholder in the place of the whole text; nothing, if even that would not stay.
  private func withhold(_ selection: Selection, _ scratch: inout SanitiserScratch) {
    var shortest = lastResort
    scratch.output.removeAll(keepingCapacity: true)
    if pass(over: shortest.span, from: nil, selection, &scratch) { shortest = [] }
    scratch.output = shortest
  }

  /// Looks at a text once.
  ///
  /// - Parameter start: where the text stands in the one that came; nil: nowhere, it was made here.
  /// - Returns: whether the text is another now, which is in `output`.
  func pass(over text: Span<UInt8>, from start: Int?, _ selection: Selection, _ scratch: inout SanitiserScratch) -> Bool {
    scratch.output.removeAll(keepingCapacity: true)
    var isChanged = false
    if let changed = passJSON(over: text, from: start, selection, &scratch) {
      isChanged = changed
    } else {
      isChanged = passText(over: text, from: start, selection, &scratch)
    }
    guard scratch.verdict.block == nil else { return false }
    return applyLengths(text, isChanged, from: start, selection, &scratch)
  }

  private func passText(over text: Span<UInt8>, from start: Int?, _ selection: Selection, _ scratch: inout SanitiserScratch) -> Bool {
    scratch.beginPass()
    find(in: text, selection, leaf: 0, place: 0, &scratch)
    strip(text, selection, leaf: 0, &scratch)
    if scratch.matches.isEmpty, scratch.undecided.isEmpty, scratch.edits.isEmpty { return false }
    scratch.leaves.append(Leaf(kind: .text, text: 0..<text.count, source: 0..<text.count, hasEscapes: false))
    judge(selection, &scratch)
    if let start { for finding in scratch.local { scratch.report(finding, at: finding.range, from: start) } }
    guard scratch.verdict.block == nil, !scratch.edits.isEmpty else { return false }
    resolve(&scratch.edits)
    append(text, with: scratch.edits[...], to: &scratch.output)
    return true
  }

  /// What filters say of long texts, said of what the text has become.
  private func applyLengths(
    _ text: Span<UInt8>, _ isChanged: Bool, from start: Int?, _ selection: Selection, _ scratch: inout SanitiserScratch
  ) -> Bool {
    var isChanged = isChanged
    for length in selection.lengths {
      let count = isChanged ? scratch.output.count : text.count
      guard count > length.limit.bytes else { continue }
      if let start {
        scratch.findings.append(
          FilterFinding(kind: .tooLong, filter: length.filter, pattern: nil, range: start..<start + text.count))
      }
      if length.isShadow { continue }
      scratch.labels.formUnion(length.limit.labels)
      switch length.limit.content {
      case .block: scratch.block(filter: length.filter, pattern: nil)
      case .wrap: scratch.verdict.wraps = true
      case .truncate:
        if !isChanged { scratch.output.append(text) }
        Truncation.cut(&scratch.output, to: length.limit.bytes)
        isChanged = true
      case .remove, .redact:
        scratch.output.removeAll(keepingCapacity: true)
        isChanged = true
      case nil: break
      }
    }
    return isChanged && scratch.verdict.block == nil
  }
}
