internal import JSON

/// The tape and the bytes of a document, borrowed: for loops over many nodes that must not count references on the way. Here rather than
/// beside the tape, because calls into another module are not written out in place.
struct DocumentView: ~Escapable {
  let tape: Span<Entry>
  let bytes: Span<UInt8>

  @_lifetime(borrow document)
  @inline(__always) init(_ document: borrowing Document) {
    tape = document.tape.span
    bytes = document.bytes.span
  }

  /// One bit of six: 1 null, 2 boolean, 4 number, 8 string, 16 array, 32 object.
  @inline(__always) func kindBit(_ node: Node) -> UInt8 {
    (1 as UInt8) &<< UInt8(truncatingIfNeeded: tape[Int(node.index)].details & 7)
  }

  /// Of a boolean: whether it is true. Of a string: whether it has escapes. Of a number: whether it is written in digits only.
  @inline(__always) func isFlagged(_ node: Node) -> Bool { tape[Int(node.index)].details & 8 != 0 }

  /// Elements or members of a container.
  @inline(__always) func count(_ container: Node) -> Int { Int(tape[Int(container.index)].details >> 4) }

  /// The place of a node among kinds.
  @inline(__always) func kind(_ node: Node) -> Int { Int(tape[Int(node.index)].details & 7) }

  @inline(__always) func entry(_ node: Node) -> Entry { tape[Int(node.index)] }

  /// The first element of an array or name of an object; the same as `end` when there is none.
  @inline(__always) func first(in container: Node) -> Node { Node(index: container.index &+ 1) }

  /// Behind all that a container holds.
  @inline(__always) func end(of container: Node) -> Node { Node(index: tape[Int(container.index)].link) }

  /// What follows a value in its container.
  @inline(__always) func next(after value: Node) -> Node {
    let entry = tape[Int(value.index)]
    return Node(index: entry.details & 7 >= 4 ? entry.link : value.index &+ 1)
  }

  /// How many values and names there are from a value on to its end, itself included.
  @inline(__always) func size(of value: Node) -> Int { Int(next(after: value).index) - Int(value.index) }

  /// Whether a node comes before another in the text.
  @inline(__always) func precedes(_ node: Node, _ other: Node) -> Bool { node.index < other.index }

  /// The value of a member, by its name.
  @inline(__always) func value(of name: Node) -> Node { Node(index: name.index &+ 1) }

  /// How many bytes a string or name has between its quotes, escapes not resolved.
  @inline(__always) func length(_ text: Node) -> Int {
    let entry = tape[Int(text.index)]
    return Int(entry.end) &- Int(entry.start) &- 2
  }

  /// What is between the quotes, escapes not resolved.
  @_lifetime(copy self)
  @inline(__always) func text(_ node: Node) -> Span<UInt8> {
    let entry = tape[Int(node.index)]
    return bytes.extracting(Int(entry.start) + 1..<Int(entry.end) - 1)
  }

  /// Whether a text without escapes, whose length is right, is the one of these first and last eight bytes; of at most sixteen bytes.
  @inline(__always) func isShort(_ text: Entry, _ count: Int, first: UInt64, last: UInt64) -> Bool {
    let start = Int(text.start) &+ 1
    if count >= 8 { return word(at: start) == first && word(at: start &+ count &- 8) == last }
    if start &+ 8 > bytes.count { return shortWord(at: start, count: count) == first }
    // What follows the text is shifted out.
    return count == 0 || (word(at: start) ^ first) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count) == 0
  }

  /// The words of a string or name that has no escapes.
  @inline(__always) func words(_ text: Node) -> NameWords {
    let entry = tape[Int(text.index)]
    let start = Int(entry.start) &+ 1
    let count = Int(entry.end) &- 1 &- start
    if count >= 8 { return NameWords(first: word(at: start), last: word(at: start &+ count &- 8), count: count) }
    if start &+ 8 > bytes.count { return NameWords(first: shortWord(at: start, count: count), last: 0, count: count) }
    let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    return NameWords(first: count == 0 ? 0 : (word(at: start) &<< shift) &>> shift, last: 0, count: count)
  }

  /// Less than eight bytes near the end of the document.
  @inline(never)
  func shortWord(at start: Int, count: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<count { word |= UInt64(bytes[start + index]) << UInt64(8 * index) }
    return word
  }

  /// Eight bytes of a string or name without escapes, from an offset in it; the first byte is the lowest.
  @inline(__always) func word(of text: Node, at offset: Int) -> UInt64 {
    word(at: Int(tape[Int(text.index)].start) + 1 + offset)
  }

  /// A number written without an exponent and in few enough digits not to overflow, as coefficient × 10^-decimals; nil for every other
  /// number.
  func smallDecimal(_ number: Node) -> (coefficient: Int64, decimals: Int)? {
    let entry = tape[Int(number.index)]
    let end = Int(entry.end)
    var index = Int(entry.start)
    guard end - index <= 18 else { return nil }
    var value: Int64 = 0
    var point = end
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    while index < end {
      let digit = bytes[index] &- UInt8(ascii: "0")
      if digit < 10 {
        value = value &* 10 &+ Int64(digit)
      } else {
        guard bytes[index] == UInt8(ascii: ".") else { return nil }
        point = index + 1
      }
      index += 1
    }
    return (isNegative ? -value : value, end - point)
  }

  @inline(__always) func word(at offset: Int) -> UInt64 {
    // One comparison of bounds, then one load: the optimiser puts the eight together.
    let eight = bytes.extracting(offset..<offset &+ 8)
    let low = UInt64(eight[0]) | UInt64(eight[1]) << 8 | UInt64(eight[2]) << 16 | UInt64(eight[3]) << 24
    return low | UInt64(eight[4]) << 32 | UInt64(eight[5]) << 40 | UInt64(eight[6]) << 48 | UInt64(eight[7]) << 56
  }
}
