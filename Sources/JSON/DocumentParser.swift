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
    reserve(&tape, for: bytes)
    let limits = limits
    let fault: Fault? = unsafe bytes.withUnsafeBufferPointer { input -> Fault? in
      unsafe tape.withUnsafeMutableBufferPointer { output -> Fault? in
        var scanner = unsafe Scanner(input, tape: output, limits: limits)
        do throws(Fault) {
          try scanner.scanDocument(&names)
          return nil
        } catch {
          return error
        }
      }
    }
    if let fault { throw fault }
  }

  /// Makes the tape long enough that it need not grow while a text is read: every value but the first, and every name, comes right after
  /// one of `[ { , :`, and none is shorter than a byte.
  private func reserve(_ tape: inout [Entry], for bytes: [UInt8]) {
    guard tape.count < min(bytes.count, limits.values) else { return }
    var bound = 1
    for byte in bytes {
      bound &+= byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") || byte | 0x20 == UInt8(ascii: "{") ? 1 : 0
    }
    let needed = min(bound, limits.values)
    guard tape.count < needed else { return }
    tape.append(contentsOf: repeatElement(Entry(start: 0, end: 0, link: 0, details: 0), count: needed - tape.count))
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
      case .tooManyValues: .tooManyValues(limit: limits.values)
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
    case duplicateName, tooLarge, tooDeep, tooManyValues, tooManyDigits, exponentTooLarge
  }

  let kind: Kind
  let offset: Int

  init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}
