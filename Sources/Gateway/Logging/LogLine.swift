internal import Glibc

/// One JSON object on one line, built without an intermediate tree.
struct LogLine {
  /// Text of others is cut to this many bytes, so that a line fits one write and nobody can fill the log with one name.
  private static let longestText = 256

  private var bytes: [UInt8] = []

  init(level: StaticString, message: String, at time: timespec? = nil) {
    bytes.reserveCapacity(512)
    bytes += #"{"time":""#.utf8
    append(timestamp: time ?? wallClock())
    bytes += #"","level":""#.utf8
    append(raw: level)
    bytes += #"","message":"#.utf8
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
    bytes += String(value).utf8
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
    bytes += String(nanoseconds / 1000).utf8
    bytes.append(UInt8(ascii: "."))
    bytes += String(nanoseconds % 1000 / 100).utf8
  }

  /// An object of numbers whose names are other people's text.
  mutating func add(_ name: StaticString, sizes: some Sequence<(name: String, size: Int)>) {
    begin(name)
    bytes.append(UInt8(ascii: "{"))
    var isFirst = true
    for (name, size) in sizes {
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
      append(quoted: name)
      bytes.append(UInt8(ascii: ":"))
      bytes += String(size).utf8
    }
    bytes.append(UInt8(ascii: "}"))
  }

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
    bytes += "}\n".utf8
    return bytes
  }

  private mutating func begin(_ name: StaticString) {
    bytes += #",""#.utf8
    append(raw: name)
    bytes += #"":"#.utf8
  }

  private mutating func append(raw text: StaticString) {
    text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
  }

  private mutating func append(quoted text: String) {
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

  /// RFC 3339 in UTC with milliseconds.
  private mutating func append(timestamp time: timespec) {
    var seconds = time.tv_sec
    var parts = unsafe tm()
    _ = unsafe gmtime_r(&seconds, &parts)
    unsafe append(Int(parts.tm_year) + 1900, digits: 4, then: "-")
    unsafe append(Int(parts.tm_mon) + 1, digits: 2, then: "-")
    unsafe append(Int(parts.tm_mday), digits: 2, then: "T")
    unsafe append(Int(parts.tm_hour), digits: 2, then: ":")
    unsafe append(Int(parts.tm_min), digits: 2, then: ":")
    unsafe append(Int(parts.tm_sec), digits: 2, then: ".")
    append(time.tv_nsec / 1_000_000, digits: 3, then: "Z")
  }

  private mutating func append(_ value: Int, digits: Int, then separator: Unicode.Scalar) {
    let start = bytes.count
    var rest = value
    for _ in 0..<digits {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    }
    bytes[start...].reverse()
    bytes.append(UInt8(ascii: separator))
  }
}

func wallClock() -> timespec {
  var time = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &time)
  return time
}
