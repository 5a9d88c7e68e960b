/// Numbers that European states give to people, by the rules their registers publish.
enum Europe {
  private static let finnishChecks = Array("0123456789ABCDEFHJKLMNPRSTUVWXY".utf8)
  private static let finnishSigns = Array("+-ABCDEFUVWXY".utf8)
  private static let italianDigits = Array("LMNPQRSTUV".utf8)
  private static let italianMonths = Array("ABCDEHLMPRST".utf8)
  private static let spanishLetters = Array("TRWAGMYFPDXBNJZSQVHLCKE".utf8)

  // MARK: Western Europe

  /// National Insurance number: letters that are given out, six digits, A to D.
  static func ukInsurance(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 9, of: match)
    guard mark.count == 9, mark.areDigits(2..<8), mark[0].isLetter, mark[1].isLetter, ("A"..."D").contains(Unicode.Scalar(mark[8])) else {
      return false
    }
    switch (Unicode.Scalar(mark[0]), Unicode.Scalar(mark[1])) {
    case ("D", _), ("F", _), ("I", _), ("Q", _), ("U", _), ("V", _): return false
    case (_, "D"), (_, "F"), (_, "I"), (_, "O"), (_, "Q"), (_, "U"), (_, "V"): return false
    case ("B", "G"), ("G", "B"), ("K", "N"), ("N", "K"), ("N", "T"), ("T", "N"), ("Z", "Z"): return false
    default: return true
    }
  }

  /// NHS number: ten digits, mod 11.
  static func ukHealth(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 10, !mark.isOneRepeated else { return false }
    return mark.sum([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
  }

  /// Personal Public Service number: seven digits, a check letter, sometimes one more.
  static func irishService(_ match: Span<UInt8>) -> Bool {
    // Nine characters when a letter follows the check letter.
    let long = Characters(last: 9, of: match)
    if long.count == 9, long.areDigits(0..<7), long[7].isLetter, long[8].isLetter {
      let second = long[8] == 0x57 ? 0 : long[8].value36 - 9
      return letter(long.sum([8, 7, 6, 5, 4, 3, 2]) + 9 * second) == long[7]
    }
    let mark = Characters(last: 8, of: match)
    return mark.count == 8 && mark.areDigits(0..<7) && letter(mark.sum([8, 7, 6, 5, 4, 3, 2])) == mark[7]

    func letter(_ sum: Int) -> UInt8 { sum % 23 == 0 ? 0x57 : 0x40 + UInt8(sum % 23) }
  }

  /// Tax identification number: ISO 7064 mod 11,10; among the first ten digits one comes two or three times.
  static func germanTax(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, mark[0] != 0x30, isPureSystem(mark) else { return false }
    var times = InlineArray<10, Int>(repeating: 0)
    for index in 0..<10 { times[mark.digit(index)] += 1 }
    var repeated = 0
    for index in times.indices {
      guard times[index] <= 3 else { return false }
      repeated += times[index] > 1 ? 1 : 0
    }
    return repeated == 1
  }

  /// ISO 7064, mod 11,10: the last digit is the check digit.
  static func isPureSystem(_ mark: Characters) -> Bool {
    var product = 10
    for index in 0..<mark.count - 1 {
      let sum = (product + mark.digit(index)) % 10
      product = (sum == 0 ? 10 : sum) * 2 % 11
    }
    return (product + mark.digit(mark.count - 1)) % 10 == 1
  }

  /// Social security number (NIR): sex, year, month, department, commune, order, and a key of mod 97.
  static func frenchSecurity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 15, of: match)
    guard mark.count == 15, let key = mark.number(13..<15), let head = mark.number(0..<5), let tail = mark.number(7..<13) else {
      return false
    }
    // Corsica's departments are 2A and 2B; they count as 19 and 18.
    let department: Int
    switch (mark[5], mark[6]) {
    case (0x32, 0x41): department = 19
    case (0x32, 0x42): department = 18
    default:
      guard let number = mark.number(5..<7) else { return false }
      department = number
    }
    let sex = head / 10_000
    let month = head % 100
    guard (1...4).contains(sex) || sex == 7 || sex == 8 else { return false }
    guard (1...12).contains(month) || (20...42).contains(month) || month >= 50 else { return false }
    return key == 97 - (head * 100_000_000 + department * 1_000_000 + tail) % 97
  }

  /// Number of the identity card or of a foreigner: a letter that is the remainder by 23.
  static func spanishIdentity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 9, of: match)
    guard mark.count == 9, let rest = mark.number(1..<8) else { return false }
    let first: Int
    switch mark[0] {
    case 0x30...0x39: first = mark.digit(0)
    case 0x58...0x5A: first = Int(mark[0]) - 0x58
    default: return false
    }
    let number = first * 10_000_000 + rest
    return number > 0 && spanishLetters[number % 23] == mark[8]
  }

  /// Tax number: nine digits, mod 11; the first says what it belongs to.
  static func portugueseTax(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 9, !mark.isOneRepeated else { return false }
    guard mark[0] != 0x30, mark[0] != 0x34 || mark[1] == 0x35 else { return false }
    let check = 11 - mark.sum([9, 8, 7, 6, 5, 4, 3, 2]) % 11
    return mark.digit(8) == (check >= 10 ? 0 : check)
  }

  /// Codice fiscale: consonants, date, place and a check letter; letters may stand for digits where two people would share a code.
  static func italianTax(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(last: 16, of: match)
    guard mark.count == 16, mark[15].isCapital, mark[8].isCapital, mark[11].isCapital else { return false }
    for index in 0..<6 where !mark[index].isCapital { return false }
    guard italianMonths.contains(mark[8]) else { return false }
    // What a letter or digit at an odd place counts, by its value at an even one.
    let odd: InlineArray<26, Int> = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
    var sum = 0
    for index in 0..<15 {
      let isNumeric = index >= 6 && index != 8 && index != 11
      guard !isNumeric || mark[index].isDigit || italianDigits.contains(mark[index]) else { return false }
      let value = mark[index].isDigit ? mark.digit(index) : Int(mark[index]) - 0x41
      sum += index % 2 == 0 ? odd[value] : value
    }
    return Int(mark[15]) - 0x41 == sum % 26
  }

  /// Citizen service number: the test of eleven.
  static func dutchService(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    return mark.count == 9 && !mark.isOneRepeated && mark.sum([9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 == 0
  }

  /// National register number: date, counter, and 97 less the remainder; people born since 2000 count with a 2 in front.
  static func belgianRegister(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, let number = mark.number(0..<9), let check = mark.number(9..<11), let month = mark.number(2..<4) else {
      return false
    }
    // Bis numbers add 20 or 40 to the month; unknown dates are nought.
    guard month % 20 <= 12, month < 60 else { return false }
    return check == 97 - number % 97 || check == 97 - (2_000_000_000 + number) % 97
  }

  /// Old-age insurance number: 756 and the check digit of EAN-13.
  static func swissInsurance(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 13, mark.number(0..<3) == 756 else { return false }
    return mark.sum([1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 == 0
  }

  /// Social insurance number: counter, check digit of mod 11, date of birth.
  static func austrianInsurance(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 10, mark[0] != 0x30, let day = mark.number(4..<6), let month = mark.number(6..<8) else { return false }
    // Months past the twelfth are given out when a day's counter is used up.
    guard (1...31).contains(day), (1...15).contains(month) else { return false }
    return mark.sum([3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 == mark.digit(3)
  }

  // MARK: Northern Europe

  /// Personal number: date (day plus 60 for coordination numbers) and Luhn over the last ten digits.
  static func swedishPersonal(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 10 || mark.count == 12 else { return false }
    let start = mark.count - 10
    guard let month = mark.number(start + 2..<start + 4), let day = mark.number(start + 4..<start + 6) else { return false }
    if start == 2, let century = mark.number(0..<2), !(18...20).contains(century) { return false }
    return (isDay(day, month: month) || isDay(day - 60, month: month)) && Payments.luhn(mark, start..<mark.count)
  }

  /// Personal identity code: date, the sign of the century, number, and the remainder by 31.
  static func finnishPersonal(_ match: Span<UInt8>) -> Bool {
    guard match.count >= 11 else { return false }
    let start = match.count - 11
    var number = 0
    for index in 0..<10 where index != 6 {
      guard match[start + index].isDigit else { return false }
      number = number * 10 + Int(match[start + index]) - 0x30
    }
    let date = number / 1_000
    guard isDay(date / 10_000, month: date / 100 % 100), finnishSigns.contains(match[start + 6].capital) else { return false }
    return number % 1_000 >= 2 && finnishChecks[number % 31] == match[start + 10].capital
  }

  /// Birth number or D-number: date and two check digits of mod 11.
  static func norwegianBirth(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, let day = mark.number(0..<2), let month = mark.number(2..<4) else { return false }
    guard isDay(day % 40, month: month % 40) else { return false }
    return mark.sum([3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 == 0 && mark.sum([5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
  }

  /// Personal number: a date. The check digit of mod 11 ran out in 2007, so it proves nothing.
  static func danishPersonal(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 10, let day = mark.number(0..<2), let month = mark.number(2..<4), let rest = mark.number(6..<10) else {
      return false
    }
    return isDay(day, month: month) && rest > 0
  }

  /// Personal code of Estonia and Lithuania: sex and century, date, and two rounds of mod 11.
  static func balticPersonal(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, (1...8).contains(mark.digit(0)), let month = mark.number(3..<5), let day = mark.number(5..<7) else {
      return false
    }
    guard isDay(day, month: month) else { return false }
    var check = mark.sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
    if check == 10 { check = mark.sum([3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11 % 10 }
    return mark.digit(10) == check
  }

  // MARK: Eastern and southern Europe

  /// PESEL: date (the month says the century) and weights of one, three, seven and nine.
  static func polishPersonal(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, let month = mark.number(2..<4), let day = mark.number(4..<6), isDay(day, month: month % 20) else {
      return false
    }
    return mark.sum([1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 == 0
  }

  /// Birth number of the Czech Republic and Slovakia: date (women's months plus 50, and plus 20 where numbers ran out), and mod 11.
  static func czechBirth(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 10, let number = mark.number(0..<10), let month = mark.number(2..<4), let day = mark.number(4..<6) else {
      return false
    }
    guard isDay(day, month: month % 50 % 20) else { return false }
    return number % 11 == 0 || (number / 10 % 11 == 10 && number % 10 == 0)
  }

  /// Personal numeric code: sex and century, date, county, counter, check digit.
  static func romanianPersonal(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 13, mark[0] != 0x30, let month = mark.number(3..<5), let day = mark.number(5..<7) else { return false }
    guard isDay(day, month: month), let county = mark.number(7..<9), (1...52).contains(county) || county >= 70 else { return false }
    let check = mark.sum([2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
    return mark.digit(12) == (check == 10 ? 1 : check)
  }

  /// Uniform civil number: date (the month says the century), and mod 11.
  static func bulgarianCivil(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 10, let month = mark.number(2..<4), let day = mark.number(4..<6), isDay(day, month: month % 20) else {
      return false
    }
    return mark.digit(9) == mark.sum([2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10
  }

  /// Personal identification number (OIB): ISO 7064, mod 11,10.
  static func croatianPersonal(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    return mark.count == 11 && !mark.isOneRepeated && isPureSystem(mark)
  }

  /// Social security number (AMKA): date and Luhn.
  static func greekSecurity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, let day = mark.number(0..<2), let month = mark.number(2..<4), isDay(day, month: month) else { return false }
    return Payments.luhn(mark, 0..<11)
  }

  /// Number of Yugoslavia and of the states after it: date, region, and mod 11.
  static func southSlavicCitizen(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 13, let day = mark.number(0..<2), let month = mark.number(2..<4), isDay(day, month: month) else { return false }
    let check = 11 - mark.sum([7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11
    return mark.digit(12) == (check == 11 ? 0 : check)
  }

  /// Number of Turkish citizens: two check digits over sums of the others.
  static func turkishIdentity(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, mark[0] != 0x30 else { return false }
    let odd = mark.sum([1, 0, 1, 0, 1, 0, 1, 0, 1])
    let even = mark.sum([0, 1, 0, 1, 0, 1, 0, 1])
    guard (odd * 7 - even + 100) % 10 == mark.digit(9) else { return false }
    return mark.sum([1, 1, 1, 1, 1, 1, 1, 1, 1, 1]) % 10 == mark.digit(10)
  }

  /// Insurance number of a personal account (SNILS): mod 101.
  static func russianInsurance(_ match: Span<UInt8>) -> Bool {
    let mark = Characters(digitsOf: match)
    guard mark.count == 11, !mark.isOneRepeated, let check = mark.number(9..<11) else { return false }
    return mark.sum([9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100 == check
  }
}
