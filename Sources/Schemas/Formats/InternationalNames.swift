/// Host names with letters beyond ASCII: IDNA 2008 (RFC 5891 to 5893), without the rule on writing direction, which needs tables that the
/// standard library does not have.
enum InternationalNames {
  /// Whether every label is a plain one, an encoded one that decodes to a good one, or (`international`) a good one as it stands.
  static func isHostname(_ text: String, international: Bool) -> Bool {
    guard !text.isEmpty else { return false }
    let dots: Set<Unicode.Scalar> = international ? [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"] : ["."]
    let labels = text.unicodeScalars.split(omittingEmptySubsequences: false) { dots.contains($0) }
    var length = labels.count - 1
    for label in labels {
      guard let encoded = encodedLength(of: Array(label), international: international) else { return false }
      length += encoded
    }
    return length <= 253
  }

  /// How long a good label is in its encoded form; nil when it is not good.
  private static func encodedLength(of label: [Unicode.Scalar], international: Bool) -> Int? {
    guard !label.isEmpty, label.first != "-", label.last != "-" else { return nil }
    if label.allSatisfy(\.isASCII) {
      let plain = label.allSatisfy { UInt8(ascii: $0).isLetter || UInt8(ascii: $0).isDigit || $0 == "-" }
      guard plain, label.count <= 63 else { return nil }
      guard label.count >= 4, label[2] == "-", label[3] == "-" else { return label.count }
      guard UInt8(ascii: label[0]) | 0x20 == UInt8(ascii: "x"), UInt8(ascii: label[1]) | 0x20 == UInt8(ascii: "n"),
        let decoded = Punycode.decode(label[4...]), decoded.contains(where: { !$0.isASCII }), isGood(decoded)
      else { return nil }
      return label.count
    }
    guard international, isGood(label), let encoded = Punycode.encodedLength(label), encoded + 4 <= 63 else { return nil }
    return encoded + 4
  }

  /// A label as people see it: allowed characters, in allowed surroundings.
  private static func isGood(_ label: [Unicode.Scalar]) -> Bool {
    guard let first = label.first, !first.properties.isMark, first != "-", label.last != "-" else { return false }
    if label.count >= 4, label[2] == "-", label[3] == "-" { return false }
    for index in label.indices where !isAllowed(label, at: index) { return false }
    return true
  }

  private static func isAllowed(_ label: [Unicode.Scalar], at index: Int) -> Bool {
    let scalar = label[index]
    switch scalar.value {
    case 0x00DF, 0x03C2, 0x06FD, 0x06FE, 0x0F0B, 0x3007: return true
    case 0x0640, 0x07FA, 0x302E, 0x302F, 0x3031...0x3035, 0x303B: return false
    case 0x00B7:
      return index > 0 && index + 1 < label.count && label[index - 1] == "l" && label[index + 1] == "l"
    case 0x0375: return index + 1 < label.count && isGreek(label[index + 1])
    case 0x05F3, 0x05F4: return index > 0 && (0x0590...0x05FF).contains(label[index - 1].value)
    case 0x30FB: return label.contains { isJapaneseOrHan($0) }
    case 0x0660...0x0669: return !label.contains { (0x06F0...0x06F9).contains($0.value) }
    case 0x06F0...0x06F9: return !label.contains { (0x0660...0x0669).contains($0.value) }
    case 0x200D: return index > 0 && label[index - 1].properties.canonicalCombiningClass == .virama
    case 0x200C:
      // Joining types are not in the standard library: between two letters of a cursive script counts as joining.
      guard index > 0 else { return false }
      if label[index - 1].properties.canonicalCombiningClass == .virama { return true }
      return index + 1 < label.count && isCursive(label[index - 1]) && isCursive(label[index + 1])
    case 0x1100...0x11FF, 0xA960...0xA97C, 0xD7B0...0xD7FB: return false
    default: break
    }
    if scalar.isASCII { return UInt8(ascii: scalar).isLetter || UInt8(ascii: scalar).isDigit || scalar == "-" }
    let properties = scalar.properties
    guard !properties.changesWhenNFKCCaseFolded, !properties.isDefaultIgnorableCodePoint else { return false }
    switch properties.generalCategory {
    case .lowercaseLetter, .otherLetter, .modifierLetter, .nonspacingMark, .spacingMark, .decimalNumber: return true
    default: return false
    }
  }

  private static func isGreek(_ scalar: Unicode.Scalar) -> Bool {
    (0x0370...0x03FF).contains(scalar.value) || (0x1F00...0x1FFF).contains(scalar.value)
  }

  private static func isCursive(_ scalar: Unicode.Scalar) -> Bool {
    (0x0620...0x08FF).contains(scalar.value) && scalar.properties.isAlphabetic
  }

  private static func isJapaneseOrHan(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30FB: false
    case 0x3041...0x309F, 0x30A1...0x30FF, 0x31F0...0x31FF, 0x3005, 0x3007, 0x3021...0x3029, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xF900...0xFAFF, 0x20000...0x3134F:
      true
    default: false
    }
  }
}

extension Unicode.Scalar.Properties {
  fileprivate var isMark: Bool {
    generalCategory == .nonspacingMark || generalCategory == .spacingMark || generalCategory == .enclosingMark
  }
}

extension Unicode.CanonicalCombiningClass {
  fileprivate static let virama = Unicode.CanonicalCombiningClass(rawValue: 9)
}

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

  /// How many characters the encoded form has, `xn--` not counted; nil when it cannot be encoded.
  static func encodedLength(_ label: [Unicode.Scalar]) -> Int? {
    guard label.count <= 63 else { return nil }
    let plain = label.filter(\.isASCII).count
    var length = plain > 0 ? plain + 1 : 0
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
          length += 1
          if left < threshold { break }
          left = (left - threshold) / (base - threshold)
          place += base
        }
        bias = adapted(delta, count: handled + 1, isFirst: handled == plain)
        delta = 0
        handled += 1
      }
      delta += 1
      code += 1
    }
    return length
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

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    switch scalar.value {
    case 0x30...0x39: Int(scalar.value) - 0x30 + 26
    case 0x41...0x5A: Int(scalar.value) - 0x41
    case 0x61...0x7A: Int(scalar.value) - 0x61
    default: nil
    }
  }
}
