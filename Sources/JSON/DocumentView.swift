/// The tape and the bytes of a document, borrowed: for loops over many nodes that must not count references on the way. Nodes are the
/// document's own.
///
/// What is unsafe and why it is safe: `word(at:)` reads eight bytes behind a comparison with the length.
package struct DocumentView: ~Escapable {
  @usableFromInline let tape: Span<Entry>
  @usableFromInline let bytes: Span<UInt8>

  @_lifetime(borrow document)
  @inlinable package init(_ document: borrowing Document) {
    tape = document.tape.span
    bytes = document.bytes.span
  }

  /// One bit of six: 1 null, 2 boolean, 4 number, 8 string, 16 array, 32 object.
  @inlinable package func kindBit(_ node: Node) -> UInt8 { 1 << UInt8(truncatingIfNeeded: tape[Int(node.index)].details & 7) }

  /// Of a boolean: whether it is true. Of a string: whether it has escapes. Of a number: whether it is written in digits only.
  @inlinable package func isFlagged(_ node: Node) -> Bool { tape[Int(node.index)].isFlagged }

  /// Elements or members of a container.
  @inlinable package func count(_ container: Node) -> Int { tape[Int(container.index)].count }

  /// The first element of an array or name of an object; the same as `end` when there is none.
  @inlinable package func first(in container: Node) -> Node { Node(index: container.index + 1) }

  /// Behind all that a container holds.
  @inlinable package func end(of container: Node) -> Node { Node(index: tape[Int(container.index)].link) }

  /// What follows a value in its container.
  @inlinable package func next(after value: Node) -> Node {
    let entry = tape[Int(value.index)]
    return Node(index: entry.isContainer ? entry.link : value.index + 1)
  }

  /// How many values and names there are from a value on to its end, itself included.
  @inlinable package func size(of value: Node) -> Int { Int(next(after: value).index) - Int(value.index) }

  /// Whether a node comes before another in the text.
  @inlinable package func precedes(_ node: Node, _ other: Node) -> Bool { node.index < other.index }

  /// The value of a member, by its name.
  @inlinable package func value(of name: Node) -> Node { Node(index: name.index + 1) }

  /// How many bytes a string or name has between its quotes, escapes not resolved.
  @inlinable package func length(_ text: Node) -> Int {
    let entry = tape[Int(text.index)]
    return Int(entry.end) - Int(entry.start) - 2
  }

  /// What is between the quotes, escapes not resolved.
  @_lifetime(copy self)
  @inlinable package func text(_ node: Node) -> Span<UInt8> {
    let entry = tape[Int(node.index)]
    return bytes.extracting(Int(entry.start) + 1..<Int(entry.end) - 1)
  }

  /// The fingerprint of the name of a member, the same however it is written: see `NameWords.fingerprint`.
  @inlinable package func fingerprint(ofName name: Node) -> UInt32 { tape[Int(name.index)].link }

  /// The words of a string or name that has no escapes.
  @inlinable package func words(_ text: Node) -> NameWords {
    let entry = tape[Int(text.index)]
    let start = Int(entry.start) + 1
    let count = Int(entry.end) - 1 - start
    if count >= 8 { return NameWords(first: word(at: start), last: word(at: start + count - 8), count: count) }
    // The eight bytes from its start on, if there are as many, hold what follows the text as well.
    if start + 8 <= bytes.count {
      return NameWords(first: word(at: start) & ((1 as UInt64) << UInt64(8 * count) &- 1), last: 0, count: count)
    }
    var first: UInt64 = 0
    for index in 0..<count { first |= UInt64(bytes[start + index]) << UInt64(8 * index) }
    return NameWords(first: first, last: 0, count: count)
  }

  /// Eight bytes of a string or name without escapes, from an offset in it; the first byte is the lowest.
  @inlinable package func word(of text: Node, at offset: Int) -> UInt64 { word(at: Int(tape[Int(text.index)].start) + 1 + offset) }

  /// An integer written in few enough digits not to overflow; nil for every other node.
  @inlinable package func smallInteger(_ node: Node) -> Int64? {
    let entry = tape[Int(node.index)]
    guard entry.kind == .number, entry.isFlagged, entry.end - entry.start <= 18 else { return nil }
    var value: Int64 = 0
    var index = Int(entry.start)
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    while index < Int(entry.end) {
      value = value &* 10 &+ Int64(bytes[index] &- UInt8(ascii: "0"))
      index += 1
    }
    return isNegative ? -value : value
  }

  @inlinable func word(at offset: Int) -> UInt64 {
    precondition(offset >= 0 && offset + 8 <= bytes.count)
    return unsafe UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

/// The first and the last eight bytes of a text, and its length: the whole of a text of up to sixteen bytes.
package struct NameWords: Hashable, Sendable {
  /// The first byte is the lowest; short texts are filled up with noughts.
  package let first: UInt64
  /// 0 for texts of less than eight bytes.
  package let last: UInt64
  /// In bytes.
  package let count: Int

  @inlinable package init(first: UInt64, last: UInt64, count: Int) {
    self.first = first
    self.last = last
    self.count = count
  }

  package init(_ text: Span<UInt8>) {
    var first: UInt64 = 0
    var last: UInt64 = 0
    for index in 0..<min(8, text.count) { first |= UInt64(text[index]) << UInt64(8 * index) }
    if text.count >= 8 {
      for index in 0..<8 { last |= UInt64(text[text.count - 8 + index]) << UInt64(8 * index) }
    }
    self.init(first: first, last: last, count: text.count)
  }

  /// Equal for equal texts, and the same that documents hold for the names of members. Not keyed: whoever relies on different
  /// fingerprints bounds the work for equal ones.
  @inlinable package var fingerprint: UInt32 { JSON.fingerprint(first: first, last: last, count: count) }
}
