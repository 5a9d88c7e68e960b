/// Writes messages in the wire format of protocol buffers (protobuf.dev, "Encoding"): the part of it that OTLP needs.
package struct ProtobufWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// An `int64`, `uint64` or enumeration.
  package mutating func varint(_ field: UInt8, _ value: UInt64) {
    tag(field, 0)
    varint(value)
  }

  package mutating func boolean(_ field: UInt8, _ value: Bool) { varint(field, value ? 1 : 0) }

  package mutating func fixed64(_ field: UInt8, _ value: UInt64) {
    tag(field, 1)
    append(value)
  }

  package mutating func fixed32(_ field: UInt8, _ value: UInt32) {
    tag(field, 5)
    for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  package mutating func double(_ field: UInt8, _ value: Double) { fixed64(field, value.bitPattern) }

  package mutating func string(_ field: UInt8, _ text: String) {
    tag(field, 2)
    varint(UInt64(text.utf8.count))
    bytes += text.utf8
  }

  package mutating func data(_ field: UInt8, _ data: some Collection<UInt8>) {
    tag(field, 2)
    varint(UInt64(data.count))
    bytes += data
  }

  /// Big-endian, as identifiers of traces and spans are.
  package mutating func identifier(_ field: UInt8, _ words: UInt64...) {
    tag(field, 2)
    varint(UInt64(words.count * 8))
    for word in words {
      for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
  }

  package mutating func packed(fixed64 field: UInt8, _ values: some Collection<UInt64>) {
    tag(field, 2)
    varint(UInt64(values.count * 8))
    for value in values { append(value) }
  }

  /// A message within this one. Its length stands before it and is known behind it: one byte is kept, which is enough for most.
  package mutating func message(_ field: UInt8, _ body: (inout ProtobufWriter) -> Void) {
    tag(field, 2)
    let start = bytes.count
    bytes.append(0)
    body(&self)
    var length = UInt64(bytes.count - start - 1)
    var digits: [UInt8] = []
    while length > 0x7F {
      digits.append(UInt8(truncatingIfNeeded: length) | 0x80)
      length >>= 7
    }
    if digits.isEmpty {
      bytes[start] = UInt8(length)
    } else {
      bytes.replaceSubrange(start...start, with: digits + [UInt8(length)])
    }
  }

  private mutating func tag(_ field: UInt8, _ type: UInt8) { varint(UInt64(field) << 3 | UInt64(type)) }

  private mutating func varint(_ value: UInt64) {
    var value = value
    while value > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
      value >>= 7
    }
    bytes.append(UInt8(value))
  }

  private mutating func append(_ value: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }
}
