internal import Text

/// A token as the parser sees it: without white space and comments, with what its text means already looked up.
struct Lexeme {
  enum Kind { case word, number, moment, duration, size, string, regex, punctuation, unknown, end }

  let kind: Kind
  /// For words, and for foreign marks that were reported and are read as what they mean (`&&`).
  let keyword: Keyword?
  let punctuation: Punctuation?
  let range: SourceRange
  /// No white space and no comment before it.
  let isGlued: Bool
  /// The first of its line.
  let startsLine: Bool
  /// Bytes between the start of its line and it.
  let column: UInt32
}

/// The significant tokens of a file, and one more at its end, which every look ahead may reach but not pass.
func lexemes(of tokens: [Token], in file: SourceFile) -> [Lexeme] {
  var out: [Lexeme] = []
  out.reserveCapacity(tokens.count / 2 + 1)
  var glued = false
  var startsLine = true
  var line = 0
  for token in tokens {
    while line + 1 < file.lineStarts.count, file.lineStarts[line + 1] <= token.range.lower {
      line += 1
      startsLine = true
    }
    guard let (kind, keyword, punctuation) = meaning(of: token, in: file) else {
      glued = false
      continue
    }
    out.append(
      Lexeme(
        kind: kind, keyword: keyword, punctuation: punctuation, range: token.range, isGlued: glued, startsLine: startsLine,
        column: token.range.lower - file.lineStarts[line]))
    glued = true
    startsLine = false
  }
  let end = UInt32(file.bytes.count)
  out.append(
    Lexeme(
      kind: .end, keyword: nil, punctuation: nil, range: SourceRange(file: file.id, lower: end, upper: end), isGlued: false,
      startsLine: true, column: 0))
  return out
}

/// Nil for what the parser passes over: white space, comments, and reported tokens whose absence changes nothing.
private func meaning(of token: Token, in file: SourceFile) -> (Lexeme.Kind, Keyword?, Punctuation?)? {
  switch token.kind {
  case .whitespace, .comment, .documentation: return nil
  case .word: return (.word, Keyword.byText[file.text(in: token.range)], nil)
  case .number: return (.number, nil, nil)
  case .moment: return (.moment, nil, nil)
  case .duration: return (.duration, nil, nil)
  case .size: return (.size, nil, nil)
  case .string: return (.string, nil, nil)
  case .regex: return (.regex, nil, nil)
  case .punctuation: return (.punctuation, nil, Punctuation.byText[file.text(in: token.range)])
  case .unknown: break
  }
  guard token.range.upper - token.range.lower <= 2 else {
    let first = file.bytes[Int(token.range.lower)]
    return first == UInt8(ascii: "#") || first == UInt8(ascii: "/") || isHiddenOnly(token, in: file) ? nil : (.unknown, nil, nil)
  }
  switch file.text(in: token.range) {
  case "&&": return (.word, .and, nil)
  case "||": return (.word, .or, nil)
  case "!": return (.word, .not, nil)
  case ";", "#", "\r": return nil
  default: return isHiddenOnly(token, in: file) ? nil : (.unknown, nil, nil)
  }
}

/// Whether an unknown token is a character that cannot be seen, or bytes that are none: mended by deleting it.
private func isHiddenOnly(_ token: Token, in file: SourceFile) -> Bool {
  let text = file.text(in: token.range).unicodeScalars
  guard text.count == 1, let scalar = text.first else { return false }
  switch scalar.properties.generalCategory {
  case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse, .unassigned: return true
  default: return scalar == "\u{FFFD}"
  }
}
