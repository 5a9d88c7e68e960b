internal import JSON

/// Builds one line, member by member.
struct JSONLine {
  private(set) var bytes: [UInt8] = []

  init(_ kind: TrafficFormat.Kind) {
    bytes.reserveCapacity(512)
    bytes += "{\"k\":\"\(kind.rawValue)\"".utf8
  }

  mutating func key(_ name: StaticString) {
    bytes += ",\"".utf8
    name.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    bytes += "\":".utf8
  }

  mutating func add(_ name: StaticString, _ text: String) {
    key(name)
    appendQuoted(text, to: &bytes)
  }

  mutating func add(_ name: StaticString, _ text: String?) {
    if let text { add(name, text) }
  }

  mutating func add(_ name: StaticString, _ number: some BinaryInteger) {
    key(name)
    bytes += "\(number)".utf8
  }

  mutating func add(_ name: StaticString, _ flag: Bool) {
    key(name)
    bytes += (flag ? "true" : "false").utf8
  }

  /// Nothing when there are none.
  mutating func add(_ name: StaticString, _ texts: [String]) {
    if !texts.isEmpty { add(name, Value.array(texts.map(Value.string))) }
  }

  mutating func add(_ name: StaticString, _ numbers: [Int]) {
    if numbers.isEmpty { return }
    key(name)
    bytes += "[\(numbers.map { "\($0)" }.joined(separator: ","))]".utf8
  }

  mutating func add(_ name: StaticString, _ value: Value) {
    key(name)
    bytes += write(value)
  }

  mutating func withBytes<Outcome>(_ body: (inout [UInt8]) -> Outcome) -> Outcome { body(&bytes) }

  consuming func finished() -> [UInt8] {
    bytes += "}\n".utf8
    return bytes
  }
}
