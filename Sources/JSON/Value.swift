/// A JSON value apart from any document: for building and comparing. Two objects are equal when they have the same members in the same
/// order; compare canonical bytes to ignore the order.
package indirect enum Value: Hashable, Sendable {
  case null
  case boolean(Bool)
  case number(Number)
  case string(String)
  case array([Value])
  case object([Member])

  /// Names within one object must differ; who builds objects sees to it.
  package struct Member: Hashable, Sendable {
    package var name: String
    package var value: Value

    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }
  }
}

// Swift holds strings equal that differ in their scalars (canonical equivalence); to a peer they are different texts.
extension Value {
  package static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let left), .boolean(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.utf8.elementsEqual(right.utf8)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .boolean(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .string(let value): hasher.combine(scalars: value)
    case .array(let elements): hasher.combine(elements)
    case .object(let members): hasher.combine(members)
    }
  }
}

extension Value.Member {
  package static func == (left: Self, right: Self) -> Bool { left.name.utf8.elementsEqual(right.name.utf8) && left.value == right.value }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(scalars: name)
    hasher.combine(value)
  }
}

extension Hasher {
  fileprivate mutating func combine(scalars text: String) {
    for byte in text.utf8 { combine(byte) }
    combine(0xFF as UInt8)
  }
}

extension Value {
  /// Copies a value out of a document. Recursion goes as deep as the document's depth limit.
  package init(_ document: Document, _ node: Node) {
    switch document.kind(node) {
    case .null: self = .null
    case .boolean: self = .boolean(document.boolean(node) == true)
    case .number: self = document.number(node).map(Value.number) ?? .null
    case .string: self = document.string(node).map(Value.string) ?? .null
    case .array: self = .array(document.elements(node).map { Value(document, $0) })
    case .object:
      self = .object(
        document.members(node).map { member in Member(document.string(member.key) ?? "", Value(document, member.value)) })
    }
  }

  /// Reads a text; everything that `Document` refuses is refused.
  package init(parsing bytes: [UInt8], limits: DocumentLimits = .standard) throws(ParseError) {
    let document = try Document(parsing: bytes, limits: limits)
    self.init(document, document.root)
  }
}

extension Value {
  /// The value of a member; nil when there is none of that name, or this is no object. Names are compared scalar by scalar, as a parser
  /// of JSON does, not by Swift's canonical equivalence.
  package subscript(name: String) -> Value? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
  }

  /// An element; nil when there are not as many, or this is no array.
  package subscript(index: Int) -> Value? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }

  package var isNull: Bool { self == .null }

  package var boolean: Bool? {
    guard case .boolean(let value) = self else { return nil }
    return value
  }

  package var number: Number? {
    guard case .number(let value) = self else { return nil }
    return value
  }

  package var string: String? {
    guard case .string(let value) = self else { return nil }
    return value
  }

  package var elements: [Value]? {
    guard case .array(let value) = self else { return nil }
    return value
  }

  package var members: [Member]? {
    guard case .object(let value) = self else { return nil }
    return value
  }
}

extension Value: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  package init(nilLiteral: ()) { self = .null }
  package init(booleanLiteral value: Bool) { self = .boolean(value) }
  package init(integerLiteral value: Int64) { self = .number(Number(value)) }
  package init(stringLiteral value: String) { self = .string(value) }
}

extension Value: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
  package init(arrayLiteral elements: Value...) { self = .array(elements) }
  package init(dictionaryLiteral members: (String, Value)...) { self = .object(members.map { Member($0.0, $0.1) }) }
}
