/// Why a text is no JSON document, or none that we accept, and where.
package struct ParseError: Error, Hashable, Sendable {
  package enum Reason: Hashable, Sendable {
    case unexpectedEnd
    case byteOrderMark
    case valueExpected
    case memberNameExpected
    case colonExpected
    case commaOrBracketExpected
    case commaOrBraceExpected
    case contentAfterEnd
    case leadingZero
    case digitExpected
    case unterminatedString
    case controlCharacter
    case invalidEscape
    case loneSurrogate
    case invalidUTF8
    /// The name is shortened and escaped: fit to be shown, not to be compared.
    case duplicateName(String)
    case tooLarge(limit: Int)
    case tooDeep(limit: Int)
    case tooManyValues(limit: Int)
    case tooManyDigits(limit: Int)
    case exponentTooLarge(limit: Int)
  }

  package let reason: Reason

  /// In bytes from the start of the text; the length of the text when it ends too early.
  package let offset: Int

  package init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }
}

extension ParseError.Reason {
  /// A stable word for machines, such as `duplicateName`.
  package var code: String {
    switch self {
    case .unexpectedEnd: "unexpectedEnd"
    case .byteOrderMark: "byteOrderMark"
    case .valueExpected: "valueExpected"
    case .memberNameExpected: "memberNameExpected"
    case .colonExpected: "colonExpected"
    case .commaOrBracketExpected: "commaOrBracketExpected"
    case .commaOrBraceExpected: "commaOrBraceExpected"
    case .contentAfterEnd: "contentAfterEnd"
    case .leadingZero: "leadingZero"
    case .digitExpected: "digitExpected"
    case .unterminatedString: "unterminatedString"
    case .controlCharacter: "controlCharacter"
    case .invalidEscape: "invalidEscape"
    case .loneSurrogate: "loneSurrogate"
    case .invalidUTF8: "invalidUTF8"
    case .duplicateName: "duplicateName"
    case .tooLarge: "tooLarge"
    case .tooDeep: "tooDeep"
    case .tooManyValues: "tooManyValues"
    case .tooManyDigits: "tooManyDigits"
    case .exponentTooLarge: "exponentTooLarge"
    }
  }

  fileprivate var sentence: String {
    switch self {
    case .unexpectedEnd: "the text ends too early"
    case .byteOrderMark: "a byte order mark is not allowed"
    case .valueExpected: "a value is expected"
    case .memberNameExpected: "the name of a member in double quotes is expected"
    case .colonExpected: "a colon is expected after the name of a member"
    case .commaOrBracketExpected: "a comma or the end of the array is expected"
    case .commaOrBraceExpected: "a comma or the end of the object is expected"
    case .contentAfterEnd: "there is more after the end of the document"
    case .leadingZero: "a number must not start with a needless zero"
    case .digitExpected: "a digit is expected"
    case .unterminatedString: "a string has no end"
    case .controlCharacter: "a control character must be escaped in a string"
    case .invalidEscape: "there is no such escape"
    case .loneSurrogate: "half of a surrogate pair stands alone"
    case .invalidUTF8: "the text is not valid UTF-8"
    case .duplicateName(let name): "the name \"\(name)\" is used twice in one object"
    case .tooLarge(let limit): "the text is longer than \(limit) bytes"
    case .tooDeep(let limit): "arrays and objects are nested more than \(limit) deep"
    case .tooManyValues(let limit): "there are more than \(limit) values"
    case .tooManyDigits(let limit): "a number has more than \(limit) digits"
    case .exponentTooLarge(let limit): "the exponent of a number is beyond \(limit)"
    }
  }
}

extension ParseError: CustomStringConvertible {
  /// For people: what is wrong and where, lower case, without a full stop. Nothing of the text is repeated except a shortened, escaped name.
  package var message: String { "\(reason.sentence) (byte \(offset))" }

  package var description: String { message }
}

/// A name as far as it may be shown: 32 scalars at most, and everything but printable ASCII escaped, so that it can neither fill nor forge
/// a line of a log.
func presentable(_ name: String) -> String {
  var shown = ""
  var count = 0
  for scalar in name.unicodeScalars {
    if count == 32 { return shown + "..." }
    count += 1
    switch scalar {
    case "\"", "\\": shown += "\\\(scalar)"
    case " "..."~": shown.unicodeScalars.append(scalar)
    default: shown += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  return shown
}
