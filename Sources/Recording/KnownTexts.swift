package import Bytecode
internal import Digests
internal import JSON

extension Program {
  /// What of a tool's or prompt's arguments is no secret: what rules compare them with, and what the schema names.
  ///
  /// - Parameter schema: the tool's own.
  func knownTexts(of plan: Plan?, _ schemas: [Value?]) -> TextMasker.Known {
    var known = TextMasker.Known()
    for slot in plan?.slots ?? [] where slot.hasLiterals { known.texts.formUnion(names.texts(in: slot.space).map(\.text)) }
    for name in plan?.names ?? [] {
      let text = name.text
      known.names.insert(text.indices.map { text[$0] })
    }
    for schema in schemas { schema.map { collect($0, into: &known) } }
    return known
  }

  private func collect(_ schema: Value, into known: inout TextMasker.Known) {
    for member in schema.members ?? [] {
      switch member.name {
      case "properties":
        for property in member.value.members ?? [] { known.names.insert(Array(property.name.utf8)) }
      case "enum": known.texts.formUnion((member.value.elements ?? []).compactMap { $0.string.map { Array($0.utf8) } })
      case "const": if let text = member.value.string { known.texts.insert(Array(text.utf8)) }
      default: break
      }
      collect(member.value, into: &known)
    }
    for element in schema.elements ?? [] { collect(element, into: &known) }
  }

  /// Tells schemas of tools apart: the pinned definition and what policies have made of it. 16 hexadecimal digits.
  package func form(of tool: ToolID) -> String {
    let info = self.tool(tool)
    let refined = info.refinement.map { write($0.inputSchema, .canonical) } ?? []
    return String(sha256(Array(info.digest.hex.utf8) + refined).hex.prefix(16))
  }

  /// Tells filters apart by what they look for, where, and what they do. 16 hexadecimal digits.
  package func identity(ofFilter index: Int) -> String {
    let filter = filters[index]
    var words = "\(filter.name) \(filter.isShadow) \(filter.places.rawValue) \(filter.structuredPaths) \(filter.transforms.rawValue)"
    for clause in filter.clauses {
      words += " \(clause.isScored) \(String(describing: clause.content)) \(clause.labels.labels.map { labels[Int($0.index)].name })"
      words += " \(String(describing: patternSets[clause.set].threshold)) \(patternSets[clause.set].window)"
      for pattern in clause.patterns.map({ filterPatterns[$0] }) {
        words += " \(pattern.name) \(pattern.source) \(pattern.caseInsensitive) \(pattern.longestText) \(pattern.weight) \(pattern.family)"
        words += " \(pattern.checks)"
      }
    }
    if let longest = filter.longest {
      words += " \(longest.bytes) \(String(describing: longest.content)) \(longest.labels.labels.map { labels[Int($0.index)].name })"
    }
    return String(sha256(Array(words.utf8)).hex.prefix(16))
  }
}
