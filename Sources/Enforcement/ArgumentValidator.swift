package import Bytecode
package import JSON
package import Schemas

/// Something wrong with one argument, said so that a model can put it right.
package struct ArgumentProblem: Hashable, Sendable {
  /// A JSON Pointer into the arguments (RFC 6901).
  package let path: String
  package let message: String
}

extension ArgumentProblem {
  init(_ violation: Violation) {
    let hint = violation.suggestion.map { ", did you mean `\($0)`?" } ?? ""
    self.init(path: violation.instancePath.description, message: "expected \(violation.expected), got \(violation.got)\(hint)")
  }
}

/// Holds the arguments of calls to a tool's input schema as the snapshot pins it, or to what policies have made of it.
package struct ArgumentValidator: Sendable {
  /// Nil when the schema cannot be used: then no arguments fit it.
  private let schema: CompiledSchema?
  /// Names of the declared properties.
  private let properties: FoldedNames
  private let refinement: Refinement?

  /// - Parameters:
  ///   - inputSchema: the tool's own; nil when the definition has none.
  ///   - refinement: of that tool; its schema stands in for the tool's own, which it contains.
  package init(inputSchema: Value?, refinement: Refinement? = nil) {
    self.refinement = refinement
    schema = (refinement?.inputSchema ?? inputSchema).flatMap { try? CompiledSchema(compiling: $0) }
    properties = FoldedNames(inputSchema?["properties"]?.members?.map { Array($0.name.utf8) } ?? [])
  }

  private init(_ own: ArgumentValidator, refinedBy refinement: Refinement) {
    self.refinement = refinement
    schema = try? CompiledSchema(compiling: refinement.inputSchema)
    properties = own.properties
  }

  func refined(by refinement: Refinement) -> ArgumentValidator { ArgumentValidator(self, refinedBy: refinement) }

  /// Of a live definition, which is used only while its digest is the pinned one.
  init(_ document: Document, _ definition: Node) {
    self.init(inputSchema: document.member(definition, "inputSchema").map { Value(document, $0) })
  }

  /// - Parameter arguments: nil for a call without any, which is the same as an empty object.
  /// - Returns: nil when nothing is wrong.
  package func problems(_ document: Document, _ arguments: Node?, scratch: inout ValidationScratch) -> [ArgumentProblem]? {
    guard let schema else {
      return [ArgumentProblem(path: "", message: "the tool's input schema cannot be used, so no arguments can be checked")]
    }
    guard let arguments else { return problems(ArgumentValidator.none, ArgumentValidator.none.root, scratch: &scratch) }
    if let problem = lookalike(document, arguments) { return [problem] }
    let forbidden = refinement?.forbidden(document, arguments) ?? []
    var problems = forbidden.map(\.problem)
    var isComplete = true
    if schema.isValid(document, at: arguments, scratch: &scratch) != .valid {
      let explanation = schema.explanation(of: document, at: arguments, scratch: &scratch)
      let others = explanation.violations.filter { violation in !forbidden.contains { $0.isMeant(by: violation) } }
      problems += others.map(ArgumentProblem.init)
      isComplete = explanation.isComplete
    }
    // Of a value with the wrong form the schema has said enough.
    problems += (refinement?.problems(document, arguments) ?? []).filter { problem in !problems.contains { $0.path == problem.path } }
    if problems.isEmpty { return nil }
    return isComplete ? problems : problems + [ArgumentProblem(path: "", message: Explanation.more)]
  }

  /// A server that matches names without regard to case would read this one where rules have read the declared one.
  private func lookalike(_ document: Document, _ arguments: Node) -> ArgumentProblem? {
    var next = document.firstChild(arguments)
    while let key = next {
      let hash = document.foldedHash(key)
      if properties.match(document, key, hash) == .respelled, let declared = properties.name(hash), let text = document.text(key) {
        let path = "/\(String(decoding: text.prefix(Limits.quotedBytes), as: UTF8.self))"
        return ArgumentProblem(
          path: path, message: "differs from the argument `\(String(decoding: declared, as: UTF8.self))` in letter case only")
      }
      next = document.sibling(after: document.value(of: key), in: arguments)
    }
    return nil
  }

  private static let none: Document = {
    guard let document = try? Document(parsing: Array("{}".utf8)) else { preconditionFailure("an empty object is JSON") }
    return document
  }()
}
