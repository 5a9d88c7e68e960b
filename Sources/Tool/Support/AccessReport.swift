import Analysis
import JSON

/// Who can call what, printed in one of the formats.
struct AccessReport {
  private struct Row {
    let target: String
    /// Nil: nobody, or not known.
    let who: String?
    let outcome: String
    let conditions: String
  }

  private let rows: [Row]
  private let accesses: [Access]

  init(_ accesses: [Access]) {
    self.accesses = accesses
    rows = accesses.flatMap { access -> [Row] in
      let target = access.target.description
      switch access.extent {
      case .unknown: return [Row(target: target, who: nil, outcome: "unknown", conditions: "")]
      case .exact(let entries) where entries.isEmpty: return [Row(target: target, who: nil, outcome: "closed", conditions: "")]
      case .exact(let entries):
        return entries.map {
          Row(target: target, who: $0.agent ?? "anyone", outcome: $0.outcome, conditions: $0.conditions.joined(separator: " and "))
        }
      }
    }
  }

  var human: String {
    let width = rows.map { $0.who?.count ?? 0 }.max() ?? 0
    var lines: [String] = []
    var last: String?
    for row in rows {
      guard let who = row.who else {
        lines.append("\(row.target)  \(row.outcome)")
        continue
      }
      if row.target != last { lines.append(row.target) }
      last = row.target
      let name = who + String(repeating: " ", count: width - who.count)
      lines.append("  \(name)  \(row.outcome)\(row.conditions.isEmpty ? "" : "  when \(row.conditions)")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var markdown: String {
    var text = "| target | who | may | when |\n|---|---|---|---|\n"
    for row in rows {
      text +=
        "| \(code(row.target)) | \(row.who.map(code) ?? "–") | \(row.outcome) | \(row.conditions.isEmpty ? "" : code(row.conditions)) |\n"
    }
    return text
  }

  /// A pipe would end the cell, a backtick the code.
  private func code(_ text: String) -> String {
    let fence = text.contains("`") ? "``" : "`"
    return fence + text.replacing("|", with: "\\|") + fence
  }

  var dot: String {
    var lines = [
      "digraph access {", "  rankdir=LR", "  node [shape=box, fontname=\"sans-serif\"]", "  edge [fontname=\"sans-serif\", fontsize=10]",
    ]
    var seen: Set<String> = []
    for row in rows {
      if seen.insert(row.target).inserted {
        lines.append("  \(quoted("target " + row.target)) [label=\(quoted(row.target))\(row.who == nil ? ", style=dotted" : "")]")
      }
      guard let who = row.who else { continue }
      if seen.insert("who " + who).inserted {
        lines.append("  \(quoted("who " + who)) [label=\(quoted(who)), style=rounded]")
      }
      let style = row.outcome == "allow" ? "" : ", style=dashed"
      let label = [row.outcome == "allow" ? "" : row.outcome, row.conditions].filter { !$0.isEmpty }.joined(separator: "\n")
      lines.append("  \(quoted("who " + who)) -> \(quoted("target " + row.target)) [label=\(quoted(label))\(style)]")
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// A string of the DOT language: only the quote and the backslash mean something, and a line break is written `\n`.
  private func quoted(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
  }

  var html: String {
    var body = ""
    for row in rows {
      let kind = row.who == nil ? row.outcome : row.outcome == "allow" ? "allow" : "ask"
      body += "<tr class=\"\(kind)\"><td><code>\(escaped(row.target))</code></td><td>\(escaped(row.who ?? "nobody"))</td>"
      body +=
        "<td><span>\(escaped(row.outcome))</span></td><td>\(row.conditions.isEmpty ? "" : "<code>\(escaped(row.conditions))</code>")</td></tr>\n"
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Who can call what</title>
      <style>
      :root { color-scheme: light dark; --line: #8884; --allow: #1a7f37; --ask: #9a6700; --closed: #6e7781; }
      @media (prefers-color-scheme: dark) { :root { --allow: #3fb950; --ask: #d29922; --closed: #8b949e; } }
      body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid var(--line); }
      code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
      span { font-weight: 600; white-space: nowrap; }
      .allow span { color: var(--allow); } .ask span { color: var(--ask); } .closed, .unknown { color: var(--closed); }
      </style>
      </head>
      <body>
      <h1>Who can call what</h1>
      <table>
      <thead><tr><th>target</th><th>who</th><th>may</th><th>when</th></tr></thead>
      <tbody>
      \(body)</tbody>
      </table>
      </body>
      </html>

      """
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing("\"", with: "&quot;")
  }

  var json: Value {
    .array(
      accesses.map { access in
        switch access.extent {
        case .unknown: ["target": .string(access.target.description), "known": false, "entries": []]
        case .exact(let entries): ["target": .string(access.target.description), "known": true, "entries": .array(entries.map(value))]
        }
      })
  }

  private func value(_ entry: Access.Entry) -> Value {
    [
      "agent": entry.agent.map(Value.string) ?? .null, "outcome": .string(entry.outcome),
      "conditions": .array(entry.conditions.map(Value.string)),
    ]
  }
}
