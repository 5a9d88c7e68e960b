/// Case as PCRE2 10.42 sees it under `(?i)` with UTF-8: simple case folding of Unicode 14, closed so that any form finds every other.
///
/// Two ASCII letters have a form outside ASCII: `k` has U+212A (the Kelvin sign) and `s` has U+017F (long s). A test compares
/// every scalar value with PCRE2.
package enum CaseFolding {
  /// The version of Unicode whose letters PCRE2 knows; younger letters do not fold.
  private static let newest = Unicode.Version(major: 14, minor: 0)

  /// The other forms of a letter, none for most characters.
  package static func others(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    if scalar.isASCII {
      switch scalar.value {
      case 0x41...0x5A: return [Unicode.Scalar(scalar.value + 32)].compactMap { $0 } + beyondASCII(scalar.value + 32)
      case 0x61...0x7A: return [Unicode.Scalar(scalar.value - 32)].compactMap { $0 } + beyondASCII(scalar.value)
      default: return []
      }
    }
    return classes[scalar.value] ?? []
  }

  private static func beyondASCII(_ lower: UInt32) -> [Unicode.Scalar] {
    switch lower {
    case 0x6B: ["\u{212A}"]
    case 0x73: ["\u{17F}"]
    default: []
    }
  }

  /// Letters of ASCII and where their other forms are, for `k` and `s` beyond ASCII, too.
  static let ascii: [(letters: ClosedRange<UInt32>, others: ClosedRange<UInt32>)] = [
    (0x41...0x5A, 0x61...0x7A), (0x61...0x7A, 0x41...0x5A), (0x4B...0x4B, 0x212A...0x212A), (0x6B...0x6B, 0x212A...0x212A),
    (0x53...0x53, 0x17F...0x17F), (0x73...0x73, 0x17F...0x17F),
  ]

  /// The values of a range beyond ASCII that have another form.
  static func candidates(in range: ClosedRange<UInt32>) -> ArraySlice<UInt32> {
    casedBeyondASCII[firstCased(range.lowerBound)..<firstCased(range.upperBound + 1)]
  }

  /// Where in the list of cased letters the first is that is no less.
  private static func firstCased(_ value: UInt32) -> Int {
    var low = 0
    var high = casedBeyondASCII.count
    while low < high {
      let middle = (low + high) / 2
      if casedBeyondASCII[middle] < value { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static let casedBeyondASCII: [UInt32] = classes.keys.filter { $0 >= 128 }.sorted()

  /// Every character that has another form, with its others. Unicode puts cased letters below U+20000.
  private static let classes: [UInt32: [Unicode.Scalar]] = {
    var byKey: [Unicode.Scalar: [Unicode.Scalar]] = [:]
    for value in UInt32(0)..<0x20000 {
      guard let scalar = Unicode.Scalar(value), let key = foldingKey(scalar) else { continue }
      byKey[key, default: []].append(scalar)
    }
    var classes: [UInt32: [Unicode.Scalar]] = [:]
    for members in byKey.values where members.count > 1 {
      for member in members { classes[member.value] = members.filter { $0 != member } }
    }
    return classes
  }()

  /// What all forms of one letter share: the lower case of its upper case; nil when no case is a single other character.
  private static func foldingKey(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    // The dotless i folds in Turkish only; its upper case would lead to the dotted one.
    if scalar == "\u{131}" { return nil }
    guard let age = scalar.properties.age, age.major < newest.major || (age.major == newest.major && age.minor <= newest.minor) else {
      return nil
    }
    let upper = single(scalar.properties.uppercaseMapping) ?? scalar
    let lower = single(upper.properties.lowercaseMapping) ?? upper
    let again = single(lower.properties.uppercaseMapping) ?? lower
    return single(again.properties.lowercaseMapping) ?? again
  }

  private static func single(_ text: String) -> Unicode.Scalar? {
    text.unicodeScalars.count == 1 ? text.unicodeScalars.first : nil
  }
}
