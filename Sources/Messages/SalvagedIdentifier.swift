/// The id of a message that is no acceptable JSON document, so that its sender learns of the refusal instead of waiting for ever.
///
/// It is used for nothing but the address of an error. The scan follows quotes and brackets only, and gives up (nil) at anything that
/// could make it point to the wrong request: a second `"id"` on the top level, an escape in its name, an id of another form.
package enum SalvagedIdentifier {
  package static func find(in bytes: [UInt8]) -> Identifier? {
    var scan = Scan(bytes: bytes)
    return scan.run()
  }

  private struct Scan {
    let bytes: [UInt8]
    var index = 0
    var depth = 0
    var found: Identifier?

    mutating func run() -> Identifier? {
      skipSpace()
      guard current == UInt8(ascii: "{") else { return nil }
      while let byte = current {
        switch byte {
        case UInt8(ascii: "\""):
          guard let text = string() else { return nil }
          guard depth == 1, text.elementsEqual("id".utf8), takesColon() else { continue }
          guard found == nil, let value = value() else { return nil }
          found = value
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          depth += 1
          index += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          index += 1
          guard depth > 0 else {
            skipSpace()
            return current == nil ? found : nil
          }
        default: index += 1
        }
      }
      return nil
    }

    var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func skipSpace() {
      while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A { index += 1 }
    }

    /// The bytes between quotes, escapes as they stand; nil when the string does not end.
    mutating func string() -> ArraySlice<UInt8>? {
      index += 1
      let start = index
      while let byte = current {
        if byte == UInt8(ascii: "\"") {
          index += 1
          return bytes[start..<index - 1]
        }
        index += byte == UInt8(ascii: "\\") ? 2 : 1
      }
      return nil
    }

    mutating func takesColon() -> Bool {
      skipSpace()
      guard current == UInt8(ascii: ":") else { return false }
      index += 1
      skipSpace()
      return true
    }

    mutating func value() -> Identifier? {
      let start = index
      if current == UInt8(ascii: "\"") {
        guard string() != nil else { return nil }
      } else {
        while let byte = current, byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { index += 1 }
      }
      let text = bytes[start..<index]
      skipSpace()
      guard current == UInt8(ascii: ",") || current == UInt8(ascii: "}") else { return nil }
      return Identifier(source: Array(text))
    }
  }
}
