/// The encoding of labels in ASCII, RFC 3492.
enum Punycode {
  private static let base = 36

  static func decode(_ text: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar]? {
    var output: [Unicode.Scalar] = []
    var rest = text
    if let hyphen = text.lastIndex(of: "-") {
      output = Array(text[..<hyphen])
      rest = text[text.index(after: hyphen)...]
    }
    var code = 128
    var index = 0
    var bias = 72
    while !rest.isEmpty {
      let old = index
      var weight = 1
      var place = base
      while true {
        guard let digit = rest.popFirst().flatMap(digit) else { return nil }
        index += digit * weight
        guard index < 1 << 31 else { return nil }
        let threshold = threshold(place, bias)
        if digit < threshold { break }
        weight *= base - threshold
        guard weight < 1 << 31 else { return nil }
        place += base
      }
      bias = adapted(index - old, count: output.count + 1, isFirst: old == 0)
      code += index / (output.count + 1)
      index %= output.count + 1
      guard let scalar = Unicode.Scalar(UInt32(clamping: code)) else { return nil }
      output.insert(scalar, at: index)
      index += 1
    }
    return output
  }

  /// The encoded form without `xn--`; nil when it cannot be encoded.
  static func encode(_ label: [Unicode.Scalar]) -> String? {
    guard label.count <= 63 else { return nil }
    let ascii = label.filter(\.isASCII)
    let plain = ascii.count
    var encoded = ascii.map { $0.properties.lowercaseMapping }.joined() + (plain > 0 ? "-" : "")
    var code = 128
    var delta = 0
    var bias = 72
    var handled = plain
    while handled < label.count {
      guard let next = label.lazy.map({ Int($0.value) }).filter({ $0 >= code }).min() else { return nil }
      delta += (next - code) * (handled + 1)
      code = next
      for scalar in label {
        if Int(scalar.value) < code { delta += 1 }
        guard Int(scalar.value) == code else { continue }
        var left = delta
        var place = base
        while true {
          let threshold = threshold(place, bias)
          if left < threshold { break }
          encoded.append(character(threshold + (left - threshold) % (base - threshold)))
          left = (left - threshold) / (base - threshold)
          place += base
        }
        encoded.append(character(left))
        bias = adapted(delta, count: handled + 1, isFirst: handled == plain)
        delta = 0
        handled += 1
      }
      delta += 1
      code += 1
    }
    return encoded
  }

  private static func threshold(_ place: Int, _ bias: Int) -> Int { min(max(place - bias, 1), 26) }

  private static func adapted(_ delta: Int, count: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / count
    var place = 0
    while delta > 455 {
      delta /= 35
      place += base
    }
    return place + 36 * delta / (delta + 38)
  }

  private static func character(_ digit: Int) -> Character {
    Character(Unicode.Scalar(UInt8(digit < 26 ? digit + 0x61 : digit - 26 + 0x30)))
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar.value {
    case 0x30...0x39: Int(scalar.value) - 0x30 + 26
    case 0x41...0x5A: Int(scalar.value) - 0x41
    case 0x61...0x7A: Int(scalar.value) - 0x61
    default: nil
    }
  }
}
