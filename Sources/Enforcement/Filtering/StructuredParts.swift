internal import Bytecode
internal import JSON
internal import Messages

/// The structured contents of a message, and which of their texts a path leads to.
struct StructuredParts {
  private let document: Document
  /// Each a `structuredContent`.
  private let contents: [Node]
  /// Those that a schema holds for: not of results that say they are errors (`server/tools`, "Structured Content").
  let held: [Node]

  init(_ document: Document, _ carrier: TextCarrier) {
    self.document = document
    let holder: Node? =
      switch carrier {
      case .result(_, let node), .notification(_, let node): node
      case .failure, .request, .arguments: nil
      }
    let task = holder.flatMap { document.member($0, "task") }
    // A call's, a task's that is done, and that of a task in a call's result.
    let results = [holder, holder.flatMap { document.member($0, "result") }, task, task.flatMap { document.member($0, "result") }]
    var contents: [Node] = []
    var held: [Node] = []
    for result in results.compactMap(\.self) {
      guard let content = document.member(result, "structuredContent") else { continue }
      contents.append(content)
      if document.member(result, "isError").flatMap({ document.boolean($0) }) != true { held.append(content) }
    }
    self.contents = contents
    self.held = held
  }

  /// Whether a text is at the end of one of the paths, or below. A text that is in no structured content known here is.
  func hold(_ text: Node, _ paths: [ResultPath]) -> Bool {
    guard let content = contents.first(where: { document.indices(in: $0).contains(text.index) }) else { return true }
    return paths.contains { path in isBelow(text, content, path.steps[...]) }
  }

  private func isBelow(_ text: Node, _ node: Node, _ steps: ArraySlice<ResultPath.Step>) -> Bool {
    guard document.indices(in: node).contains(text.index) else { return false }
    switch steps.first {
    case nil: return true
    case .member(let name):
      return document.member(node, name).map { isBelow(text, $0, steps.dropFirst()) } ?? false
    case .elements:
      return document.elements(node).contains { isBelow(text, $0, steps.dropFirst()) }
    }
  }
}
