extension Document {
  /// The entry behind a value and all that it contains.
  @inlinable func index(behind node: Node) -> UInt32 {
    let entry = entry(node)
    return entry.isContainer ? entry.link : node.index + 1
  }

  /// The elements of an array; empty when the node is none.
  package func elements(_ node: Node) -> Elements {
    Elements(document: self, upcoming: node.index + 1, left: kind(node) == .array ? count(node) : 0)
  }

  /// The members of an object in the order of the text; empty when the node is none.
  package func members(_ node: Node) -> Members {
    Members(document: self, upcoming: node.index + 1, left: kind(node) == .object ? count(node) : 0)
  }

  package struct Elements: Sequence, IteratorProtocol {
    let document: Document
    var upcoming: UInt32
    var left: Int

    package var underestimatedCount: Int { left }

    package mutating func next() -> Node? {
      guard left > 0 else { return nil }
      left -= 1
      let node = Node(index: upcoming)
      upcoming = document.index(behind: node)
      return node
    }
  }

  package struct Members: Sequence, IteratorProtocol {
    let document: Document
    var upcoming: UInt32
    var left: Int

    package var underestimatedCount: Int { left }

    package mutating func next() -> (key: Node, value: Node)? {
      guard left > 0 else { return nil }
      left -= 1
      let key = Node(index: upcoming)
      let value = Node(index: upcoming + 1)
      upcoming = document.index(behind: value)
      return (key, value)
    }
  }
}

extension Document {
  /// For walking without an iterator (which retains the document): the first element of an array, or the name of the first member of an
  /// object; nil when there is none.
  @inlinable package func firstChild(_ node: Node) -> Node? {
    count(node) > 0 ? Node(index: node.index + 1) : nil
  }

  /// What follows an element of the array, or the value of a member of the object, `container`; nil behind the last.
  @inlinable package func sibling(after node: Node, in container: Node) -> Node? {
    let next = index(behind: node)
    return next < entry(container).link ? Node(index: next) : nil
  }

  /// The value of the member whose name is `key`.
  @inlinable package func value(of key: Node) -> Node { Node(index: key.index + 1) }
}

extension Document {
  /// A value and everything in it, names of members too, in the order of the text: the indices of their nodes.
  @inlinable package func indices(in node: Node) -> Range<UInt32> { node.index..<index(behind: node) }

  /// Where one of `indices(in: node)` lies below `node`; for the name of a member, where the object lies that has it.
  package func place(of target: UInt32, in node: Node) -> (pointer: Pointer, isName: Bool) {
    var pointer = Pointer()
    var holder = node
    search: while holder.index != target {
      for (key, value) in members(holder) {
        if key.index == target { return (pointer, true) }
        guard indices(in: value).contains(target) else { continue }
        pointer = pointer.appending(string(key) ?? "")
        holder = value
        continue search
      }
      for (place, element) in elements(holder).enumerated() where indices(in: element).contains(target) {
        pointer = pointer.appending(place)
        holder = element
        continue search
      }
      preconditionFailure("the node is not in the value")
    }
    return (pointer, false)
  }
}

/// The name of a member, made ready for looking it up in many documents.
package struct MemberName: Hashable, Sendable {
  let bytes: [UInt8]
  let fingerprint: UInt32

  /// UTF-8, without quotes and escapes.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    fingerprint = JSON.fingerprint(of: bytes.span)
  }

  package init(_ name: String) { self.init(Array(name.utf8)) }

  package var text: Span<UInt8> {
    @_lifetime(borrow self) get { bytes.span }
  }
}

extension Document {
  /// The value of a member; nil when there is none of that name, or the node is no object. Allocates nothing; takes time linear in the
  /// number of members, whatever they contain.
  package func member(_ node: Node, _ name: String) -> Node? { count(node) > 0 ? member(node, name.utf8.span) : nil }

  package func member(_ node: Node, _ name: [UInt8]) -> Node? { member(node, name.span) }

  package func member(_ node: Node, _ name: MemberName) -> Node? {
    member(node, name.bytes.span, fingerprint: name.fingerprint)
  }

  /// Whether the name of a member is this one.
  package func isName(_ key: Node, _ name: MemberName) -> Bool { entry(key).link == name.fingerprint && stringEquals(key, name.bytes.span) }

  private func member(_ node: Node, _ name: Span<UInt8>) -> Node? {
    member(node, name, fingerprint: fingerprint(of: name))
  }

  private func member(_ node: Node, _ name: Span<UInt8>, fingerprint: UInt32) -> Node? {
    let object = entry(node)
    guard object.kind == .object else { return nil }
    var key = node.index + 1
    while key < object.link {
      if tape[Int(key)].link == fingerprint, stringEquals(Node(index: key), name) { return Node(index: key + 1) }
      key = index(behind: Node(index: key + 1))
    }
    return nil
  }
}
