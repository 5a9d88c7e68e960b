/// RFC 3339 dates and times, and the durations of its appendix A. ASCII digits only.
enum DateFormats {
  static func isDate(_ text: Span<UInt8>) -> Bool { text.count == 10 && date(text, at: 0) }

  static func isTime(_ text: Span<UInt8>) -> Bool { time(text, at: 0) }

  static func isDateTime(_ text: Span<UInt8>) -> Bool {
    text.count > 11 && date(text, at: 0) && text[10] | 0x20 == UInt8(ascii: "t") && time(text, at: 11)
  }

  /// `YYYY-MM-DD`, a day that exists, from a place on.
  private static func date(_ text: Span<UInt8>, at start: Int) -> Bool {
    guard let year = number(text, start, 4), let month = number(text, start + 5, 2), let day = number(text, start + 8, 2),
      text[start + 4] == UInt8(ascii: "-"), text[start + 7] == UInt8(ascii: "-"), (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let length =
      switch month {
      case 2: isLeap ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    return day >= 1 && day <= length
  }

  /// `HH:MM:SS[.fraction](Z|±HH:MM)` to the end. A leap second is one only at 23:59:60 UTC.
  private static func time(_ text: Span<UInt8>, at start: Int) -> Bool {
    guard let hour = number(text, start, 2), let minute = number(text, start + 3, 2), let second = number(text, start + 6, 2),
      text[start + 2] == UInt8(ascii: ":"), text[start + 5] == UInt8(ascii: ":"), hour < 24, minute < 60, second <= 60
    else { return false }
    var at = start + 8
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      let first = at
      while at < text.count, text[at].isDigit { at += 1 }
      guard at > first else { return false }
    }
    guard at < text.count else { return false }
    var offset = 0
    switch text[at] {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"):
      guard at + 1 == text.count else { return false }
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      guard at + 6 == text.count, text[at + 3] == UInt8(ascii: ":"), let hours = number(text, at + 1, 2),
        let minutes = number(text, at + 4, 2), hours < 24, minutes < 60
      else { return false }
      offset = (hours * 60 + minutes) * (text[at] == UInt8(ascii: "+") ? -1 : 1)
    default: return false
    }
    guard second == 60 else { return true }
    return ((hour * 60 + minute + offset) % 1440 + 1440) % 1440 == 1439
  }

  /// `P` with days, months, years in order, or weeks alone, and `T` with hours, minutes, seconds; parts may not be skipped in the middle.
  static func isDuration(_ text: Span<UInt8>) -> Bool {
    guard text.count >= 3, text[0] == UInt8(ascii: "P") else { return false }
    var at = 1
    if let end = part(text, from: at, UInt8(ascii: "W")) { return end == text.count }
    guard let date = sequence(text, from: at, units: ["Y", "M", "D"]) else { return false }
    at = date
    if at == text.count { return at > 1 }
    guard text[at] == UInt8(ascii: "T"), let time = sequence(text, from: at + 1, units: ["H", "M", "S"]) else { return false }
    return time == text.count && time > at + 1
  }

  /// As many adjacent units of the list as there are; gives where they end. nil: a unit left out between two that are there.
  private static func sequence(_ text: Span<UInt8>, from start: Int, units: [3 of Unicode.Scalar]) -> Int? {
    var at = start
    var last: Int?
    for index in units.indices {
      guard let end = part(text, from: at, UInt8(ascii: units[index])) else { continue }
      if let last, last != index - 1 { return nil }
      last = index
      at = end
    }
    return at
  }

  private static func part(_ text: Span<UInt8>, from start: Int, _ unit: UInt8) -> Int? {
    var at = start
    while at < text.count, text[at].isDigit { at += 1 }
    return at > start && at < text.count && text[at] == unit ? at + 1 : nil
  }

  /// The value of exactly so many digits.
  private static func number(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
    guard start + count <= text.count else { return nil }
    var value = 0
    for index in start..<start + count {
      guard text[index].isDigit else { return nil }
      value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
    }
    return value
  }
}
