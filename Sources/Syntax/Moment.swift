// Reading and checking moments. The proleptic Gregorian calendar, UTC; years 1970 to 9999.
extension MomentLiteral {
  struct Problem: Error {
    let message: String
    let label: String
    var help: String?
  }

  /// Nil when the text is neither a day nor a moment in UTC.
  package init?(_ text: String) {
    guard case .success(let moment) = MomentLiteral.reading(Array(text.utf8)) else { return nil }
    self = moment
  }

  /// Reads `YYYY-MM-DD` or `YYYY-MM-DDThh:mm:ssZ`, with up to three digits of a second's fraction.
  static func reading(_ bytes: [UInt8]) -> Result<MomentLiteral, Problem> {
    guard let year = digits(bytes, 0, 4), separator(bytes, 4, "-"), let month = digits(bytes, 5, 2), separator(bytes, 7, "-"),
      let day = digits(bytes, 8, 2)
    else { return .failure(form) }
    let written = String(decoding: bytes, as: UTF8.self)
    guard year >= 1970 else {
      return .failure(Problem(message: "`\(written)` lies before 1970", label: "years are 1970 to 9999"))
    }
    guard (1...12).contains(month) else {
      return .failure(Problem(message: "`\(written)` is no date", label: "there is no month \(month)", help: "a date is year-month-day"))
    }
    let length = daysInMonth(month, of: year)
    guard (1...length).contains(day) else {
      return .failure(Problem(message: "`\(written)` is no date", label: "\(names[month - 1]) \(year) has \(length) days"))
    }
    let midnight = daysSinceEpoch(year, month, day) * 86_400_000
    if bytes.count == 10 { return .success(MomentLiteral(milliseconds: midnight, isDay: true)) }
    return time(bytes, written).map { MomentLiteral(milliseconds: midnight + $0, isDay: false) }
  }

  private static let form = Problem(
    message: "a date is written `2027-03-31` and a moment `2027-03-31T10:00:00Z`", label: "not in this form",
    help: "four digits of the year, two of everything else; an identifier with dashes is a string")

  private static let names = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
  ]

  /// The milliseconds of `Thh:mm:ss[.fff]Z`, which stands from the tenth byte on.
  private static func time(_ bytes: [UInt8], _ written: String) -> Result<Int64, Problem> {
    guard separator(bytes, 10, "T"), let hour = digits(bytes, 11, 2), separator(bytes, 13, ":"), let minute = digits(bytes, 14, 2),
      separator(bytes, 16, ":"), let second = digits(bytes, 17, 2)
    else { return .failure(form) }
    var fraction = 0
    var next = 19
    if separator(bytes, next, ".") {
      var count = 0
      while count < 3, let digit = digits(bytes, next + 1 + count, 1) {
        fraction = fraction * 10 + digit
        count += 1
      }
      guard count > 0 else { return .failure(form) }
      for _ in count..<3 { fraction *= 10 }
      next += 1 + count
    }
    guard separator(bytes, next, "Z"), bytes.count == next + 1 else {
      return .failure(Problem(message: "a moment is in UTC and ends in `Z`", label: "not in UTC", help: "`2026-11-18T10:00:00Z`"))
    }
    guard hour < 24, minute < 60, second < 60 else {
      return .failure(Problem(message: "`\(written)` is no moment", label: "there is no such time of day"))
    }
    return .success(Int64(((hour * 60 + minute) * 60 + second) * 1000 + fraction))
  }

  private static func digits(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int? {
    guard start + count <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[start..<start + count] {
      guard byte.isDigit else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private static func separator(_ bytes: [UInt8], _ index: Int, _ expected: Unicode.Scalar) -> Bool {
    index < bytes.count && bytes[index] == UInt8(ascii: expected)
  }

  private static func daysInMonth(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from 1970-01-01 to a date not before it.
  private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let before = year - 1
    let leapDays = before / 4 - before / 100 + before / 400 - 477
    let months = (1..<month).reduce(0) { $0 + daysInMonth($1, of: year) }
    return Int64((year - 1970) * 365 + leapDays + months + day - 1)
  }
}
