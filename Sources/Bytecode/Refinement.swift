package import JSON
package import Patterns

/// What policies make of one tool's input: every `refine` of it together.
package struct Refinement: Sendable {
  /// Filled in where a call leaves the field out, or gives `null` where the tool's own schema counts that as absent.
  package struct Default: Sendable {
    /// From the arguments downwards; at least one. Filled in only where the object that holds it is there.
    package let path: [String]
    package let value: Value
    package let replacesNull: Bool

    package init(path: [String], value: Value, replacesNull: Bool) {
      self.path = path
      self.value = value
      self.replacesNull = replacesNull
    }
  }

  /// What JSON Schema cannot say, or not well. A test of a text passes what is none: that it is one, the schema says.
  package struct Residue: Sendable {
    package enum Test: Sendable {
      /// Not there at all. The schema says so too, but not in words that help.
      case absent
      case url(URLRule)
      case path(PathRule)
      /// The whole value.
      case matches(Pattern, source: String)
    }

    package let path: [String]
    package let test: Test

    package init(path: [String], test: Test) {
      self.path = path
      self.test = test
    }
  }

  /// The tool's own schema with everything merged in that JSON Schema can say; what `tools/list` shows.
  package let inputSchema: Value
  package let defaults: [Default]
  package let residues: [Residue]

  package init(inputSchema: Value, defaults: [Default], residues: [Residue]) {
    self.inputSchema = inputSchema
    self.defaults = defaults
    self.residues = residues
  }
}

extension Refinement.Residue.Test {
  /// Why a text does not pass, and what would; nil when it does. Never repeats the text.
  package func problem(_ text: Span<UInt8>) -> String? {
    switch self {
    case .absent: return nil
    case .url(let rule): return rule.problem(text).map { "\($0). \(rule.text)" }
    case .path(let rule): return rule.problem(text).map { "\($0). \(rule.text)" }
    case .matches(let pattern, let source):
      var scratch = MatchScratch()
      // A match that was given up is none: what was too much work here is for the server, too.
      if case .found = pattern.match(text, scratch: &scratch) { return nil }
      return "does not match /\(source)/ as a whole"
    }
  }
}
