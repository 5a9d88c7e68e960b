internal import JSON

/// Over HTTP a message may span lines, as over stdio it may not. White space outside of strings means nothing, so it is made one line
/// before the session reads it, which then holds both transports to the same rule.
enum LineBreaks {
  static func flattened(_ message: [UInt8]) -> [UInt8] {
    guard message.span.containsLineBreak else { return message }
    var result = message
    var isInside = false
    var isEscaped = false
    for index in result.indices {
      let byte = result[index]
      if isInside {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInside = false
        }
      } else if byte == UInt8(ascii: "\"") {
        isInside = true
      } else if byte == 0x0A || byte == 0x0D {
        result[index] = 0x20
      }
    }
    return result
  }
}
