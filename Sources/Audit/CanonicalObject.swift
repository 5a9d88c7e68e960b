internal import JSON

/// Writes one JSON object in the canonical layout, without a tree in between: names must come in ascending order.
package struct CanonicalObject {
  /// Bytes of a text of others that are written; what follows is left out, and marked.
  package static let longestText = 512

  private var bytes: [UInt8] = [UInt8(ascii: "{")]

  package init() { bytes.reserveCapacity(512) }

  package mutating func add(_ name: StaticString, _ text: String?) {
    guard var text else { return }
    begin(name)
    text.makeContiguousUTF8()
    guard text.utf8.count > CanonicalObject.longestText else { return appendQuoted(text.utf8.span, to: &bytes) }
    var cut = String.UnicodeScalarView()
    var count = 0
    for scalar in text.unicodeScalars {
      count += UTF8.width(scalar)
      if count > CanonicalObject.longestText { break }
      cut.append(scalar)
    }
    appendQuoted(String(cut) + "…", to: &bytes)
  }

  package mutating func add(_ name: StaticString, _ number: Int64) {
    begin(name)
    bytes += String(number).utf8
  }

  package mutating func add(_ name: StaticString, _ flag: Bool) {
    begin(name)
    bytes += (flag ? "true" : "false").utf8
  }

  /// - Parameter json: in the canonical layout.
  package mutating func add(_ name: StaticString, json: [UInt8]) {
    begin(name)
    bytes += json
  }

  package mutating func add(_ name: StaticString, _ texts: [String]) {
    if texts.isEmpty { return }
    add(name, json: write(.array(texts.map { .string($0) }), .canonical))
  }

  package consuming func finished() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  private mutating func begin(_ name: StaticString) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { buffer in
      for index in buffer.indices { unsafe bytes.append(buffer[index]) }
    }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
  }
}
