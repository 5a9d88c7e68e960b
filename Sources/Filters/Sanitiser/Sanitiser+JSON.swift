internal import Bytecode
internal import JSON

// A text that is JSON stays JSON: its strings, names and numbers are read one by one, escapes resolved, and put back as strings.
extension Sanitiser {
  /// How deep JSON in strings of JSON is followed; deeper, it is text.
  private static let depth = 3

  /// Looks once at a text that is an object or an array.
  ///
  /// - Returns: whether it is another now, which is in `output`; nil: it is no JSON.
  func passJSON(
    over text: Span<UInt8>, from start: Int?, _ selection: Selection, depth: Int = 0, _ scratch: inout SanitiserScratch
  ) -> Bool? {
    guard JSONParts.isLikely(text) else { return nil }
    scratch.beginPass()
    find(in: text, selection, leaf: -1, place: 0, checked: false, &scratch)
    let isQuiet = scratch.isQuiet && !selection.hasAnchors && selection.removals(in: text).isEmpty
    if isQuiet, !JSONParts.hasEscapes(text) { return false }
    // Taken out for the time, so that the rest of the scratch can be written to meanwhile.
    var parts = scratch.json.take() ?? JSONParts()
    defer { scratch.json = parts }
    guard parts.read(text) else { return nil }
    if isQuiet, parts.flatten() {
      find(in: parts.buffer.span, selection, leaf: -1, place: 0, checked: false, &scratch)
      if scratch.isQuiet, selection.removals(in: parts.buffer.span).isEmpty { return false }
    }
    findInLeaves(text, &parts, from: start, selection, depth, &scratch)
    let leaves = scratch.leaves
    var places = EscapePlaces()
    judge(selection, &scratch)
    if let start {
      for finding in scratch.local {
        let range = finding.leaf < 0 ? finding.range : places.source(of: finding.range, in: finding.leaf, leaves, text)
        scratch.report(finding, at: range, from: start)
      }
    }
    guard scratch.verdict.block == nil else { return false }
    distribute(text, &scratch)
    resolve(&scratch.edits)
    guard !scratch.edits.isEmpty || !parts.replacements.isEmpty else { return false }
    write(text, parts, &scratch)
    return true
  }

  /// Reads the leaves by themselves, and the text as a whole for what reaches over more than one of them.
  private func findInLeaves(
    _ text: Span<UInt8>, _ parts: inout JSONParts, from start: Int?, _ selection: Selection, _ depth: Int,
    _ scratch: inout SanitiserScratch
  ) {
    scratch.beginPass()
    parts.list(into: &scratch.leaves)
    let leaves = scratch.leaves
    find(in: text, selection, leaf: -1, place: 0, &scratch)
    scratch.matches.removeAll { match in
      let last = leaves.partitioningIndex { $0.source.lowerBound > Int(match.lower) } - 1
      return last >= 0 && Int(match.upper) <= leaves[last].source.upperBound
    }
    var places = EscapePlaces()
    var replacements: [(leaf: Int, text: [UInt8])] = []
    for (index, leaf) in leaves.enumerated() {
      let leafText = parts.buffer.span.extracting(leaf.text)
      if leaf.kind == .string, depth < Self.depth, JSONParts.isLikely(leafText) {
        let nested = scratch.nested ?? SanitiserScratch.Nested()
        scratch.nested = nested
        nested.scratch.begin()
        if let isChanged = passJSON(over: leafText, from: start == nil ? nil : 0, selection, depth: depth + 1, &nested.scratch) {
          scratch.takeVerdict(of: nested.scratch)
          for finding in nested.scratch.findings {
            let local = SanitiserScratch.LocalFinding(
              kind: finding.kind, filter: finding.filter, pattern: finding.pattern, leaf: index, range: finding.range)
            scratch.report(local, at: places.source(of: finding.range, in: index, leaves, text), from: start ?? 0)
          }
          if isChanged { replacements.append((index, nested.scratch.output)) }
          continue
        }
      }
      find(in: leafText, selection, leaf: Int32(index), place: leaf.source.lowerBound, &scratch)
      if leaf.kind != .number { strip(leafText, selection, leaf: Int32(index), &scratch) }
    }
    parts.replacements = replacements
  }

  /// Turns edits of the text as a whole into edits of the values that they touch; of names where they touch no value.
  private func distribute(_ text: Span<UInt8>, _ scratch: inout SanitiserScratch) {
    let whole = scratch.edits.filter { $0.leaf < 0 }
    guard !whole.isEmpty else { return }
    scratch.edits.removeAll { $0.leaf < 0 }
    let leaves = scratch.leaves
    var places = EscapePlaces()
    for edit in whole {
      let range = Int(edit.lower)..<Int(edit.upper)
      let first = leaves.partitioningIndex { $0.source.upperBound > range.lowerBound }
      let touched = leaves[first...].prefix { $0.source.lowerBound < range.upperBound }.indices
      let values = touched.filter { leaves[$0].kind != .name }
      for leaf in values.isEmpty ? Array(touched) : values {
        let part = places.text(of: range, in: leaf, leaves, text)
        guard !part.isEmpty else { continue }
        scratch.edits.append(
          .init(leaf: Int32(leaf), Int32(part.lowerBound)..<Int32(part.upperBound), edit.strength, placeholder: edit.placeholder))
      }
    }
  }

  /// The text with its changed leaves in place.
  private func write(_ text: Span<UInt8>, _ parts: JSONParts, _ scratch: inout SanitiserScratch) {
    var done = 0
    var edit = 0
    var replacement = 0
    var names = 0
    while edit < scratch.edits.count || replacement < parts.replacements.count {
      let edited = edit < scratch.edits.count ? Int(scratch.edits[edit].leaf) : Int.max
      let replaced = replacement < parts.replacements.count ? parts.replacements[replacement].leaf : Int.max
      let leaf = scratch.leaves[min(edited, replaced)]
      let quotes = leaf.kind == .number ? 0 : 1
      scratch.output.append(text.extracting(done..<leaf.source.lowerBound - quotes))
      done = leaf.source.upperBound + quotes
      if replaced <= edited {
        let nested = parts.replacements[replacement].text
        appendQuoted(nested.span, to: &scratch.output)
        replacement += 1
        continue
      }
      let first = edit
      while edit < scratch.edits.count, Int(scratch.edits[edit].leaf) == edited { edit += 1 }
      if leaf.kind == .name { names += 1 }
      let changed = self.text(of: leaf, parts.buffer.span.extracting(leaf.text), scratch.edits[first..<edit], name: names)
      if leaf.kind == .number, changed.isEmpty {
        scratch.output += "null".utf8
      } else {
        appendQuoted(changed.span, to: &scratch.output)
      }
    }
    scratch.output.append(text.extracting(done..<text.count))
    // Two names could have become one.
    if names > 0, (try? Document(parsing: scratch.output)) == nil {
      scratch.output.removeAll(keepingCapacity: true)
      let shortest = lastResort
      appendQuoted(shortest.span, to: &scratch.output)
    }
  }

  /// - Parameter name: of the names that were changed, which this is, if it is one: it makes them differ.
  private func text(of leaf: Leaf, _ text: Span<UInt8>, _ edits: ArraySlice<SanitiserScratch.Edit>, name: Int) -> [UInt8] {
    var changed: [UInt8] = []
    switch leaf.kind {
    case .number:
      let strictest = edits.max { $0.strength < $1.strength }
      if let strictest { append(strictest, of: text, to: &changed) }
    case .text, .string: append(text, with: edits, to: &changed)
    case .name:
      append(text, with: edits, to: &changed)
      if name > 1 { changed += " #\(name)".utf8 }
    }
    return changed
  }
}

extension SanitiserScratch {
  fileprivate var isQuiet: Bool { matches.isEmpty && undecided.isEmpty }

  fileprivate mutating func takeVerdict(of nested: borrowing SanitiserScratch) {
    labels.formUnion(nested.labels)
    verdict.wraps = verdict.wraps || nested.verdict.wraps
    if verdict.block == nil { verdict.block = nested.verdict.block }
  }
}
