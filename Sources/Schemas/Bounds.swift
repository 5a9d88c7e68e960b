/// Every limit of schema compilation and validation, in one place.
///
/// A schema comes from a server that nobody here controls, an instance from a model: either may be built to be dear. Exceeding a limit
/// while compiling refuses the schema; exceeding one while validating leaves the question undecided, which callers treat as invalid.
///
/// How long a text each regular expression is tried on is no number here: it follows from how the expression's time grows with the text.
/// Linear ones have no limit; quadratic, cubic, steeper and exponential ones are held to 4,096, 256 and 64 bytes, and those that cannot be
/// judged to 1,024 (`Ambiguity.longestText`), because machine code does not count what a repeated character gives back, so that the
/// matcher's own limit stops the exponential ones only.
package struct SchemaBounds: Sendable {
  /// Schema objects that may be reached from the root, counted once for every dynamic scope they are reached in. The largest schema of the
  /// public SchemaStore has some 10,000; monomorphising `$dynamicRef` over the largest metaschema needs under 200.
  package var subschemas: Int
  /// Nesting of one schema document; deeper ones come from generators gone wrong, and reading them recurses.
  package var nesting: Int
  /// Documents that one schema may pull in through `$ref` out of those supplied.
  package var documents: Int
  /// Bytes of one regular expression in a schema; longer ones are word lists that belong in an `enum`.
  package var patternBytes: Int
  /// Bytes of regular expressions that are judged in one schema: judging a nasty one of a kilobyte takes some tenths of a second. Those
  /// beyond are used as those that cannot be judged are.
  package var judgedPatternBytes: Int
  /// Instructions of the compiled form; inlining of `$ref` stops long before, so only a huge schema gets here.
  package var instructions: Int
  /// Frames of evaluation. Parsed documents nest at most a few hundred levels and a level takes a handful of frames; a frame is a few
  /// hundred bytes of stack in release builds and some thousand in debug builds, so this stays under the 512 KiB of a secondary thread.
  package var frames: Int
  /// Steps that a validation may take whatever the size of the instance: 0.1 s at the worst.
  package var baseSteps: Int
  /// Steps that every node of the instance adds: cost is therefore linear in the instance, whatever the schema is.
  package var stepsPerNode: Int
  /// Violations that one explanation collects; a model does not read more. An explanation that stops here says so.
  package var violations: Int
  /// Steps that one explanation may take whatever the size of the instance: it allocates and may try alternatives many times over, so a
  /// step is a microsecond or two, and what is explained was refused already.
  package var explanationSteps: Int

  package static let standard = SchemaBounds(
    subschemas: 50_000, nesting: 256, documents: 64, patternBytes: 8_192, judgedPatternBytes: 4_096, instructions: 500_000, frames: 640,
    baseSteps: 1_000_000,
    stepsPerNode: 2_000, violations: 16, explanationSteps: 200_000)

  package init(
    subschemas: Int, nesting: Int, documents: Int, patternBytes: Int, judgedPatternBytes: Int, instructions: Int, frames: Int,
    baseSteps: Int, stepsPerNode: Int,
    violations: Int, explanationSteps: Int
  ) {
    self.subschemas = subschemas
    self.nesting = nesting
    self.documents = documents
    self.patternBytes = patternBytes
    self.judgedPatternBytes = judgedPatternBytes
    self.instructions = instructions
    self.frames = frames
    self.baseSteps = baseSteps
    self.stepsPerNode = stepsPerNode
    self.violations = violations
    self.explanationSteps = explanationSteps
  }
}
