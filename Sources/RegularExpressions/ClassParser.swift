extension ExpressionParser {
  /// Reads `[…]`.
  mutating func characterClass() throws(SyntaxError) -> CharacterClass {
    let start = position
    position += 1
    let negated = accept("^")
    if current == "]" {
      throw error(at: position, length: 1, "`]` is first in a class", help: "write `\\]` for the character; a class cannot be empty")
    }
    var items: [CharacterClass.Item] = []
    var canStartRange = true
    while current != "]" {
      guard current != nil else { throw error(at: start, length: 1, "`[` is never closed", help: "write `\\[` for the character") }
      let itemStart = position
      if current == "-", !items.isEmpty, peek(1) != "]", !canStartRange {
        throw error(at: position, length: 1, "`-` after a range or a named set", help: "write `\\-` for the character, or put it last")
      }
      if let named = try namedItem() {
        items.append(named)
        canStartRange = false
        continue
      }
      let low = try member()
      guard current == "-", let next = peek(1), next != "]" else {
        items.append(.range(low, low))
        canStartRange = true
        continue
      }
      position += 1
      if try namedItem() != nil {
        throw error(at: itemStart, "a range ends with a named set", help: "write `\\-` for the character")
      }
      let high = try member()
      guard low.value <= high.value else { throw error(at: itemStart, "the range goes from high to low") }
      items.append(.range(low, high))
      canStartRange = false
    }
    position += 1
    return CharacterClass(items, negated: negated, folds: flags.folds, range: bytes(from: start))
  }

  /// `\d`, `[:alpha:]` and the like, if one stands here.
  private mutating func namedItem() throws(SyntaxError) -> CharacterClass.Item? {
    if current == "\\", let named = Self.namedSets[peek(1) ?? "\0"] {
      position += 2
      return .named(named.name, negated: named.negated)
    }
    guard current == "[", let next = peek(1), next == ":" || next == "." || next == "=" else { return nil }
    let start = position
    guard next == ":" else { throw error(at: start, length: 2, "`[\(next)` is not accepted", help: "write `\\[` for the character") }
    position += 2
    let negated = accept("^")
    var name = ""
    while let scalar = current, scalar.isASCII && scalar.properties.isAlphabetic {
      name.unicodeScalars.append(scalar)
      position += 1
    }
    guard startsWith(":]"), let known = CharacterClass.Name(rawValue: name), known.isPosix else {
      let names = CharacterClass.Name.allCases.filter(\.isPosix).map(\.rawValue).joined(separator: ", ")
      throw error(at: start, "no such set of characters: `[:\(name)`", help: "sets are written `[:alpha:]`: \(names)")
    }
    position += 2
    return .named(known, negated: negated)
  }

  private mutating func member() throws(SyntaxError) -> Unicode.Scalar {
    guard let scalar = current else { throw error(at: position, "the class is never closed") }
    guard scalar == "\\" else {
      position += 1
      return scalar
    }
    if peek(1) == "b" {
      throw error(
        at: position, length: 2, "`\\b` in a class is the backspace", help: "write `\\x{8}` for it, or put `\\b` outside the class")
    }
    return try escapedScalar()
  }
}
