import JSON
import Replaying

/// A replay for people.
struct ReplayReport {
  let summary: ReplaySummary
  let differences: [ReplayRun.Difference]
  /// Of what is compared with.
  let base: String
  let unread: Int
  let isTorn: Bool

  private static let shown = 20

  func human() -> String {
    var out = "\(summary.calls) calls, \(summary.answers) answers, \(summary.lists) lists replayed\n"
    out += "  same as \(base): \(summary.same)\n"
    out += "  changed: \(summary.changed)"
    if summary.changed > 0 {
      out += " (\(summary.count(of: .newlyAllowed)) newly allowed, \(summary.count(of: .newlyDenied)) newly denied)"
    }
    out += "\n  cannot be replayed: \(summary.unreplayable)\n"
    if summary.carried > 0 { out += "  not decided by a policy: \(summary.carried)\n" }
    if summary.undecided > 0 { out += "  recorded without a decision: \(summary.undecided)\n" }
    if summary.lost > 0 { out += "  lost while they were recorded: \(summary.lost); limits and labels may differ from there on\n" }
    if unread > 0 { out += "  lines that are no part of a recording: \(unread)\n" }
    if isTorn { out += "  the recording breaks off in its last line\n" }
    if !summary.outcomes.isEmpty {
      out += "decisions  " + summary.outcomes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + "\n"
    }
    out += changes() + gaps()
    return out
  }

  private func changes() -> String {
    let all = summary.sortedChanges
    if all.isEmpty { return "" }
    var out = "changed\n"
    for (change, count) in all.prefix(Self.shown) {
      let who = change.agent.isEmpty ? "" : "  \(change.agent)"
      out += "  \(Terminal.painted("\(count.count)", colour(change.kind)))  \(change.server).\(change.subject)\(who)\n"
      out += "      \(change.before) -> \(change.after)   first in line \(count.first)\n"
    }
    if all.count > Self.shown { out += "  and \(all.count - Self.shown) more kinds of change\n" }
    return out
  }

  private func colour(_ kind: ReplaySummary.Kind) -> String {
    switch kind {
    case .newlyAllowed: "31"
    case .newlyDenied: "33"
    case .otherwise: "36"
    }
  }

  private func gaps() -> String {
    let all = summary.sortedGaps
    if all.isEmpty { return "" }
    var out = "cannot be replayed\n"
    for (gap, count) in all.prefix(Self.shown) {
      out += "  \(count.count)  \(gap.server).\(gap.subject)  \(gap.missing)   first in line \(count.first)\n"
    }
    if all.count > Self.shown { out += "  and \(all.count - Self.shown) more\n" }
    return out
  }

  var json: Value {
    guard case .object(var members) = summary.json else { return summary.json }
    members.append(Value.Member("unread", .number(Number(unread))))
    members.append(Value.Member("torn", .boolean(isTorn)))
    return .object(members)
  }
}
