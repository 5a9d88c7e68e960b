internal import Enforcement
internal import JSON
internal import Messages

/// What the live page shows of requests: the last minutes, and what was last denied. Belongs to one thread; bounded.
package struct Activity: Sendable {
  package struct Second: Sendable, Equatable {
    package var allowed = 0
    package var denied = 0
  }

  package struct Denial: Sendable {
    /// Milliseconds since 1970.
    package let time: Int64
    package let agent: String?
    package let server: String?
    package let target: String?
    package let code: String?
    package let rule: String?
    package let outcome: String
  }

  package struct LimitState: Sendable {
    package let left: String
    package let takes: String
    package var refused: Int
    /// Milliseconds since 1970.
    package let time: Int64
  }

  package struct ServerState: Sendable {
    package var requests = 0
    package var failures = 0
    /// Milliseconds since 1970.
    package var lastAnswer: Int64?
    package var lastFailure: Int64?

    /// Whether the last thing that is known of it is good.
    package var isUp: Bool { (lastAnswer ?? 0) >= (lastFailure ?? 0) }
  }

  /// Seconds that are kept.
  package static let width = 120
  private static let denialsKept = 20
  private static let namesKept = 100

  /// By second since 1970, modulo `width`.
  private var seconds = [Second](repeating: Second(), count: width)
  private var stamps = [Int64](repeating: 0, count: width)
  package private(set) var denials: [Denial] = []
  package private(set) var byRule: [String: Int] = [:]
  package private(set) var byTool: [String: (allowed: Int, denied: Int)] = [:]
  package private(set) var limits: [String: LimitState] = [:]
  package private(set) var servers: [String: ServerState] = [:]
  package private(set) var allowed = 0
  package private(set) var denied = 0

  package init() {}

  mutating func take(_ record: CallRecord, target: String?) {
    guard record.sender == .client else { return }
    let time = record.time.unixMilliseconds
    let second = time / 1_000
    let place = Int(second % Int64(Activity.width))
    if stamps[place] != second {
      stamps[place] = second
      seconds[place] = Second()
    }
    let isDenied = record.outcome == .denied || record.outcome == .refused
    if isDenied { seconds[place].denied += 1 } else { seconds[place].allowed += 1 }
    if isDenied { denied += 1 } else { allowed += 1 }
    if let tool = CallMeters.tool(of: record), byTool[tool] != nil || byTool.count < Activity.namesKept {
      var counts = byTool[tool] ?? (0, 0)
      if isDenied { counts.denied += 1 } else { counts.allowed += 1 }
      byTool[tool] = counts
    }
    noteLimits(record, time)
    noteServer(record, time)
    guard isDenied else { return }
    let rule = record.rule ?? record.code?.rawValue ?? record.outcome.rawValue
    if byRule[rule] != nil || byRule.count < Activity.namesKept { byRule[rule, default: 0] += 1 }
    denials.append(
      Denial(
        time: time, agent: record.agent, server: record.origin?.server, target: target ?? record.method?.name, code: record.code?.rawValue,
        rule: record.rule, outcome: record.outcome.rawValue))
    if denials.count > Activity.denialsKept { denials.removeFirst() }
  }

  private mutating func noteLimits(_ record: CallRecord, _ time: Int64) {
    for index in 0..<record.limits.count {
      let state = record.limits[index]
      guard limits[state.limit] != nil || limits.count < Activity.namesKept else { continue }
      let refused = (limits[state.limit]?.refused ?? 0) + (state.isOver ? 1 : 0)
      limits[state.limit] = LimitState(left: state.left.description, takes: state.takes.description, refused: refused, time: time)
    }
  }

  private mutating func noteServer(_ record: CallRecord, _ time: Int64) {
    guard let server = record.origin?.server else { return }
    var state = servers[server] ?? ServerState()
    state.requests += 1
    if record.code == .upstreamUnavailable {
      state.failures += 1
      state.lastFailure = time
    } else if record.answered != nil {
      state.lastAnswer = time
    }
    servers[server] = state
  }

  /// The seconds before and with `now`, the oldest first.
  ///
  /// - Parameter now: milliseconds since 1970.
  package func recent(at now: Int64) -> [Second] {
    let last = now / 1_000
    return (0..<Activity.width).map { index in
      let second = last - Int64(Activity.width - 1 - index)
      let place = Int(second % Int64(Activity.width))
      return stamps[place] == second ? seconds[place] : Second()
    }
  }
}
