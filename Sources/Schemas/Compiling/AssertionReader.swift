internal import JSON

/// The keywords of the validation vocabulary.
extension KeywordReader {
  func readAssertions(into constraints: inout [Constraint], _ builder: inout GraphBuilder) throws(SchemaError) {
    try readType(into: &constraints)
    try readValues(into: &constraints)
    try readNumbers(into: &constraints)
    if let range = try range("minLength", "maxLength") { constraints.append(.length(minimum: range.0, maximum: range.1)) }
    if let pattern = try text("pattern") { constraints.append(.pattern(try matcher(pattern, &builder))) }
    if let range = try range("minProperties", "maxProperties") {
      constraints.append(.memberCount(minimum: range.0, maximum: range.1))
    }
    try readRequired(into: &constraints)
    if let range = try range("minItems", "maxItems") { constraints.append(.itemCount(minimum: range.0, maximum: range.1)) }
    switch members["uniqueItems"] {
    case nil, .boolean(false): break
    case .boolean(true): constraints.append(.uniqueItems)
    default: throw malformed("uniqueItems", "true or false")
    }
  }

  private func readType(into constraints: inout [Constraint]) throws(SchemaError) {
    guard let value = members["type"] else { return }
    var kinds: KindSet = []
    var names: [Value] = [value]
    if case .array(let elements) = value { names = elements }
    for name in names {
      guard case .string(let text) = name, let kind = KindSet.named(text) else {
        throw malformed("type", "one or more of null, boolean, integer, number, string, array, object")
      }
      kinds.insert(kind)
    }
    if kinds.contains(.number) { kinds.remove(.integer) }
    constraints.append(.type(kinds))
  }

  private func readValues(into constraints: inout [Constraint]) throws(SchemaError) {
    if let value = members["enum"] {
      guard case .array(let values) = value else { throw malformed("enum", "a list") }
      constraints.append(.oneOfValues(ValueSet(values), keyword: "enum"))
    }
    if dialect >= .draft6, let value = members["const"] {
      constraints.append(.oneOfValues(ValueSet([value]), keyword: "const"))
    }
  }

  private func readNumbers(into constraints: inout [Constraint]) throws(SchemaError) {
    var range = NumberRange()
    if let value = try number("minimum") { range.minimum = .init(value: value, isExclusive: try draft4Exclusive("exclusiveMinimum")) }
    if let value = try number("maximum") { range.maximum = .init(value: value, isExclusive: try draft4Exclusive("exclusiveMaximum")) }
    if dialect >= .draft6 {
      if let value = try number("exclusiveMinimum"), range.minimum.map({ value >= $0.value }) ?? true {
        range.minimum = .init(value: value, isExclusive: true)
      }
      if let value = try number("exclusiveMaximum"), range.maximum.map({ value <= $0.value }) ?? true {
        range.maximum = .init(value: value, isExclusive: true)
      }
    }
    if range.minimum != nil || range.maximum != nil { constraints.append(.numberRange(range)) }
    if let value = try number("multipleOf") {
      guard value > 0 else { throw malformed("multipleOf", "a number above 0") }
      constraints.append(.multipleOf(value))
    }
  }

  /// In draft-04 `exclusiveMinimum` and `exclusiveMaximum` are switches beside the bound.
  private func draft4Exclusive(_ keyword: String) throws(SchemaError) -> Bool {
    guard dialect == .draft4, let value = members[keyword] else { return false }
    guard case .boolean(let exclusive) = value else { throw malformed(keyword, "true or false") }
    return exclusive
  }

  private func readRequired(into constraints: inout [Constraint]) throws(SchemaError) {
    if let value = members["required"] {
      let names = try strings(value, keyword: "required")
      if !names.isEmpty { constraints.append(.required(Array(Set(names)).sorted())) }
    }
    if dialect >= .draft201909, let entries = try object("dependentRequired") {
      var names: [(name: String, required: [String])] = []
      for entry in entries { names.append((entry.name, try strings(entry.value, keyword: "dependentRequired"))) }
      constraints.append(.dependentRequired(names))
    }
  }

  private func range(_ lower: String, _ upper: String) throws(SchemaError) -> (Int, Int)? {
    let minimum = try count(lower)
    let maximum = try count(upper)
    return minimum == nil && maximum == nil ? nil : (minimum ?? 0, maximum ?? .max)
  }

  /// `format` asserts only where it was asked to; names that are not known say nothing, as the specification wants.
  func readFormat(into constraints: inout [Constraint]) throws(SchemaError) {
    guard let name = try text("format"), assertsFormats, let format = Format(rawValue: name) else { return }
    constraints.append(.format(format))
  }
}
