import Foundation
import Semantics

/// Clock facts by Foundation's calendar.
struct ReferenceClock {
  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .current
    return calendar
  }()

  private let moment: Int64

  init(_ moment: Int64) { self.moment = moment }

  func value(_ field: Semantics.ClockField) -> String {
    if field == .moment { return "\(moment)" }
    let calendar = Self.calendar
    let date = Date(timeIntervalSince1970: Double(moment) / 1_000)
    let number =
      switch field {
      // Foundation's week begins with Sunday, which is 1.
      case .weekday: (calendar.component(.weekday, from: date) + 5) % 7 + 1
      case .hour: calendar.component(.hour, from: date)
      case .minute: calendar.component(.minute, from: date)
      case .day: calendar.component(.day, from: date)
      case .month: calendar.component(.month, from: date)
      case .year: calendar.component(.year, from: date)
      case .moment: 0
      }
    return "\(number)"
  }
}
