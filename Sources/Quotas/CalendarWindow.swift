/// Whole days, weeks or months of the calendar in UTC. Weeks begin on Monday (ISO 8601).
package struct CalendarWindow: Hashable, Sendable {
  package enum Unit: Hashable, Sendable { case day, week, month }

  package let unit: Unit
  /// As many units make a window; at least 1. Several are counted from the beginning of 1970, of its first week or month.
  package let count: Int64

  package init(_ unit: Unit, count: Int64 = 1) {
    self.unit = unit
    self.count = count
  }

  private static let day: Int64 = 86_400_000

  /// The number of the window that a moment lies in; later windows have greater numbers.
  package func index(of unixMilliseconds: Int64) -> Int64 {
    let days = floorDivide(unixMilliseconds, CalendarWindow.day)
    return switch unit {
    case .day: floorDivide(days, count)
    // 1970-01-01 was a Thursday: its week began three days before.
    case .week: floorDivide(days + 3, 7 * count)
    case .month: floorDivide(CalendarWindow.month(ofDay: days), count)
    }
  }

  /// The first moment of a window, in milliseconds since 1970-01-01 UTC.
  package func start(of index: Int64) -> Int64 {
    switch unit {
    case .day: index * count * CalendarWindow.day
    case .week: (index * count * 7 - 3) * CalendarWindow.day
    case .month: CalendarWindow.firstDay(ofMonth: index * count) * CalendarWindow.day
    }
  }

  // Days and months are counted from 1970-01-01 in the proleptic Gregorian calendar, by years that begin in March, so that the leap day is
  // the last of its year and months alternate in a pattern of 153 days for five.

  private static let daysOfEra: Int64 = 146_097
  /// From 0000-03-01 to 1970-01-01.
  private static let daysBefore1970: Int64 = 719_468

  private static func month(ofDay day: Int64) -> Int64 {
    let shifted = day + daysBefore1970
    let era = floorDivide(shifted, daysOfEra)
    let dayOfEra = shifted - era * daysOfEra
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    return (era * 400 + yearOfEra) * 12 + monthFromMarch + 2 - 1_970 * 12
  }

  private static func firstDay(ofMonth month: Int64) -> Int64 {
    let fromMarch = month + 1_970 * 12 - 2
    let year = floorDivide(fromMarch, 12)
    let monthFromMarch = fromMarch - year * 12
    let era = floorDivide(year, 400)
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * monthFromMarch + 2) / 5
    return era * daysOfEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - daysBefore1970
  }
}

/// Rounds towards minus infinity; the divisor is positive.
func floorDivide(_ dividend: Int64, _ divisor: Int64) -> Int64 {
  let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
  return remainder < 0 ? quotient - 1 : quotient
}
