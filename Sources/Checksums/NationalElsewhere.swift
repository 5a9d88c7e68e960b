/// Numbers that states outside Europe give to people, by the rules their registers publish.
enum Elsewhere {
  private static let singaporeLatest = Array("XWUTRQPNJLK".utf8)
  private static let singaporeForeigners = Array("XWUTRQPNMLK".utf8)
  private static let singaporeCitizens = Array("JZIHGFEDCBA".utf8)
  private static let taiwaneseOrder = Array("ABCDEFGHJKLMNPQRSTUVXYWZIO".utf8)
  private static let chineseChecks = Array("10X98765432".utf8)
  private static let indianHolders = Array("ABCEFGHJLPT".utf8)

  // MARK: The Americas

  /// Social security number: parts that were never given out, and numbers that were printed on samples.
  static func usSecurity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 9, let number = mark.number(0..<9), !mark.isOneRepeated, !mark.isSequence else { return false }
    let area = number / 1_000_000
    guard area != 0, area != 666, area < 900, number / 10_000 % 100 != 0, number % 10_000 != 0 else { return false }
    return number != 078_05_1120 && number != 219_09_9999 && number != 987_65_4320
  }

  /// Individual taxpayer number: 9, and the groups that are given out.
  static func usTaxpayer(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 9, mark[0] == 0x39, let group = mark.number(3..<5) else { return false }
    switch group {
    case 50...65, 70...88, 90...92, 94...99: return true
    default: return false
    }
  }

  /// Routing number of a bank: weights of three, seven and one.
  static func usRouting(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 9, let district = mark.number(0..<2), !mark.isOneRepeated else { return false }
    switch district {
    case 0...12, 21...32, 61...72, 80: return mark.sum([3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0
    default: return false
    }
  }

  /// Number of a health care provider: Luhn behind 80840, which adds 24.
  static func usProvider(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 10, mark[0] == 0x31 || mark[0] == 0x32 else { return false }
    var sum = 24
    for index in 0..<10 {
      let value = mark.digit(index) * (index % 2 == 0 ? 2 : 1)
      sum += value / 10 + value % 10
    }
    return sum % 10 == 0
  }

  /// Social insurance number: Luhn; nought and eight begin none.
  static func canadianInsurance(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    return mark.count == 9 && mark[0] != 0x30 && mark[0] != 0x38 && !mark.isOneRepeated && Payments.luhn(mark, 0..<9)
  }

  /// CURP: letters of the names, date, state, and a digit of mod 10 over values of 37 characters.
  static func mexicanRegistry(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 18, of: match)
    guard mark.count == 18, let month = mark.number(6..<8), let day = mark.number(8..<10), isDay(day, month: month), mark[17].isDigit else {
      return false
    }
    for index in 0..<16 where !(4..<10).contains(index) && !mark[index].isLetter { return false }
    var sum = 0
    for index in 0..<17 {
      // Ñ stands between N and O in the table.
      let value = mark[index].value36 + (mark[index] > 0x4E ? 1 : 0)
      sum += value * (18 - index)
    }
    return mark.digit(17) == (10 - sum % 10) % 10
  }

  /// CPF of a person: two digits of mod 11.
  static func brazilianPerson(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, !mark.isOneRepeated else { return false }
    return mark.digit(9) == remainder(mark.sum([10, 9, 8, 7, 6, 5, 4, 3, 2]))
      && mark.digit(10) == remainder(mark.sum([11, 10, 9, 8, 7, 6, 5, 4, 3, 2]))
  }

  /// CNPJ of a company: two digits of mod 11.
  static func brazilianCompany(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 14, !mark.isOneRepeated else { return false }
    return mark.digit(12) == remainder(mark.sum([5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]))
      && mark.digit(13) == remainder(mark.sum([6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]))
  }

  private static func remainder(_ sum: Int) -> Int { sum % 11 < 2 ? 0 : 11 - sum % 11 }

  /// CUIT or CUIL: mod 11.
  static func argentineTax(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, let kind = mark.number(0..<2) else { return false }
    let check = 11 - mark.sum([5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
    switch kind {
    case 20, 23...27, 30, 33, 34: return mark.digit(10) == (check == 10 ? 9 : check % 11)
    default: return false
    }
  }

  /// RUT: mod 11, ten is K. Seven or eight digits before it.
  static func chileanTax(_ match: Span<UInt8>) -> Bool {
    let long = Characters(last: 9, of: match)
    return isRut(long.areDigits(0..<8) ? long : Characters(last: 8, of: match))
  }

  private static func isRut(_ mark: Characters) -> Bool {
    guard mark.count > 0, let number = mark.number(0..<mark.count - 1), number >= 1_000_000 else { return false }
    var sum = 0
    for distance in 0..<mark.count - 1 { sum += mark.digit(mark.count - 2 - distance) * (distance % 6 + 2) }
    let check = 11 - sum % 11
    let last = mark[mark.count - 1]
    return check == 10 ? last == 0x4B : last.isDigit && Int(last) - 0x30 == check % 11
  }

  // MARK: Asia

  /// Aadhaar: Verhoeff's digit over the others; nought and one begin none.
  static func indianAadhaar(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    return mark.count == 12 && mark.digit(0) >= 2 && !mark.isOneRepeated && verhoeff(mark)
  }

  /// J. Verhoeff, "Error detecting decimal codes" (1969): the dihedral group of ten and a permutation of period eight.
  private static func verhoeff(_ mark: Characters) -> Bool {
    let permutation: InlineArray<10, Int> = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]
    var check = 0
    for distance in 0..<mark.count {
      var value = mark.digit(mark.count - 1 - distance)
      for _ in 0..<distance % 8 { value = permutation[value] }
      check = product(check, value)
    }
    return check == 0
  }

  /// Rotations are 0 to 4, reflections 5 to 9.
  private static func product(_ left: Int, _ right: Int) -> Int {
    switch (left < 5, right < 5) {
    case (true, true): (left + right) % 5
    case (true, false): (left + right) % 5 + 5
    case (false, true): (left - right) % 5 + 5
    case (false, false): (left - right + 5) % 5
    }
  }

  /// PAN: five letters, the fourth of a known holder, four digits, a letter. Its check letter is not public.
  static func indianAccount(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 10, of: match)
    guard mark.count == 10, mark.areDigits(5..<9), mark[9].isLetter else { return false }
    for index in 0..<5 where !mark[index].isLetter { return false }
    return indianHolders.contains(mark[3])
  }

  /// Resident identity number (GB 11643): region, date, and ISO 7064 mod 11-2.
  static func chineseResident(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 18, of: match)
    guard mark.count == 18, mark.areDigits(0..<17), (1...9).contains(mark.digit(0)) else { return false }
    guard let year = mark.number(6..<10), let month = mark.number(10..<12), let day = mark.number(12..<14) else { return false }
    guard (1850...2150).contains(year), isDay(day, month: month) else { return false }
    let sum = mark.sum([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
    return chineseChecks[sum % 11] == mark[17]
  }

  /// Resident registration number: date, and mod 11. Since October 2020 the last digits are random, so people born since have no check digit.
  static func koreanResident(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 13, let date = mark.number(0..<6), (1...8).contains(mark.digit(6)) else { return false }
    guard isDay(date % 100, month: date / 100 % 100) else { return false }
    let isOfThisCentury = mark.digit(6) % 4 == 3 || mark.digit(6) % 4 == 0
    let isRecent = isOfThisCentury && (20_10_00..<50_00_00).contains(date)
    return isRecent || mark.digit(12) == (11 - mark.sum([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10
  }

  /// Individual number ("My Number"): mod 11.
  static func japaneseIndividual(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 12, !mark.isOneRepeated else { return false }
    let rest = mark.sum([6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
    return mark.digit(11) == (rest <= 1 ? 0 : 11 - rest)
  }

  /// Identity number of Taiwan: a letter that stands for two digits, nine digits, mod 10.
  static func taiwaneseIdentity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 10, of: match)
    guard mark.count == 10, mark[0].isLetter, mark.areDigits(1..<10), !(3...7).contains(mark.digit(1)), mark.digit(1) > 0 else {
      return false
    }
    var code = 10
    while taiwaneseOrder[code - 10] != mark[0] { code += 1 }
    return (code / 10 + code % 10 * 9 + mark.sum([8, 7, 6, 5, 4, 3, 2, 1, 1], from: 1)) % 10 == 0
  }

  /// Registration number of Singapore: series letter, seven digits, a check letter of mod 11.
  static func singaporeRegistration(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 9, of: match)
    guard mark.count == 9, mark.areDigits(1..<8) else { return false }
    let sum = mark.sum([2, 7, 6, 5, 4, 3, 2], from: 1)
    switch mark[0] {
    case 0x53: return singaporeCitizens[sum % 11] == mark[8]  // S
    case 0x54: return singaporeCitizens[(sum + 4) % 11] == mark[8]  // T
    case 0x46: return singaporeForeigners[sum % 11] == mark[8]  // F
    case 0x47: return singaporeForeigners[(sum + 4) % 11] == mark[8]  // G
    case 0x4D: return singaporeLatest[(sum + 3) % 11] == mark[8]  // M
    default: return false
    }
  }

  /// Identity number of Thailand: mod 11.
  static func thaiIdentity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 13, (1...8).contains(mark.digit(0)), !mark.isOneRepeated else { return false }
    return mark.digit(12) == (11 - mark.sum([13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10
  }

  /// Identity number of Israel: Luhn over nine digits.
  static func israeliIdentity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    return mark.count == 9 && !mark.isOneRepeated && Payments.luhn(mark, 0..<9)
  }

  /// Emirates identity number: 784, year of birth, Luhn.
  static func emiratesIdentity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 15, mark.number(0..<3) == 784, let year = mark.number(3..<7), (1900...2100).contains(year) else { return false }
    return Payments.luhn(mark, 0..<15)
  }

  // MARK: Africa, Australia, New Zealand

  /// Identity number of South Africa: date, counter, citizenship, Luhn.
  static func southAfricanIdentity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 13, let month = mark.number(2..<4), let day = mark.number(4..<6), isDay(day, month: month) else { return false }
    return mark.digit(10) <= 2 && Payments.luhn(mark, 0..<13)
  }

  /// Tax file number: mod 11.
  static func australianTax(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    return mark.count == 9 && !mark.isOneRepeated && mark.sum([1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0
  }

  /// Number of a Medicare card: eight digits, mod 10, the card's issue, and sometimes the person on it.
  static func australianMedicare(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 10 || mark.count == 11, (2...6).contains(mark.digit(0)), mark[9] != 0x30 else { return false }
    return mark.sum([1, 3, 7, 9, 1, 3, 7, 9]) % 10 == mark.digit(8)
  }

  /// Tax number of New Zealand: mod 11 with a second round of weights.
  static func newZealandTax(_ match: Span<UInt8>) -> Bool {
    let digits = Characters(digitsOf: match)
    guard digits.count == 8 || digits.count == 9, let number = digits.number(0..<digits.count) else { return false }
    guard (10_000_000...150_000_000).contains(number) else { return false }
    let mark = Characters(digitsOf: number, length: 9)
    var check = (11 - mark.sum([3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11
    if check == 10 { check = (11 - mark.sum([7, 4, 3, 2, 5, 2, 7, 6]) % 11) % 11 }
    return check == mark.digit(8)
  }
}
