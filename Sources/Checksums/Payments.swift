/// Numbers of cards and bank accounts.
enum Payments {
  /// Luhn's algorithm (US patent 2,950,048; ISO/IEC 7812-1 annex B) over a range of digits, the check digit last.
  static func luhn(_ digits: Characters, _ range: Range<Int>) -> Bool {
    var sum = 0
    for index in range {
      var value = digits.digit(index)
      if (range.upperBound - 1 - index) % 2 == 1 {
        value *= 2
        if value > 9 { value -= 9 }
      }
      sum += value
    }
    return sum % 10 == 0
  }

  static func luhn(_ match: Span<UInt8>) -> Bool {
    let digits = Characters(digitsOf: match)
    return digits.count >= 2 && !digits.isOneRepeated && luhn(digits, 0..<digits.count)
  }

  /// A card number: the length and the first digits of an issuer's network, and Luhn.
  static func card(_ match: Span<UInt8>) -> Bool {
    let digits = Characters(digitsOf: match)
    guard (12...19).contains(digits.count), !digits.isOneRepeated, let prefix = digits.number(0..<6) else { return false }
    return isIssued(prefix, length: digits.count) && luhn(digits, 0..<digits.count)
  }

  /// Ranges of ISO/IEC 7812 as the networks publish them, by the first six digits.
  private static func isIssued(_ prefix: Int, length: Int) -> Bool {
    let long = (16...19).contains(length)
    switch prefix {
    case 400_000...499_999: return length == 13 || length == 16 || length == 19  // Visa
    case 510_000...559_999, 222_100...272_099: return length == 16  // Mastercard
    case 340_000...349_999, 370_000...379_999: return length == 15  // American Express
    case 300_000...305_999, 309_500...309_599, 360_000...369_999, 380_000...399_999: return (14...19).contains(length)  // Diners Club
    case 350_000...359_999: return long  // JCB, and what test data takes for it
    case 180_000...180_099, 213_100...213_199: return length == 15  // JCB, older
    case 100_000...199_999: return length == 15  // UATP
    case 220_000...220_499: return long  // Mir
    case 601_100...601_199, 620_000...629_999, 644_000...659_999: return long  // Discover, UnionPay, RuPay
    case 500_000...509_999, 560_000...699_999: return true  // Maestro, Elo, RuPay
    case 810_000...829_999, 979_200...979_299: return long  // UnionPay, RuPay, Troy
    default: return false
    }
  }

  /// An account number of ISO 13616: the length of its country and the two check digits (ISO 7064, mod 97-10).
  static func iban(_ match: Span<UInt8>) -> Bool {
    guard let start = ibanStart(match), let length = ibanLength(match[start].capital, match[start + 1].capital) else { return false }
    var count = 0
    for index in start..<match.count where match[index].isAlphanumeric { count += 1 }
    guard count == length else { return false }
    // The first four characters count last, so their remainder is taken apart and joined.
    var remainder = 0
    var seen = 0
    for index in start..<match.count where match[index].isAlphanumeric {
      seen += 1
      if seen > 4 { remainder = append(match[index], to: remainder) }
    }
    seen = 0
    for index in start..<match.count where match[index].isAlphanumeric {
      seen += 1
      if seen <= 4 { remainder = append(match[index], to: remainder) }
    }
    return remainder == 1
  }

  private static func append(_ byte: UInt8, to remainder: Int) -> Int {
    byte.isDigit ? (remainder * 10 + byte.value36) % 97 : (remainder * 100 + byte.value36) % 97
  }

  /// Where two letters and two digits begin that no letter or digit stands before: behind words such as "IBAN:".
  private static func ibanStart(_ match: Span<UInt8>) -> Int? {
    guard match.count >= 15 else { return nil }
    for index in 0..<match.count - 3
    where (index == 0 || !match[index - 1].isAlphanumeric) && match[index].isLetter && match[index + 1].isLetter && match[index + 2].isDigit
      && match[index + 3].isDigit
    {
      return index
    }
    return nil
  }

  /// Letters and digits in a country's numbers, from the registry of ISO 13616.
  private static func ibanLength(_ first: UInt8, _ second: UInt8) -> Int? {
    switch (Unicode.Scalar(first), Unicode.Scalar(second)) {
    case ("N", "O"): 15
    case ("B", "E"): 16
    case ("D", "K"), ("F", "I"), ("F", "K"), ("F", "O"), ("G", "L"), ("N", "L"), ("S", "D"): 18
    case ("M", "K"), ("S", "I"): 19
    case ("A", "T"), ("B", "A"), ("E", "E"), ("K", "Z"), ("L", "T"), ("L", "U"), ("M", "N"), ("X", "K"): 20
    case ("C", "H"), ("H", "R"), ("L", "I"), ("L", "V"): 21
    case ("B", "G"), ("B", "H"), ("C", "R"), ("D", "E"), ("G", "B"), ("G", "E"), ("I", "E"), ("M", "E"), ("R", "S"), ("V", "A"): 22
    case ("A", "E"), ("G", "I"), ("I", "L"), ("I", "Q"), ("O", "M"), ("S", "O"), ("T", "L"): 23
    case ("A", "D"), ("C", "Z"), ("E", "S"), ("M", "D"), ("P", "K"), ("R", "O"), ("S", "A"), ("S", "E"), ("S", "K"), ("T", "N"), ("V", "G"):
      24
    case ("L", "Y"), ("P", "T"), ("S", "T"): 25
    case ("I", "S"), ("T", "R"): 26
    case ("B", "I"), ("D", "J"), ("F", "R"), ("G", "R"), ("I", "T"), ("M", "C"), ("M", "R"), ("S", "M"): 27
    case ("A", "L"), ("A", "Z"), ("B", "Y"), ("C", "Y"), ("D", "O"), ("G", "T"), ("H", "U"), ("L", "B"), ("N", "I"), ("P", "L"), ("S", "V"):
      28
    case ("B", "R"), ("E", "G"), ("P", "S"), ("Q", "A"), ("U", "A"): 29
    case ("J", "O"), ("K", "W"), ("M", "U"), ("Y", "E"): 30
    case ("M", "T"), ("S", "C"): 31
    case ("L", "C"): 32
    case ("R", "U"): 33
    default: nil
    }
  }
}
