/// Turns other shapes of ASCII characters into them, as the compatibility forms of Unicode say, and takes combining marks off ASCII letters. Only towards
/// ASCII: everything else stays.
func foldCompatibility(_ view: TextView) -> TextView? {
  var baseIsASCII = false
  return view.rewritten { scalar, range, _ in
    if (0x300...0x36F).contains(scalar.value) { return baseIsASCII ? .replace(range.count, with: []) : .keep }
    // A joiner between them does not part a mark from its letter.
    if scalar == "\u{200C}" || scalar == "\u{200D}" { return .keep }
    let plain = scalar.isASCII ? nil : plainForm(of: scalar.value)
    baseIsASCII = scalar.isASCII && scalar.properties.isAlphabetic || plain != nil
    return plain.map { .replace(range.count, with: Array($0.utf8)) } ?? .keep
  }
}

private func plainForm(of value: UInt32) -> String? {
  switch value {
  case 0xA0, 0x2000...0x200A, 0x202F, 0x205F, 0x3000: return " "
  case 0xFF01...0xFF5E: return character(value - 0xFF01 + 0x21)
  // Thirteen mathematical alphabets of 26 capitals and 26 small letters, then five sets of digits.
  case 0x1D400...0x1D6A3: return letter((value - 0x1D400) % 52)
  case 0x1D7CE...0x1D7FF: return character((value - 0x1D7CE) % 10 + 0x30)
  // Circled, parenthesised, squared.
  case 0x24B6...0x24E9: return letter(value - 0x24B6)
  case 0x249C...0x24B5: return letter(value - 0x249C + 26)
  case 0x1F110...0x1F129: return letter(value - 0x1F110)
  case 0x1F130...0x1F149: return letter(value - 0x1F130)
  case 0x1F150...0x1F169: return letter(value - 0x1F150)
  case 0x1F170...0x1F189: return letter(value - 0x1F170)
  case 0x2460...0x2468: return character(value - 0x2460 + 0x31)
  case 0x2080...0x2089: return character(value - 0x2080 + 0x30)
  default: return single[value]
  }
}

private func character(_ value: UInt32) -> String? { Unicode.Scalar(value).map { String($0) } }

/// `A`…`Z`, `a`…`z` by number.
private func letter(_ number: UInt32) -> String? { character(number < 26 ? number + 0x41 : number - 26 + 0x61) }

/// Letters that stand outside their alphabets, superscripts and ligatures.
private let single: [UInt32: String] = [
  0x2102: "C", 0x210A: "g", 0x210B: "H", 0x210C: "H", 0x210D: "H", 0x210E: "h", 0x2110: "I", 0x2111: "I", 0x2112: "L", 0x2113: "l",
  0x2115: "N",
  0x2119: "P", 0x211A: "Q", 0x211B: "R", 0x211C: "R", 0x211D: "R", 0x2124: "Z", 0x2128: "Z", 0x212A: "K", 0x212C: "B", 0x212D: "C",
  0x212F: "e",
  0x2130: "E", 0x2131: "F", 0x2133: "M", 0x2134: "o", 0x2139: "i", 0x2145: "D", 0x2146: "d", 0x2147: "e", 0x2148: "i", 0x2149: "j",
  0x17F: "s",
  0xB9: "1", 0xB2: "2", 0xB3: "3", 0x2070: "0", 0x2071: "i", 0x207F: "n", 0xAA: "a", 0xBA: "o", 0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl",
  0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st", 0x2024: ".", 0x2025: "..", 0x2026: "...",
]
