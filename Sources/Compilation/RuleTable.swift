internal import Bytecode
internal import JSON
internal import Semantics
internal import Text

/// Rules in order of name, with what is said of them to people.
struct RuleTable {
  let infos: [RuleInfo]
  /// By number here, the rule's index among the checked ones.
  let order: [Int]
  /// By checked index.
  let numbers: [RuleNumber]

  init(_ policies: CheckedPolicies) {
    order = policies.rules.indices.sorted { policies.rules[$0].name.utf8.lexicographicallyPrecedes(policies.rules[$1].name.utf8) }
    var numbers = [RuleNumber](repeating: RuleNumber(0), count: order.count)
    for (number, index) in order.enumerated() { numbers[index] = RuleNumber(UInt32(number)) }
    self.numbers = numbers
    let files = Dictionary(uniqueKeysWithValues: policies.files.map { ($0.id, $0) })
    infos = order.enumerated().map { number, index in
      info(policies.rules[index], RuleNumber(UInt32(number)), policies, files[policies.rules[index].range.file])
    }
  }
}

private func info(_ rule: CheckedPolicies.Rule, _ number: RuleNumber, _ policies: CheckedPolicies, _ file: SourceFile?) -> RuleInfo {
  guard let file else { preconditionFailure("a rule of a file that was not loaded") }
  let kind: RuleInfo.Kind =
    switch rule.kind {
    case .grant(let grant): .grant(scope: policies.scopes[grant.scope].name)
    case .deny: .deny
    case .ask(let ask): .ask(approvers: ask.approvers, withinMilliseconds: ask.withinMilliseconds)
    }
  let atoms = rule.condition.atoms
  let range = conditionRange(atoms.map(\.atom.range), file)
  return RuleInfo(
    number: number, name: rule.name, kind: kind, because: rule.because, isShadow: rule.isShadow, layer: policies.layers[rule.layer].name,
    file: file.path, line: file.position(at: rule.nameRange.lower).line,
    annotations: rule.annotations.map { annotation in
      RuleInfo.Annotation(
        name: annotation.name, arguments: annotation.arguments.map { String(decoding: write($0), as: UTF8.self) })
    },
    condition: range.map { file.text(in: $0) } ?? "",
    atoms: atoms.map { atom, isNegated in
      let lower = Int(atom.range.lower) - Int(range?.lower ?? 0)
      return RuleInfo.Atom(
        text: file.text(in: atom.range), range: lower..<lower + Int(atom.range.upper - atom.range.lower),
        readsArguments: atom.readsArguments, isNegated: isNegated)
    })
}

/// From the first test to the last, with the parentheses and `not` around them.
private func conditionRange(_ atoms: [SourceRange], _ file: SourceFile) -> SourceRange? {
  guard let first = atoms.min(by: { $0.lower < $1.lower }), let last = atoms.max(by: { $0.upper < $1.upper }) else { return nil }
  var lower = Int(first.lower)
  var upper = Int(last.upper)
  var place = lower
  while place > 0 {
    let byte = file.bytes[place - 1]
    if byte == UInt8(ascii: "(") {
      place -= 1
      lower = place
    } else if [UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains(byte) {
      place -= 1
    } else if place >= 4, Array("not".utf8) == Array(file.bytes[place - 3..<place]), !isWord(file.bytes[place - 4]) {
      place -= 3
      lower = place
    } else {
      break
    }
  }
  place = upper
  while place < file.bytes.count, file.bytes[place] == UInt8(ascii: ")") || file.bytes[place] <= 0x20 {
    place += 1
    if file.bytes[place - 1] == UInt8(ascii: ")") { upper = place }
  }
  return SourceRange(file: file.id, lower: UInt32(lower), upper: UInt32(upper))
}

private func isWord(_ byte: UInt8) -> Bool { byte > 0x20 && byte != UInt8(ascii: "(") }
