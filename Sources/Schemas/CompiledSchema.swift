package import JSON

/// A JSON Schema made ready: read once, shared by every connection, never changed.
package final class CompiledSchema: Sendable {
  package struct Options: Sendable {
    /// The dialect of schemas that declare none: MCP's is 2020-12.
    package var dialect: Dialect
    /// Whether `format` refuses values. Off, as in the specification, it only annotates.
    package var assertsFormats: Bool
    package var bounds: SchemaBounds

    package init(dialect: Dialect = .draft202012, assertsFormats: Bool = false, bounds: SchemaBounds = .standard) {
      self.dialect = dialect
      self.assertsFormats = assertsFormats
      self.bounds = bounds
    }
  }

  let subschemas: [Subschema]
  let root: Int
  let program: Program
  let bounds: SchemaBounds

  /// Compiles, or says why the schema cannot be used. Nothing is fetched: a reference that leads out of the schema, `remotes` and the
  /// metaschemas of the five dialects is an error.
  ///
  /// - Parameter remotes: other schema documents, by the absolute address under which references name them.
  package init(
    compiling schema: Value, options: Options = Options(), remotes: [String: Value] = [:]
  ) throws(SchemaError) {
    bounds = options.bounds
    var library = Library(remotes: remotes, fallback: options.dialect, bounds: options.bounds)
    let site = try library.add(schema, at: Address("json-schema:///"))
    var builder = GraphBuilder(library: library, bounds: options.bounds, assertsFormats: options.assertsFormats)
    root = try builder.build(from: site)
    subschemas = builder.subschemas
    if EndlessReferences.exist(in: subschemas) { throw SchemaError(.endlessReference, at: "") }
    program = try Encoder.program(for: subschemas, root: root, bounds: options.bounds)
  }
}

/// What came of a validation. `undecided` means that a bound was reached: callers treat it as invalid.
package enum Outcome: Hashable, Sendable {
  case valid, invalid, undecided
}

extension CompiledSchema {
  /// Whether a value is valid. Allocates nothing once the scratch is warm.
  package func isValid(_ document: Document, at node: Node, scratch: inout ValidationScratch) -> Outcome {
    let view = DocumentView(document)
    let code = program.code
    scratch.begin(steps: bounds.baseSteps + bounds.stepsPerNode * view.size(of: node))
    let evaluator = Evaluator(view: view, code: code.span, document: document, program: program, mostFrames: bounds.frames)
    let isValid = evaluator.apply(program.root, node, &scratch)
    return scratch.isExhausted ? .undecided : isValid ? .valid : .invalid
  }

  /// What is wrong with a value, up to ``SchemaBounds/violations``: no violations exactly when it is valid. Where a bound was reached
  /// before anything was found, one violation says so.
  package func explanation(of document: Document, at node: Node, scratch: inout ValidationScratch) -> Explanation {
    let outcome = isValid(document, at: node, scratch: &scratch)
    guard outcome != .valid else { return Explanation(violations: [], isComplete: true) }
    let found = explain(document, at: node, scratch: &scratch).explanation
    guard found.violations.isEmpty else { return found }
    let (expected, got) =
      outcome == .undecided
      ? ("a value that can be checked within bounds", "one that cannot")
      : ("a value that fits the schema", "one so large that the place where it does not was not found")
    let violation = Violation(instancePath: Pointer(), keyword: "", expected: expected, got: got, suggestion: nil)
    return Explanation(violations: [violation], isComplete: false)
  }

  /// The answer of the exhaustive mode alone. It looks at every alternative, and so reaches its bounds sooner.
  package func explain(
    _ document: Document, at node: Node, scratch: inout ValidationScratch
  ) -> (outcome: Outcome, explanation: Explanation) {
    var explainer = Explainer(subschemas: subschemas, document: document, bounds: bounds)
    let result = explainer.apply(root, to: node, scratch: &scratch.matching)
    let outcome: Outcome = explainer.isExhausted ? .undecided : result == nil ? .invalid : .valid
    let isComplete = !explainer.isExhausted && !explainer.isFull
    return (outcome, Explanation(violations: Array(explainer.violations.prefix(bounds.violations)), isComplete: isComplete))
  }
}
