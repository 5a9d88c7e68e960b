internal import Bytecode
internal import Filters
internal import JSON
internal import Messages
internal import Schemas

// From what has to be done to a message to the message that goes on.
extension MessageFilter {
  mutating func finish(
    _ plan: inout Plan, _ document: Document, _ carrier: TextCarrier, _ output: OutputSchema?, _ validation: inout ValidationScratch
  ) {
    if let block = plan.block {
      plan.result.outcome = .blocked(block)
      return
    }
    plan.result.withheld = plan.withheld
    guard !plan.changes.isEmpty || !plan.withheld.isEmpty || !plan.removed.isEmpty else { return }
    let isStructured = plan.changes.contains { $0.text.place == .structured }
    var standIns: Set<Int> = []
    // The first try, one with stand-ins where the schema is broken, one with stand-ins everywhere.
    for _ in 0..<3 {
      let bytes = write(plan, standIns, document, carrier)
      guard let rewritten = try? Document(parsing: bytes, limits: .message) else { break }
      guard isStructured, let output else {
        plan.result.outcome = .rewritten(bytes)
        return
      }
      // Nodes are where they were: what has structured content is no list.
      var broken: [Node] = []
      for content in StructuredParts(rewritten, carrier).held { broken += output.misfits(rewritten, content, scratch: &validation) }
      if broken.isEmpty {
        plan.result.outcome = .rewritten(bytes)
        return
      }
      let affected = plan.changes.indices.filter { index in
        broken.contains { rewritten.indices(in: $0).contains(plan.changes[index].text.node.index) }
      }
      let wanted = standIns.isEmpty && !affected.isEmpty ? affected : Array(plan.changes.indices)
      let added = wanted.filter { plan.changes[$0].text.place == .structured && plan.changes[$0].standIn != nil }
      if Set(added).isSubset(of: standIns) { break }
      standIns.formUnion(added)
    }
    let filter = plan.changes.first { $0.text.place == .structured }?.filter ?? plan.changes.first?.filter ?? 0
    plan.result.outcome = .blocked(.init(filter: filter, pattern: nil, cause: .unfit))
  }

  private func write(_ plan: Plan, _ standIns: Set<Int>, _ document: Document, _ carrier: TextCarrier) -> [UInt8] {
    var splices = Splices(of: document)
    for (element, _) in plan.withheld {
      guard let list = carrier.list(document) else { continue }
      splices.removeElement(element, of: list)
    }
    for member in plan.removed { splices.removeMember(member.name, of: member.holder) }
    for (index, change) in plan.changes.enumerated() {
      if let element = change.text.element, plan.withheld.contains(where: { $0.element == element }) { continue }
      if plan.removed.contains(where: { isIn(change.text.node, $0.name, document) }) { continue }
      splices.replace(change.text.node, with: standIns.contains(index) ? change.standIn ?? change.replacement : change.replacement)
    }
    return splices.apply()
  }

  private func isIn(_ node: Node, _ name: Node, _ document: Document) -> Bool {
    node == name || document.indices(in: document.value(of: name)).contains(node.index)
  }
}

extension TextCarrier {
  /// The list that a result is of.
  func list(_ document: Document) -> Node? {
    guard case .result(let method, let node) = self else { return nil }
    return ListKind(method).flatMap { document.member(node, $0.member) }
  }
}

/// Covers parts of a text with characters of the same kind, so that what wants a certain shape of it still finds that.
enum Mask {
  /// - Parameter ranges: in any order; they may overlap, and need not end between characters.
  static func cover(_ text: [UInt8], _ ranges: [Range<Int>]) -> [UInt8] {
    var isCovered = [Bool](repeating: false, count: text.count)
    for range in ranges { for index in range.clamped(to: 0..<text.count) { isCovered[index] = true } }
    var masked: [UInt8] = []
    var index = 0
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
      let width = UTF8.width(scalar)
      defer { index += width }
      guard isCovered[index..<min(index + width, text.count)].contains(true) else {
        masked += String(scalar).utf8
        continue
      }
      switch scalar {
      case "0"..."9": masked.append(UInt8(ascii: "0"))
      case "a"..."z": masked.append(UInt8(ascii: "x"))
      case "A"..."Z": masked.append(UInt8(ascii: "X"))
      case "\u{20}"..."\u{7E}": masked.append(UInt8(scalar.value))
      default: masked.append(UInt8(ascii: "x"))
      }
    }
    return masked
  }
}
