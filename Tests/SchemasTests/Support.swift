import JSON
import Schemas
import Testing

/// Compiles a schema written as JSON.
func compile(_ text: String, _ options: CompiledSchema.Options = .init()) throws -> CompiledSchema {
  try CompiledSchema(compiling: Value(parsing: Array(text.utf8)), options: options)
}

extension CompiledSchema {
  /// The answer of both modes, which must agree.
  func check(_ instance: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> Outcome {
    var scratch = ValidationScratch()
    let document = try Document(parsing: Array(instance.utf8))
    let outcome = isValid(document, at: document.root, scratch: &scratch)
    let violations = explanation(of: document, at: document.root, scratch: &scratch).violations
    #expect(violations.isEmpty == (outcome == .valid), "\(violations.map(\.message))", sourceLocation: sourceLocation)
    return outcome
  }

  func explain(_ instance: String) throws -> Explanation {
    var scratch = ValidationScratch()
    let document = try Document(parsing: Array(instance.utf8))
    return explanation(of: document, at: document.root, scratch: &scratch)
  }

  func messages(_ instance: String) throws -> [String] {
    var scratch = ValidationScratch()
    let document = try Document(parsing: Array(instance.utf8))
    return explanation(of: document, at: document.root, scratch: &scratch).violations.map(\.message)
  }
}

/// The reason for which a schema is refused.
func refusal(_ text: String, _ options: CompiledSchema.Options = .init()) -> SchemaError.Reason? {
  do {
    _ = try compile(text, options)
    return nil
  } catch let error as SchemaError {
    return error.reason
  } catch {
    return nil
  }
}
