// What becomes of a text once it is known what is to go.
extension Sanitiser {
  /// Adds edits for what `strip` takes out of a text.
  func strip(_ text: Span<UInt8>, _ selection: Selection, leaf: Int32, _ scratch: inout SanitiserScratch) {
    for range in selection.removals(in: text) {
      scratch.edits.append(.init(leaf: leaf, Int32(range.lowerBound)..<Int32(range.upperBound), .strip, placeholder: -1))
    }
  }

  /// Draws edits together that overlap: all their bytes go, and of their placeholders the one stays that has precedence: of the strictest, of the longest, of
  /// the first.
  func resolve(_ edits: inout [SanitiserScratch.Edit]) {
    guard edits.count > 1 else { return }
    for index in edits.indices { edits[index].order = Int32(index) }
    edits.sort { ($0.leaf, $0.lower, $0.upper, $0.order) < ($1.leaf, $1.lower, $1.upper, $1.order) }
    var last = 0
    for index in 1..<edits.count {
      let edit = edits[index]
      guard edit.leaf == edits[last].leaf, edit.lower < edits[last].upper else {
        last += 1
        edits[last] = edit
        continue
      }
      let lower = edits[last].lower
      let upper = max(edits[last].upper, edit.upper)
      if (edit.strength, edit.meantUpper - edit.meantLower) > (edits[last].strength, edits[last].meantUpper - edits[last].meantLower) {
        edits[last] = edit
      }
      edits[last].lower = lower
      edits[last].upper = upper
    }
    edits.removeSubrange((last + 1)...)
  }

  /// Appends a leaf's text with its edits made.
  ///
  /// - Parameter edits: of this leaf, resolved.
  func append(_ text: Span<UInt8>, with edits: ArraySlice<SanitiserScratch.Edit>, to output: inout [UInt8]) {
    var done = 0
    for edit in edits {
      output.append(text.extracting(done..<Int(edit.lower)))
      append(edit, of: text, to: &output)
      done = Int(edit.upper)
    }
    output.append(text.extracting(done..<text.count))
  }

  func append(_ edit: SanitiserScratch.Edit, of text: Span<UInt8>, to output: inout [UInt8]) {
    guard edit.placeholder >= 0 else { return }
    placeholders[Int(edit.placeholder)].append(
      to: &output, for: text.extracting(Int(edit.meantLower)..<Int(edit.meantUpper)), spotlight.key)
  }
}

/// Cuts texts that are too long.
enum Truncation {
  /// Cuts a text to at most so many bytes, with a last line that says how many are missing, where there is room for it.
  static func cut(_ text: inout [UInt8], to limit: Int) {
    guard text.count > limit else { return }
    // The line is as long for every number that can stand in it.
    let room = limit - note(text.count).count
    let end = boundary(in: text.span, atMost: room > 0 ? room : limit)
    let missing = text.count - end
    text.removeSubrange(end...)
    if room > 0 { text += note(missing) }
  }

  private static func note(_ missing: Int) -> [UInt8] { Array("\n[cut: \(missing) more bytes]".utf8) }

  /// The last place that is not inside what a reader sees as one character, as far as marks, joiners and modifiers make one; never inside a scalar.
  static func boundary(in text: Span<UInt8>, atMost limit: Int) -> Int {
    var place = limit
    // Longer sequences of marks are nobody's writing, and may be cut.
    for _ in 0..<32 {
      while place > 0, place < text.count, text[place] & 0xC0 == 0x80 { place -= 1 }
      guard place > 0, place < text.count, extends(text, place) else { return place }
      place -= 1
    }
    place = limit
    while place > 0, place < text.count, text[place] & 0xC0 == 0x80 { place -= 1 }
    return place
  }

  /// Whether the scalar at a place belongs to what stands before it.
  private static func extends(_ text: Span<UInt8>, _ place: Int) -> Bool {
    switch scalar(text, place) {
    case 0x0A: text[place - 1] == 0x0D
    case 0x300...0x36F, 0x20D0...0x20FF, 0xFE00...0xFE0F, 0x200D, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F, 0xE0100...0xE01EF: true
    default: place >= 3 && text[place - 3] == 0xE2 && text[place - 2] == 0x80 && text[place - 1] == 0x8D
    }
  }

  /// The scalar that begins at a place of valid UTF-8.
  private static func scalar(_ text: Span<UInt8>, _ place: Int) -> UInt32 {
    let first = UInt32(text[place])
    if first < 0x80 { return first }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var value = first & (0x7F >> UInt32(length))
    for index in place + 1..<place + length { value = value << 6 | UInt32(text[index] & 0x3F) }
    return value
  }
}
