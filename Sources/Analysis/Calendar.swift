internal import Semantics

/// Days since 1970-01-01 in the proleptic Gregorian calendar, UTC.
struct Day: Hashable {
  let number: Int64

  init(number: Int64) { self.number = number }

  init(year: Int64, month: Int64, day: Int64) {
    // Counted from March, so that the leap day is a year's last.
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    number = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  static let milliseconds: Int64 = 86_400_000

  var start: Int64 { number * Self.milliseconds }

  /// Monday is 1.
  var weekday: Int64 { ((number + 3) % 7 + 7) % 7 + 1 }

  var date: (year: Int64, month: Int64, day: Int64) {
    let shifted = number + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
  }

  init(containing moment: Int64) {
    number = moment >= 0 ? moment / Self.milliseconds : -((Self.milliseconds - 1 - moment) / Self.milliseconds)
  }
}

extension ClockField {
  /// Its value at a moment, in milliseconds since 1970.
  func value(at moment: Int64) -> Int64 {
    let day = Day(containing: moment)
    return switch self {
    case .moment: moment
    case .hour: (moment - day.start) / 3_600_000
    case .minute: (moment - day.start) / 60_000 % 60
    case .weekday: day.weekday
    case .day: day.date.day
    case .month: day.date.month
    case .year: day.date.year
    }
  }
}

/// `2026-11-18T10:00:00Z`, with milliseconds where there are any.
func written(_ moment: Int64) -> String {
  let day = Day(containing: moment)
  let date = day.date
  let rest = moment - day.start
  func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
  let milliseconds = rest % 1_000 == 0 ? "" : "." + padded(rest % 1_000, 3)
  return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T\(padded(rest / 3_600_000, 2)):"
    + "\(padded(rest / 60_000 % 60, 2)):\(padded(rest / 1_000 % 60, 2))\(milliseconds)Z"
}
