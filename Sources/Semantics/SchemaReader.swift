internal import JSON

extension ObjectShape {
  /// From a tool's `inputSchema`, whose root is an object whatever else it says.
  init(schema: Node, of document: Document) {
    var reader = SchemaReader(document: document, root: schema)
    self = reader.object(schema, depth: 0)
  }

  /// From a prompt's `arguments`: each is text.
  init(promptArguments: Node?, of document: Document) {
    guard let promptArguments else {
      self.init(properties: [])
      return
    }
    self.init(
      properties: document.elements(promptArguments).compactMap { argument in
        guard let name = document.member(argument, "name").flatMap(document.string) else { return nil }
        let isRequired = document.member(argument, "required").flatMap(document.boolean) ?? false
        return Property(name: name, shape: .text(TextShape()), isRequired: isRequired, isNullable: false)
      })
  }
}

/// Reads what a JSON Schema says of types. Sound, not complete: what a value that passes may be is never narrower than what is read here;
/// keywords that are not understood only narrow further, or make the shape unknown.
private struct SchemaReader {
  let document: Document
  let root: Node
  /// References being followed: one that leads back to itself describes a tree, which has no shape of bounded depth.
  private var following: [ExactText] = []
  /// Shapes that may still be made, so that references which multiply cannot take all memory.
  private var budget = SchemaLimits.shapes

  init(document: Document, root: Node) {
    self.document = document
    self.root = root
  }

  struct Reading {
    var shape: ValueShape
    var isNullable = false

    static let unknown = Reading(shape: .unknown)
  }

  mutating func object(_ node: Node, depth: Int) -> ObjectShape {
    guard let properties = document.member(node, "properties") else { return ObjectShape(properties: []) }
    var required: Set<ExactText> = []
    if let names = document.member(node, "required") { required = Set(document.elements(names).compactMap(document.string).exact) }
    var read: [ObjectShape.Property] = []
    for (key, value) in document.members(properties) {
      guard let name = document.string(key) else { continue }
      let reading = self.value(value, depth: depth + 1)
      read.append(.init(name: name, shape: reading.shape, isRequired: required.contains(name.exact), isNullable: reading.isNullable))
    }
    return ObjectShape(properties: read)
  }

  mutating func value(_ node: Node, depth: Int) -> Reading {
    budget -= 1
    guard depth < SchemaLimits.depth, budget > 0, document.kind(node) == .object else { return .unknown }
    if let reference = document.member(node, "$ref") { return follow(reference, beside: node, depth: depth) }
    if document.member(node, "type") == nil {
      for keyword in ["anyOf", "oneOf"] {
        if let branches = document.member(node, keyword) { return union(branches, depth: depth) }
      }
      if let all = document.member(node, "allOf"), document.count(all) == 1, let only = document.elements(all).first(where: { _ in true }) {
        return value(only, depth: depth + 1)
      }
    }
    return typed(node, depth: depth)
  }

  private mutating func follow(_ reference: Node, beside node: Node, depth: Int) -> Reading {
    // Keywords beside a reference only narrow it, so leaving them out is sound.
    guard let text = document.string(reference), text.hasPrefix("#/"), !following.contains(text.exact) else { return .unknown }
    var target = root
    for part in text.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
      guard !part.contains("~"), !part.contains("%"), let next = document.member(target, String(part)) else { return .unknown }
      target = next
    }
    following.append(text.exact)
    defer { following.removeLast() }
    return value(target, depth: depth + 1)
  }

  private mutating func union(_ branches: Node, depth: Int) -> Reading {
    var isNullable = false
    var shapes: [ValueShape] = []
    for branch in document.elements(branches) {
      if isNull(branch) {
        isNullable = true
        continue
      }
      let reading = value(branch, depth: depth + 1)
      isNullable = isNullable || reading.isNullable
      shapes.append(reading.shape)
    }
    guard let first = shapes.first else { return .unknown }
    return Reading(shape: shapes.dropFirst().reduce(first, joined), isNullable: isNullable)
  }

  private func isNull(_ node: Node) -> Bool {
    if let type = document.member(node, "type") { return document.stringEquals(type, "null") }
    if let constant = document.member(node, "const") { return document.isNull(constant) }
    return false
  }

  private mutating func typed(_ node: Node, depth: Int) -> Reading {
    let (names, isNullable) = types(node)
    let values = allowedValues(node)
    // An `enum` may leave out the `null` its type allows, or allow it without a type.
    let nullInValues = values?.contains { document.isNull($0) }
    let nullable = names.isEmpty ? nullInValues ?? false : isNullable && nullInValues != false
    let shape: ValueShape
    switch names {
    case ["string"]: shape = text(node, values)
    case ["number"], ["integer", "number"]: shape = number(node, values, isInteger: false)
    case ["integer"]: shape = number(node, values, isInteger: true)
    case ["boolean"]: shape = .boolean(onlyBoolean(values))
    case ["array"]: shape = array(node, depth: depth)
    case ["object"]: shape = .object(object(node, depth: depth))
    case []: shape = untyped(node, values)
    default: shape = .unknown
    }
    return Reading(shape: shape, isNullable: nullable)
  }

  /// Sorted names of types but `null`; whether `null` is one.
  private func types(_ node: Node) -> ([String], Bool) {
    guard let type = document.member(node, "type") else { return ([], false) }
    if let name = document.string(type) { return name == "null" ? (["null"], true) : ([name], false) }
    let names = document.elements(type).compactMap(document.string)
    return (Set(names).subtracting(["null"]).sorted(), names.contains("null"))
  }

  private func allowedValues(_ node: Node) -> [Node]? {
    if let constant = document.member(node, "const") { return [constant] }
    guard let values = document.member(node, "enum"), document.kind(values) == .array else { return nil }
    return Array(document.elements(values))
  }

  /// Without `type`, only the values themselves tell.
  private func untyped(_ node: Node, _ values: [Node]?) -> ValueShape {
    guard let values else { return .unknown }
    let kinds = Set(values.map { document.kind($0) }).subtracting([.null])
    switch kinds {
    case [.string]: return text(node, values)
    case [.number]: return number(node, values, isInteger: false)
    case [.boolean]: return .boolean(onlyBoolean(values))
    default: return .unknown
    }
  }

  private func text(_ node: Node, _ values: [Node]?) -> ValueShape {
    .text(
      TextShape(
        allowed: values?.compactMap(document.string), minimumLength: count(node, "minLength") ?? 0, maximumLength: count(node, "maxLength"))
    )
  }

  private func number(_ node: Node, _ values: [Node]?, isInteger: Bool) -> ValueShape {
    var minimum = bound(node, "minimum", isIncluded: true)
    var maximum = bound(node, "maximum", isIncluded: true)
    // Draft 4 wrote these as booleans beside `minimum`; read as numbers they are absent, which is only wider.
    if let above = bound(node, "exclusiveMinimum", isIncluded: false), minimum.map({ above.value >= $0.value }) ?? true { minimum = above }
    if let below = bound(node, "exclusiveMaximum", isIncluded: false), maximum.map({ below.value <= $0.value }) ?? true { maximum = below }
    let step = document.member(node, "multipleOf").flatMap(document.number).flatMap { $0 > 0 ? $0 : nil }
    return .number(
      NumberShape(isInteger: isInteger, allowed: values?.compactMap(document.number), minimum: minimum, maximum: maximum, step: step))
  }

  private func bound(_ node: Node, _ keyword: String, isIncluded: Bool) -> NumberShape.Bound? {
    document.member(node, keyword).flatMap(document.number).map { .init($0, isIncluded: isIncluded) }
  }

  private func onlyBoolean(_ values: [Node]?) -> Bool? {
    guard let values else { return nil }
    let booleans = Set(values.compactMap(document.boolean))
    return booleans.count == 1 ? booleans.first : nil
  }

  private mutating func array(_ node: Node, depth: Int) -> ValueShape {
    var element = Reading.unknown
    // With `prefixItems` the first elements have shapes of their own.
    if document.member(node, "prefixItems") == nil, let items = document.member(node, "items") { element = value(items, depth: depth + 1) }
    return .array(
      ArrayShape(
        element: element.shape, isElementNullable: element.isNullable, minimumCount: count(node, "minItems") ?? 0,
        maximumCount: count(node, "maxItems")))
  }

  private func count(_ node: Node, _ keyword: String) -> Int? {
    document.member(node, keyword).flatMap(document.number).flatMap { Int($0.description) }
  }
}

/// The narrowest shape both fit.
private func joined(_ left: ValueShape, _ right: ValueShape) -> ValueShape {
  switch (left, right) {
  case (.text(let a), .text(let b)):
    return .text(
      TextShape(
        allowed: a.allowed.flatMap { first in b.allowed.map { first + $0 } }, minimumLength: min(a.minimumLength, b.minimumLength),
        maximumLength: a.maximumLength.flatMap { first in b.maximumLength.map { max(first, $0) } }))
  case (.number(let a), .number(let b)):
    return .number(
      NumberShape(isInteger: a.isInteger && b.isInteger, allowed: a.allowed.flatMap { first in b.allowed.map { first + $0 } }))
  case (.boolean(let a), .boolean(let b)): return .boolean(a == b ? a : nil)
  default: return left == right ? left : .unknown
  }
}

private enum SchemaLimits {
  /// Objects and arrays within each other; a condition that names something deeper finds it unknown.
  static let depth = 32
  /// A real tool has a few dozen.
  static let shapes = 10_000
}
