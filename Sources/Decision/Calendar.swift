internal import Bytecode

/// A moment's date and time of day in UTC, proleptic Gregorian, without leap seconds.
struct CalendarTime {
  let days: Int64
  let secondsOfDay: Int64

  init(_ moment: Moment) {
    let seconds = floorDivide(moment.milliseconds, 1_000)
    days = floorDivide(seconds, 86_400)
    secondsOfDay = seconds - days * 86_400
  }

  /// The values are those that `ClockField` documents; not for the moment itself.
  func value(_ field: ClockField) -> Int64 {
    switch field {
    case .hour: secondsOfDay / 3_600
    case .minute: secondsOfDay / 60 % 60
    // 1970-01-01 was a Thursday.
    case .weekday: floorModulo(days + 3, 7) + 1
    case .day: date.day
    case .month: date.month
    case .year: date.year
    case .moment: preconditionFailure("a moment is no field")
    }
  }

  /// Counts from 0000-03-01, so that a leap day is the last of its year and every month but the last of each five has its place
  /// by one division.
  private var date: (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
  }
}

private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  value >= 0 ? value / divisor : -((divisor - 1 - value) / divisor)
}

private func floorModulo(_ value: Int64, _ divisor: Int64) -> Int64 { value - floorDivide(value, divisor) * divisor }
