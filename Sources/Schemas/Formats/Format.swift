/// The formats that are asserted on request. Every one of them passes its tests of the official suite whole; names that are not here say
/// nothing about a value.
package enum Format: String, Sendable, Hashable, CaseIterable {
  case date, time, duration, email, hostname, ipv4, ipv6, uri, iri, uuid, regex
  case dateTime = "date-time"
  case internationalEmail = "idn-email"
  case internationalHostname = "idn-hostname"
  case uriReference = "uri-reference"
  case iriReference = "iri-reference"
  case uriTemplate = "uri-template"
  case jsonPointer = "json-pointer"
  case relativeJSONPointer = "relative-json-pointer"

  /// Whether a string has the format. The text is valid UTF-8. Allocates only for `regex` and for names with letters beyond ASCII.
  func admits(_ text: Span<UInt8>) -> Bool {
    switch self {
    case .date: DateFormats.isDate(text)
    case .time: DateFormats.isTime(text)
    case .dateTime: DateFormats.isDateTime(text)
    case .duration: DateFormats.isDuration(text)
    case .email: NetworkFormats.isEmail(text, international: false)
    case .internationalEmail: NetworkFormats.isEmail(text, international: true)
    case .hostname: NetworkFormats.isHostname(text, international: false)
    case .internationalHostname: NetworkFormats.isHostname(text, international: true)
    case .ipv4: NetworkFormats.isIPv4(text, 0..<text.count)
    case .ipv6: NetworkFormats.isIPv6(text, 0..<text.count)
    case .uri: AddressFormats.isAddress(text, relative: false, international: false)
    case .uriReference: AddressFormats.isAddress(text, relative: true, international: false)
    case .iri: AddressFormats.isAddress(text, relative: false, international: true)
    case .iriReference: AddressFormats.isAddress(text, relative: true, international: true)
    case .uriTemplate: AddressFormats.isTemplate(text)
    case .uuid: AddressFormats.isUUID(text)
    case .jsonPointer: AddressFormats.isPointer(text, from: 0)
    case .relativeJSONPointer: AddressFormats.isRelativePointer(text)
    case .regex: (try? ScriptPattern(copy(text))) != nil
    }
  }

  /// What a value should look like, for a violation.
  var example: String {
    switch self {
    case .date: "2026-01-31"
    case .time: "09:30:00Z"
    case .dateTime: "2026-01-31T09:30:00Z"
    case .duration: "P3DT12H"
    case .email, .internationalEmail: "name@example.com"
    case .hostname, .internationalHostname: "api.example.com"
    case .ipv4: "192.0.2.1"
    case .ipv6: "2001:db8::1"
    case .uri, .iri: "https://example.com/path"
    case .uriReference, .iriReference: "/path?query"
    case .uriTemplate: "/items/{id}"
    case .uuid: "123e4567-e89b-12d3-a456-426614174000"
    case .jsonPointer: "/items/0"
    case .relativeJSONPointer: "1/items"
    case .regex: "^[a-z]+$"
    }
  }
}

/// The bytes of a span as a string; they are valid UTF-8.
func copy(_ text: Span<UInt8>) -> String {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.count)
  for index in text.indices { bytes.append(text[index]) }
  return String(decoding: bytes, as: UTF8.self)
}

/// ASCII classes that several formats share.
extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var isLetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
  var isHexadecimal: Bool { hexValue(self) != nil }
}
