internal import JSON

/// The tape and the bytes of a document, borrowed, for what binding reads of it. Here rather than beside the tape, because calls into another
/// module are not written out in place.
struct DocumentView: ~Escapable {
  private let tape: Span<Entry>
  private let bytes: Span<UInt8>

  @_lifetime(borrow document)
  @inline(__always) init(_ document: borrowing Document) {
    tape = document.tape.span
    bytes = document.bytes.span
  }

  enum Kind: UInt32 {
    case null, boolean, number, string, array, object
  }

  @inline(__always) func kind(_ node: Node) -> Kind { Kind(rawValue: tape[Int(node.index)].details & 7) ?? .object }

  /// Of a boolean: whether it is true. Of a string: whether it has escapes. Of a number: whether it is written in digits only.
  @inline(__always) func isFlagged(_ node: Node) -> Bool { tape[Int(node.index)].details & 8 != 0 }

  /// The value of a member; nil when there is none of that name. Takes time linear in the number of members, whatever they contain.
  ///
  /// - Parameter object: is an object.
  @inline(__always) func member(_ object: Node, fingerprint: UInt32, where isName: (Node) -> Bool) -> Node? {
    var name = object.index &+ 1
    let end = tape[Int(object.index)].link
    while name < end {
      if tape[Int(name)].link == fingerprint, isName(Node(index: name)) { return Node(index: name &+ 1) }
      let value = tape[Int(name &+ 1)]
      name = value.details & 7 >= 4 ? value.link : name &+ 2
    }
    return nil
  }

  /// Whether a name without escapes is this one, of at most sixteen bytes.
  @inline(__always) func isName(_ name: Node, _ words: NameWords) -> Bool {
    let place = textRange(name)
    if place.count != words.count { return false }
    if words.count >= 8 {
      return word(place.lowerBound, 8) == words.first && word(place.upperBound &- 8, 8) == words.last
    }
    return word(place.lowerBound, words.count) == words.first
  }

  /// Up to eight bytes, the first the lowest.
  @inline(__always) private func word(_ start: Int, _ count: Int) -> UInt64 {
    var word: UInt64 = 0
    for index in 0..<count { word |= UInt64(bytes[start &+ index]) &<< UInt64(truncatingIfNeeded: 8 &* index) }
    return word
  }

  @_lifetime(copy self)
  @inline(__always) func text(_ range: Range<Int>) -> Span<UInt8> { bytes.extracting(range) }

  /// Where what is between the quotes of a string stands, escapes not resolved.
  @inline(__always) func textRange(_ text: Node) -> Range<Int> {
    let entry = tape[Int(text.index)]
    return Int(entry.start) &+ 1..<Int(entry.end) &- 1
  }

  /// A number written as a few digits with a point among them, or none: coefficient × 10^exponent, as it stands, zeros at its end included.
  /// Nil for others: see `Document.fixed`.
  func smallDecimal(_ number: Node) -> (coefficient: Int64, exponent: Int32)? {
    let entry = tape[Int(number.index)]
    guard entry.end &- entry.start <= 18 else { return nil }
    var value: Int64 = 0
    var index = Int(entry.start)
    let end = Int(entry.end)
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index &+= 1 }
    var fraction = end
    while index < end {
      let byte = bytes[index]
      index &+= 1
      if byte == UInt8(ascii: ".") {
        fraction = index
        continue
      }
      let digit = byte &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      value = value &* 10 &+ Int64(digit)
    }
    return (isNegative ? 0 &- value : value, Int32(truncatingIfNeeded: fraction &- end))
  }
}
