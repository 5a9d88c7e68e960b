import Evidence
import Foundation
import JSON
import Text

/// What was found in one text. Tells places and rules, never the text: it may hold secrets.
struct ScanReport {
  let file: SourceFile
  let hits: [TextScanner.Hit]

  init(_ file: SourceFile, _ hits: [TextScanner.Hit]) {
    self.file = file
    self.hits = hits
  }

  /// `file:line:column-line:column: rule`, one a line.
  var human: String {
    if hits.isEmpty { return "\(file.path): nothing found\n" }
    return hits.map { hit in
      let (start, end) = positions(hit)
      let span = "\(start.line):\(start.column)-\(end.line):\(end.column)"
      return "\(file.path):\(span): \(hit.rule)\(hit.isUndecided ? " (undecided: a limit was reached)" : "")\n"
    }.joined()
  }

  /// Offsets and lengths count bytes, columns Unicode scalars.
  var json: Value {
    .object([
      .init(
        "findings",
        .array(
          hits.map { hit in
            let (start, end) = positions(hit)
            var members: [Value.Member] = [
              .init("rule", .string(hit.rule)), .init("offset", .number(Number(hit.range.lowerBound))),
              .init("length", .number(Number(hit.range.count))), .init("start", Self.json(start)), .init("end", Self.json(end)),
            ]
            if hit.isUndecided { members.append(.init("undecided", true)) }
            return .object(members)
          }))
    ])
  }

  private func positions(_ hit: TextScanner.Hit) -> (start: Position, end: Position) {
    (file.position(at: UInt32(hit.range.lowerBound)), file.position(at: UInt32(hit.range.upperBound)))
  }

  private static func json(_ position: Position) -> Value {
    ["line": .number(Number(position.line)), "column": .number(Number(position.column))]
  }
}

/// A text of a corpus that was judged otherwise than it is labelled: an attack in which nothing was found, or a harmless text in which something was.
struct Misjudgement {
  let file: String
  let line: Int
  let label: ScanTally.Label
  let source: String
  /// What was found.
  let rules: [String]

  var json: Value {
    [
      "file": .string(file), "line": .number(Number(line)), "label": .string(label.rawValue), "source": .string(source),
      "rules": .array(rules.map(Value.string)),
    ]
  }
}

/// A tally.
struct CorpusReport {
  let tally: ScanTally
  /// Nil: they are not told.
  let misjudged: [Misjudgement]?

  init(_ tally: ScanTally, _ misjudged: [Misjudgement]?) {
    self.tally = tally
    self.misjudged = misjudged
  }

  var json: Value {
    guard let misjudged, case .object(let members) = tally.json else { return tally.json }
    return .object(members + [.init("wrong", .array(misjudged.map(\.json)))])
  }

  var human: String {
    var text = ""
    if let recall = tally.all.attack.percent {
      text += "attacks detected  \(ratio(tally.all.attack))  \(rounded(recall)) %"
      let bySource = tally.sources.values.compactMap(\.attack.percent)
      let mean = bySource.reduce(0, +) / Double(bySource.count)
      text += bySource.count > 1 ? ", mean of \(bySource.count) sources \(rounded(mean)) %\n" : "\n"
    }
    if let flagged = tally.all.benign.percent {
      text += "benign flagged    \(ratio(tally.all.benign))  \(rounded(flagged)) %\n"
    }
    let attacks = tally.sources.filter { $0.value.attack.total > 0 }.sorted { $0.key < $1.key }
    if !attacks.isEmpty { text += "\nattacks by source\n" }
    for (source, row) in attacks { text += line(source, row.attack) }
    let flagged = tally.sources.filter { $0.value.benign.found > 0 }.sorted { $0.key < $1.key }
    let clean = tally.sources.values.count { $0.benign.total > 0 && $0.benign.found == 0 }
    if !flagged.isEmpty || clean > 0 { text += "\nbenign by source\n" }
    for (source, row) in flagged { text += line(source, row.benign) }
    if clean > 0 { text += "  none flagged in \(counted(clean, "source"))\n" }
    let rules = tally.rules.sorted { ($1.value.attack, $0.key) < ($0.value.attack, $1.key) }
    if !rules.isEmpty { text += "\nrules: texts with attacks, benign texts\n" }
    for (rule, count) in rules { text += "  \(padded(count.attack, 6)) \(padded(count.benign, 6))  \(rule)\n" }
    if let misjudged, !misjudged.isEmpty { text += "\nwrong: attacks that were missed, harmless texts that were flagged\n" }
    for wrong in misjudged ?? [] {
      let found = wrong.rules.isEmpty ? "missed" : wrong.rules.joined(separator: ", ")
      text += "  \(wrong.file):\(wrong.line): \(wrong.label.rawValue), \(found) (\(wrong.source))\n"
    }
    return text
  }

  private func line(_ source: String, _ count: ScanTally.Count) -> String {
    "  \(rounded(count.percent ?? 0).leftPadded(6)) %  \(ratio(count).leftPadded(11))  \(source)\n"
  }

  private func ratio(_ count: ScanTally.Count) -> String { "\(count.found)/\(count.total)" }

  private func rounded(_ percent: Double) -> String { String(format: "%.2f", percent) }

  private func padded(_ number: Int, _ width: Int) -> String { String(number).leftPadded(width) }
}

extension String {
  fileprivate func leftPadded(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
