internal import JSON

/// Servers written in some languages match the names of members without regard to case, and take the last match. A name that differs from
/// a known one in case only would be read there and not here.
///
/// Allocates nothing once warm, except for names that are not ASCII or written with escapes.
struct ParameterNames {
  private struct Place {
    let hash: UInt64
    let key: Node
  }

  private static let known = [
    "_meta", "name", "arguments", "uri", "ref", "argument", "context", "cursor", "inputResponses", "requestState", "taskId", "task",
    "notifications", "level", "protocolVersion", "capabilities", "clientInfo", "requestId", "reason", "progressToken", "progress", "total",
    "message", "type", "value", "resourceSubscriptions", "taskIds", "toolsListChanged", "promptsListChanged", "resourcesListChanged",
  ].map { Array($0.utf8) }
  /// Parameters whose members are known ones, too.
  private static let objects = ["_meta", "ref", "argument", "context", "notifications", "task"].map { Array($0.utf8) }

  private let known = FoldedNames(Self.known)
  private let objects = Self.objects
  /// The names of one object; kept for its storage.
  private var places: [Place] = []

  /// The first parameter that is a known one in other letters, or a name anywhere below that an object has in other letters, too.
  mutating func lookalike(_ document: Document, _ parameters: Node) -> [UInt8]? {
    if let key = misleading(document, parameters, isKnown: true) { return document.text(key) ?? [] }
    var next = document.firstChild(parameters)
    while let key = next {
      let value = document.value(of: key)
      for index in document.indices(in: value) {
        let node = Node(index: index)
        guard document.kind(node) == .object else { continue }
        let isKnown = index == value.index && objects.contains { document.stringEquals(key, $0) }
        if let key = misleading(document, node, isKnown: isKnown) { return document.text(key) ?? [] }
      }
      next = document.sibling(after: value, in: parameters)
    }
    return nil
  }

  /// Whether an object anywhere in a value has two names that are the same without letter case.
  mutating func hasTwin(_ document: Document, _ value: Node) -> Bool {
    document.indices(in: value).contains { index in
      document.kind(Node(index: index)) == .object && misleading(document, Node(index: index), isKnown: false) != nil
    }
  }

  /// A name in one object that is a known one in other letters, or another of its names.
  private mutating func misleading(_ document: Document, _ object: Node, isKnown: Bool) -> Node? {
    places.removeAll(keepingCapacity: true)
    var next = document.firstChild(object)
    while let key = next {
      let hash = document.foldedHash(key)
      if isKnown, known.match(document, key, hash) == .respelled { return key }
      places.append(Place(hash: hash, key: key))
      next = document.sibling(after: document.value(of: key), in: object)
    }
    return places.count <= 16 ? twinOfFew() : twinOfMany()
  }

  private func twinOfFew() -> Node? {
    for (index, place) in places.enumerated() {
      for other in places[..<index] where other.hash == place.hash { return place.key }
    }
    return nil
  }

  private mutating func twinOfMany() -> Node? {
    places.sort { ($0.hash, $0.key.index) < ($1.hash, $1.key.index) }
    for index in places.indices.dropFirst() where places[index].hash == places[index - 1].hash { return places[index].key }
    return nil
  }
}

/// Some names, to be found again however their letters are cased.
///
/// Names count as the same when 64 bits of theirs are. Someone may make other names that agree in them; such a name is refused like one that
/// is the same, which harms nobody else.
struct FoldedNames: Sendable {
  enum Match: Equatable {
    case unknown
    case exact
    /// Not one of the names, but the same as one but for the case of letters.
    case respelled
  }

  private let names: [[UInt8]]
  private let hashes: [UInt64]

  init(_ names: [[UInt8]]) {
    self.names = names
    hashes = names.map { foldedHash($0.span) }
  }

  /// - Parameter hash: the key's `foldedHash`.
  func match(_ document: Document, _ key: Node, _ hash: UInt64) -> Match {
    var match = Match.unknown
    for index in hashes.indices where hashes[index] == hash {
      if document.stringEquals(key, names[index]) { return .exact }
      match = .respelled
    }
    return match
  }

  /// The first of the names that is the same but for the case of letters.
  func name(_ hash: UInt64) -> [UInt8]? { hashes.firstIndex(of: hash).map { names[$0] } }
}

extension Document {
  /// Of the name of a member.
  func foldedHash(_ key: Node) -> UInt64 {
    guard let range = stringBytes(key), !hasEscapes(key) else {
      let text = text(key) ?? []
      return Enforcement.foldedHash(text.span)
    }
    return Enforcement.foldedHash(bytes.span.extracting(range))
  }
}

/// Equal for texts that are equal without letter case: ASCII letters, and the two other characters that fold to ASCII letters.
private func foldedHash(_ text: Span<UInt8>) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for index in text.indices {
    let byte = text[index]
    guard byte < 0x80 else { return foldedHash(folding: text) }
    hash = (hash ^ UInt64(lowerCase(byte))) &* 0x0000_0100_0000_01B3
  }
  return hash
}

/// The same with U+017F taken for s and U+212A for k.
private func foldedHash(folding text: Span<UInt8>) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  var index = 0
  while index < text.count {
    var byte = lowerCase(text[index])
    if byte == 0xC5, index + 1 < text.count, text[index + 1] == 0xBF {
      byte = UInt8(ascii: "s")
      index += 1
    } else if byte == 0xE2, index + 2 < text.count, text[index + 1] == 0x84, text[index + 2] == 0xAA {
      byte = UInt8(ascii: "k")
      index += 2
    }
    hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    index += 1
  }
  return hash
}

private func lowerCase(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }
