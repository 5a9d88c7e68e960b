internal import Bytecode
internal import Filters
package import JSON
package import Messages
package import Schemas

/// Takes messages of a server through the filters of the policy: each text that a model or its user reads is looked at by itself, decoded, and
/// what must change is put back in its place, so that every other byte stays as it was.
///
/// One for a connection; it keeps its storage from message to message.
package struct MessageFilter: ~Copyable {
  let filters: ProgramFilters
  var scratch: SanitiserScratch
  private var texts: [ReadableText] = []
  private var binaries: [BinaryContent] = []
  private var decoded: [UInt8] = []
  /// Filters in ascending order, and those that read by them.
  private var known: [[Int]: Readers] = [:]
  /// Of structured content, by filters.
  private var structured: [[Int]: Selection] = [:]

  /// - Parameter firstMessage: where marks begin to count; another one for every connection.
  package init(_ filters: ProgramFilters, firstMessage: UInt64 = 0) {
    self.filters = filters
    scratch = SanitiserScratch(firstMessage: firstMessage)
  }

  /// What has to be done to a message.
  struct Plan {
    /// Texts that are replaced, in the order of the document.
    var changes: [Change] = []
    /// Elements of lists that are taken out.
    var withheld: [(element: Node, block: FilteredMessage.Block)] = []
    /// Content blocks and resources that stand where binary content was, as JSON.
    var replaced: [(holder: Node, text: [UInt8])] = []
    /// Names of members that are taken out of an object.
    var removed: [(name: Node, holder: Node)] = []
    var block: FilteredMessage.Block?
    var result = FilteredMessage()
  }

  /// One text that is replaced.
  struct Change {
    let text: ReadableText
    /// As JSON.
    let replacement: [UInt8]
    /// The text that the filters made of it.
    let redacted: [UInt8]
    /// The text with what was found masked and everything else kept.
    let masked: [UInt8]
    let selection: Selection
    /// The filter that is named when nothing fits.
    let filter: Int
  }

  /// - Parameters:
  ///   - owner: whom the message speaks of; what its lists' elements speak of is found out.
  ///   - output: what structured content has to fit when it was changed.
  package mutating func apply(
    _ document: Document, _ carrier: TextCarrier, of owner: TextOwner, in revision: Revision, output: OutputSchema? = nil,
    validation: inout ValidationScratch
  ) -> FilteredMessage {
    scratch.beginMessage()
    texts.removeAll(keepingCapacity: true)
    binaries.removeAll(keepingCapacity: true)
    document.collectTexts(of: carrier, in: revision, into: &texts, &binaries)
    var plan = Plan()
    let scope = Scope(document, carrier, owner, self)
    let ownReaders = readers(of: owner)
    judge(binaries, document, ownReaders, &plan)
    var element: (node: Node, readers: Readers)?
    let collected = plan.block == nil ? texts : []
    for text in collected {
      var readers = ownReaders
      if let node = text.element {
        if plan.withheld.last?.element == node { continue }
        if element?.node != node { element = (node, self.readers(ofElement: node, document, carrier, owner)) }
        readers = element?.readers ?? ownReaders
      }
      inspect(text, document, readers, scope, output, &plan)
      if plan.block != nil { break }
    }
    finish(&plan, document, carrier, output, &validation)
    return plan.result
  }

  /// What the texts of one message have in common.
  struct Scope {
    /// Named to the model as where a text is from.
    let source: [UInt8]
    /// Structured contents of the message, by the parts that filters read.
    let parts: StructuredParts
    let carrier: TextCarrier

    init(_ document: Document, _ carrier: TextCarrier, _ owner: TextOwner, _ filter: borrowing MessageFilter) {
      source = filter.source(of: owner)
      self.carrier = carrier
      parts = StructuredParts(document, carrier)
    }
  }

  private func source(of owner: TextOwner) -> [UInt8] {
    let program = filters.program
    func server(_ id: ServerID) -> String { program.servers[Int(id.index)].name }
    switch owner {
    case .server(let id): return Array(server(id).utf8)
    case .tool(let id): return Array("\(server(program.tool(id).server)).\(program.tool(id).name)".utf8)
    case .prompt(let id): return Array("\(server(program.prompt(id).server)).\(program.prompt(id).name)".utf8)
    case .resource(let id, _), .anyOf(_, let id): return Array(server(id).utf8)
    }
  }

  // MARK: Readers

  private mutating func readers(of owner: TextOwner) -> Readers {
    switch owner {
    case .server(let id): return filters.readers(of: id)
    case .tool(let id): return filters.readers(of: id)
    case .prompt(let id): return filters.readers(of: id)
    case .resource(let id, let uri):
      // Errors and descriptions are also the server's own.
      return readers(of: filters.filters(of: uri, id) + filters.readers(of: id).filters)
    case .anyOf(let owners, let id):
      var numbers = filters.readers(of: id).filters
      for owner in owners { numbers += readers(of: owner).filters }
      return readers(of: numbers)
    }
  }

  private mutating func readers(of numbers: [Int]) -> Readers {
    let sorted = Set(numbers).sorted()
    if let readers = known[sorted] { return readers }
    let readers = Readers(sorted, filters.program, filters.sanitiser)
    known[sorted] = readers
    return readers
  }

  /// Of what lists show: filters of it, and of the server as a whole.
  private mutating func readers(ofElement element: Node, _ document: Document, _ carrier: TextCarrier, _ owner: TextOwner) -> Readers {
    guard case .server(let server) = owner, case .result(let method, _) = carrier, let list = ListKind(method),
      let key = document.member(element, list.key).flatMap({ document.text($0) })
    else { return readers(of: owner) }
    let wide = filters.readers(of: server).filters
    switch list {
    case .tools:
      return filters.program.tool(named: key.span, of: server).map { readers(of: filters.readers(of: $0).filters + wide) }
        ?? filters.readers(of: server)
    case .prompts:
      return filters.program.prompt(named: key.span, of: server).map { readers(of: filters.readers(of: $0).filters + wide) }
        ?? filters.readers(of: server)
    case .resources, .resourceTemplates: return readers(of: .resource(server, uri: key))
    }
  }

  /// The filters that read one text; nil: none does.
  private mutating func selection(_ text: ReadableText, _ readers: Readers, _ scope: Scope) -> Selection? {
    guard text.place == .structured, !readers.partial.isEmpty, let sanitiser = filters.sanitiser else {
      return readers.selection(of: text.place)
    }
    let program = filters.program
    let numbers =
      readers.whole + readers.partial.filter { scope.parts.hold(text.node, program.filters[$0].structuredPaths) }
    let sorted = numbers.sorted()
    if let selection = structured[sorted] { return selection }
    let selection = sanitiser.selection(of: sorted, in: .structured)
    structured[sorted] = selection
    return selection
  }

  // MARK: One text

  private mutating func inspect(
    _ text: ReadableText, _ document: Document, _ readers: Readers, _ scope: Scope, _ output: OutputSchema?, _ plan: inout Plan
  ) {
    if let filter = readers.unusable(in: text.place) {
      return withhold(text, document, scope, .init(filter: filter, pattern: nil, cause: .unusable), &plan)
    }
    guard let sanitiser = filters.sanitiser, let selection = selection(text, readers, scope) else { return }
    // Names that the schema gives were reviewed with it.
    if text.kind == .name, text.place == .structured, output?.isKnown(document, text.node) == true { return }
    var original: [UInt8] = []
    swap(&original, &decoded)
    defer { swap(&original, &decoded) }
    original.removeAll(keepingCapacity: true)
    let outcome: Sanitiser.Outcome
    switch text.kind {
    case .value, .name:
      if document.hasEscapes(text.node) {
        document.decodeString(text.node, appendingTo: &original)
        outcome = sanitiser.inspect(original.span, under: selection, from: scope.source.span, scratch: &scratch)
      } else {
        let range = document.stringBytes(text.node) ?? 0..<0
        outcome = sanitiser.inspect(
          document.bytes.span.extracting(range), under: selection, from: scope.source.span, scratch: &scratch)
        if outcome != .clean { original.append(contentsOf: document.bytes[range]) }
      }
    case .number:
      original.append(contentsOf: document.bytes[document.source(text.node)])
      outcome = sanitiser.inspect(original.span, under: selection, from: scope.source.span, scratch: &scratch)
    case .encoded:
      var encoded: [UInt8] = []
      document.decodeString(text.node, appendingTo: &encoded)
      guard let bytes = Base64.decode(encoded[...]), String(validating: bytes, as: UTF8.self) != nil else { return }
      original += bytes
      outcome = sanitiser.inspect(original.span, under: selection, from: scope.source.span, scratch: &scratch)
    }
    for finding in scratch.findings { plan.result.findings.add(finding) }
    plan.result.labels.formUnion(scratch.labels)
    switch outcome {
    case .clean: break
    case .rewritten: plan.changes.append(change(text, original, under: selection, isStructured: output != nil))
    case .blocked(let filter, let pattern):
      withhold(text, document, scope, .init(filter: filter, pattern: pattern, cause: .found), &plan)
    case .undecided(let filter):
      let pattern = scratch.findings.first { $0.filter == filter && $0.kind == .undecided }?.pattern
      withhold(text, document, scope, .init(filter: filter, pattern: pattern, cause: .undecided), &plan)
    }
  }

  private func change(
    _ text: ReadableText, _ original: [UInt8], under selection: Selection, isStructured: Bool
  ) -> Change {
    let output = scratch.output
    let enforced = scratch.findings.filter { !filters.program.filters[$0.filter].isShadow }
    // Of texts that were only stripped.
    let filter = enforced.first?.filter ?? 0
    var replacement: [UInt8] = []
    switch text.kind {
    case .value, .name: appendQuoted(output.span, to: &replacement)
    case .number: if output.isEmpty { replacement += "null".utf8 } else { appendQuoted(output.span, to: &replacement) }
    case .encoded: appendQuoted(Base64.encode(output).span, to: &replacement)
    }
    let masked = isStructured && text.place == .structured ? Mask.cover(original, enforced.map(\.range)) : []
    return Change(
      text: text, replacement: replacement, redacted: output, masked: masked, selection: selection, filter: filter)
  }

  /// Blocks as little as can be: an element of a list, a member that a server need not send, otherwise the message.
  private func withhold(
    _ text: ReadableText, _ document: Document, _ scope: Scope, _ block: FilteredMessage.Block, _ plan: inout Plan
  ) {
    if let element = text.element { return plan.withheld.append((element, block)) }
    if case .result(let method, let result) = scope.carrier, method == .initialize || method == .discover,
      let member = optionalMember(text.node, document, result)
    {
      if plan.removed.last?.name != member.name { plan.removed.append(member) }
      return
    }
    plan.block = block
  }

  /// The member of a server's word about itself that holds a text, where clients can do without it.
  private func optionalMember(_ text: Node, _ document: Document, _ result: Node) -> (name: Node, holder: Node)? {
    for (key, value) in document.members(result) where text == key || document.indices(in: value).contains(text.index) {
      guard document.stringEquals(key, "serverInfo"), document.kind(value) == .object else { return (key, result) }
      return optionalMember(text, document, value)
    }
    return nil
  }
}
