internal import JSON

/// Takes a whole recording through one policy, or through two that are compared.
package struct ReplayRun: ~Copyable {
  /// A decision that is not what it was, or that cannot be told.
  package struct Difference: Sendable {
    package let line: Int
    package let step: ReplayStep
    package let before: ReplayedDecision?
  }

  package private(set) var summary = ReplaySummary()
  package private(set) var charts = ReplayCharts()
  /// The first ones.
  package private(set) var differences: [Difference] = []
  /// Lines that are none of ours.
  package private(set) var unread = 0
  /// Whether the recording breaks off in a line.
  package private(set) var isTorn = false
  private static let keptDifferences = 1_000

  private var replayer: Replayer
  private var other: Replayer?
  private var parser = DocumentParser(limits: DocumentLimits(bytes: 16 << 20))
  private var document = Document()

  /// - Parameters:
  ///   - policy: what is compared with the recording; with `against`, what that is compared with.
  ///   - against: another policy.
  ///   - withCharts: whether limits are read for charts, which costs time.
  package init(_ policy: ReplayPolicy, against: ReplayPolicy?, withCharts: Bool) {
    replayer = Replayer(against ?? policy, readsLimits: withCharts)
    if against != nil { other = Replayer(policy) } else { other = nil }
    self.withCharts = withCharts
  }

  private let withCharts: Bool

  /// - Parameter progress: told now and then how many bytes were read.
  package mutating func run(_ source: consuming LineSource, progress: (Int) -> Void) throws {
    var torn = false
    while let bytes = try source.next(isTorn: &torn) {
      let number = source.number
      if number % 4_096 == 0 { progress(source.consumed) }
      if bytes.isEmpty { continue }
      try take(bytes, line: number, isTorn: torn)
    }
    progress(source.consumed)
  }

  /// One line.
  package mutating func take(_ bytes: [UInt8], line number: Int, isTorn torn: Bool = false) throws(Replayer.Unusable) {
    do {
      try parser.parse(bytes, into: &document)
    } catch {
      // What a killed process left of its last line.
      if torn { isTorn = true } else { unread += 1 }
      return
    }
    guard let line = RecordedLine(document) else {
      unread += 1
      return
    }
    let step: ReplayStep?
    var before: ReplayedDecision?
    do throws(Replayer.Unusable) {
      let base = try other?.take(line)
      step = try replayer.take(line)
      before = other == nil ? step?.recorded : base?.replayed
      if let missing = base?.missing, var known = step, known.missing == nil {
        known.missing = missing
        return note(known, before: before, line: number)
      }
    } catch {
      throw Replayer.Unusable(reason: "line \(number): \(error.reason)")
    }
    if let step { note(step, before: before, line: number) }
  }

  private mutating func note(_ step: ReplayStep, before: ReplayedDecision?, line: Int) {
    summary.add(step, before: before, line: line)
    if withCharts { charts.add(step) }
    guard !step.isCarried, differences.count < ReplayRun.keptDifferences else { return }
    if step.missing != nil || (before != nil && before != step.replayed) {
      differences.append(Difference(line: line, step: step, before: before))
    }
  }

  /// After the last line.
  package mutating func finish() { summary.lost = replayer.lost }

  package var fingerprints: [String] { replayer.fingerprints }
}
