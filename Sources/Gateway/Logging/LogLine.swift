internal import Enforcement
internal import Glibc
internal import JSON

/// One JSON object on one line, built without an intermediate tree. Every call pays for one, so text that needs no
/// escapes, as nearly all, is copied as it is.
struct LogLine {
  /// Text of others is cut to this many bytes, so that a line fits one write and nobody can fill the log with one name.
  private static let longestText = 256

  private var bytes: [UInt8] = []

  init(level: StaticString, message: String, at time: timespec? = nil) {
    // What a call takes as a rule.
    bytes.reserveCapacity(640)
    append(raw: #"{"time":""#)
    append(timestamp: time ?? wallClock())
    append(raw: #"","level":""#)
    append(raw: level)
    append(raw: #"","message":"#)
    append(quoted: message)
  }

  mutating func add(_ name: StaticString, _ value: String) {
    begin(name)
    append(quoted: value)
  }

  mutating func add(_ name: StaticString, ifPresent value: String?) {
    if let value { add(name, value) }
  }

  mutating func add(_ name: StaticString, _ value: Int) {
    begin(name)
    append(value)
  }

  /// A number in quotation marks.
  mutating func add(_ name: StaticString, quoted value: Int64) {
    begin(name)
    bytes.append(UInt8(ascii: "\""))
    append(Int(value))
    bytes.append(UInt8(ascii: "\""))
  }

  /// Text that is known to need no escapes.
  ///
  /// - Parameter size: the bytes that `write` appends at most.
  mutating func add(_ name: StaticString, size: Int, writing write: (inout OutputSpan<UInt8>) -> Void) {
    begin(name)
    bytes.append(addingCapacity: size + 2) { output in
      output.append(UInt8(ascii: "\""))
      write(&output)
      output.append(UInt8(ascii: "\""))
    }
  }

  mutating func add(_ name: StaticString, _ values: [String]) {
    begin(name)
    bytes.append(UInt8(ascii: "["))
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(quoted: value)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// Microseconds with one decimal.
  mutating func add(_ name: StaticString, nanoseconds: UInt64) {
    begin(name)
    append(Int(clamping: nanoseconds / 1000))
    bytes.append(addingCapacity: 2) { output in
      output.append(UInt8(ascii: "."))
      output.append(digit: Int(nanoseconds % 1000 / 100))
    }
  }

  /// What filters found, the first eight.
  mutating func add(_ name: StaticString, _ findings: [CallRecord.Finding]) {
    begin(name)
    bytes.append(UInt8(ascii: "["))
    for (index, finding) in findings.prefix(8).enumerated() {
      append(raw: index > 0 ? ",{\"filter\":" : "{\"filter\":")
      append(quoted: finding.filter)
      if let pattern = finding.pattern {
        append(raw: ",\"pattern\":")
        append(quoted: pattern)
      }
      append(raw: ",\"count\":")
      append(finding.count)
      append(raw: finding.isUndecided ? ",\"undecided\":true}" : "}")
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// What a call met of limits.
  mutating func add(_ name: StaticString, _ limits: LimitStates) {
    begin(name)
    bytes.append(UInt8(ascii: "["))
    for index in 0..<limits.count {
      let state = limits[index]
      append(raw: index > 0 ? ",{\"limit\":" : "{\"limit\":")
      append(quoted: state.limit)
      append(raw: ",\"takes\":")
      bytes += state.takes.description.utf8
      append(raw: ",\"left\":")
      bytes += state.left.description.utf8
      if state.isOver { append(raw: ",\"over\":true") }
      append(raw: state.isShadow ? ",\"shadow\":true}" : "}")
    }
    bytes.append(UInt8(ascii: "]"))
  }

  /// JSON that is written in printable ASCII and is not long.
  mutating func add(_ name: StaticString, json: [UInt8]) {
    begin(name)
    bytes += json
  }

  /// An object of numbers whose names are other people's text, in UTF-8: `open`, any number of `addMember`, `close`.
  mutating func open(_ name: StaticString) {
    begin(name)
    bytes.append(UInt8(ascii: "{"))
  }

  mutating func addMember(_ name: Span<UInt8>, _ value: Int) {
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    append(quoted: name)
    bytes.append(UInt8(ascii: ":"))
    append(value)
  }

  mutating func close() { bytes.append(UInt8(ascii: "}")) }

  /// An object of texts whose names are not ours.
  mutating func add(_ name: StaticString, texts: some Sequence<(name: String, text: String)>) {
    begin(name)
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for (name, text) in texts {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      append(quoted: name)
      bytes.append(UInt8(ascii: ":"))
      append(quoted: text)
    }
    bytes.append(UInt8(ascii: "}"))
  }

  consuming func finished() -> [UInt8] {
    append(raw: "}\n")
    return bytes
  }

  private mutating func begin(_ name: StaticString) {
    bytes.append(addingCapacity: name.utf8CodeUnitCount + 4) { output in
      output.append(UInt8(ascii: ","))
      output.append(UInt8(ascii: "\""))
      output.append(name)
      output.append(UInt8(ascii: "\""))
      output.append(UInt8(ascii: ":"))
    }
  }

  private mutating func append(raw text: StaticString) {
    bytes.append(addingCapacity: text.utf8CodeUnitCount) { $0.append(text) }
  }

  private mutating func append(_ value: Int) {
    bytes.append(addingCapacity: 20) { output in
      if value < 0 { output.append(UInt8(ascii: "-")) }
      var unit: UInt = 1
      while value.magnitude / unit > 9 { unit *= 10 }
      while unit > 0 {
        output.append(digit: Int(value.magnitude / unit % 10))
        unit /= 10
      }
    }
  }

  private mutating func append(quoted text: String) {
    if !appendPlain(text.utf8.span) { append(escaped: text) }
  }

  private mutating func append(quoted text: Span<UInt8>) {
    guard !appendPlain(text) else { return }
    // A few bytes more than will be shown, so that the cut is seen.
    var copy: [UInt8] = []
    for index in text.indices.prefix(Self.longestText + 4) { copy.append(text[index]) }
    append(escaped: String(decoding: copy, as: UTF8.self))
  }

  /// - Returns: false, and nothing is appended, when the text is not short or needs escapes.
  private mutating func appendPlain(_ text: Span<UInt8>) -> Bool {
    guard text.count <= Self.longestText else { return false }
    for index in text.indices {
      guard isPlain(text[index]) else { return false }
    }
    bytes.append(addingCapacity: text.count + 2) { output in
      output.append(UInt8(ascii: "\""))
      for index in text.indices { output.append(text[index]) }
      output.append(UInt8(ascii: "\""))
    }
    return true
  }

  private mutating func append(escaped text: String) {
    bytes.append(UInt8(ascii: "\""))
    var used = 0
    for scalar in text.unicodeScalars {
      used += UTF8.width(scalar)
      if used > Self.longestText {
        bytes += "…".utf8
        break
      }
      append(scalar)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Escapes what JSON requires, and every character that could rewrite the terminal of whoever reads the log.
  private mutating func append(_ scalar: Unicode.Scalar) {
    switch scalar {
    case "\"", "\\":
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(UInt8(scalar.value))
    case "\u{20}"..."\u{7E}": bytes.append(UInt8(scalar.value))
    case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200B}"..."\u{200F}", "\u{2028}"..."\u{202E}", "\u{2060}"..."\u{206F}", "\u{FEFF}":
      let digits = String(scalar.value, radix: 16)
      bytes += "\\u".utf8
      bytes += String(repeating: "0", count: 4 - digits.count).utf8
      bytes += digits.utf8
    default: bytes += String(scalar).utf8
    }
  }

  /// RFC 3339 in UTC with milliseconds, for any time after 1970-01-01.
  private mutating func append(timestamp time: timespec) {
    let (days, seconds) = time.tv_sec.quotientAndRemainder(dividingBy: 86_400)
    let date = CivilDate(daysSince1970: days)
    bytes.append(addingCapacity: 24) { output in
      output.append(date.year, digits: 4, then: "-")
      output.append(date.month, digits: 2, then: "-")
      output.append(date.day, digits: 2, then: "T")
      output.append(seconds / 3600, digits: 2, then: ":")
      output.append(seconds / 60 % 60, digits: 2, then: ":")
      output.append(seconds % 60, digits: 2, then: ".")
      output.append(time.tv_nsec / 1_000_000, digits: 3, then: "Z")
    }
  }
}

/// A day of the Gregorian calendar, reckoned without the C library: its conversion cost a fifth of a line.
private struct CivilDate {
  let year: Int
  let month: Int
  let day: Int

  /// Years are taken to begin in March, so that a leap day is the last day of its year; 400 of them have 146,097 days.
  init(daysSince1970 days: Int) {
    // 719,468 days lie between 0000-03-01 and 1970-01-01.
    let (cycle, dayOfCycle) = (days + 719_468).quotientAndRemainder(dividingBy: 146_097)
    let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
    let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
    // From March on, five months have 153 days.
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = 400 * cycle + yearOfCycle + (month <= 2 ? 1 : 0)
  }
}

extension OutputSpan<UInt8> {
  fileprivate mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { buffer in
      for index in buffer.indices { unsafe append(buffer[index]) }
    }
  }

  fileprivate mutating func append(digit: Int) { append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)) }

  fileprivate mutating func append(_ value: Int, digits: Int, then separator: Unicode.Scalar) {
    var unit = 1
    for _ in 1..<digits { unit *= 10 }
    while unit > 0 {
      append(digit: value / unit % 10)
      unit /= 10
    }
    append(UInt8(ascii: separator))
  }
}

/// Printable ASCII that JSON writes as itself.
private func isPlain(_ byte: UInt8) -> Bool {
  byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
}

func wallClock() -> timespec {
  var time = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &time)
  return time
}

/// Nanoseconds of the clock that only goes forward.
package func steadyNanoseconds() -> UInt64 {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
