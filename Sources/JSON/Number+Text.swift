extension Number: CustomStringConvertible {
  /// The canonical text: the notation of ECMAScript (as RFC 8785 asks), with all digits of the exact number. Plain from 1e-6 up to below
  /// 1e21, else with an exponent (`1.5e+21`). Equal numbers have equal texts, and the text stands for exactly this number.
  package var description: String {
    var text: [UInt8] = []
    append(to: &text)
    return String(decoding: text, as: UTF8.self)
  }

  func append(to text: inout [UInt8]) {
    let significand = significand
    guard significand.sign != 0 else {
      text.append(UInt8(ascii: "0"))
      return
    }
    if significand.sign < 0 { text.append(UInt8(ascii: "-")) }
    let count = significand.count
    let point = significand.leadingPower + 1
    switch point {
    case let point where point >= count && point <= 21:
      significand.append(0..<count, to: &text)
      text += repeatElement(UInt8(ascii: "0"), count: point - count)
    case 1...21:
      significand.append(0..<point, to: &text)
      text.append(UInt8(ascii: "."))
      significand.append(point..<count, to: &text)
    case -5...0:
      text += "0.".utf8
      text += repeatElement(UInt8(ascii: "0"), count: -point)
      significand.append(0..<count, to: &text)
    default:
      significand.append(0..<1, to: &text)
      if count > 1 {
        text.append(UInt8(ascii: "."))
        significand.append(1..<count, to: &text)
      }
      text += (point > 0 ? "e+" : "e").utf8
      text += String(point - 1).utf8
    }
  }
}

extension Significand {
  fileprivate func append(_ digits: Range<Int>, to text: inout [UInt8]) {
    for index in digits { text.append(UInt8(ascii: "0") + digit(index)) }
  }
}
