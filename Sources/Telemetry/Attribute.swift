/// A name and what it says of a span or a resource. Source: OpenTelemetry, `common`, "Attribute".
package struct Attribute: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case text(String)
    case number(Int64)
    case real(Double)
    case texts([String])
  }

  package let name: String
  package let value: Value

  package init(_ name: String, _ text: String) {
    self.name = name
    value = .text(text)
  }

  package init(_ name: String, _ number: Int) {
    self.name = name
    value = .number(Int64(number))
  }

  package init(_ name: String, _ real: Double) {
    self.name = name
    value = .real(real)
  }

  package init(_ name: String, _ texts: [String]) {
    self.name = name
    value = .texts(texts)
  }
}

extension ProtobufWriter {
  /// `opentelemetry.proto.common.v1.KeyValue`
  mutating func attribute(_ field: UInt8, _ attribute: Attribute) {
    message(field) { writer in
      writer.string(1, attribute.name)
      writer.message(2) { writer in
        switch attribute.value {
        case .text(let text): writer.string(1, text)
        case .number(let number): writer.varint(3, UInt64(bitPattern: number))
        case .real(let real): writer.double(4, real)
        case .texts(let texts):
          writer.message(5) { writer in
            for text in texts { writer.message(1) { $0.string(1, text) } }
          }
        }
      }
    }
  }
}
