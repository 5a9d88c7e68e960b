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
    if !target.admits(bit), !isWantedInteger(target, node, bit) { return false }
    return !target.enters(bit) || enter(target, node, bit, marks, &scratch)
  }

  @inline(__always)
  private func enter(_ target: Target, _ node: Node, _ bit: UInt8, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    let at = target.procedure &+ 1
    switch target.only {
    case Operation.object.rawValue:
      guard scratch.push(mostFrames) else { return false }
      let isValid = checkObject(at, node, -1, &scratch)
      scratch.pop()
      return isValid
    case Operation.array.rawValue:
      guard scratch.push(mostFrames) else { return false }
      let isValid = checkArray(at, node, -1, &scratch)
      scratch.pop()
      return isValid
    case Target.several: return run(at &- 1, node, bit, marks, &scratch)
    default: return performOnly(target.only, at, node, &scratch)
    }
  }

  /// The only instruction of a procedure, which records nothing.
  @inline(never)
  private func performOnly(_ operation: UInt8, _ at: Int, _ node: Node, _ scratch: inout ValidationScratch) -> Bool {
    guard scratch.push(mostFrames) else { return false }
    let isValid = perform(operation, at, node, -1, &scratch)
    scratch.pop()
    return isValid
  }

  /// Whether a target admits the kind of a value.
  @inline(__always)
  func admits(_ target: Target, _ node: Node) -> Bool {
    let bit = view.kindBit(node)
    return target.admits(bit) || isWantedInteger(target, node, bit)
  }

  @inline(__always)
  private func isWantedInteger(_ target: Target, _ node: Node, _ bit: UInt8) -> Bool {
    target.admitsIntegers && bit == KindSet.number.rawValue && (view.isFlagged(node) || isInteger(node))
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
      if header.speaks(ofKind: bit) { isValid = perform(header.operation, at, node, header.isTracked ? marks : -1, &scratch) }
      at &+= header.length
    }
    scratch.pop()
    return isValid
  }

  @inline(__always)
  private func perform(_ operation: UInt8, _ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    switch operation {
    case Operation.object.rawValue: return checkObject(at, node, marks, &scratch)
    case Operation.array.rawValue: return checkArray(at, node, marks, &scratch)
    case Operation.text.rawValue: return isText(at, node, &scratch)
    case Operation.values.rawValue: return isOneOf(at, node, &scratch)
    case Operation.length.rawValue: return hasLength(at, node)
    case Operation.pattern.rawValue: return search(at + 1, node, &scratch)
    case Operation.format.rawValue: return hasFormat(at, node, &scratch)
    case Operation.range.rawValue: return isInRange(at, node)
    case Operation.multiple.rawValue: return isMultiple(at, node)
    case Operation.required.rawValue: return hasMembers(node, at + 2, Int(truncatingIfNeeded: code[at + 1]), &scratch)
    case Operation.tagged.rawValue: return tagged(at, node, marks, &scratch)
    case Operation.choice.rawValue: return apply(target(at &+ 1 &+ view.kind(node)), node, marks: marks, &scratch)
    case Operation.call.rawValue: return apply(target(at + 1), node, marks: marks, &scratch)
    case Operation.not.rawValue: return !apply(target(at + 1), node, &scratch)
    case Operation.anyOf.rawValue: return anyOf(at, node, marks, &scratch)
    case Operation.oneOf.rawValue: return oneOf(at, node, marks, &scratch)
    case Operation.conditional.rawValue: return conditional(at, node, marks, &scratch)
    case Operation.dependentRequired.rawValue:
      guard member(node, named: at + 2, &scratch) != nil else { return true }
      return hasMembers(node, at + 2 + TextLayout.words, Int(truncatingIfNeeded: code[at + 1]) - 1, &scratch)
    case Operation.dependentSchema.rawValue:
      guard member(node, named: at + 1, &scratch) != nil else { return true }
      return apply(target(at + 1 + TextLayout.words), node, marks: marks, &scratch)
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

  /// Only one alternative has the text of the member.
  private func tagged(_ at: Int, _ node: Node, _ marks: Int, _ scratch: inout ValidationScratch) -> Bool {
    guard let tag = member(node, named: at + 1, &scratch), view.kindBit(tag) == KindSet.string.rawValue else { return false }
    let slot = findText(tag, table: at + 1 + TextLayout.words, &scratch)
    return slot >= 0 && apply(target(slot + TableLayout.target), node, marks: marks, &scratch)
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
}
