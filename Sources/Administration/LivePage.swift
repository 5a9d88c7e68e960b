internal import Audit
internal import JSON
internal import Observation

/// The page that shows what the gate is doing: made anew for each look, of text and drawings only. Everything that comes from outside is
/// escaped, and the policy of its contents lets a browser load nothing but its style.
struct LivePage {
  private let service: AdminService
  private let now: Int64
  private let activity: Activity
  private let policy: PolicyStatus.State

  /// - Parameter now: milliseconds since 1970.
  init(_ service: AdminService, at now: Int64) {
    self.service = service
    self.now = now
    activity = service.observer.activity
    policy = service.observer.policy.current
  }

  var html: String {
    """
    <!doctype html>
    <html lang="en"><head><meta charset="utf-8"><title>Sallyport</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><meta http-equiv="refresh" content="5">
    <link rel="stylesheet" href="/style.css"></head><body>
    <header><h1>Sallyport</h1>\(state)<span class="when">\(LivePage.clock(now)) UTC</span></header>
    <main>\(tiles)\(traffic)<div class="columns">\(rules)\(tools)\(limits)\(servers)\(approvals)\(audit)</div>\(denials)\(reloads)</main>
    <footer>Shows the process since it began. Read-only; the page comes anew every five seconds. Numbers for machines: <a href="/metrics">/metrics</a></footer>
    </body></html>

    """
  }

  // MARK: Parts

  private var state: String {
    if !service.isReady() { return badge("ending", "bad") }
    if policy.isStale { return badge("policy refused, the old one is in force", "bad") }
    if service.observer.auditStatus?.failure != nil { return badge("audit log fails", "bad") }
    return badge("serving", "good")
  }

  private var tiles: String {
    let minute = activity.recent(at: now).suffix(61).dropLast()
    let requests = minute.reduce(0) { $0 + $1.allowed + $1.denied }
    let denied = minute.reduce(0) { $0 + $1.denied }
    let short = String(policy.fingerprint.prefix(12))
    return "<section class=\"tiles\">"
      + tile("requests in the last minute", "\(requests)", "\(LivePage.rate(requests)) a second")
      + tile("denied in the last minute", "\(denied)", requests == 0 ? "–" : "\(denied * 100 / requests) %")
      + tile("allowed since the start", "\(activity.allowed)", "")
      + tile("denied since the start", "\(activity.denied)", "")
      + tile(
        "policy in force", short.isEmpty ? "–" : short, "since \(LivePage.clock(policy.since))", isCode: true, title: policy.fingerprint)
      + "</section>"
  }

  /// Two bars a second, one on the other.
  private var traffic: String {
    let seconds = activity.recent(at: now).dropLast()
    let most = max(1, seconds.map { $0.allowed + $0.denied }.max() ?? 1)
    let (width, height) = (seconds.count * 8, 120)
    var bars = ""
    for (index, second) in seconds.enumerated() {
      let denied = second.denied * height / most
      let allowed = (second.allowed + second.denied) * height / most - denied
      if allowed > 0 {
        bars += "<rect class=\"allowed\" x=\"\(index * 8)\" y=\"\(height - denied - allowed)\" width=\"6\" height=\"\(allowed)\"/>"
      }
      if second.denied > 0 {
        let shown = max(denied, 2)
        bars += "<rect class=\"denied\" x=\"\(index * 8)\" y=\"\(height - shown)\" width=\"6\" height=\"\(shown)\"/>"
      }
    }
    return """
      <section class="card"><h2>Traffic <span class="note">requests a second, last two minutes, most \(most)</span>
      <span class="key"><i class="allowed"></i>allowed <i class="denied"></i>denied</span></h2>
      <svg viewBox="0 0 \(width) \(height)" preserveAspectRatio="none" role="img" aria-label="requests a second">\(bars)</svg></section>
      """
  }

  private var rules: String {
    let rows = activity.byRule.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(10)
    let most = rows.first?.value ?? 1
    return card(
      "Denials by rule", empty: "nothing was denied",
      rows.map { [LivePage.escaped($0.key), "\($0.value)", bar($0.value, of: most, "denied")] }, heads: ["rule", "count", ""])
  }

  private var tools: String {
    let rows = activity.byTool.sorted { ($1.value.allowed + $1.value.denied, $0.key) < ($0.value.allowed + $0.value.denied, $1.key) }
      .prefix(10)
    return card(
      "Tools", empty: "no tool was called",
      rows.map { [LivePage.escaped($0.key), "\($0.value.allowed)", "\($0.value.denied)"] }, heads: ["tool", "allowed", "denied"])
  }

  /// Those that refused most, then those with the least left for calls like the last one.
  private var limits: String {
    func room(_ state: Activity.LimitState) -> Double {
      (Double(state.left) ?? 0) / max(Double(state.takes) ?? 1, 0.000_001)
    }
    let rows = activity.limits.sorted { (room($0.value), $0.key) < (room($1.value), $1.key) }.prefix(10)
    return card(
      "Limits, the nearest to their end first", empty: "no request has met a limit",
      rows.map { name, state in
        let calls = room(state)
        let mark = calls < 1 ? badge("used up", "bad") : calls < 5 ? badge("nearly", "warn") : ""
        return [LivePage.escaped(name), LivePage.escaped(state.left), "\(state.refused)", mark]
      }, heads: ["limit", "left", "refused", ""])
  }

  private var servers: String {
    card(
      "Servers", empty: "no server was used yet",
      activity.servers.sorted { $0.key < $1.key }.map { name, state in
        [
          LivePage.escaped(name), state.isUp ? badge("answers", "good") : badge("does not answer", "bad"), "\(state.requests)",
          "\(state.failures)", state.lastAnswer.map { LivePage.clock($0) } ?? "never",
        ]
      }, heads: ["server", "", "requests", "failures", "last answer"])
  }

  private var approvals: String {
    guard let waiting = service.waiting() else { return card("Approvals", empty: "this gate keeps none", [], heads: []) }
    return card(
      "Approvals that wait", empty: "nothing waits",
      waiting.prefix(20).map { entry in
        [
          LivePage.escaped(entry.identifier), LivePage.escaped(entry.agent), LivePage.escaped(entry.what), LivePage.escaped(entry.group),
          LivePage.clock(entry.since),
        ]
      }, heads: ["id", "agent", "for", "group", "since"])
  }

  private var audit: String {
    guard let status = service.observer.auditStatus else { return card("Audit log", empty: "none is written", [], heads: []) }
    let word = status.failure.map { badge("fails", "bad") + " " + LivePage.escaped($0) } ?? badge("written", "good")
    return card(
      "Audit log", empty: "",
      [["state", word], ["records", "\(status.lines)"], ["lost", "\(status.lost)"], ["bytes that wait", "\(status.waitingBytes)"]],
      heads: [])
  }

  private var denials: String {
    card(
      "Last denials", empty: "nothing was denied", isWide: true,
      activity.denials.reversed().map { denial in
        [
          LivePage.clock(denial.time), LivePage.escaped(denial.agent ?? "–"), LivePage.escaped(denial.server ?? "–"),
          LivePage.escaped(denial.target ?? "–"), LivePage.escaped(denial.code ?? denial.outcome), LivePage.escaped(denial.rule ?? "–"),
        ]
      }, heads: ["time", "agent", "server", "target", "code", "rule"])
  }

  private var reloads: String {
    card(
      "Policy history", empty: "nothing yet", isWide: true,
      policy.history.reversed().map { reload in
        [
          LivePage.clock(reload.time), LivePage.escaped(reload.trigger),
          reload.isRefused ? badge("refused", "bad") : badge("in force", "good"),
          "<code>\(LivePage.escaped(String(reload.fingerprint.prefix(12))))</code>", LivePage.escaped(reload.summary),
        ]
      }, heads: ["time", "by", "", "fingerprint in force", "what it means"])
  }

  // MARK: Pieces

  private func tile(_ name: String, _ value: String, _ note: String, isCode: Bool = false, title: String = "") -> String {
    "<div class=\"tile\" title=\"\(LivePage.escaped(title))\"><span>\(name)</span><b\(isCode ? " class=\"code\"" : "")>\(LivePage.escaped(value))</b>"
      + "<small>\(LivePage.escaped(note))</small></div>"
  }

  /// - Parameter rows: of cells that are HTML.
  private func card(_ title: String, empty: String, isWide: Bool = false, _ rows: [[String]], heads: [String]) -> String {
    let open = "<section class=\"card\(isWide ? " wide" : "")\"><h2>\(title)</h2>"
    guard !rows.isEmpty else { return open + "<p class=\"empty\">\(empty)</p></section>" }
    let head = heads.isEmpty ? "" : "<tr>" + heads.map { "<th>\($0)</th>" }.joined() + "</tr>"
    let body = rows.map { "<tr>" + $0.map { "<td>\($0)</td>" }.joined() + "</tr>" }.joined()
    return open + "<div class=\"scroll\"><table>\(head)\(body)</table></div></section>"
  }

  private func badge(_ text: String, _ kind: String) -> String { "<span class=\"badge \(kind)\">\(text)</span>" }

  private func bar(_ value: Int, of most: Int, _ kind: String) -> String {
    "<svg class=\"bar\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\"><rect class=\"\(kind)\" width=\"\(max(1, value * 100 / max(1, most)))\" height=\"8\"/></svg>"
  }

  private static func rate(_ minute: Int) -> String { minute < 600 ? "\(minute / 60).\(minute % 60 / 6)" : "\(minute / 60)" }

  /// Hours, minutes and seconds of a day in UTC.
  private static func clock(_ milliseconds: Int64) -> String {
    let second = milliseconds / 1_000 % 86_400
    return [second / 3_600, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
  }

  /// Text as HTML shows it, in elements and in attributes with double quotes. What rewrites the direction of text is shown as what it is.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { out, scalar in
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200B}"..."\u{200F}", "\u{2028}"..."\u{202E}", "\u{2060}"..."\u{206F}", "\u{FEFF}":
        out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
  }

  static func json(_ text: String) -> String { String(decoding: write(.string(text)), as: UTF8.self) }
}
