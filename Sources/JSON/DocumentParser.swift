/// Reads one text after another; keeps what it needs for that, so that nothing is allocated once it and the document it reads into have
/// seen texts as large. One owner at a time.
package struct DocumentParser: Sendable {
  package let limits: DocumentLimits
  private var names = NameTable()

  package init(limits: DocumentLimits = .standard) {
    precondition(limits.areRepresentable, "a limit of documents is not positive, or beyond what the tape can hold")
    self.limits = limits
  }

  /// Reads a text into `document`, whose storage is used again; after a failure the document is `null`, so that nothing of an earlier
  /// text can be taken for this one. The document keeps `bytes`.
  package mutating func parse(_ bytes: [UInt8], into document: inout Document) throws(ParseError) {
    do {
      try read(bytes, tape: &document.tape)
    } catch {
      document.bytes = Document.null
      document.tape[0] = Document.nullTape[0]
      throw parseError(error, in: bytes)
    }
    document.bytes = bytes
  }

  private mutating func read(_ bytes: [UInt8], tape: inout [Entry]) throws(Fault) {
    guard bytes.count <= limits.bytes else { throw Fault(.tooLarge, at: limits.bytes) }
    grow(&tape, to: bytes.count / 8 + 16)
    while true {
      do {
        return try scan(bytes, tape: &tape)
      } catch {
        guard error.kind == .tapeFull else { throw error }
        // From the start again: with twice the room each time that costs no more than a second reading, and only until warm.
        grow(&tape, to: 2 * tape.count)
      }
    }
  }

  private func grow(_ tape: inout [Entry], to count: Int) {
    let missing = min(count, limits.values) - tape.count
    if missing > 0 { tape.append(contentsOf: repeatElement(Document.nullTape[0], count: missing)) }
  }

  private mutating func scan(_ bytes: [UInt8], tape: inout [Entry]) throws(Fault) {
    let limits = limits
    let fault: Fault? = unsafe bytes.withUnsafeBufferPointer { input -> Fault? in
      unsafe tape.withUnsafeMutableBufferPointer { output -> Fault? in
        do throws(Fault) {
          try unsafe Scanner(input, tape: output, limits: limits).scanDocument(&names)
          return nil
        } catch {
          return error
        }
      }
    }
    if let fault { throw fault }
  }

  private func parseError(_ fault: Fault, in bytes: [UInt8]) -> ParseError {
    let reason: ParseError.Reason =
      switch fault.kind {
      case .unexpectedEnd: .unexpectedEnd
      case .byteOrderMark: .byteOrderMark
      case .valueExpected: .valueExpected
      case .memberNameExpected: .memberNameExpected
      case .colonExpected: .colonExpected
      case .commaOrBracketExpected: .commaOrBracketExpected
      case .commaOrBraceExpected: .commaOrBraceExpected
      case .contentAfterEnd: .contentAfterEnd
      case .leadingZero: .leadingZero
      case .digitExpected: .digitExpected
      case .unterminatedString: .unterminatedString
      case .controlCharacter: .controlCharacter
      case .invalidEscape: .invalidEscape
      case .loneSurrogate: .loneSurrogate
      case .invalidUTF8: .invalidUTF8
      case .duplicateName: .duplicateName(presentable(nameText(at: fault.offset, in: bytes)))
      case .tooLarge: .tooLarge(limit: limits.bytes)
      case .tooDeep: .tooDeep(limit: limits.depth)
      case .tapeFull, .tooManyValues: .tooManyValues(limit: limits.values)
      case .tooManyDigits: .tooManyDigits(limit: limits.digits)
      case .exponentTooLarge: .exponentTooLarge(limit: limits.exponent)
      }
    return ParseError(reason: reason, offset: fault.offset)
  }

  /// The start of a name that was found good, its opening quote being at `offset`: enough for a message, whatever its length.
  private func nameText(at offset: Int, in bytes: [UInt8]) -> String {
    var end = offset + 1
    while bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
    var characters = DecodedBytes(offset + 1..<end)
    var text: [UInt8] = []
    // 33 scalars of four bytes, one more than is shown.
    while text.count < 132, let byte = characters.next(in: bytes.span) { text.append(byte) }
    return String(decoding: text, as: UTF8.self)
  }
}

/// A failure as the scanner throws it: trivial, so that the way without failures pays nothing for it.
struct Fault: Error {
  enum Kind: UInt8 {
    case unexpectedEnd, byteOrderMark, valueExpected, memberNameExpected, colonExpected, commaOrBracketExpected, commaOrBraceExpected
    case contentAfterEnd, leadingZero, digitExpected, unterminatedString, controlCharacter, invalidEscape, loneSurrogate, invalidUTF8
    /// Never thrown to callers: the tape has no more room, but may grow.
    case tapeFull
    case duplicateName, tooLarge, tooDeep, tooManyValues, tooManyDigits, exponentTooLarge
  }

  let kind: Kind
  let offset: Int

  init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}
