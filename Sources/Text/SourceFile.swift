/// One text as it was read: its path for people, its bytes, and where its lines start.
package struct SourceFile: Sendable, Identifiable {
  /// The place of the file among those loaded together; it orders diagnostics.
  package struct ID: Hashable, Comparable, Sendable {
    package let index: UInt16

    package init(_ index: UInt16) { self.index = index }

    package static func < (left: ID, right: ID) -> Bool { left.index < right.index }
  }

  package let id: ID
  /// As the person named it; relative paths stay relative.
  package let path: String
  package let bytes: [UInt8]
  /// Offsets of the first byte of every line; the first is 0.
  package let lineStarts: [UInt32]

  package init(id: ID, path: String, bytes: [UInt8]) {
    self.id = id
    self.path = path
    self.bytes = bytes
    var starts: [UInt32] = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(UInt32(offset + 1)) }
    self.lineStarts = starts
  }

  package init(id: ID = ID(0), path: String, text: String) {
    self.init(id: id, path: path, bytes: Array(text.utf8))
  }

  /// The 1-based line and column (in Unicode scalars) of a byte offset.
  package func position(at offset: UInt32) -> Position {
    let line = lineIndex(at: offset)
    let prefix = bytes[Int(lineStarts[line])..<min(Int(offset), bytes.count)]
    return Position(line: line + 1, column: String(decoding: prefix, as: UTF8.self).unicodeScalars.count + 1)
  }

  /// The bytes of a 1-based line without its line ending.
  func range(ofLine number: Int) -> Range<Int> {
    let lower = Int(lineStarts[number - 1])
    var upper = number < lineStarts.count ? Int(lineStarts[number]) - 1 : bytes.count
    if upper > lower, bytes[upper - 1] == UInt8(ascii: "\r") { upper -= 1 }
    return lower..<upper
  }

  /// The text of a 1-based line without its line ending.
  package func line(_ number: Int) -> String { String(decoding: bytes[range(ofLine: number)], as: UTF8.self) }

  /// The text a range covers; the range must be of this file.
  package func text(in range: SourceRange) -> String {
    precondition(range.file == id, "a range of another file")
    return String(decoding: bytes[Int(range.lower)..<Int(range.upper)], as: UTF8.self)
  }

  private func lineIndex(at offset: UInt32) -> Int {
    var low = 0
    var high = lineStarts.count
    while low + 1 < high {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}

/// A place for people: both numbers start at 1, the column counts Unicode scalars.
package struct Position: Hashable, Sendable {
  package let line: Int
  package let column: Int
}
