/// A replay as one web page: charts as SVG, no script, nothing from elsewhere. Light or dark as the reader's system is.
package struct ReplayPage {
  private let summary: ReplaySummary
  private let charts: ReplayCharts
  private let differences: [ReplayRun.Difference]
  private let traffic: String
  private let policy: String
  private let against: String

  package init(
    summary: ReplaySummary, charts: ReplayCharts, differences: [ReplayRun.Difference], traffic: String, policy: String, against: String
  ) {
    self.summary = summary
    self.charts = charts
    self.differences = differences
    self.traffic = traffic
    self.policy = policy
    self.against = against
  }

  package var bytes: [UInt8] { Array(text.utf8) }

  private var text: String {
    let base = against.isEmpty ? "recorded decisions" : "decisions of <code>\(Markup.escaped(policy))</code>"
    let decider = against.isEmpty ? policy : against
    return """
      <!doctype html>
      <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <title>Replay of \(Markup.escaped(traffic))</title><style>\(PageStyle.sheet)</style></head><body><main>
      <header><h1>Replay</h1><p><code>\(Markup.escaped(traffic))</code> under <code>\(Markup.escaped(decider))</code>,
      compared with \(base)</p></header>
      \(cards)
      <section><h2>Decisions over time</h2>\(TimeChart(charts).svg)</section>
      <div class="pair"><section><h2>Decisions by rule</h2>\(BarChart(summary.rules, colour: "c1", empty: "No rule decided anything.").svg)</section>
      <section><h2>Findings of filters</h2>\(BarChart(summary.findings, colour: "c5", empty: "Filters found nothing.").svg)</section></div>
      <section><h2>Limit pressure</h2><p class="note">The least that was left under each limit in a step of time, of what the limit holds.</p>\
      \(PressureChart(charts).svg)</section>
      \(changes)\(gaps)\(examples)
      <footer>Written by sallyport replay. Texts that could be secret are not in recordings, and so not here.</footer>
      </main></body></html>

      """
  }

  private var cards: String {
    let cards: [(String, Int, String)] = [
      ("calls", summary.calls, ""), ("decided as before", summary.same, "good"), ("newly allowed", summary.count(of: .newlyAllowed), "bad"),
      ("newly denied", summary.count(of: .newlyDenied), "warn"), ("changed otherwise", summary.count(of: .otherwise), "warn"),
      ("cannot be replayed", summary.unreplayable, "warn"),
    ]
    let items = cards.map { name, count, kind in
      "<li class=\"\(count > 0 ? kind : "")\"><b>\(Markup.grouped(count))</b><span>\(name)</span></li>"
    }
    return "<ul class=\"cards\">\(items.joined())</ul>"
  }

  private static let rows = 100

  private var changes: String {
    let all = summary.sortedChanges
    if all.isEmpty {
      let words = summary.same > 0 ? "Every decision is what it was." : "There was nothing to compare."
      return "<section><h2>Changes</h2><p>\(words)</p></section>"
    }
    let rows = all.prefix(Self.rows).map { change, count in
      """
      <tr><td class="n">\(Markup.grouped(count.count))</td><td><span class="tag \(change.kind.rawValue)">\(words(change.kind))</span></td>\
      <td><code>\(Markup.escaped("\(change.server).\(change.subject)"))</code></td><td>\(Markup.escaped(change.agent))</td>\
      <td>\(Markup.escaped(change.before))</td><td>\(Markup.escaped(change.after))</td><td class="n">\(count.first)</td></tr>
      """
    }
    return """
      <section><h2>Changes</h2><div class="scroll"><table><thead><tr><th class="n">calls</th><th>kind</th><th>target</th><th>agent</th>\
      <th>before</th><th>after</th><th class="n">first line</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>\
      \(more(all.count))</section>
      """
  }

  private func words(_ kind: ReplaySummary.Kind) -> String {
    switch kind {
    case .newlyAllowed: "newly allowed"
    case .newlyDenied: "newly denied"
    case .otherwise: "otherwise"
    }
  }

  private func more(_ count: Int) -> String { count > Self.rows ? "<p class=\"note\">and \(count - Self.rows) more</p>" : "" }

  private var gaps: String {
    let all = summary.sortedGaps
    if all.isEmpty { return "" }
    let rows = all.prefix(Self.rows).map { gap, count in
      """
      <tr><td class="n">\(Markup.grouped(count.count))</td><td><code>\(Markup.escaped("\(gap.server).\(gap.subject)"))</code></td>\
      <td>\(Markup.escaped(gap.missing))</td><td class="n">\(count.first)</td></tr>
      """
    }
    return """
      <section><h2>Cannot be replayed</h2><div class="scroll"><table><thead><tr><th class="n">calls</th><th>target</th><th>why</th>\
      <th class="n">first line</th></tr></thead><tbody>\(rows.joined())</tbody></table></div>\(more(all.count))</section>
      """
  }

  private var examples: String {
    let shown = differences.filter { $0.step.missing == nil }.prefix(20)
    if shown.isEmpty { return "" }
    let rows = shown.map { difference in
      """
      <tr><td class="n">\(difference.line)</td><td><code>\(Markup.escaped("\(difference.step.server).\(difference.step.subject)"))</code></td>\
      <td>\(Markup.escaped(difference.before?.words ?? ""))</td><td>\(Markup.escaped(difference.step.replayed?.words ?? ""))</td></tr>
      """
    }
    return """
      <section><h2>First changed lines</h2><div class="scroll"><table><thead><tr><th class="n">line</th><th>target</th><th>before</th>\
      <th>after</th></tr></thead><tbody>\(rows.joined())</tbody></table></div></section>
      """
  }
}

/// Text in HTML and SVG.
enum Markup {
  static func escaped(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.properties.isDefaultIgnorableCodePoint: out += "\u{FFFD}"
      // Overrides of direction could show one name for another.
      case _ where (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value): out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// `4 812`
  static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > 0 {
      digits.insert("\u{2009}", at: place)
      place -= 3
    }
    return String(digits)
  }

  static func decimal(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}

enum PageStyle {
  static let sheet = """
    :root{color-scheme:light dark;--bg:#f7f8fa;--card:#fff;--ink:#1b2330;--soft:#5d6878;--line:#dfe4ea;--c1:#2f6fde;--c2:#d64545;--c3:#e08a1e;\
    --c4:#8a5cd6;--c5:#129490;--good:#1d8a4e}
    @media (prefers-color-scheme:dark){:root{--bg:#12161c;--card:#1a2029;--ink:#e6ebf2;--soft:#98a4b5;--line:#2c3542;--c1:#6ea2ff;--c2:#ff7b7b;\
    --c3:#f5b155;--c4:#b794ff;--c5:#45c9c1;--good:#4fc383}}
    *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
    main{max-width:1080px;margin:0 auto;padding:32px 20px 48px}h1{font-size:28px;margin:0}h2{font-size:16px;margin:0 0 12px}
    header p{margin:4px 0 20px;color:var(--soft)}code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
    section{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:18px 20px;margin:0 0 16px;min-width:0}
    .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;list-style:none;padding:0;margin:0 0 16px}
    .cards li{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:14px 16px}
    .cards b{display:block;font-size:26px;line-height:1.2;font-variant-numeric:tabular-nums}.cards span{color:var(--soft);font-size:13px}
    .cards .good b{color:var(--good)}.cards .bad b{color:var(--c2)}.cards .warn b{color:var(--c3)}
    .pair{display:grid;grid-template-columns:1fr 1fr;gap:16px}@media (max-width:760px){.pair{grid-template-columns:1fr;gap:0}}
    section>p:last-child{margin-bottom:0}.scroll{overflow-x:auto}.wide{min-width:640px}
    table{border-collapse:collapse;width:100%;min-width:760px;font-size:14px}td{overflow-wrap:anywhere;min-width:7em}th{text-align:left;color:var(--soft);font-weight:600;font-size:12px}
    th,td{padding:7px 10px 7px 0;border-bottom:1px solid var(--line);vertical-align:top}tbody tr:last-child td{border-bottom:0}
    .n,td.n{text-align:right;padding-right:16px;min-width:0;font-variant-numeric:tabular-nums;white-space:nowrap}
    .tag{display:inline-block;padding:1px 8px;border-radius:999px;font-size:12px;border:1px solid currentColor;white-space:nowrap}
    .newly-allowed{color:var(--c2)}.newly-denied{color:var(--c3)}.otherwise{color:var(--c1)}
    .note,footer{color:var(--soft);font-size:13px}.note{margin:-6px 0 10px}svg{display:block;width:100%;height:auto}svg text{fill:var(--soft);font-size:12px}
    svg .ink{fill:var(--ink)}.c1{fill:var(--c1)}.c2{fill:var(--c2)}.c3{fill:var(--c3)}.c4{fill:var(--c4)}.c5{fill:var(--c5)}
    .s1{stroke:var(--c1)}.s2{stroke:var(--c2)}.s3{stroke:var(--c3)}.s4{stroke:var(--c4)}.s5{stroke:var(--c5)}.grid{stroke:var(--line)}
    .key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:0 0 8px;padding:0;list-style:none;font-size:13px;color:var(--soft)}
    .key li{display:flex;align-items:baseline;overflow-wrap:anywhere;min-width:0}.key i{flex:none;width:10px;height:10px;border-radius:3px;margin-right:6px}.key .k1{background:var(--c1)}.key .k2{background:var(--c2)}
    .key .k3{background:var(--c3)}.key .k4{background:var(--c4)}.key .k5{background:var(--c5)}
    """
}
