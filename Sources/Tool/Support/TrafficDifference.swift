import Replaying
import Semantics

/// What a change of policy means for the calls of a recording.
struct TrafficDifference {
  let summary: ReplaySummary
  private let path: String

  init(_ path: String, _ before: CheckedPolicies, _ after: CheckedPolicies) throws {
    self.path = path
    var run = ReplayRun(
      ReplayPolicy(before, try compiled(before)), against: ReplayPolicy(after, try compiled(after)), withCharts: false)
    do {
      let source = try LineSource(path)
      var bar = ProgressBar("replaying", of: source.size)
      defer { bar.end() }
      try run.run(source) { bar.show($0) }
    } catch let failure as LineSource.Failed {
      throw Complaint("cannot read \(path): \(failure.reason)")
    } catch let failure as Replayer.Unusable {
      throw Complaint("\(path) cannot be replayed: \(failure.reason)")
    }
    run.finish()
    summary = run.summary
  }

  private static let shown = 10

  /// One line, and one for each kind of change.
  var text: String {
    let total = summary.calls + summary.answers
    var out = "recorded    \(summary.changed) of \(total) calls and answers in \(path) change"
    if summary.unreplayable > 0 { out += "; \(summary.unreplayable) cannot be replayed" }
    out += "\n"
    for (change, count) in summary.sortedChanges.prefix(Self.shown) {
      let who = change.agent.isEmpty ? "" : " \(change.agent)"
      out +=
        "  \(count.count)  \(change.server).\(change.subject)\(who)  \(change.before) -> \(change.after), first in line \(count.first)\n"
    }
    return out
  }
}
