package import JSON

/// The typed view of a JSON Schema for an object: what conditions may rely on in a value that passed the schema.
package struct ObjectShape: Hashable, Sendable {
  package struct Property: Hashable, Sendable {
    package let name: String
    package let shape: ValueShape
    package let isRequired: Bool
    /// Whether the schema also allows `null`, which counts as absent.
    package let isNullable: Bool

    package init(name: String, shape: ValueShape, isRequired: Bool, isNullable: Bool) {
      self.name = name
      self.shape = shape
      self.isRequired = isRequired
      self.isNullable = isNullable
    }

    /// Whether every value that passes the schema has it.
    package var isAlwaysPresent: Bool { isRequired && !isNullable }
  }

  /// In the order of the schema.
  package let properties: [Property]
  private let indices: [ExactText: Int]

  package init(properties: [Property]) {
    self.properties = properties
    indices = Dictionary(properties.indices.map { (properties[$0].name.exact, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package subscript(name: String) -> Property? { indices[name.exact].map { properties[$0] } }
}

/// What a value is known to be; `unknown` when the schema allows several types or says nothing of them.
package indirect enum ValueShape: Hashable, Sendable {
  case text(TextShape)
  case number(NumberShape)
  /// With the only value a `const` or `enum` leaves, if any.
  case boolean(Bool?)
  case array(ArrayShape)
  case object(ObjectShape)
  case unknown
}

package struct TextShape: Hashable, Sendable {
  /// From `enum` or `const`: nothing else passes.
  package let allowed: [String]?
  /// In Unicode scalars.
  package let minimumLength: Int
  package let maximumLength: Int?

  package init(allowed: [String]? = nil, minimumLength: Int = 0, maximumLength: Int? = nil) {
    self.allowed = allowed
    self.minimumLength = minimumLength
    self.maximumLength = maximumLength
  }
}

package struct NumberShape: Hashable, Sendable {
  package struct Bound: Hashable, Sendable {
    package let value: Number
    package let isIncluded: Bool

    package init(_ value: Number, isIncluded: Bool) {
      self.value = value
      self.isIncluded = isIncluded
    }
  }

  package let isInteger: Bool
  /// From `enum` or `const`: nothing else passes.
  package let allowed: [Number]?
  package let minimum: Bound?
  package let maximum: Bound?
  /// Of which all are multiples; more than 0.
  package let step: Number?

  package init(isInteger: Bool = false, allowed: [Number]? = nil, minimum: Bound? = nil, maximum: Bound? = nil, step: Number? = nil) {
    self.isInteger = isInteger
    self.allowed = allowed
    self.minimum = minimum
    self.maximum = maximum
    self.step = step
  }
}

package struct ArrayShape: Hashable, Sendable {
  package let element: ValueShape
  /// Whether elements may be `null`.
  package let isElementNullable: Bool
  package let minimumCount: Int
  package let maximumCount: Int?

  package init(element: ValueShape, isElementNullable: Bool = false, minimumCount: Int = 0, maximumCount: Int? = nil) {
    self.element = element
    self.isElementNullable = isElementNullable
    self.minimumCount = minimumCount
    self.maximumCount = maximumCount
  }
}
