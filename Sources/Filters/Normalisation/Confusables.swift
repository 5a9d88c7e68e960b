/// Turns letters of other scripts that look like ASCII letters into them (the idea of UTS #39), in words that hold an ASCII letter; in all words if no letter of
/// the text shows another script by looking like none of ASCII's. Text of its own script stays, so that patterns in that script still read it.
func foldConfusables(_ view: TextView) -> TextView? {
  let hasOtherScript = view.hasOtherScript
  var word = 0..<0
  var folds = false
  return view.rewritten(at: .beyondASCII) { scalar, range, view in
    guard CharacterKinds.of(scalar).contains(.lookAlike), let plain = CharacterKinds.plain(scalar) else { return .keep }
    if !word.contains(range.lowerBound) {
      word = wordAround(range.lowerBound, in: view)
      folds = !hasOtherScript || view.bytes[word].contains(where: isASCIILetter)
    }
    return folds ? .replace(range.count, with: plain) : .keep
  }
}

extension TextView {
  /// Whether a letter outside ASCII looks like none of ASCII's.
  fileprivate var hasOtherScript: Bool {
    var index = 0
    while index < bytes.count {
      let (scalar, length) = scalar(at: index)
      if !scalar.isASCII, !CharacterKinds.of(scalar).contains(.lookAlike), scalar.properties.isAlphabetic { return true }
      index += length
    }
    return false
  }
}

private func wordAround(_ place: Int, in view: TextView) -> Range<Int> {
  var start = place
  while start > 0, isWordByte(view.bytes[start - 1]) { start -= 1 }
  var end = place
  while end < view.bytes.count, isWordByte(view.bytes[end]) { end += 1 }
  return start..<end
}

/// Letters, digits and everything outside ASCII.
private func isWordByte(_ byte: UInt8) -> Bool { byte >= 0x80 || isASCIILetter(byte) || isASCIIDigit(byte) }
