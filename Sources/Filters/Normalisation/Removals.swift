extension Normalisation {
  /// How often what is left is looked at again: what stood on both sides of a removed piece may be one now.
  private static let rounds = 8

  /// Pieces of a text that can be taken out for good without a reader missing them, in order and apart: of terminal control sequences, control characters,
  /// characters without a shape and HTML comments those that are asked for. The text must be valid UTF-8. Empty for most texts, which does not allocate.
  package func removals(in text: Span<UInt8>) -> [Range<Int>] {
    let asked = intersection([.terminal, .control, .invisible, .markup])
    guard asked.mayRemove(from: text) else { return [] }
    var view = TextView(text)
    for _ in 0..<Self.rounds {
      var changed = false
      for (option, transform) in Self.removers where asked.contains(option) {
        guard let next = transform(view) else { continue }
        view = next
        changed = true
      }
      if !changed { break }
    }
    return view.leftOut
  }

  private static let removers: [(Normalisation, @Sendable (TextView) -> TextView?)] = [
    (.terminal, removeTerminalSequences), (.control, removeControls), (.invisible, dropInvisible), (.markup, removeComments),
  ]

  private func mayRemove(from text: Span<UInt8>) -> Bool {
    for index in text.indices {
      switch text[index] {
      case 0x1B: if !isDisjoint(with: [.terminal, .control]) { return true }
      case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F, 0x7F: if contains(.control) { return true }
      case 0x3C: if contains(.markup), index + 3 < text.count, text[index + 1] == 0x21 { return true }
      case 0xC2...0xFF:
        let (scalar, _) = text.scalar(at: index)
        let kinds = CharacterKinds.of(scalar)
        if kinds.contains(.control), !isDisjoint(with: [.terminal, .control]) { return true }
        if contains(.invisible), kinds.contains(.invisible) || scalar == "\u{200C}" || scalar == "\u{200D}" { return true }
      default: continue
      }
    }
    return false
  }
}

extension TextView {
  /// The pieces of the original that nothing of the view was made of, for a view from which bytes were only taken out.
  fileprivate var leftOut: [Range<Int>] {
    var pieces: [Range<Int>] = []
    var end = 0
    for index in 0...bytes.count {
      let place = original(of: index..<index).lowerBound
      if place > end { pieces.append(end..<place) }
      end = place + 1
    }
    return pieces
  }
}

/// As `removeInvisible`, but tags go as well.
private func dropInvisible(_ view: TextView) -> TextView? {
  var joiners = Joiners()
  return view.rewritten(at: .beyondASCII) { scalar, range, view in
    let goes =
      scalar == "\u{200C}" || scalar == "\u{200D}"
      ? joiners.areIdle(view.bytes.span, range) : CharacterKinds.of(scalar).contains(.invisible)
    return goes ? .replace(range.count, with: []) : .keep
  }
}

/// Removes HTML comments. One that never ends is none.
private func removeComments(_ view: TextView) -> TextView? {
  var edits: [TextView.Edit] = []
  let bytes = view.bytes
  var index = 0
  while let start = bytes[index...].firstRange(of: commentStart)?.lowerBound {
    guard let end = bytes[(start + 4)...].firstRange(of: [0x2D, 0x2D, 0x3E])?.upperBound else { break }
    // What could become a comment's sign once this one is gone goes with it.
    var first = start
    while first > index, commentStart.contains(bytes[first - 1]) { first -= 1 }
    edits.append(.init(range: first..<end, replacement: []))
    index = end
  }
  return view.replacing(edits)
}
