/// The commonest regular expressions of schemas: anchored runs of ASCII characters (`^[a-z_][a-z0-9_]*$`, `^s-[0-9]{4}$`), where every run
/// ends where the next begins and no choice is ever taken back. Expressions that are anything else are not read.
struct RunPattern: Sendable {
  /// A set of ASCII characters and how many of them stand in a row.
  struct Run: Sendable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    var minimum = 1
    var maximum = 1

    @inline(__always)
    static func contains(_ byte: UInt8, _ low: UInt64, _ high: UInt64) -> Bool {
      byte < 0x80 && (byte < 64 ? low : high) &>> UInt64(byte) & 1 != 0
    }

    mutating func insert(_ range: ClosedRange<UInt8>) {
      for byte in range {
        if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
      }
    }

    func isDisjoint(with other: Run) -> Bool { low & other.low == 0 && high & other.high == 0 }
  }

  private(set) var runs: [Run] = []
  private(set) var isAnchoredBehind = false
  private var rest: ArraySlice<UInt8>

  private static let most = 8

  /// nil: not of this form.
  init?(_ source: String) {
    rest = Array(source.utf8)[...]
    guard take("^") else { return nil }
    while !rest.isEmpty {
      if rest.elementsEqual([UInt8(ascii: "$")]) {
        isAnchoredBehind = true
        break
      }
      guard runs.count < Self.most, var run = readSet(), readCount(into: &run) else { return nil }
      runs.append(run)
    }
    guard !runs.isEmpty, isDeterministic else { return nil }
  }

  /// Whether a run never takes what a later one needs.
  private var isDeterministic: Bool {
    for (index, run) in runs.enumerated() where run.minimum != run.maximum {
      for later in runs[(index + 1)...] {
        guard run.isDisjoint(with: later) else { return false }
        if later.minimum > 0 { break }
      }
    }
    return true
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: scalar) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func readSet() -> Run? {
    guard let byte = rest.popFirst() else { return nil }
    var run = Run()
    switch byte {
    case UInt8(ascii: "["):
      guard rest.first != UInt8(ascii: "^"), rest.first != UInt8(ascii: "]") else { return nil }
      while true {
        // What ends without a bracket is for the whole reader to refuse.
        guard let byte = rest.popFirst() else { return nil }
        if byte == UInt8(ascii: "]") { break }
        guard let low = literal(byte, isInSet: true) else {
          guard byte == UInt8(ascii: "\\"), readClass(into: &run), rest.first != UInt8(ascii: "-") else { return nil }
          continue
        }
        guard rest.first == UInt8(ascii: "-"), rest.dropFirst().first != UInt8(ascii: "]") else {
          run.insert(low...low)
          continue
        }
        rest.removeFirst()
        guard let last = rest.popFirst(), let high = literal(last, isInSet: true), low <= high else { return nil }
        run.insert(low...high)
      }
    case UInt8(ascii: "\\") where readClass(into: &run): break
    default:
      guard let literal = literal(byte, isInSet: false) else { return nil }
      run.insert(literal...literal)
    }
    return run
  }

  /// `d` or `w` behind a backslash.
  private mutating func readClass(into run: inout Run) -> Bool {
    switch rest.first {
    case UInt8(ascii: "d"): run.insert(UInt8(ascii: "0")...UInt8(ascii: "9"))
    case UInt8(ascii: "w"):
      run.insert(UInt8(ascii: "0")...UInt8(ascii: "9"))
      run.insert(UInt8(ascii: "a")...UInt8(ascii: "z"))
      run.insert(UInt8(ascii: "A")...UInt8(ascii: "Z"))
      run.insert(UInt8(ascii: "_")...UInt8(ascii: "_"))
    default: return false
    }
    rest.removeFirst()
    return true
  }

  /// One character, as it stands or escaped; nil: something else.
  private mutating func literal(_ byte: UInt8, isInSet: Bool) -> UInt8? {
    guard byte >= 0x20, byte < 0x7F else { return nil }
    if byte == UInt8(ascii: "\\") {
      guard let next = rest.first, next < 0x7F, next > 0x20, !next.isLetter, !next.isDigit else { return nil }
      rest.removeFirst()
      return next
    }
    let special = isInSet ? "[]^" : #"^$.|?*+()[]{}"#
    return special.utf8.contains(byte) ? nil : byte
  }

  private mutating func readCount(into run: inout Run) -> Bool {
    switch rest.first {
    case UInt8(ascii: "?"): (run.minimum, run.maximum) = (0, 1)
    case UInt8(ascii: "*"): (run.minimum, run.maximum) = (0, .max)
    case UInt8(ascii: "+"): (run.minimum, run.maximum) = (1, .max)
    case UInt8(ascii: "{"):
      guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { return false }
      let parts = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self).split(
        separator: ",", omittingEmptySubsequences: false)
      guard (1...2).contains(parts.count), let minimum = Int(parts[0]), minimum >= 0, minimum < 10_000 else { return false }
      run.minimum = minimum
      run.maximum = minimum
      if parts.count == 2 {
        guard let maximum = parts[1].isEmpty ? .max : Int(parts[1]), maximum >= minimum else { return false }
        run.maximum = maximum
      }
      rest = rest[end...]
    default: return true
    }
    rest.removeFirst()
    // Lazy and possessive counts are left to others.
    return rest.first != UInt8(ascii: "?") && rest.first != UInt8(ascii: "+") && rest.first != UInt8(ascii: "*")
  }

  func matches(_ text: Span<UInt8>) -> Bool {
    var at = 0
    for run in runs {
      let end = run.maximum < text.count - at ? at + run.maximum : text.count
      let start = at
      while at < end, Run.contains(text[at], run.low, run.high) { at += 1 }
      if at - start < run.minimum { return false }
    }
    return !isAnchoredBehind || at == text.count
  }
}
