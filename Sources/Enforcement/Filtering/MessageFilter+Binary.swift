internal import Bytecode
internal import JSON
internal import Messages

// Pictures, sound and files: what they say they are, what their first bytes say, and how large they are. They are not read.
extension MessageFilter {
  func judge(_ contents: [BinaryContent], _ document: Document, _ readers: Readers, _ plan: inout Plan) {
    guard !readers.ofBinaries.isEmpty else { return }
    for content in contents {
      judge(content, document, readers, &plan)
      if plan.block != nil { return }
    }
  }

  /// `block` wins over `redact`; of several texts that would stand there the first filter's does.
  private func judge(_ content: BinaryContent, _ document: Document, _ readers: Readers, _ plan: inout Plan) {
    var placeholder: [UInt8]??
    for number in readers.ofBinaries {
      let filter = filters.program.filters[number]
      guard filter.places.contains(FilterPlaces(content.place)) else { continue }
      let clauses = filter.binaries.indices.filter { filter.binaries[$0].speaks(of: content) }
      if clauses.isEmpty { continue }
      plan.result.findings.add(binaryOf: number)
      if filter.isShadow { continue }
      for clause in clauses {
        plan.result.labels.formUnion(filter.binaries[clause].labels)
        switch filter.binaries[clause].action {
        case .block:
          let seen = BinaryNotice(clause: clause, bytes: content.bytes, type: content.signature?.name)
          plan.block = plan.block ?? .init(filter: number, pattern: nil, cause: .binary(seen))
        case .redact(let text): if placeholder == nil { placeholder = .some(text) }
        case nil: break
        }
      }
    }
    guard plan.block == nil, let placeholder else { return }
    // Within another that goes as a whole.
    if plan.replaced.contains(where: { document.indices(in: $0.holder).contains(content.node.index) }) { return }
    plan.replaced.append((content.holder, stand(for: content, document, saying: placeholder ?? content.absence)))
  }

  /// A text block or a text resource.
  private func stand(for content: BinaryContent, _ document: Document, saying text: [UInt8]) -> [UInt8] {
    var json: [UInt8] = Array(content.isResource ? "{".utf8 : #"{"type":"text","#.utf8)
    if content.isResource {
      if let address = document.member(content.holder, "uri") {
        json += #""uri":"#.utf8
        json += document.bytes[document.source(address)]
        json.append(UInt8(ascii: ","))
      }
      json += #""mimeType":"text/plain","#.utf8
    }
    json += #""text":"#.utf8
    appendQuoted(text.span, to: &json)
    json.append(UInt8(ascii: "}"))
    return json
  }
}

extension BinaryClause {
  /// What a type or size is not seen to be counts as what the clause is against.
  fileprivate func speaks(of content: BinaryContent) -> Bool {
    if let longerThan, content.bytes <= longerThan { return false }
    if types.isEmpty { return true }
    let isNamed: (String) -> Bool = { type in types.contains { $0.holds(type) } }
    return isExcept ? !content.isSurely(isNamed) : content.mayBe(isNamed)
  }

  /// What of its kind passes, for whoever was refused; nil: nothing does.
  var permission: String? {
    let names = types.map { "`\($0)`" }.joined(separator: ", ")
    let size = longerThan.map { "up to \($0) bytes" }
    switch (isExcept, types.isEmpty, size) {
    case (true, _, nil): return names
    case (true, _, let size?): return "\(names) of any size, anything else \(size)"
    case (false, true, let size): return size
    case (false, false, nil): return "anything but \(names)"
    case (false, false, let size?): return "\(names) \(size)"
    }
  }
}

extension BinaryContent {
  /// Never what the server says it is: that would be a text of the server's.
  fileprivate var absence: [UInt8] { Array("[redacted: \(signature?.name ?? "binary content"), \(bytes) bytes]".utf8) }
}
