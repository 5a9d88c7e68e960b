package import Bytecode
package import JSON
internal import Schemas

// What a policy's refinement of a tool does to one call: fill in, then look at what the schema cannot say.
extension Refinement {
  /// The text of `document` with every default in its arguments that a call leaves out; nil when there is nothing to fill in.
  package func filled(_ document: Document, arguments: Node) -> [UInt8]? {
    guard !defaults.isEmpty, document.kind(arguments) == .object else { return nil }
    var splices = Splices(of: document)
    for value in defaults { fill(value, document, arguments, &splices) }
    return splices.isEmpty ? nil : splices.apply()
  }

  /// The same for a request, whose parameters may have no `arguments` yet.
  func filled(_ document: Document, _ arguments: Node?, of parameters: Node) -> [UInt8]? {
    if let arguments { return filled(document, arguments: arguments) }
    guard let empty = try? Document(parsing: Array("{}".utf8)), let text = filled(empty, arguments: empty.root) else { return nil }
    var splices = Splices(of: document)
    splices.insertMember("arguments", text, atEndOf: parameters)
    return splices.apply()
  }

  private func fill(_ value: Default, _ document: Document, _ arguments: Node, _ splices: inout Splices) {
    guard let name = value.path.last, let holder = document.object(at: value.path.dropLast(), from: arguments) else { return }
    guard let present = document.member(holder, name) else {
      splices.insertMember(name, write(value.value), atEndOf: holder)
      return
    }
    if value.replacesNull, document.isNull(present) { splices.replace(present, with: write(value.value)) }
  }

  /// Fields that may not be there and are.
  func forbidden(_ document: Document, _ arguments: Node) -> [ForbiddenField] {
    residues.compactMap { residue in
      guard case .absent = residue.test, let name = residue.path.last,
        document.object(at: residue.path.dropLast(), from: arguments).flatMap({ document.member($0, name) }) != nil
      else { return nil }
      return ForbiddenField(path: residue.path)
    }
  }

  /// What is wrong with arguments beyond what the schema can say. Fields of the wrong form are passed over.
  func problems(_ document: Document, _ arguments: Node) -> [ArgumentProblem] {
    residues.compactMap { residue in
      guard let name = residue.path.last, let holder = document.object(at: residue.path.dropLast(), from: arguments),
        let text = document.member(holder, name).flatMap({ document.text($0) }), let message = residue.test.problem(text.span)
      else { return nil }
      return ArgumentProblem(path: Pointer(residue.path).description, message: message)
    }
  }
}

/// A field that the policy takes out of a tool's input, and that a call has.
struct ForbiddenField {
  let path: [String]

  var problem: ArgumentProblem {
    ArgumentProblem(path: Pointer(path).description, message: "the policy does not permit this argument")
  }

  /// Whether a violation only says in the schema's way that the field may not be there.
  func isMeant(by violation: Violation) -> Bool {
    guard violation.instancePath.tokens.elementsEqual(path.dropLast()), let name = path.last else { return false }
    switch violation.keyword {
    case "not": return true
    case "additionalProperties", "unevaluatedProperties": return violation.got.contains("`\(name)`")
    default: return false
    }
  }
}

extension Document {
  fileprivate func object(at path: ArraySlice<String>, from arguments: Node) -> Node? {
    var node = arguments
    for name in path {
      guard kind(node) == .object, let next = member(node, name) else { return nil }
      node = next
    }
    return kind(node) == .object ? node : nil
  }
}
