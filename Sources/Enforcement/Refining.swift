package import Bytecode
package import JSON

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

  /// Fields that may not be there and are; nil: none.
  func forbidden(_ document: Document, _ arguments: Node) -> [ArgumentProblem]? {
    let found = residues.filter { residue in
      guard case .absent = residue.test, let name = residue.path.last else { return false }
      return document.object(at: residue.path.dropLast(), from: arguments).flatMap { document.member($0, name) } != nil
    }
    return found.isEmpty
      ? nil : found.map { ArgumentProblem(path: Pointer($0.path).description, message: "the policy does not permit this argument") }
  }

  /// What is wrong with arguments that have passed the schema; nil: nothing.
  func problems(_ document: Document, _ arguments: Node) -> [ArgumentProblem]? {
    var problems: [ArgumentProblem] = []
    for residue in residues {
      guard let name = residue.path.last, let holder = document.object(at: residue.path.dropLast(), from: arguments),
        let text = document.member(holder, name).flatMap({ document.text($0) })
      else { continue }
      guard let message = residue.test.problem(text.span) else { continue }
      problems.append(ArgumentProblem(path: Pointer(residue.path).description, message: message))
    }
    return problems.isEmpty ? nil : problems
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
