internal import Filters
package import JSON
package import Schemas

/// What a tool's structured results have to be: the output schema of its pinned definition, made ready once. A call keeps it until its
/// result comes, so a result is held to the definition that the call was made under.
package final class OutputSchema: Sendable {
  /// Nil when the schema cannot be used: then no result fits it.
  private let schema: CompiledSchema?
  /// The same with formats that refuse values; nil when the schema names none, or cannot be used.
  private let formedSchema: CompiledSchema?
  /// Every property that the schema names: the only names of the result's that may be repeated.
  private let names: Set<String>
  /// For what filters took out.
  let standIns: StandIns

  /// Nil when the definition declares none.
  package init?(_ document: Document, _ definition: Node) {
    guard let node = document.member(definition, "outputSchema"), !document.isNull(node) else { return nil }
    let value = Value(document, node)
    schema = try? CompiledSchema(compiling: value)
    formedSchema = OutputSchema.namesFormat(value) ? try? CompiledSchema(compiling: value, options: .init(assertsFormats: true)) : nil
    standIns = StandIns(value)
    var names: Set<String> = []
    OutputSchema.collect(value, into: &names)
    self.names = names
  }

  /// Bounded like the document it was read from.
  private static func collect(_ value: Value, into names: inout Set<String>) {
    for member in value.members ?? [] {
      if member.name == "properties" { names.formUnion((member.value.members ?? []).map(\.name)) }
      if member.name == "required" { names.formUnion((member.value.elements ?? []).compactMap(\.string)) }
      collect(member.value, into: &names)
    }
    for element in value.elements ?? [] { collect(element, into: &names) }
  }

  private static func namesFormat(_ value: Value) -> Bool {
    (value.members ?? []).contains { $0.name == "format" || namesFormat($0.value) } || (value.elements ?? []).contains(where: namesFormat)
  }

  /// What is wrong with the result of a call, said without any value of it; nil: nothing. Results that say they are errors are not held
  /// to the schema (`server/tools`, "Structured Content").
  ///
  /// - Parameter isRequired: whether a result without `structuredContent` is wrong.
  package func problems(_ document: Document, result: Node, isRequired: Bool, scratch: inout ValidationScratch) -> [ArgumentProblem]? {
    if document.member(result, "isError").flatMap({ document.boolean($0) }) == true { return nil }
    guard let content = document.member(result, "structuredContent") else {
      return isRequired ? [ArgumentProblem(path: "", message: "is missing")] : nil
    }
    guard let schema else {
      return [ArgumentProblem(path: "", message: "cannot be checked, because the tool's output schema cannot be used")]
    }
    if schema.isValid(document, at: content, scratch: &scratch) == .valid { return nil }
    let explanation = schema.explanation(of: document, at: content, scratch: &scratch)
    let problems = explanation.violations.map { violation in
      let path = Pointer(violation.instancePath.tokens.map { isIndex($0) || names.contains($0) ? $0 : "*" })
      return ArgumentProblem(path: path.description, message: "expected \(violation.expected)")
    }
    return explanation.isComplete ? problems : problems + [ArgumentProblem(path: "", message: Explanation.more)]
  }

  /// Whether a structured content has the formats that the schema names; false when it names none.
  func fitsFormats(_ document: Document, _ content: Node, scratch: inout ValidationScratch) -> Bool {
    formedSchema.map { $0.isValid(document, at: content, scratch: &scratch) == .valid } ?? false
  }

  /// The parts of a structured content that do not fit; empty: it fits. The content itself when nobody can tell which.
  func misfits(_ document: Document, _ content: Node, assertsFormats: Bool, scratch: inout ValidationScratch) -> [Node] {
    guard let schema = assertsFormats ? formedSchema : schema else { return [content] }
    if schema.isValid(document, at: content, scratch: &scratch) == .valid { return [] }
    let explanation = schema.explanation(of: document, at: content, scratch: &scratch)
    // There may be more parts that do not fit than were looked at.
    guard explanation.isComplete else { return [content] }
    let parts = explanation.violations.map { document.find($0.instancePath, from: content) ?? content }
    return parts.isEmpty ? [content] : parts
  }

  /// Whether the schema gives a member this name somewhere.
  func isKnown(_ document: Document, _ name: Node) -> Bool { document.string(name).map { names.contains($0) } ?? false }

  /// Short: a longer number is the name of a member, and may be anyone's.
  private func isIndex(_ token: String) -> Bool {
    token.utf8.count <= 6 && token.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
  }
}
