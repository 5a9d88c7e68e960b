/// First bytes of characters at which a transform looks; never inner bytes.
struct FirstBytes: Sendable {
  /// By byte.
  let members: [Bool]

  private init(_ bytes: some Sequence<UInt8>) {
    let set = Set(bytes)
    members = (UInt8.min...UInt8.max).map(set.contains)
  }

  static let beyondASCII = FirstBytes(0xC2...0xFF)
  static let ampersand = FirstBytes([0x26])
  static let percentSign = FirstBytes([0x25])
  static let backslash = FirstBytes([0x5C])
  /// Escape, and the first of those from U+0080 to U+00BF.
  static let terminal = FirstBytes([0x1B, 0xC2])
  /// `<` and `-`
  static let markup = FirstBytes([0x3C, 0x2D])
  static let control = FirstBytes((0x00...0x1F).filter { !isBreak($0) } + [0x7F, 0xC2])
}

/// A text rewritten for matching, with the place in the original of each of its bytes: patterns read the view, actions act on the original.
package struct TextView: Equatable, Sendable {
  /// Valid UTF-8.
  package private(set) var bytes: [UInt8] = []
  /// One more than bytes: for each, where in the original that begins which it was made of; the last is the original's length. Never descends.
  private var places: [UInt32] = []
  /// Whether the bytes run from the end of `places` to its start, character by character.
  private var isReversed = false

  private init() {}

  /// A text as it is. It must be valid UTF-8.
  package init(_ text: Span<UInt8>) {
    precondition(text.count < Int(UInt32.max), "documents are limited to far less")
    bytes.reserveCapacity(text.count)
    places.reserveCapacity(text.count + 1)
    for index in 0..<text.count {
      bytes.append(text[index])
      places.append(UInt32(truncatingIfNeeded: index))
    }
    places.append(UInt32(truncatingIfNeeded: text.count))
  }

  /// The bytes of the original that a range of the view was made of: whole characters, with what was left out inside and after it. What was decoded from one
  /// piece of the original is all of that piece.
  package func original(of range: Range<Int>) -> Range<Int> {
    let range = isReversed ? bytes.count - range.upperBound..<bytes.count - range.lowerBound : range
    let lower = Int(places[range.lowerBound])
    guard !range.isEmpty else { return lower..<lower }
    // Several bytes may come of one piece; the range then takes in the piece. Pieces can be long, so their end is searched for by halves.
    let last = places[range.upperBound - 1]
    var low = range.upperBound
    var high = bytes.count
    while low < high {
      let middle = (low + high) / 2
      if places[middle] == last { low = middle + 1 } else { high = middle }
    }
    return lower..<Int(places[low])
  }

  /// A piece of the view, whole characters, and the UTF-8 it becomes.
  struct Edit: Equatable {
    let range: Range<Int>
    let replacement: [UInt8]
  }

  /// The view with pieces exchanged, which must be in order and apart; nil without any.
  func replacing(_ edits: [Edit]) -> TextView? {
    guard !edits.isEmpty else { return nil }
    var result = TextView()
    var end = 0
    for edit in edits {
      result.copy(end..<edit.range.lowerBound, of: self)
      result.append(edit.replacement, at: places[edit.range.lowerBound])
      end = edit.range.upperBound
    }
    result.finish(end, of: self)
    return result
  }

  /// Goes over the characters with one of these first bytes and makes another view; `body` says what becomes of how many bytes at the character's place. Nil when
  /// nothing changed.
  func rewritten(
    at first: FirstBytes, _ body: (_ scalar: Unicode.Scalar, _ range: Range<Int>, _ view: TextView) -> Rewriting
  ) -> TextView? {
    var result: TextView?
    var end = 0
    var index = 0
    while index < bytes.count {
      guard first.members[Int(bytes[index])] else {
        index += 1
        continue
      }
      let (scalar, length) = scalar(at: index)
      switch body(scalar, index..<index + length, self) {
      case .keep: index += length
      case .replace(let count, let replacement):
        var changed = result.take() ?? TextView()
        changed.copy(end..<index, of: self)
        changed.append(replacement, at: places[index])
        result = consume changed
        index += count
        end = index
      }
    }
    result?.finish(end, of: self)
    return result
  }

  /// What becomes of the bytes at a place.
  enum Rewriting {
    /// The character stays.
    case keep
    /// So many bytes, whole characters and at least one, become these, which are UTF-8 or nothing.
    case replace(Int, with: [UInt8])
  }

  /// The view with every byte exchanged for another of the same kind of character.
  func mapped(_ transform: (UInt8) -> UInt8) -> TextView {
    var result = self
    for index in bytes.indices { result.bytes[index] = transform(bytes[index]) }
    return result
  }

  /// The view read from its end.
  func reversed() -> TextView {
    var result = self
    result.isReversed.toggle()
    result.bytes.removeAll(keepingCapacity: true)
    var end = bytes.count
    while end > 0 {
      var start = end - 1
      while bytes[start] & 0xC0 == 0x80 { start -= 1 }
      result.bytes += bytes[start..<end]
      end = start
    }
    return result
  }

  /// The character that begins at a place, and its bytes' number.
  func scalar(at index: Int) -> (Unicode.Scalar, Int) { bytes.span.scalar(at: index) }

  private mutating func copy(_ range: Range<Int>, of other: TextView) {
    bytes += other.bytes[range]
    places += other.places[range]
  }

  private mutating func append(_ replacement: [UInt8], at place: UInt32) {
    bytes += replacement
    for _ in replacement { places.append(place) }
  }

  private mutating func finish(_ end: Int, of other: TextView) {
    copy(end..<other.bytes.count, of: other)
    places.append(other.places[other.bytes.count])
  }
}

extension Span<UInt8> {
  /// The character of valid UTF-8 that begins at a place, and its bytes' number.
  func scalar(at index: Int) -> (Unicode.Scalar, Int) {
    let first = UInt32(self[index])
    if first < 0x80 { return (Unicode.Scalar(self[index]), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var value = first & (0x7F >> UInt32(length))
    for place in index + 1..<index + length { value = value << 6 | UInt32(self[place] & 0x3F) }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }
}
