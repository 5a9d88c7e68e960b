package import JSON
internal import RegularExpressions

/// Finds values that may stand where a redacted one stood, so that a structured result still has the form that its schema asks for.
///
/// It reads what the schema says of the place, and proposes; whether a proposal fits says only the schema as a whole, which must be asked.
package struct StandIns: Sendable {
  private let schema: Value

  /// - Parameter schema: the JSON Schema of the content. References are followed within it.
  package init(_ schema: Value) { self.schema = schema }

  /// Texts of JSON values, the most telling first; empty when no value but the redacted one itself could stand there.
  ///
  /// - Parameters:
  ///   - node: a string or number below `content`.
  ///   - redacted: what became of its text.
  package func proposals(for node: Node, in document: Document, below content: Node, redacted: [UInt8]) -> [[UInt8]] {
    let hints = Hints(subschemas(at: node, in: document, below: content))
    // Of a closed list every value says something, and would be a lie.
    if hints.isClosed { return hints.admits("null") ? [Array("null".utf8)] : [] }
    var proposals: [[UInt8]] = []
    if document.kind(node) == .number {
      if hints.admits("string") { proposals.append(quoted(redacted)) }
      proposals += hints.numbers
    } else {
      var original: [UInt8] = []
      document.decodeString(node, appendingTo: &original)
      proposals += hints.texts(redacted: redacted, original: original).map(quoted)
    }
    if hints.admits("null") { proposals.append(Array("null".utf8)) }
    let source = Array(document.bytes[document.source(node)])
    var seen: Set<[UInt8]> = [source]
    return proposals.filter { seen.insert($0).inserted }
  }

  private func quoted(_ text: [UInt8]) -> [UInt8] {
    var quoted: [UInt8] = []
    appendQuoted(text.span, to: &quoted)
    return quoted
  }

  // MARK: Subschemas

  /// The most that are looked at for one place.
  private static let most = 64

  private func subschemas(at node: Node, in document: Document, below content: Node) -> [Value] {
    var schemas = expanded([schema])
    var current = content
    while current != node, let child = document.child(of: current, holding: node) {
      let step = document.kind(current) == .array ? nil : document.string(child.name)
      schemas = expanded(schemas.flatMap { Self.below($0, member: step, index: child.index) })
      current = child.value
    }
    return schemas
  }

  /// With what they refer to and are put together from.
  private func expanded(_ schemas: [Value]) -> [Value] {
    var all: [Value] = []
    var pending = schemas
    while let next = pending.popLast(), all.count < Self.most {
      if all.contains(next) { continue }
      all.append(next)
      for keyword in ["allOf", "anyOf", "oneOf"] { pending += next[keyword]?.elements ?? [] }
      for keyword in ["then", "else"] { if let part = next[keyword] { pending.append(part) } }
      if let reference = next["$ref"]?.string, reference.hasPrefix("#"), let pointer = Pointer(parsing: reference.dropFirst()),
        let target = pointer.tokens.reduce(schema as Value?, { $0?[$1] })
      {
        pending.append(target)
      }
    }
    return all
  }

  /// What a schema says of a member or an element of its values.
  private static func below(_ schema: Value, member: String?, index: Int) -> [Value] {
    guard let member else {
      let items = schema["items"]
      let prefix = schema["prefixItems"]?.elements ?? items?.elements ?? []
      if index < prefix.count { return [prefix[index]] }
      return [items?.elements == nil ? items : schema["additionalItems"]].compactMap(\.self)
    }
    if let property = schema["properties"]?[member] { return [property] }
    return (schema["patternProperties"]?.members ?? []).map(\.value) + [schema["additionalProperties"]].compactMap(\.self)
  }
}

extension Document {
  /// The member or element of a container that a node is, or is in. `name` is the element itself in arrays.
  fileprivate func child(of container: Node, holding node: Node) -> (name: Node, value: Node, index: Int)? {
    var next = firstChild(container)
    var index = 0
    while let name = next {
      let value = kind(container) == .object ? self.value(of: name) : name
      if indices(in: value).contains(node.index) { return (name, value, index) }
      next = sibling(after: value, in: container)
      index += 1
    }
    return nil
  }
}

/// What several subschemas say of one value, taken together.
private struct Hints {
  private var types: Set<String> = []
  private var formats: [String] = []
  private var minimumLength = 0
  private var maximumLength: Int?
  private var bounds: [Number] = []
  private(set) var isClosed = false

  init(_ schemas: [Value]) {
    for schema in schemas {
      if let type = schema["type"] { types.formUnion(type.elements?.compactMap(\.string) ?? [type.string].compactMap(\.self)) }
      if let format = schema["format"]?.string { formats.append(format) }
      if let length = Self.count(schema["minLength"]) { minimumLength = max(minimumLength, length) }
      if let length = Self.count(schema["maxLength"]) { maximumLength = min(maximumLength ?? length, length) }
      isClosed = isClosed || schema["enum"] != nil || schema["const"] != nil
      for keyword in ["minimum", "maximum", "multipleOf"] { if let bound = schema[keyword]?.number { bounds.append(bound) } }
      for (keyword, step) in [("exclusiveMinimum", 1), ("exclusiveMaximum", -1)] {
        if let bound = schema[keyword]?.number.flatMap({ Int($0.description) }), bound.magnitude < 1 << 53 {
          bounds.append(Number(Int64(bound + step)))
        }
      }
    }
  }

  /// Longer texts are nobody's to make.
  private static let longest = 4_096

  private static func count(_ value: Value?) -> Int? { (value?.number).flatMap { Int($0.description) }.map { min($0, longest) } }

  func admits(_ type: String) -> Bool { types.contains(type) }

  var numbers: [[UInt8]] { [Array("0".utf8)] + bounds.map { Array($0.description.utf8) } }

  func texts(redacted: [UInt8], original: [UInt8]) -> [[UInt8]] {
    var texts = [redacted] + formats.compactMap { ReservedTexts.byFormat[$0] }
    texts += [Mask(digit: "0", letter: "x"), Mask(digit: "1", letter: "a")].map { $0.covering(original) }
    let short = Array("[redacted]".utf8)
    let count = max(minimumLength, min(maximumLength ?? short.count, short.count))
    texts += [
      Array((short + [UInt8](repeating: UInt8(ascii: "*"), count: max(0, count - short.count))).prefix(count)),
      [UInt8](repeating: UInt8(ascii: "*"), count: count), [],
    ]
    return texts
  }
}

/// Keeps the shape of a text and nothing of what it says.
private struct Mask {
  let digit: UInt8
  let letter: UInt8

  init(digit: Unicode.Scalar, letter: Unicode.Scalar) {
    self.digit = UInt8(ascii: digit)
    self.letter = UInt8(ascii: letter)
  }

  /// Letters keep their case; characters outside ASCII become small letters.
  func covering(_ text: [UInt8]) -> [UInt8] {
    var covered: [UInt8] = []
    for byte in text {
      switch byte {
      case 0x30...0x39: covered.append(digit)
      case 0x41...0x5A: covered.append(letter - 0x20)
      case 0x61...0x7A, 0xC0...: covered.append(letter)
      case 0x80..<0xC0: continue
      default: covered.append(byte)
      }
    }
    return covered
  }
}

/// Texts of well-known forms that are reserved to mean nothing (RFC 2606, 5737, 3849, 9562), and stand where something of that form was.
///
/// A pattern for the form finds them as well, so a match within one is none: otherwise what was redacted would be redacted again.
enum ReservedTexts {
  static let byFormat: [String: [UInt8]] = [
    "email": "redacted@redacted.invalid", "idn-email": "redacted@redacted.invalid", "hostname": "redacted.invalid",
    "idn-hostname": "redacted.invalid", "uri": "https://redacted.invalid/", "iri": "https://redacted.invalid/",
    "uri-reference": "https://redacted.invalid/", "iri-reference": "https://redacted.invalid/", "ipv4": "192.0.2.0", "ipv6": "2001:db8::",
    "date": "1970-01-01", "time": "00:00:00Z", "date-time": "1970-01-01T00:00:00Z", "duration": "PT0S",
    "uuid": "00000000-0000-0000-0000-000000000000", "json-pointer": "/redacted", "uri-template": "https://redacted.invalid/",
  ].mapValues { Array($0.utf8) }

  private static let texts = Set(byFormat.values.filter { $0.count >= 9 }).sorted { $0.lexicographicallyPrecedes($1) }
  private static let longest = texts.reduce(0) { max($0, $1.count) }
  private static let bytes = texts.joined().reduce(into: ByteSet()) { $0.insert($1) }

  /// Whether some bytes of a text are within a reserved one.
  static func hold(_ range: Range<Int>, of text: Span<UInt8>) -> Bool {
    guard range.count <= longest, !range.isEmpty else { return false }
    // Phrases have blanks, and end here.
    for index in range where !bytes.contains(text[index]) { return false }
    for reserved in texts where reserved.count >= range.count {
      for offset in 0...reserved.count - range.count where reserved[offset] == text[range.lowerBound] {
        let start = range.lowerBound - offset
        if start >= 0, start + reserved.count <= text.count, isEqual(reserved, text, from: start) { return true }
      }
    }
    return false
  }

  private static func isEqual(_ reserved: [UInt8], _ text: Span<UInt8>, from start: Int) -> Bool {
    for index in reserved.indices where reserved[index] != text[start + index] { return false }
    return true
  }
}
