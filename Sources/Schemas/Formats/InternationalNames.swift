/// Host names with letters beyond ASCII: IDNA 2008 (RFC 5891 to 5893). Where the standard library has no table (scripts, writing
/// direction), ranges of blocks stand in for one.
enum InternationalNames {
  /// Whether every label is a plain one, an encoded one that decodes to a good one, or (`international`) a good one as it stands.
  static func isHostname(_ text: String, international: Bool) -> Bool {
    guard !text.isEmpty else { return false }
    let dots: Set<Unicode.Scalar> = international ? [".", "\u{3002}", "\u{FF0E}", "\u{FF61}"] : ["."]
    let labels = text.unicodeScalars.split(omittingEmptySubsequences: false) { dots.contains($0) }
    var length = labels.count - 1
    var shown: [[Unicode.Scalar]] = []
    for label in labels {
      guard let read = read(Array(label), international: international) else { return false }
      length += read.encodedLength
      shown.append(read.shown)
    }
    return length <= 253 && WritingDirection.isGood(shown)
  }

  /// A good label as people see it, and how long it is in its encoded form; nil when it is not good.
  private static func read(_ label: [Unicode.Scalar], international: Bool) -> (shown: [Unicode.Scalar], encodedLength: Int)? {
    guard !label.isEmpty, label.first != "-", label.last != "-" else { return nil }
    if label.allSatisfy(\.isASCII) {
      let plain = label.allSatisfy { UInt8(ascii: $0).isLetter || UInt8(ascii: $0).isDigit || $0 == "-" }
      guard plain, label.count <= 63 else { return nil }
      guard label.count >= 4, label[2] == "-", label[3] == "-" else { return (label, label.count) }
      // Only one form of each label is an encoded one.
      guard UInt8(ascii: label[0]) | 0x20 == UInt8(ascii: "x"), UInt8(ascii: label[1]) | 0x20 == UInt8(ascii: "n"),
        let decoded = Punycode.decode(label[4...]), decoded.contains(where: { !$0.isASCII }), isGood(decoded),
        Punycode.encode(decoded) == label[4...].map({ $0.properties.lowercaseMapping }).joined()
      else { return nil }
      return (decoded, label.count)
    }
    guard international, isGood(label), let encoded = Punycode.encode(label), encoded.utf8.count + 4 <= 63 else { return nil }
    return (label, encoded.utf8.count + 4)
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
