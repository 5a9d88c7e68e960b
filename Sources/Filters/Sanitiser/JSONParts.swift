internal import JSON

/// A text that is JSON, taken apart into what a model reads of it.
struct JSONParts {
  private var parser = DocumentParser()
  private var document = Document()
  private var bytes: [UInt8] = []
  /// Texts of leaves, escapes resolved, one after another.
  private(set) var buffer: [UInt8] = []
  /// Texts that nested JSON has become, in order of leaf.
  var replacements: [(leaf: Int, text: [UInt8])] = []

  private static let null = Array("null".utf8)

  /// Whether a text begins and ends like an object or an array.
  static func isLikely(_ text: Span<UInt8>) -> Bool {
    var first = 0
    while first < text.count, isBlank(text[first]) { first += 1 }
    guard first < text.count, text[first] == UInt8(ascii: "{") || text[first] == UInt8(ascii: "[") else { return false }
    var last = text.count - 1
    while isBlank(text[last]) { last -= 1 }
    // In ASCII, both closing brackets are two behind the opening ones.
    return last > first && text[last] == text[first] + 2
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  static func hasEscapes(_ text: Span<UInt8>) -> Bool {
    for index in text.indices where text[index] == UInt8(ascii: "\\") { return true }
    return false
  }

  /// False: the text is no JSON, or JSON that readers could take differently.
  mutating func read(_ text: Span<UInt8>) -> Bool {
    // Lets go of the last text, so that its storage can be used again.
    try? parser.parse(Self.null, into: &document)
    bytes.removeAll(keepingCapacity: true)
    bytes.append(text)
    return (try? parser.parse(bytes, into: &document)) != nil
  }

  /// Puts all strings, names and numbers into the buffer, a line each; what is found in one of them is found in the buffer too, but for patterns with anchors.
  ///
  /// - Returns: false when one of the strings may be JSON itself.
  mutating func flatten() -> Bool {
    buffer.removeAll(keepingCapacity: true)
    for index in document.indices(in: document.root) {
      let node = Node(index: index)
      let start = buffer.count
      switch document.kind(node) {
      case .string: document.decodeString(node, appendingTo: &buffer)
      case .number: buffer.append(contentsOf: document.bytes[document.source(node)])
      default: continue
      }
      if JSONParts.isLikely(buffer.span.extracting(start..<buffer.count)) { return false }
      buffer.append(0x0A)
    }
    return true
  }

  /// Lists what can be read, with its text in the buffer.
  mutating func list(into leaves: inout [Leaf]) {
    buffer.removeAll(keepingCapacity: true)
    replacements.removeAll(keepingCapacity: true)
    list(document.root, &leaves)
  }

  /// Recursion goes as deep as the parser's limit.
  private mutating func list(_ node: Node, _ leaves: inout [Leaf]) {
    switch document.kind(node) {
    case .null, .boolean: break
    case .string: add(node, .string, &leaves)
    case .number: add(node, .number, &leaves)
    case .array:
      var next = document.firstChild(node)
      while let element = next {
        list(element, &leaves)
        next = document.sibling(after: element, in: node)
      }
    case .object:
      var next = document.firstChild(node)
      while let name = next {
        add(name, .name, &leaves)
        let value = document.value(of: name)
        list(value, &leaves)
        next = document.sibling(after: value, in: node)
      }
    }
  }

  private mutating func add(_ node: Node, _ kind: Leaf.Kind, _ leaves: inout [Leaf]) {
    let start = buffer.count
    if kind == .number {
      buffer.append(contentsOf: document.bytes[document.source(node)])
    } else {
      document.decodeString(node, appendingTo: &buffer)
    }
    leaves.append(
      Leaf(
        kind: kind, text: start..<buffer.count, source: document.stringBytes(node) ?? document.source(node),
        hasEscapes: document.hasEscapes(node)))
  }
}

/// Where in the source of a string its decoded bytes are from.
struct EscapePlaces {
  private var leaf = -1
  /// By byte of the decoded text: where the character or escape begins that it comes from; one more for the end.
  private var places: [Int] = []

  /// Bytes of the source that some of a leaf's text come from: whole escapes.
  mutating func source(of range: Range<Int>, in leaf: Int, _ leaves: [Leaf], _ whole: Span<UInt8>) -> Range<Int> {
    let part = leaves[leaf]
    guard part.hasEscapes else { return range.lowerBound + part.source.lowerBound..<range.upperBound + part.source.lowerBound }
    prepare(leaf, part, whole)
    var end = range.upperBound
    while !range.isEmpty, end < part.text.count, places[end] == places[range.upperBound - 1] { end += 1 }
    return places[range.lowerBound]..<places[end]
  }

  /// Bytes of a leaf's text that come from some of the source.
  mutating func text(of range: Range<Int>, in leaf: Int, _ leaves: [Leaf], _ whole: Span<UInt8>) -> Range<Int> {
    let part = leaves[leaf]
    let common = range.clamped(to: part.source)
    guard part.hasEscapes else { return common.lowerBound - part.source.lowerBound..<common.upperBound - part.source.lowerBound }
    prepare(leaf, part, whole)
    // The last that begins at the place or before it, and the first that begins where the range ends or behind.
    let behind = places.partitioningIndex { $0 > common.lowerBound }
    var lower = max(0, behind - 1)
    while lower > 0, places[lower - 1] == places[lower] { lower -= 1 }
    return lower..<max(lower, places.partitioningIndex { $0 >= common.upperBound })
  }

  private mutating func prepare(_ leaf: Int, _ part: Leaf, _ whole: Span<UInt8>) {
    if leaf == self.leaf { return }
    self.leaf = leaf
    places.removeAll(keepingCapacity: true)
    var index = part.source.lowerBound
    while index < part.source.upperBound {
      let (length, count) = escape(whole, index)
      for _ in 0..<count { places.append(index) }
      index += length
    }
    places.append(part.source.upperBound)
  }

  /// Bytes of the source and of the text that begin at a place of it, which is good JSON.
  private func escape(_ whole: Span<UInt8>, _ index: Int) -> (length: Int, count: Int) {
    guard whole[index] == UInt8(ascii: "\\") else { return (1, 1) }
    guard whole[index + 1] == UInt8(ascii: "u") else { return (2, 1) }
    var unit: UInt32 = 0
    for place in index + 2..<index + 6 {
      let digit = whole[place] | 0x20
      unit = unit << 4 | UInt32(digit >= UInt8(ascii: "a") ? digit - UInt8(ascii: "a") + 10 : digit & 15)
    }
    switch unit {
    case 0..<0x80: return (6, 1)
    case 0x80..<0x800: return (6, 2)
    case 0xD800..<0xDC00: return (12, 4)
    default: return (6, 3)
    }
  }
}

extension Array {
  /// The first place whose element meets a condition that all behind it meet too.
  func partitioningIndex(_ meets: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if meets(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
