/// What an answer to a message needs, read without parsing it.
package struct Outline: Equatable, Sendable {
  package enum Kind: Equatable, Sendable { case request, notification, response, unknown }

  package let kind: Kind
  /// The exact bytes of the `id`: a JSON string or integer of bounded length; nil when there is none that can be trusted.
  package let id: [UInt8]?

  static let unknown = Outline(kind: .unknown, id: nil)
}

/// Picks `id` and the presence of `method` out of a message that goes by in pieces and is thrown away, in constant memory.
///
/// It looks only at members of the outermost object. Anything odd (no object, two ids, an escape in a key, an id that is no plain string
/// or integer) gives no id: the answer then carries `null`, which JSON-RPC has for exactly this.
struct OutlineScanner {
  /// Longest id that is kept, in bytes.
  private static let longestID = 256

  private enum Place { case start, key, colon, value, afterValue, end, odd }
  private enum Name { case id, method, other }

  private var place = Place.start
  private var name = Name.other
  /// Open brackets within a member's value.
  private var depth = 0
  private var inString = false
  private var escaped = false
  private var key: [UInt8] = []
  private var id: [UInt8] = []
  private var ids = 0
  private var idIsOver = false
  private var hasMethod = false
  private var hasOutcome = false

  mutating func read(_ bytes: ArraySlice<UInt8>) {
    for byte in bytes where place != .odd {
      if inString { readInString(byte) } else { readOutside(byte) }
    }
  }

  var outline: Outline {
    guard place != .odd, place != .start, ids <= 1 else { return .unknown }
    let known = ids == 1 && isPlain(id) ? id : nil
    let kind: Outline.Kind =
      switch (hasMethod, ids == 1) {
      case (true, true): .request
      case (true, false): .notification
      case (false, _): hasOutcome || ids == 1 ? .response : .unknown
      }
    return Outline(kind: kind, id: known)
  }

  private mutating func readInString(_ byte: UInt8) {
    if place == .key {
      if byte == UInt8(ascii: "\\") {
        place = .odd
      } else if byte == UInt8(ascii: "\"") {
        inString = false
        place = .colon
        recognise()
      } else if key.count < 8 {
        key.append(byte)
      }
      return
    }
    keep(byte)
    if escaped {
      escaped = false
    } else if byte == UInt8(ascii: "\\") {
      escaped = true
    } else if byte == UInt8(ascii: "\"") {
      inString = false
      if depth == 0 { place = .afterValue }
    }
  }

  private mutating func readOutside(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      if name == .id, place == .value, !id.isEmpty { idIsOver = true }
    case UInt8(ascii: "{") where place == .start: place = .key
    case UInt8(ascii: "\"") where place == .key:
      key.removeAll(keepingCapacity: true)
      inString = true
    case UInt8(ascii: ":") where place == .colon: place = .value
    case UInt8(ascii: "}") where depth == 0 && place != .start && place != .colon: place = .end
    case UInt8(ascii: ",") where depth == 0 && (place == .value || place == .afterValue): place = .key
    default: readValue(byte)
    }
  }

  private mutating func readValue(_ byte: UInt8) {
    guard place == .value else {
      place = .odd
      return
    }
    if name == .id, idIsOver { place = .odd }
    keep(byte)
    switch byte {
    case UInt8(ascii: "\""): inString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      depth -= 1
      if depth == 0 { place = .afterValue }
    default: break
    }
  }

  private mutating func recognise() {
    name = .other
    if key.elementsEqual("id".utf8) {
      name = .id
      ids += 1
    } else if key.elementsEqual("method".utf8) {
      hasMethod = true
    } else if key.elementsEqual("result".utf8) || key.elementsEqual("error".utf8) {
      hasOutcome = true
    }
  }

  private mutating func keep(_ byte: UInt8) {
    if name == .id, id.count <= Self.longestID { id.append(byte) }
  }

  /// A JSON string without escapes or an integer: these bytes go into our answer as they are.
  private func isPlain(_ id: [UInt8]) -> Bool {
    guard id.count <= Self.longestID, let first = id.first else { return false }
    if first == UInt8(ascii: "\"") {
      let inner = id.dropFirst().dropLast()
      return id.count >= 2 && id.last == first && inner.allSatisfy { (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") && $0 != first }
    }
    let digits = first == UInt8(ascii: "-") ? id.dropFirst() : id[...]
    let isDecimal = !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return isDecimal && (digits.count == 1 || digits.first != UInt8(ascii: "0"))
  }
}
