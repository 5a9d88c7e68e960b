/// A text with the keys in it cut down to their names: somebody may have given one where something else was wanted, and what is wrong with that is said
/// with the text.
func maskingKeys(_ text: String) -> String {
  var masked: [Substring] = []
  var rest = text[...]
  while let start = rest.firstRange(of: "sp_") {
    let run = rest[start.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    let isLong = run.count > KeyName.length
    masked.append(rest[..<(isLong ? run.index(run.startIndex, offsetBy: KeyName.length) : run.endIndex)])
    if isLong { masked.append("…") }
    rest = rest[run.endIndex...]
  }
  return (masked + [rest]).joined()
}
