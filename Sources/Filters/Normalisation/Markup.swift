/// Takes HTML's tags and the signs of its comments away, so that markup inside a word does not part it. What a comment says stays: a model reads it.
func removeMarkup(_ view: TextView) -> TextView? {
  view.rewritten(at: .markup) { scalar, range, view in
    if scalar == "-" { return view.bytes[range.lowerBound...].starts(with: [0x2D, 0x2D, 0x3E]) ? .replace(3, with: []) : .keep }
    if view.bytes[range.lowerBound...].starts(with: commentStart) { return .replace(4, with: []) }
    return tagLength(view.bytes.span, range.lowerBound).map { .replace($0, with: []) } ?? .keep
  }
}

/// Whether a tag or a comment stands between two letters.
func partsWords(_ text: Span<UInt8>) -> Bool {
  for index in text.indices where text[index] == 0x3C && index > 0 && isASCIILetter(text[index - 1]) {
    // One tag may follow another.
    var end = index
    while let length = tagLength(text, end) { end += length }
    if end > index, end < text.count, isASCIILetter(text[end]) { return true }
    if index + 3 < text.count, text[index + 1] == 0x21, text[index + 2] == 0x2D { return true }
  }
  return false
}

let commentStart: [UInt8] = [0x3C, 0x21, 0x2D, 0x2D]

/// Bytes of the longest tag: an image with its attributes fits in.
private let longestTag = 1024

/// Bytes of the tag that begins at a `<`: a letter or a slash must follow, and no other `<` come before its end.
private func tagLength(_ bytes: Span<UInt8>, _ start: Int) -> Int? {
  guard start + 1 < bytes.count, isASCIILetter(bytes[start + 1]) || bytes[start + 1] == 0x2F else { return nil }
  for index in start + 1..<min(bytes.count, start + longestTag) {
    if bytes[index] == 0x3E { return index + 1 - start }
    if bytes[index] == 0x3C { return nil }
  }
  return nil
}

/// Removes control characters, but for the line feed, the carriage return and the tab.
func removeControls(_ view: TextView) -> TextView? {
  view.rewritten(at: .control) { scalar, range, _ in
    scalar.isASCII || CharacterKinds.of(scalar).contains(.control) ? .replace(range.count, with: []) : .keep
  }
}

func isBreak(_ byte: UInt8) -> Bool { byte == 0x09 || byte == 0x0A || byte == 0x0D }
