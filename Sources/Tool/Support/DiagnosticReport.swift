import JSON
import Text

/// How diagnostics are printed.
enum DiagnosticFormat: String, CaseIterable {
  case human, json, sarif, github
}

/// Diagnostics with the files they point into, printed in one of the formats.
struct DiagnosticReport {
  let diagnostics: [Diagnostic]
  let files: [SourceFile]
  private let byID: [SourceFile.ID: SourceFile]

  init(_ diagnostics: [Diagnostic], files: [SourceFile]) {
    self.diagnostics = diagnostics
    self.files = files
    byID = Dictionary(files.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  func count(_ severity: Diagnostic.Severity) -> Int { diagnostics.count { $0.severity == severity } }

  /// `2 errors, 1 warning`; nil when there is nothing to count.
  var summary: String? {
    let parts = [Diagnostic.Severity.error, .warning].compactMap { severity in
      let number = count(severity)
      return number == 0 ? nil : "\(number) \(severity.rawValue)\(number == 1 ? "" : "s")"
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  func human(colour: Bool) -> String { Renderer(files: files, colour: colour).render(diagnostics) }

  /// Workflow commands that a pull request shows beside the lines.
  var github: String {
    diagnostics.map { diagnostic in
      let place = place(of: diagnostic.primary.range)
      let level = diagnostic.severity == .note ? "notice" : diagnostic.severity.rawValue
      let text = [diagnostic.message, diagnostic.help.map { "help: \($0)" }].compactMap { $0 }.joined(separator: "\n")
      let fields = [
        "file=\(escapedProperty(place.path))", "line=\(place.start.line)", "endLine=\(place.end.line)", "col=\(place.start.column)",
        "endColumn=\(place.end.column)", "title=\(escapedProperty("\(diagnostic.code) \(diagnostic.code.name)"))",
      ]
      return "::\(level) \(fields.joined(separator: ","))::\(escapedData(text))\n"
    }.joined()
  }

  /// An array of diagnostics; positions start at 1 and count Unicode scalars.
  var json: Value { .array(diagnostics.map(value)) }

  /// SARIF 2.1.0, for code scanning.
  var sarif: Value {
    var codes: [Diagnostic.Code] = []
    for diagnostic in diagnostics where !codes.contains(diagnostic.code) { codes.append(diagnostic.code) }
    let rules = codes.map { code in
      Value.object([
        .init("id", .string(code.description)), .init("name", .string(code.name)),
        .init("helpUri", .string("https://github.com/sallyport/sallyport/blob/main/docs/errors/\(code).md")),
      ])
    }
    let results = diagnostics.map { diagnostic in
      Value.object([
        .init("ruleId", .string(diagnostic.code.description)),
        .init("level", .string(diagnostic.severity.rawValue)),
        .init("message", .object([.init("text", .string(text(of: diagnostic)))])),
        .init("locations", .array([location(diagnostic.primary)])),
        .init("relatedLocations", .array(diagnostic.secondary.map(location))),
      ])
    }
    let driver = Value.object([.init("name", .string("sallyport")), .init("rules", .array(rules))])
    return .object([
      .init("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")), .init("version", .string("2.1.0")),
      .init("runs", .array([.object([.init("tool", .object([.init("driver", driver)])), .init("results", .array(results))])])),
    ])
  }

  private func text(of diagnostic: Diagnostic) -> String {
    diagnostic.message + (diagnostic.help.map { "\nhelp: \($0)" } ?? "")
  }

  private struct Place {
    let path: String
    let start: Position
    let end: Position
  }

  private func place(of range: SourceRange) -> Place {
    guard let file = byID[range.file] else { preconditionFailure("a diagnostic of a file that was not loaded") }
    return Place(path: file.path, start: file.position(at: range.lower), end: file.position(at: range.upper))
  }

  private func location(_ label: Diagnostic.Label) -> Value {
    let place = place(of: label.range)
    let region = Value.object([
      .init("startLine", number(place.start.line)), .init("startColumn", number(place.start.column)),
      .init("endLine", number(place.end.line)), .init("endColumn", number(place.end.column)),
    ])
    let physical = Value.object([
      .init("artifactLocation", .object([.init("uri", .string(place.path))])), .init("region", region),
    ])
    return .object([
      .init("physicalLocation", physical), .init("message", .object([.init("text", .string(label.text))])),
    ])
  }

  private func value(of diagnostic: Diagnostic) -> Value {
    .object([
      .init("code", .string(diagnostic.code.description)), .init("name", .string(diagnostic.code.name)),
      .init("severity", .string(diagnostic.severity.rawValue)), .init("message", .string(diagnostic.message)),
      .init("labels", .array([label(diagnostic.primary, primary: true)] + diagnostic.secondary.map { label($0, primary: false) })),
      .init("help", diagnostic.help.map(Value.string) ?? .null),
      .init("fixes", .array(diagnostic.fixes.map(fix))),
    ])
  }

  private func label(_ label: Diagnostic.Label, primary: Bool) -> Value {
    .object([.init("primary", .boolean(primary)), .init("text", .string(label.text))] + span(label.range))
  }

  private func fix(_ fix: Diagnostic.Fix) -> Value {
    let edits = fix.edits.map { Value.object([.init("replacement", .string($0.replacement))] + span($0.range)) }
    return .object([.init("title", .string(fix.title)), .init("edits", .array(edits))])
  }

  private func span(_ range: SourceRange) -> [Value.Member] {
    let place = place(of: range)
    return [
      .init("file", .string(place.path)), .init("line", number(place.start.line)), .init("column", number(place.start.column)),
      .init("endLine", number(place.end.line)), .init("endColumn", number(place.end.column)),
    ]
  }
}

/// A whole number as JSON.
func number(_ integer: some BinaryInteger) -> Value { Number(String(integer)).map(Value.number) ?? .null }

private func escapedData(_ text: String) -> String {
  text.unicodeScalars.reduce(into: "") { out, scalar in
    switch scalar {
    case "%": out += "%25"
    case "\r": out += "%0D"
    case "\n": out += "%0A"
    default: out.unicodeScalars.append(scalar)
    }
  }
}

private func escapedProperty(_ text: String) -> String {
  escapedData(text).split(separator: ":", omittingEmptySubsequences: false).joined(separator: "%3A")
    .split(separator: ",", omittingEmptySubsequences: false).joined(separator: "%2C")
}
