internal import Digests
internal import JSON
internal import Patterns

extension Program {
  /// What each test on a target asks, told without the program's own numbers: two tests have the same identity when they ask the same of the
  /// same fact, in whatever programs they stand.
  ///
  /// - Returns: by the instruction's place in the code, 16 hexadecimal digits.
  package func testIdentities(of plan: Plan) -> [(place: Int, identity: String)] {
    var words = TestWords(self, plan)
    var identities: [(place: Int, identity: String)] = []
    for rule in plan.rules {
      for offset in 0..<Int(rule.chain.count) {
        let place = Int(rule.chain.start) + offset
        identities.append((place, String(sha256(words.words(of: code[place])).hex.prefix(16))))
      }
    }
    return identities
  }
}

/// Writes tests out.
private struct TestWords {
  let program: Program
  let plan: Plan
  /// By slot of this target's own: where its value stands.
  private var paths: [UInt32: String] = [:]
  private var literals: [Names.Space: [(text: [UInt8], number: UInt32)]] = [:]

  init(_ program: Program, _ plan: Plan) {
    self.program = program
    self.plan = plan
    for field in plan.members { note(Int(field), "args") }
  }

  private mutating func note(_ index: Int, _ holder: String) {
    let field = plan.fields[index]
    let member = plan.names[index]
    let name = member.text
    let path = "\(holder)\u{0}" + String(decoding: name.indices.map { name[$0] }, as: UTF8.self)
    if let slot = field.value { paths[slot] = path }
    if let slot = field.presence { paths[slot] = path }
    for inner in field.members { note(Int(inner), path) }
    if let slot = field.value, let element = plan.slots[Int(slot)].element { note(Int(element), path + "\u{0}[]") }
  }

  private func words(ofSlot index: UInt32) -> String {
    let slot = plan.slots[Int(index)]
    var words = "\(slot.form)"
    if let base = slot.base { return "\(words)(\(self.words(ofSlot: base)))" }
    if Int(index) < plan.shared { return "\(words) \(program.sources[Int(index)])" }
    words += " \(paths[index] ?? "?\(index)")"
    if let list = slot.list { words += " of \(self.words(ofSlot: list))" }
    return words
  }

  mutating func words(of instruction: Instruction) -> [UInt8] {
    var bytes = Array("\(instruction.quantifier) \(words(ofSlot: instruction.slot)) \(instruction.operation) ".utf8)
    let slot = plan.slots[Int(instruction.slot)]
    switch instruction.operation {
    case .inInterval: bytes += interval(slot, instruction.lower, instruction.upper)
    case .inSet: bytes += set(slot, instruction)
    case .startsWith, .endsWith, .contains, .under, .hostIn:
      let pool = program.pool
      let view = Pool.View(pool)
      var texts: [[UInt8]] = []
      for index in Int(instruction.lower)..<Int(instruction.upper) {
        let text = view.text(index)
        texts.append(text.indices.map { text[$0] })
      }
      bytes += TestWords.list(texts)
    case .matches:
      let pattern = program.patterns[Int(instruction.lower)]
      bytes += "\(pattern.isCaseless) \(pattern.longestText) \(pattern.source)".utf8
    case .sameText, .sameNumber: bytes += words(ofSlot: instruction.lower).utf8
    }
    return bytes
  }

  /// In order, each with its length.
  private static func list(_ texts: [[UInt8]]) -> [UInt8] {
    texts.sorted { $0.lexicographicallyPrecedes($1) }.reduce(into: []) { $0 += "\($1.count):".utf8 + $1 }
  }

  private mutating func texts(_ slot: Slot, where isMeant: (UInt32) -> Bool) -> [UInt8] {
    let all = literals[slot.space] ?? program.names.texts(in: slot.space)
    literals[slot.space] = all
    return Array("\(isMeant(1)) ".utf8) + TestWords.list(all.filter { isMeant($0.number) }.map(\.text))
  }

  private mutating func interval(_ slot: Slot, _ lower: UInt32, _ upper: UInt32) -> [UInt8] {
    switch slot.form {
    case .number, .length:
      let constants = slot.constants.map { program.numbers[Int($0)].description }
      let from = lower <= 1 ? "" : (lower % 2 == 0 ? ">=" : ">") + constants[Int(lower) / 2 - 1]
      let place = (Int(upper) - 1) / 2
      let to = upper % 2 == 0 ? "<=" + constants[Int(upper) / 2 - 1] : place < constants.count ? "<" + constants[place] : ""
      return Array("\(from) \(to)".utf8)
    case .text, .scheme, .host, .path: return texts(slot) { (lower...upper).contains($0) }
    case .boolean, .presence, .list, .field, .moment: return Array("\(lower) \(upper)".utf8)
    }
  }

  private mutating func set(_ slot: Slot, _ instruction: Instruction) -> [UInt8] {
    let pool = program.pool
    func isMember(_ value: UInt32) -> Bool { Pool.View(pool).contains(value, word: instruction.lower, bits: instruction.upper) }
    switch slot.form {
    case .text, .scheme, .host, .path: return texts(slot, where: isMember)
    case .number, .length, .boolean, .presence, .list, .field, .moment:
      let constants = slot.constants.map { program.numbers[Int($0)].description }
      return Array("\((0..<instruction.upper).filter(isMember)) among \(constants)".utf8)
    }
  }
}
