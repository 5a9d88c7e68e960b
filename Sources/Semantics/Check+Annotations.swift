internal import Syntax
internal import Text

// Annotations are anyone's, but for the few that the gate obeys: those must say what they mean, or a slip of the pen would open something.
extension Checker {
  private enum Obeyed: String, CaseIterable {
    /// On a rule, limit or filter: no answer to a caller tells what it is called or tests.
    case confidential
    /// On a server: what becomes of results that do not fit the tool's output schema.
    case outputMismatch = "output_mismatch"
    /// On a scope: what it opens must be recorded.
    case sensitive

    func mayStand(on kind: Declaration.Kind) -> Bool {
      switch (self, kind) {
      case (.confidential, .grant), (.confidential, .deny), (.confidential, .ask), (.confidential, .filter),
        (.confidential, .limit), (.outputMismatch, .server), (.sensitive, .scope):
        true
      default: false
      }
    }

    var place: String {
      switch self {
      case .confidential: "`grant`, `deny`, `ask`, `limit` and `filter`"
      case .outputMismatch: "`server`"
      case .sensitive: "`scope`"
      }
    }
  }

  mutating func checkAnnotations() {
    for file in sources.loaded {
      for declaration in file.tree.declarations { checkAnnotations(of: declaration) }
    }
  }

  private mutating func checkAnnotations(of declaration: Declaration) {
    var seen: Set<String> = []
    for annotation in declaration.annotations {
      let name = annotation.name.text
      guard let obeyed = Obeyed(rawValue: name) else {
        if let near = suggestion(for: name, among: Obeyed.allCases.map(\.rawValue)) {
          report(
            .badAnnotation, "`@\(name)` means nothing, and is nearly `@\(near)`", annotation.range, "has no effect",
            help: "did you mean `@\(near)`? If not, choose a name that is less like it")
        }
        continue
      }
      if !obeyed.mayStand(on: declaration.kind) {
        report(.badAnnotation, "`@\(name)` has no effect here", annotation.range, "has no effect", help: "it belongs to \(obeyed.place)")
      } else if !seen.insert(name).inserted {
        report(.badAnnotation, "`@\(name)` stands here twice", annotation.range, "said again", help: "remove one")
      } else {
        checkArguments(of: annotation, obeyed)
      }
    }
  }

  private mutating func checkArguments(of annotation: Annotation, _ obeyed: Obeyed) {
    switch obeyed {
    case .confidential, .sensitive:
      guard let first = annotation.arguments.first else { return }
      let name = obeyed.rawValue
      report(.badAnnotation, "`@\(name)` takes no value", first.range, "not needed", help: "write `@\(name)`")
    case .outputMismatch:
      if annotation.arguments.count == 1, OutputMismatch(annotation.arguments[0]) != nil { return }
      report(
        .badAnnotation, "`@output_mismatch` takes `\"block\"` or `\"log\"`", annotation.range, "neither",
        help: "`block`, which is also what happens without it, withholds the result; `log` passes it on and logs what is wrong")
    }
  }

  /// What the server declaration says; without a word results are blocked.
  func outputMismatch(_ declaration: Declaration) -> OutputMismatch {
    let annotation = declaration.annotations.first { $0.name.text == Obeyed.outputMismatch.rawValue }
    return annotation?.arguments.first.flatMap { OutputMismatch($0) } ?? .block
  }
}

/// What becomes of a tool's result that does not fit the tool's output schema.
package enum OutputMismatch: String, Sendable {
  case block
  /// It passes, and the log says what is wrong.
  case log

  init?(_ literal: Literal) {
    guard case .string(let text) = literal.kind, let value = OutputMismatch(rawValue: text) else { return nil }
    self = value
  }
}
