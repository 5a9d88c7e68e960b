package import Bytecode
package import JSON

/// An identity seen through a program: which of its agents it is, and its claims as cells. Made once a connection or credential, shared by
/// its calls.
package final class Principal: Sendable {
  package let program: Program
  package let identity: Identity
  /// Indices into `Program.agents`.
  package let agents: [UInt32]
  let claims: BoundClaims
  /// Nil: its credential is not bound to scopes.
  private let bounds: ScopeBounds?

  /// An operator's name of no declared agent makes a caller that is none of them.
  package init(_ identity: Identity, of program: Program) {
    self.program = program
    self.identity = identity
    var claims = identity.claims
    var agents: [UInt32] = []
    if case .named(let name) = identity.caller, let agent = program.agent(named: name) {
      agents = [UInt32(agent)]
      claims.merge(program.agents[agent].fixed.claims) { own, _ in own }
    }
    let bound = BoundClaims(claims, program)
    if identity.caller == .verified {
      var evaluator = Evaluator(program)
      evaluator.bind(bound)
      agents = program.agents.indices.filter { evaluator.isMember(of: program.agents[$0]) }.map { UInt32($0) }
    }
    self.agents = agents
    self.claims = bound
    bounds = identity.scopes.map { ScopeBounds($0, program) }
  }

  var isBounded: Bool { bounds != nil }

  /// Whether a credential of this caller is good for something, whatever the rules say of it.
  func opens(_ tool: ToolID) -> Bool { bounds?.tools[Int(tool.index)] ?? true }
  func opens(_ prompt: PromptID) -> Bool { bounds?.prompts[Int(prompt.index)] ?? true }

  func opens(_ server: ServerID, _ uri: CanonicalURI) -> Bool {
    guard let bounds else { return true }
    var budget = MatchBudget()
    return bounds.resources[Int(server.index)].contains { $0.covers(uri, &budget) }
  }

  /// Whether some resource that a template makes could be.
  func mayOpen(_ server: ServerID, template: [UInt8]) -> Bool {
    guard let bounds else { return true }
    guard URITemplate.hasVariables(template) else { return opens(server, CanonicalURI(template)) }
    return bounds.resources[Int(server.index)].contains { $0.mayCover(template: template) }
  }

  /// Nil for a claim that is absent.
  package func value(of claim: ClaimPath) -> JSON.Value? { claims.values[claim].flatMap { $0.isNull ? nil : $0 } }
}

/// Claims as cells of the shared slots. Clock slots stay absent here.
struct BoundClaims: Sendable {
  private(set) var cells: [Cell] = []
  /// Of list claims: their elements' cells, where the cell of an element's slot says.
  private(set) var elements: [Cell] = []
  private(set) var bytes: [UInt8] = []
  private(set) var numbers: [Number] = []
  /// For explanations.
  private(set) var values: [ClaimPath: JSON.Value] = [:]

  /// Nobody's.
  init() {}

  init(_ claims: [ClaimPath: JSON.Value], _ program: Program) {
    values = claims
    var binding = ClaimBinding(program: program)
    for (index, slot) in program.shared.slots.enumerated() {
      guard case .claim(let path) = program.sources[index], let value = claims[path], !value.isNull else {
        binding.cells.append(binding.absent)
        continue
      }
      binding.cells.append(slot.list == nil ? binding.cell(value, slot) : binding.list(value, slot))
    }
    cells = binding.cells
    elements = binding.elements
    bytes = binding.bytes
    numbers = binding.numbers
  }

  /// The number of a cell that is a claim's.
  func number(_ cell: Cell) -> Number { numbers[Int(cell.lower)] }
}

private struct ClaimBinding {
  let program: Program
  let absent = Cell(value: Cell.absent, source: .principal, node: Document().root)
  var cells: [Cell] = []
  var elements: [Cell] = []
  var bytes: [UInt8] = []
  var numbers: [Number] = []

  /// A value of another type than the slot's is as good as absent.
  mutating func cell(_ value: JSON.Value, _ slot: Slot) -> Cell {
    var cell = absent
    switch (slot.form, value) {
    case (.presence, _): cell.value = 1
    case (.list, .array): cell.value = 1
    case (.boolean, .boolean(let boolean)): cell.value = boolean ? 2 : 1
    case (.text, .string(let text)):
      let lower = bytes.count
      bytes += Array(text.utf8)
      let literal = slot.hasLiterals ? program.names.number(of: text, in: slot.space) : nil
      // No credential's claim begins so; should one, nothing is said of it.
      if MaskedText.isMask(bytes.span.extracting(lower..<bytes.count)) {
        cell = Cell(value: Cell.unknown, source: .principal, range: lower..<bytes.count, node: absent.node)
        break
      }
      cell = Cell(value: literal ?? Cell.other, source: .principal, range: lower..<bytes.count, node: absent.node)
    case (.number, .number(let number)):
      numbers.append(number)
      let rank = rank(of: number, among: program.numbers, slot.constants)
      cell = Cell(value: rank, source: .principal, range: numbers.count - 1..<numbers.count, node: absent.node)
    case (.length, _), (.host, _), (.scheme, _), (.path, _): cell.value = Cell.pending
    default: break
    }
    return cell
  }

  mutating func list(_ value: JSON.Value, _ slot: Slot) -> Cell {
    var cell = absent
    let lower = elements.count
    elements += (value.elements ?? []).map { self.cell($0, slot) }
    cell.lower = UInt32(lower)
    cell.upper = UInt32(elements.count)
    return cell
  }
}

/// Where a number stands among sorted constants, as a cell's value.
private func rank(of number: Number, among constants: [Number], _ range: Range<UInt32>) -> UInt32 {
  var low = Int(range.lowerBound)
  var high = Int(range.upperBound)
  while low < high {
    let middle = (low + high) / 2
    if constants[middle] < number { low = middle + 1 } else { high = middle }
  }
  let position = UInt32(low) - range.lowerBound
  let isEqual = low < Int(range.upperBound) && constants[low] == number
  return 2 * position + (isEqual ? 2 : 1)
}
