/// How a value is laid out as text.
package enum Layout: Sendable {
  /// No white space.
  case compact
  /// Two spaces for each level, a space after each colon; empty containers stay `[]` and `{}`. No line feed at the end.
  case pretty
  /// One text for all values that mean the same: as `compact`, with members in the order of RFC 8785 (UTF-16 code units of their names).
  /// Differs from RFC 8785 in numbers beyond binary doubles: they keep all their digits instead of being rounded.
  case canonical
}

/// The text of a value in UTF-8. Numbers are in canonical notation (`Number.description`) in every layout; escapes are the shortest that
/// RFC 8259 allows, as RFC 8785 asks.
package func write(_ value: Value, _ layout: Layout = .compact) -> [UInt8] {
  var writer = Writer(layout: layout)
  writer.append(value, depth: 0)
  return writer.text
}

/// The canonical text of one value of a document.
package func canonicalBytes(of document: Document, _ node: Node) -> [UInt8] { write(Value(document, node), .canonical) }

/// Appends a text in quotes, escaped as JSON asks.
package func appendQuoted(_ text: String, to bytes: inout [UInt8]) { appendQuoted(text.utf8.span, to: &bytes) }

/// As above, from text that is valid UTF-8.
package func appendQuoted(_ text: Span<UInt8>, to bytes: inout [UInt8]) {
  bytes.append(UInt8(ascii: "\""))
  for index in text.indices {
    let byte = text[index]
    switch byte {
    case UInt8(ascii: "\""): bytes += "\\\"".utf8
    case UInt8(ascii: "\\"): bytes += "\\\\".utf8
    case 0x08: bytes += "\\b".utf8
    case 0x09: bytes += "\\t".utf8
    case 0x0A: bytes += "\\n".utf8
    case 0x0C: bytes += "\\f".utf8
    case 0x0D: bytes += "\\r".utf8
    case 0..<0x20:
      bytes += "\\u00".utf8
      bytes.append(UInt8(ascii: "0") + byte >> 4)
      bytes.append(hexadecimalDigit(byte & 15))
    default: bytes.append(byte)
    }
  }
  bytes.append(UInt8(ascii: "\""))
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 { value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10 }

private struct Writer {
  let layout: Layout
  var text: [UInt8] = []

  init(layout: Layout) { self.layout = layout }

  mutating func append(_ value: Value, depth: Int) {
    switch value {
    case .null: text += "null".utf8
    case .boolean(let value): text += (value ? "true" : "false").utf8
    case .number(let number): number.append(to: &text)
    case .string(let string): appendQuoted(string, to: &text)
    case .array(let elements):
      text.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        separate(index, depth: depth + 1)
        append(element, depth: depth + 1)
      }
      if !elements.isEmpty { breakLine(depth: depth) }
      text.append(UInt8(ascii: "]"))
    case .object(let members):
      text.append(UInt8(ascii: "{"))
      for (index, member) in ordered(members).enumerated() {
        separate(index, depth: depth + 1)
        appendQuoted(member.name, to: &text)
        text += (layout == .pretty ? ": " : ":").utf8
        append(member.value, depth: depth + 1)
      }
      if !members.isEmpty { breakLine(depth: depth) }
      text.append(UInt8(ascii: "}"))
    }
  }

  private mutating func separate(_ index: Int, depth: Int) {
    if index > 0 { text.append(UInt8(ascii: ",")) }
    breakLine(depth: depth)
  }

  private mutating func breakLine(depth: Int) {
    guard layout == .pretty else { return }
    text.append(UInt8(ascii: "\n"))
    text += repeatElement(UInt8(ascii: " "), count: 2 * depth)
  }

  private func ordered(_ members: [Value.Member]) -> [Value.Member] {
    layout == .canonical ? members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) } : members
  }
}
