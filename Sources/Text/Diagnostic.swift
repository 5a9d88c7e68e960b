/// Something wrong with a text a person wrote, as data; `Renderer` prints it.
///
/// Messages are lower case without a full stop, put the user's text in backticks and never name a type of ours.
package struct Diagnostic: Hashable, Sendable {
  /// A stable identity: `E0104 unknown-tool`. Numbers are never reused; every one has a page in `docs/errors/`.
  package struct Code: Hashable, Sendable {
    package let number: UInt16
    package let severity: Severity
    /// Lower case words joined by hyphens; reads well after "allow".
    package let name: String

    package init(_ severity: Severity, _ number: UInt16, _ name: String) {
      self.severity = severity
      self.number = number
      self.name = name
    }
  }

  package enum Severity: String, Hashable, Sendable, CaseIterable {
    case error, warning, note
  }

  /// Text put under a range of source.
  package struct Label: Hashable, Sendable {
    package let range: SourceRange
    package let text: String

    package init(_ range: SourceRange, _ text: String) {
      self.range = range
      self.text = text
    }
  }

  /// A change that a tool may apply without asking: the ranges do not overlap.
  package struct Fix: Hashable, Sendable {
    package struct Edit: Hashable, Sendable {
      package let range: SourceRange
      package let replacement: String

      package init(_ range: SourceRange, _ replacement: String) {
        self.range = range
        self.replacement = replacement
      }
    }

    package let title: String
    package let edits: [Edit]

    package init(title: String, edits: [Edit]) {
      self.title = title
      self.edits = edits
    }
  }

  package let code: Code
  package let message: String
  package let primary: Label
  package let secondary: [Label]
  package let help: String?
  package let fixes: [Fix]

  package init(
    _ code: Code, _ message: String, at primary: Label, also secondary: [Label] = [], help: String? = nil, fixes: [Fix] = []
  ) {
    self.code = code
    self.message = message
    self.primary = primary
    self.secondary = secondary
    self.help = help
    self.fixes = fixes
  }

  package var severity: Severity { code.severity }
}

extension Diagnostic.Code: CustomStringConvertible {
  /// `E0104`, `W0703`, `N0705`.
  package var description: String {
    let letter =
      switch severity {
      case .error: "E"
      case .warning: "W"
      case .note: "N"
      }
    let digits = String(number)
    return letter + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

/// What every stage of the front end returns: always a value, and what was wrong with the input.
package struct Diagnosed<Value: Sendable>: Sendable {
  package let value: Value
  package let diagnostics: [Diagnostic]

  package init(_ value: Value, _ diagnostics: [Diagnostic]) {
    self.value = value
    self.diagnostics = diagnostics
  }

  package var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// The input has errors that leave nothing to go on with.
package struct Rejected: Error {
  /// At least one is an error.
  package let diagnostics: [Diagnostic]

  package init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
