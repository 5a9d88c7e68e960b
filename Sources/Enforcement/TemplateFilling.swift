internal import JSON

/// A URI template (RFC 6570) with what a `completion/complete` already says of its variables: a completion is of resources that begin so.
///
/// Simple variables only, `{name}` and `{+name}`; others stay as they are, and so does what is not said.
struct TemplateFilling {
  private let request: Request
  /// The variable that is being completed: its value is a beginning.
  private let open: (name: [UInt8], value: [UInt8])?

  init(_ request: Request) {
    self.request = request
    let document = request.document
    guard let argument = request.parameter("argument"), let name = document.member(argument, "name").flatMap({ document.text($0) }),
      let value = document.member(argument, "value").flatMap({ document.text($0) })
    else {
      open = nil
      return
    }
    open = (name, value)
  }

  func fill(_ template: [UInt8]) -> [UInt8] {
    var filled: [UInt8] = []
    var rest = template[...]
    while let brace = rest.firstIndex(of: UInt8(ascii: "{")) {
      filled += rest[..<brace]
      guard let end = rest[brace...].firstIndex(of: UInt8(ascii: "}")) else { return filled + rest[brace...] }
      let expression = rest[brace...end]
      filled += self.value(of: expression.dropFirst().dropLast()) ?? Array(expression)
      rest = rest[(end + 1)...]
    }
    return filled + rest
  }

  /// What stands for an expression; the beginning of a value is followed by the expression, for what is still to come.
  private func value(of expression: ArraySlice<UInt8>) -> [UInt8]? {
    let isReserved = expression.first == UInt8(ascii: "+")
    let name = Array(isReserved ? expression.dropFirst() : expression)
    if let open, open.name == name {
      return escaped(open.value, isReserved) + [UInt8(ascii: "{")] + expression + [UInt8(ascii: "}")]
    }
    let document = request.document
    guard let context = request.parameter("context").flatMap({ document.member($0, "arguments") }),
      let value = document.member(context, name).flatMap({ document.text($0) })
    else { return nil }
    return escaped(value, isReserved)
  }

  /// RFC 6570, section 3.2.1: all but unreserved characters, and with `+` all but those and reserved ones.
  private func escaped(_ value: [UInt8], _ isReserved: Bool) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return value.flatMap { byte -> [UInt8] in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): [byte]
      case _ where "-._~".utf8.contains(byte) || (isReserved && ":/?#[]@!$&'()*+,;=%".utf8.contains(byte)): [byte]
      default: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
  }
}
