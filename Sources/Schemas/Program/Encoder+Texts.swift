internal import JSON

/// Names and tables of texts.
extension Encoder {
  /// A name as documents' names are compared with.
  mutating func append(name: String) {
    let text = Array(name.utf8)
    append(text, hash: NameWords(text.span).fingerprint)
  }

  private mutating func append(_ text: [UInt8], hash: UInt32) {
    let words = NameWords(text.span)
    append(TextLayout.key(hash, text.count))
    append(words.first)
    if text.count > 16 { longTexts.append((code.count, text)) }
    append(words.last)
  }

  /// - Parameter flags: what their targets say of them.
  mutating func append(table entries: [(text: [UInt8], form: Form?, flags: UInt64)]) {
    let hashes = entries.map { Places.hash(of: $0.text) }
    let places = Places(hashes)
    append(places.word)
    for number in places.places {
      guard number > 0 else {
        for _ in 0..<TableLayout.slot { append(0) }
        continue
      }
      let entry = entries[Int(number) - 1]
      append(entry.text, hash: hashes[Int(number) - 1])
      append(entry.form, flags: entry.flags)
    }
  }

  /// The words of texts of more than sixteen bytes, from the eighth byte on, behind the operands of their instruction.
  mutating func appendLongTexts() {
    for (place, text) in longTexts {
      set(place, UInt64(code.count))
      for offset in stride(from: 8, to: text.count - 8, by: 8) { append(NameWords(text.span.extracting(offset..<offset + 8)).first) }
      append(NameWords(text.span).last)
    }
    longTexts.removeAll()
  }
}
