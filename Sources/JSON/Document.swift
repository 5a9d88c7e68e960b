/// A JSON text that was read once and found good: its bytes, untouched, and a flat tape of where each value lies.
///
/// Strict: RFC 8259, valid UTF-8, no byte order mark, no duplicate names (compared after escapes are resolved), no half surrogate pairs,
/// within `DocumentLimits`. Two readers of an accepted text cannot disagree on what it says, except on numbers beyond binary doubles.
@usableFromInline package struct Document: Sendable {
  package internal(set) var bytes: [UInt8]

  /// May be longer than what the document uses: storage is reused from document to document.
  @usableFromInline package internal(set) var tape: [Entry]

  @usableFromInline package enum Kind: UInt8, Sendable {
    case null, boolean, number, string, array, object

    @inlinable init(bits: UInt32) {
      switch bits & 7 {
      case 0: self = .null
      case 1: self = .boolean
      case 2: self = .number
      case 3: self = .string
      case 4: self = .array
      default: self = .object
      }
    }
  }

  /// Reads one text. To read many, keep a `DocumentParser` and a document to parse into: that allocates nothing once warm.
  package init(parsing bytes: [UInt8], limits: DocumentLimits = .standard) throws(ParseError) {
    self.init()
    var parser = DocumentParser(limits: limits)
    try parser.parse(bytes, into: &self)
  }

  /// The document `null`: a place to parse into.
  package init() {
    bytes = Self.null
    tape = Self.nullTape
  }

  static let null = Array("null".utf8)
  static let nullTape = [Entry(start: 0, end: 4, link: 0, details: 0)]

  @inlinable package var root: Node { Node(index: 0) }
}

/// A value in a document: its place on the tape. Means something only together with its document.
@usableFromInline package struct Node: Hashable, Sendable {
  @usableFromInline package let index: UInt32

  @inlinable package init(index: UInt32) { self.index = index }
}

extension Document {
  @inlinable func entry(_ node: Node) -> Entry { tape[Int(node.index)] }

  @inlinable package func kind(_ node: Node) -> Kind { entry(node).kind }

  /// nil: not a boolean.
  @inlinable package func boolean(_ node: Node) -> Bool? {
    let entry = entry(node)
    return entry.kind == .boolean ? entry.isFlagged : nil
  }

  @inlinable package func isNull(_ node: Node) -> Bool { entry(node).kind == .null }

  /// Elements of an array or members of an object; 0 for everything else.
  @inlinable package func count(_ node: Node) -> Int {
    let entry = entry(node)
    return entry.isContainer ? entry.count : 0
  }

  /// Where the value stands in `bytes`, without the white space around it.
  @inlinable package func source(_ node: Node) -> Range<Int> {
    let entry = entry(node)
    return Int(entry.start)..<Int(entry.end)
  }
}
