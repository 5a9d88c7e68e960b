internal import JSON

/// Values of documents compared and hashed by what they mean: numbers numerically, objects whatever the order of their members.
enum Structure {
  /// - Parameter steps: what the comparison may still cost; below 0 the answer is worthless.
  static func areEqual(_ left: Document, _ x: Node, _ right: Document, _ y: Node, steps: inout Int) -> Bool {
    steps -= 1
    let kind = left.kind(x)
    guard kind == right.kind(y), steps >= 0 else { return false }
    switch kind {
    case .null: return true
    case .boolean: return left.boolean(x) == right.boolean(y)
    case .number: return left.order(x, y, in: right) == .equal
    case .string: return textsAreEqual(left, x, right, y)
    case .array:
      guard left.count(x) == right.count(y) else { return false }
      var other = right.firstChild(y)
      var own = left.firstChild(x)
      while let element = own, let counterpart = other {
        guard areEqual(left, element, right, counterpart, steps: &steps) else { return false }
        own = left.sibling(after: element, in: x)
        other = right.sibling(after: counterpart, in: y)
      }
      return true
    case .object:
      guard left.count(x) == right.count(y) else { return false }
      return membersAreEqual(left, x, right, y, steps: &steps)
    }
  }

  /// Names are unique on both sides and there are as many, so it is enough that each member of one has its equal in the other.
  private static func membersAreEqual(_ left: Document, _ x: Node, _ right: Document, _ y: Node, steps: inout Int) -> Bool {
    var other = right.firstChild(y)
    var own = left.firstChild(x)
    while let key = own {
      let value = left.value(of: key)
      // Mostly the order is the same.
      var counterpart: Node?
      if let candidate = other, textsAreEqual(left, key, right, candidate) {
        counterpart = right.value(of: candidate)
      } else {
        steps -= right.count(y)
        counterpart = member(right, y, named: left, key)
      }
      guard let counterpart, areEqual(left, value, right, counterpart, steps: &steps) else { return false }
      own = left.sibling(after: value, in: x)
      other = other.flatMap { right.sibling(after: right.value(of: $0), in: y) }
    }
    return true
  }

  private static func member(_ document: Document, _ object: Node, named other: Document, _ name: Node) -> Node? {
    var next = document.firstChild(object)
    while let key = next {
      let value = document.value(of: key)
      if textsAreEqual(other, name, document, key) { return value }
      next = document.sibling(after: value, in: object)
    }
    return nil
  }

  static func textsAreEqual(_ left: Document, _ x: Node, _ right: Document, _ y: Node) -> Bool {
    guard let range = right.stringBytes(y) else { return false }
    guard right.hasEscapes(y) else { return left.stringEquals(x, right.bytes.span.extracting(range)) }
    var decoded: [UInt8] = []
    right.decodeString(y, appendingTo: &decoded)
    return left.stringEquals(x, decoded)
  }

  /// Equal for equal values. Keyed anew in every process, so nobody outside can make values collide.
  static func hash(_ document: Document, _ node: Node, scratch: inout [UInt8]) -> Int {
    var hasher = Hasher()
    hash(document, node, into: &hasher, scratch: &scratch)
    return hasher.finalize()
  }

  private static func hash(_ document: Document, _ node: Node, into hasher: inout Hasher, scratch: inout [UInt8]) {
    let kind = document.kind(node)
    hasher.combine(kind.rawValue)
    switch kind {
    case .null: break
    case .boolean: hasher.combine(document.boolean(node) == true)
    case .number: document.number(node).hash(into: &hasher)
    case .string: hashText(document, node, into: &hasher, scratch: &scratch)
    case .array:
      var next = document.firstChild(node)
      while let element = next {
        hash(document, element, into: &hasher, scratch: &scratch)
        next = document.sibling(after: element, in: node)
      }
      hasher.combine(document.count(node))
    case .object:
      var sum = 0
      var next = document.firstChild(node)
      while let key = next {
        let value = document.value(of: key)
        var member = Hasher()
        hashText(document, key, into: &member, scratch: &scratch)
        hash(document, value, into: &member, scratch: &scratch)
        sum &+= member.finalize()
        next = document.sibling(after: value, in: node)
      }
      hasher.combine(sum)
    }
  }

  private static func hashText(_ document: Document, _ node: Node, into hasher: inout Hasher, scratch: inout [UInt8]) {
    scratch.removeAll(keepingCapacity: true)
    document.decodeString(node, appendingTo: &scratch)
    var word: UInt64 = 0
    for (index, byte) in scratch.enumerated() {
      word = word << 8 | UInt64(byte)
      if index & 7 == 7 { hasher.combine(word) }
    }
    hasher.combine(word)
    hasher.combine(scratch.count)
  }
}
