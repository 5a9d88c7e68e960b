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

  /// What JSON Schema cannot say. Looked at when the value is a text; that it is one, the schema says.
  package struct Residue: Sendable {
    package enum Test: Sendable {
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
