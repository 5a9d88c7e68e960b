/// Where a person or a machine can be reached, or is: network addresses, telephone numbers, coordinates.
enum Addresses {
  // MARK: Internet

  /// An IPv4 or IPv6 address of one machine: no version number, and none of the addresses that stand for no machine in particular.
  static func ip(_ match: Span<UInt8>) -> Bool {
    for index in match.indices where match[index] == 0x3A { return isVersion6(match) }
    return isVersion4(match, 0..<match.count) && isMachine(match)
  }

  /// Four numbers below 256 without needless noughts.
  private static func isVersion4(_ match: Span<UInt8>, _ range: Range<Int>) -> Bool {
    var parts = 0
    var index = range.lowerBound
    while true {
      let part = octet(match, &index, until: range.upperBound)
      guard part != nil else { return false }
      parts += 1
      if index == range.upperBound { return parts == 4 }
      guard match[index] == 0x2E else { return false }
      index += 1
    }
  }

  private static func octet(_ match: Span<UInt8>, _ index: inout Int, until end: Int) -> Int? {
    let start = index
    var value = 0
    while index < end, match[index].isDigit, index - start < 4 {
      value = value * 10 + Int(match[index]) - 0x30
      index += 1
    }
    guard index > start, value < 256, index - start == 1 || match[start] != 0x30 else { return nil }
    return value
  }

  /// A valid IPv4 address that is no version (four small numbers outside 10.0.0.0/8), loopback, multicast, or kept for documentation (RFC 5737).
  private static func isMachine(_ match: Span<UInt8>) -> Bool {
    var index = 0
    var parts = InlineArray<4, Int>(repeating: 0)
    for part in parts.indices {
      parts[part] = octet(match, &index, until: match.count) ?? 0
      index += 1
    }
    switch (parts[0], parts[1], parts[2]) {
    case (0, _, _), (127, _, _), (192, 0, 2), (198, 51, 100), (203, 0, 113): return false
    case (10, _, _): return true
    default: break
    }
    var largest = 0
    for part in parts.indices { largest = max(largest, parts[part]) }
    return parts[0] < 224 && largest > 20
  }

  /// Eight groups, or fewer around one `::`; the last two may be an IPv4 address (RFC 4291). Not the unspecified, loopback and documentation ones.
  private static func isVersion6(_ match: Span<UInt8>) -> Bool {
    var groups = 0
    var hasGap = false
    var first = 0
    var second = 0
    var index = 0
    if match.count >= 2, match[0] == 0x3A, match[1] != 0x3A { return false }
    while index < match.count {
      if match[index] == 0x3A {
        guard index + 1 < match.count, match[index + 1] == 0x3A, !hasGap else { return false }
        hasGap = true
        index += 2
        continue
      }
      var value = 0
      let start = index
      while index < match.count, match[index].isHexadecimal, index - start < 4 {
        value = value * 16 + match[index].value36
        index += 1
      }
      guard index > start else { return false }
      if index < match.count, match[index] == 0x2E {
        guard isVersion4(match, start..<match.count) else { return false }
        groups += 2
        index = match.count
        break
      }
      groups += 1
      if groups == 1 { first = value }
      if groups == 2 { second = value }
      guard index < match.count else { break }
      guard match[index] == 0x3A else { return false }
      if index + 1 < match.count, match[index + 1] == 0x3A { continue }
      index += 1
      guard index < match.count else { return false }
    }
    guard hasGap ? groups >= 2 && groups < 8 : groups == 8 else { return false }
    return !(first == 0x2001 && second == 0x0DB8)
  }

  // MARK: Telephone

  /// A number that could be dialled: its length, a country's code behind `+` or `00`, and no date, sequence or row of one digit.
  static func phone(_ match: Span<UInt8>) -> Bool {
    var plus = false
    for index in match.indices where match[index] == 0x2B { plus = true }
    let digits = Characters(digitsOf: match)
    guard (7...18).contains(digits.count), !digits.isOneRepeated, !digits.isSequence else { return false }
    let isInternational = plus || (digits[0] == 0x30 && digits[1] == 0x30)
    if isInternational {
      let start = plus ? 0 : 2
      guard digits.count - start >= 8, let code = digits.number(start..<start + 3) else { return false }
      return isCountry(code)
    }
    return digits.count <= 15 && !isDate(digits)
  }

  /// Codes of ITU-T E.164 by their first three digits.
  private static func isCountry(_ code: Int) -> Bool {
    switch code {
    case 100...199, 700...799: true
    case 200...209, 270...279, 211...213, 216, 218, 220...269, 290, 291, 297...299: true
    case 300...349, 350...359, 360...369, 370...378, 380...383, 385...387, 389, 390...399: true
    case 400...419, 420, 421, 423, 430...499: true
    case 500...509, 510...589, 590...599: true
    case 600...669, 670, 672...683, 685...692: true
    case 800, 808, 810...829, 840...869, 850...856, 870, 878, 880...883, 886, 888: true
    case 900...959, 960...968, 970...977, 979...989, 992...996, 998: true
    default: false
    }
  }

  /// Digits that begin with a year, a month and a day, or are a day and a month in either order and a year.
  private static func isDate(_ digits: Characters) -> Bool {
    guard digits.count >= 8, let first = digits.number(0..<2), let second = digits.number(2..<4), let year = digits.number(4..<8) else {
      return false
    }
    let years = 1900...2100
    let yearFirst = years.contains(first * 100 + second) && isDay(year % 100, month: year / 100)
    return yearFirst || (digits.count == 8 && years.contains(year) && (isDay(first, month: second) || isDay(second, month: first)))
  }

  // MARK: Places

  /// Latitude and longitude in degrees: two decimal numbers within 90 and 180.
  static func coordinates(_ match: Span<UInt8>) -> Bool {
    var index = 0
    guard let latitude = decimal(match, &index), let longitude = decimal(match, &index) else { return false }
    return latitude <= 90_000 && longitude <= 180_000 && (latitude > 0 || longitude > 0)
  }

  /// The next number with a decimal point, in thousandths, without its sign.
  private static func decimal(_ match: Span<UInt8>, _ index: inout Int) -> Int? {
    while index < match.count {
      while index < match.count, !match[index].isDigit { index += 1 }
      var value = 0
      let start = index
      while index < match.count, match[index].isDigit, index - start < 4 {
        value = value * 10 + Int(match[index]) - 0x30
        index += 1
      }
      guard index > start, index < match.count, match[index] == 0x2E else { continue }
      index += 1
      var digits = 0
      while index < match.count, match[index].isDigit {
        if digits < 3 { value = value * 10 + Int(match[index]) - 0x30 }
        digits += 1
        index += 1
      }
      guard digits > 0 else { return nil }
      while digits < 3 {
        value *= 10
        digits += 1
      }
      return value
    }
    return nil
  }
}
