package import Bytecode
internal import JSON
internal import Quotas

// A limit in the words of the policy.
extension LimitInfo {
  /// `600 cost per hour`, `120 calls per minute burst 20`, `4 calls in flight`
  package var allowance: String {
    let (amount, burst) = limit.amounts
    var words = "\(amount) \(measureWords)"
    switch limit.form {
    case .bucket(_, let nanoseconds, _): words += " per \(LimitInfo.period(nanoseconds))"
    case .window(_, let window): words += " per \(LimitInfo.counted(window.count, "\(window.unit)"))"
    case .inFlight: words += " in flight"
    }
    if let burst, burst != amount { words += " burst \(burst)" }
    return words
  }

  /// `calls`, `cost`, `of args.amount`
  package var measureWords: String {
    switch measure {
    case .calls: "calls"
    case .cost: "cost"
    case .value(let path): "of \((["args"] + path).joined(separator: "."))"
    }
  }

  /// `agent, tool`
  package var keyWords: String {
    keys.map { key in
      switch key {
      case .agent: "agent"
      case .tool: "tool"
      case .session: "session"
      case .scope: "scope"
      case .server: "server"
      case .subject: "subject"
      case .claim(let path): path.description
      }
    }.joined(separator: ", ")
  }

  private static func period(_ nanoseconds: Int64) -> String {
    let units: [(String, Int64)] = [("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)]
    for (name, seconds) in units where nanoseconds % (seconds * 1_000_000_000) == 0 {
      return counted(nanoseconds / (seconds * 1_000_000_000), name)
    }
    return "\(nanoseconds) ns"
  }

  private static func counted(_ count: Int64, _ unit: String) -> String { count == 1 ? unit : "\(count) \(unit)s" }
}
