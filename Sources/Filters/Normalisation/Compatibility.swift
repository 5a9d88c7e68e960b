/// Turns other shapes of ASCII characters into them, as the compatibility forms of Unicode say, and takes combining marks off ASCII characters. Only towards
/// ASCII: everything else stays.
func foldCompatibility(_ view: TextView) -> TextView? {
  // The end of the last character looked at, and whether marks behind it are taken off.
  var last = 0
  var takesOff = false
  return view.rewritten(at: .beyondASCII) { scalar, range, view in
    // What lies between is ASCII.
    if range.lowerBound > last { takesOff = true }
    last = range.upperBound
    let kinds = CharacterKinds.of(scalar)
    if kinds.contains(.mark) { return takesOff ? .replace(range.count, with: []) : .keep }
    // A joiner between them does not part a mark from its letter.
    if scalar == "\u{200C}" || scalar == "\u{200D}" { return .keep }
    let plain = kinds.contains(.compatible) ? CharacterKinds.plain(scalar) : nil
    takesOff = plain != nil
    return plain.map { .replace(range.count, with: $0) } ?? .keep
  }
}
