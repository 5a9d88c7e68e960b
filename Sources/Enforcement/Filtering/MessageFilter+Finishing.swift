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
    guard !plan.changes.isEmpty || !plan.withheld.isEmpty || !plan.removed.isEmpty || !plan.replaced.isEmpty else { return }
    // Formats only annotate, but clients may hold values to them: where what came had its formats, so has what goes, if that can be had.
    let hadFormats = output.map { output in
      plan.changes.contains { $0.text.place == .structured }
        && StructuredParts(document, carrier).held.allSatisfy { output.fitsFormats(document, $0, scratch: &validation) }
    }
    let formed = hadFormats == true ? fitting(plan, document, carrier, output, assertsFormats: true, &validation) : nil
    if let bytes = formed ?? fitting(plan, document, carrier, output, assertsFormats: false, &validation) {
      plan.result.outcome = .rewritten(bytes)
      return
    }
    let filter = plan.changes.first { $0.text.place == .structured }?.filter ?? plan.changes.first?.filter ?? 0
    plan.result.outcome = .blocked(.init(filter: filter, pattern: nil, cause: .unfit))
  }

  /// The message with its changes, with other values where its structured content would not fit; nil: nothing fits.
  private mutating func fitting(
    _ plan: Plan, _ document: Document, _ carrier: TextCarrier, _ output: OutputSchema?, assertsFormats: Bool,
    _ validation: inout ValidationScratch
  ) -> [UInt8]? {
    var choices = plan.changes.map { StandInChoice($0.replacement) }
    // Ends: with each turn a change takes its next value, and has few.
    while true {
      let bytes = write(plan, choices, document, carrier)
      guard let rewritten = try? Document(parsing: bytes, limits: .message) else { return nil }
      // In structured content nodes are where they were: what has it is no list, and no binary content is in it.
      var broken: [Node] = []
      if let output, plan.changes.contains(where: { $0.text.place == .structured }) {
        for content in StructuredParts(rewritten, carrier).held {
          broken += output.misfits(rewritten, content, assertsFormats: assertsFormats, scratch: &validation)
        }
      }
      if broken.isEmpty { return bytes }
      guard let output, choose(&choices, where: broken, plan, document, rewritten, carrier, output) else { return nil }
    }
  }

  /// What stands for one changed text, and what may stand there instead.
  struct StandInChoice {
    var value: [UInt8]
    /// The most telling last; nil until they are needed.
    var others: [[UInt8]]?

    init(_ value: [UInt8]) { self.value = value }
  }

  /// Gives each changed text in a part that does not fit its next value; when none is there, all changed texts.
  ///
  /// - Returns: false when there is no other value left.
  private mutating func choose(
    _ choices: inout [StandInChoice], where broken: [Node], _ plan: Plan, _ document: Document, _ rewritten: Document,
    _ carrier: TextCarrier,
    _ output: OutputSchema
  ) -> Bool {
    let structured = plan.changes.indices.filter { plan.changes[$0].text.place == .structured }
    let contents = zip(StructuredParts(document, carrier).held, StructuredParts(rewritten, carrier).held)
    /// Where what was a node of the document is now: only as a whole do contents move.
    func moved(_ node: Node) -> UInt32 {
      let content = contents.first { document.indices(in: $0.0).contains(node.index) }
      return content.map { node.index - $0.0.index + $0.1.index } ?? node.index
    }
    let affected = structured.filter { index in
      broken.contains { rewritten.indices(in: $0).contains(moved(plan.changes[index].text.node)) }
    }
    var isChanged = false
    for index in affected.isEmpty ? structured : affected {
      if choices[index].others == nil { choices[index].others = standIns(plan.changes[index], document, carrier, output).reversed() }
      guard let next = choices[index].others?.popLast() else { continue }
      choices[index].value = next
      isChanged = true
    }
    return isChanged
  }

  /// As JSON; what would itself be found is none.
  private mutating func standIns(_ change: Change, _ document: Document, _ carrier: TextCarrier, _ output: OutputSchema) -> [[UInt8]] {
    guard change.text.kind == .value || change.text.kind == .number, let sanitiser = filters.sanitiser,
      let content = StructuredParts(document, carrier).held.first(where: { document.indices(in: $0).contains(change.text.node.index) })
    else { return [] }
    var values: [[UInt8]] = []
    if change.text.kind == .value {
      var quoted: [UInt8] = []
      appendQuoted(change.masked.span, to: &quoted)
      values.append(quoted)
    }
    values += output.standIns.proposals(for: change.text.node, in: document, below: content, redacted: change.redacted)
    return values.filter { value in
      guard let document = try? Document(parsing: value), let text = document.text(document.root) else { return true }
      return sanitiser.inspect(text.span, under: change.selection, from: Span(), scratch: &scratch) == .clean
    }
  }

  private func write(_ plan: Plan, _ choices: [StandInChoice], _ document: Document, _ carrier: TextCarrier) -> [UInt8] {
    var splices = Splices(of: document)
    for (element, _) in plan.withheld {
      guard let list = carrier.list(document) else { continue }
      splices.removeElement(element, of: list)
    }
    for member in plan.removed { splices.removeMember(member.name, of: member.holder) }
    for (holder, text) in plan.replaced { splices.replace(holder, with: text) }
    for (index, change) in plan.changes.enumerated() {
      if let element = change.text.element, plan.withheld.contains(where: { $0.element == element }) { continue }
      if plan.removed.contains(where: { isIn(change.text.node, $0.name, document) }) { continue }
      if plan.replaced.contains(where: { document.indices(in: $0.holder).contains(change.text.node.index) }) { continue }
      splices.replace(change.text.node, with: choices[index].value)
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
