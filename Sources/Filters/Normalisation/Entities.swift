/// Decodes HTML's numbered entities and the named ones that can hide markup. One level: `&amp;lt;` becomes `&lt;`, which the next round decodes.
func decodeEntities(_ view: TextView) -> TextView? {
  view.rewritten(at: .ampersand) { _, range, view in
    // The longest is `&#x10FFFF;`, some leading noughts allowed.
    let end = min(view.bytes.count, range.lowerBound + 16)
    guard let semicolon = view.bytes[range.upperBound..<end].firstIndex(of: 0x3B) else { return .keep }
    guard let decoded = entity(view.bytes[range.upperBound..<semicolon]) else { return .keep }
    return .replace(semicolon + 1 - range.lowerBound, with: Array(String(decoded).utf8))
  }
}

private func entity(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
  let text = String(decoding: name, as: UTF8.self)
  if text.hasPrefix("#x") || text.hasPrefix("#X") { return UInt32(text.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init) }
  if text.hasPrefix("#") { return UInt32(text.dropFirst()).flatMap(Unicode.Scalar.init) }
  return namedEntities[text]
}

private let namedEntities: [String: Unicode.Scalar] = [
  "lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'", "nbsp": " ", "Tab": "\t", "NewLine": "\n", "colon": ":", "lpar": "(",
  "rpar": ")",
  "lsqb": "[", "rsqb": "]", "excl": "!", "sol": "/", "num": "#", "lowbar": "_", "hyphen": "-", "period": ".", "commat": "@",
  "shy": "\u{AD}",
]
