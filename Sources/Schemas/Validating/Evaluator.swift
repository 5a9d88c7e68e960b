internal import JSON
internal import Patterns

/// Runs a program over a document and says yes or no. Allocates nothing once the scratch is warm, but for numbers beyond 64 bits and the
/// formats that say so.
///
/// A failing `spend` makes every procedure fail; the answer then does not count, since `not` would turn it round.
struct Evaluator: ~Escapable {
  let view: DocumentView
  let code: Span<UInt64>
  let document: Document
  let program: Program
  let mostFrames: Int

  @_lifetime(copy view, copy code)
  init(view: DocumentView, code: Span<UInt64>, document: Document, program: Program, mostFrames: Int) {
    self.view = view
    self.code = code
    self.document = document
    self.program = program
    self.mostFrames = mostFrames
  }

  @inline(__always)
  func target(_ place: Int) -> Target { Target(bits: code[place]) }

  /// Applies a target to a value of its own.
  @inline(__always)
  func apply(_ target: Target, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    apply(target, node, marks: -1, &scratch)
  }

  /// - Parameter marks: where to record what was looked at; below 0: nowhere.
  @inline(__always)
  func apply(_ target: Target, _ node: Node, marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    let bit = view.kindBit(node)
    if target.kinds & bit == 0, !isWantedInteger(target, node, bit) { return false }
    return target.procedure == 0 || enter(target, node, bit, marks, &scratch)
  }

  @inline(__always)
  private func enter(_ target: Target, _ node: Node, _ bit: UInt8, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    let procedure = target.procedure
    switch target.shortcut {
    case Target.Shortcut.object.rawValue:
      guard scratch.push(mostFrames) else { return false }
      let isValid = checkObject(procedure &+ 1, node, -1, &scratch)
      scratch.pop()
      return isValid
    case Target.Shortcut.array.rawValue:
      guard scratch.push(mostFrames) else { return false }
      let isValid = checkArray(procedure &+ 1, node, -1, &scratch)
      scratch.pop()
      return isValid
    case Target.Shortcut.leaf.rawValue: return checkLeaf(procedure &+ 1, node, bit, &scratch)
    default: return run(procedure, node, bit, marks, &scratch)
    }
  }

  /// The only instruction of a procedure, which is one about the value alone.
  @inline(never)
  private func checkLeaf(_ at: Int, _ node: Node, _ bit: UInt8, _ scratch: inout ValidationScratch) -> Bool {
    guard scratch.spend(1) else { return false }
    let header = Header(bits: code[at])
    guard header.speaks(ofKind: bit) else { return true }
    switch header.operation {
    case Operation.text.rawValue: return isText(at, node, &scratch)
    case Operation.values.rawValue: return isOneOf(at, node, &scratch)
    case Operation.length.rawValue: return hasLength(at, node)
    case Operation.pattern.rawValue: return search(at + 1, node, &scratch)
    case Operation.format.rawValue: return hasFormat(at, node, &scratch)
    case Operation.range.rawValue: return isInRange(at, node)
    case Operation.multiple.rawValue: return isMultiple(at, node)
    default: return false
    }
  }

  /// Whether a target admits the kind of a value.
  @inline(__always)
  func admits(_ target: Target, _ node: Node) -> Bool {
    let bit = view.kindBit(node)
    return target.kinds & bit != 0 || isWantedInteger(target, node, bit)
  }

  @inline(__always)
  private func isWantedInteger(_ target: Target, _ node: Node, _ bit: UInt8) -> Bool {
    target.kinds & KindSet.integer.rawValue != 0 && bit == KindSet.number.rawValue && (view.isFlagged(node) || isInteger(node))
  }

  @inline(never)
  private func isInteger(_ node: Node) -> Bool { document.isInteger(node) }

  // Written out once: the loops around `apply` stay small.
  @inline(never)
  private func run(_ procedure: Int, _ node: Node, _ bit: UInt8, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    guard scratch.push(mostFrames) else { return false }
    let end = Int(truncatingIfNeeded: code[procedure])
    var at = procedure + 1
    var isValid = true
    while at < end, isValid {
      let header = Header(bits: code[at])
      if header.speaks(ofKind: bit) { isValid = perform(header, at, node, header.isTracked ? marks : -1, &scratch) }
      at += header.length
    }
    scratch.pop()
    return isValid
  }

  @inline(__always)
  private func perform(_ header: Header, _ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    switch header.operation {
    case Operation.object.rawValue: return checkObject(at, node, marks, &scratch)
    case Operation.array.rawValue: return checkArray(at, node, marks, &scratch)
    case Operation.text.rawValue: return isText(at, node, &scratch)
    case Operation.values.rawValue: return isOneOf(at, node, &scratch)
    case Operation.length.rawValue: return hasLength(at, node)
    case Operation.pattern.rawValue: return search(at + 1, node, &scratch)
    case Operation.format.rawValue: return hasFormat(at, node, &scratch)
    case Operation.range.rawValue: return isInRange(at, node)
    case Operation.multiple.rawValue: return isMultiple(at, node)
    case Operation.call.rawValue: return apply(target(at + 1), node, marks: marks, &scratch)
    case Operation.not.rawValue: return !apply(target(at + 1), node, &scratch)
    case Operation.anyOf.rawValue: return anyOf(at, node, marks, &scratch)
    case Operation.oneOf.rawValue: return oneOf(at, node, marks, &scratch)
    case Operation.conditional.rawValue: return conditional(at, node, marks, &scratch)
    case Operation.dependentRequired.rawValue: return hasDependencies(at, node, &scratch)
    case Operation.dependentSchema.rawValue:
      guard document.member(node, program.names[Int(code[at + 1])]) != nil else { return scratch.spend(view.count(node)) }
      return apply(target(at + 2), node, marks: marks, &scratch)
    case Operation.unevaluated.rawValue: return unevaluated(at, node, marks, &scratch)
    default: return false
    }
  }

  // MARK: Alternatives

  /// Applies an alternative, whose marks count only if it fits.
  private func fits(_ target: Target, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    guard marks >= 0 else { return apply(target, node, &scratch) }
    let own = scratch.reserveMarks(view.count(node))
    guard apply(target, node, marks: own, &scratch) else {
      scratch.release(marks: own)
      return false
    }
    scratch.merge(marks: own, into: marks)
    return true
  }

  private func anyOf(_ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    var found = false
    let first = at + 2
    for place in first..<first + Int(code[at + 1]) where fits(target(place), node, marks, &scratch) {
      if marks < 0 { return true }
      found = true
    }
    return found
  }

  private func oneOf(_ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    var found = false
    let first = at + 2
    for place in first..<first + Int(code[at + 1]) where fits(target(place), node, marks, &scratch) {
      if found { return false }
      found = true
    }
    return found
  }

  private func conditional(_ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    let place = fits(target(at + 1), node, marks, &scratch) ? at + 2 : at + 3
    return apply(target(place), node, marks: marks, &scratch)
  }

  private func unevaluated(_ at: Int, _ node: Node, _ outer: Int, _ scratch: inout ValidationScratch) -> Bool {
    let count = view.count(node)
    guard scratch.spend(count) else { return false }
    let marks = scratch.reserveMarks(count)
    var isValid = apply(target(at + 1), node, marks: marks, &scratch)
    if isValid, !scratch.marks[marks] {
      let rest = target(at + 2)
      let isObject = view.kindBit(node) == KindSet.object.rawValue
      var next = view.first(in: node)
      for position in 0..<count {
        let value = isObject ? view.value(of: next) : next
        if !scratch.marks[marks + 1 + position], !apply(rest, value, &scratch) {
          isValid = false
          break
        }
        next = view.next(after: value)
      }
    }
    scratch.release(marks: marks)
    if isValid, outer >= 0 { scratch.marks[outer] = true }
    return isValid
  }

  private func hasDependencies(_ at: Int, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    let names = program.dependencies[Int(code[at + 1])]
    guard scratch.spend(view.count(node)) else { return false }
    guard document.member(node, names[0]) != nil else { return true }
    for name in names.dropFirst() {
      guard scratch.spend(view.count(node)), document.member(node, name) != nil else { return false }
    }
    return true
  }
}
