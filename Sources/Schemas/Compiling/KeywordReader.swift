internal import JSON

/// Reads the keywords of one schema object into constraints. A keyword whose value its dialect does not allow is an error: a server's slip
/// must not silently admit what it meant to refuse.
struct KeywordReader {
  let index: Int
  let scope: Int
  let pointer: String
  let language: Language
  let assertsFormats: Bool
  private let value: Value
  /// The keywords that count here.
  let members: [String: Value]

  init(site: Site, index: Int, scope: Int, builder: GraphBuilder) {
    self.index = index
    self.scope = scope
    pointer = site.pointer
    value = site.value
    language = builder.library.resources[site.resource].language
    assertsFormats = builder.assertsFormats || language.vocabularies.contains(.formatAssertion)
    guard case .object(let all) = site.value else {
      members = [:]
      return
    }
    if language.dialect.referenceHidesSiblings, let reference = site.value["$ref"] {
      members = ["$ref": reference]
    } else {
      members = Dictionary(all.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
  }

  var dialect: Dialect { language.dialect }

  func read(into builder: inout GraphBuilder) throws(SchemaError) -> Subschema {
    var result = Subschema()
    switch value {
    case .boolean(let admits):
      if !admits { result.constraints = [.never] }
      return result
    case .object: break
    default: throw SchemaError(.malformed(keyword: "schema", expected: "an object or a boolean"), at: pointer)
    }
    result.isSensitive = members["writeOnly"] == .boolean(true) || members["format"] == .string("password")
    if language.vocabularies.contains(.validation) { try readAssertions(into: &result.constraints, &builder) }
    try readFormat(into: &result.constraints)
    if language.vocabularies.contains(.applicator) {
      try readObjectApplicators(into: &result.constraints, &builder)
      try readArrayApplicators(into: &result.constraints, &builder)
    }
    try readReferences(into: &result.constraints, &builder)
    if language.vocabularies.contains(.applicator) { try readLogic(into: &result.constraints, &builder) }
    if language.vocabularies.contains(.unevaluated) && dialect >= .draft201909 {
      if let schema = try schema("unevaluatedItems", &builder) { result.constraints.append(.unevaluatedItems(schema)) }
      if let schema = try schema("unevaluatedProperties", &builder) { result.constraints.append(.unevaluatedProperties(schema)) }
    }
    return result
  }

  // MARK: References and logic

  private func readReferences(into constraints: inout [Constraint], _ builder: inout GraphBuilder) throws(SchemaError) {
    if let text = try text("$ref") {
      constraints.append(.reference(try builder.reference(text, from: index, scope: scope)))
    }
    if dialect == .draft202012, let text = try text("$dynamicRef") {
      constraints.append(.reference(try builder.dynamicReference(text, from: index, scope: scope)))
    }
    if dialect == .draft201909, let text = try text("$recursiveRef") {
      constraints.append(.reference(try builder.recursiveReference(text, from: index, scope: scope)))
    }
  }

  private func readLogic(into constraints: inout [Constraint], _ builder: inout GraphBuilder) throws(SchemaError) {
    if let schemas = try schemas("allOf", &builder) { constraints.append(.allOf(schemas)) }
    if let schemas = try schemas("anyOf", &builder) { constraints.append(.anyOf(schemas)) }
    if let schemas = try schemas("oneOf", &builder) { constraints.append(.oneOf(schemas)) }
    if let schema = try schema("not", &builder) { constraints.append(.not(schema)) }
    if dialect >= .draft7, let condition = try schema("if", &builder) {
      let then = try schema("then", &builder)
      let otherwise = try schema("else", &builder)
      // A condition alone refuses nothing, but what it admits counts as evaluated.
      constraints.append(.conditional(if: condition, then: then, else: otherwise))
    }
    if dialect >= .draft201909, let named = try namedSchemas("dependentSchemas", &builder) {
      constraints.append(.dependentSchemas(named))
    }
    try readDependencies(into: &constraints, &builder)
  }

  /// Split in two in 2019-09, where it may still be honoured; servers write it under any dialect, and it only ever refuses more.
  private func readDependencies(into constraints: inout [Constraint], _ builder: inout GraphBuilder) throws(SchemaError) {
    guard let entries = try object("dependencies") else { return }
    var names: [(name: String, required: [String])] = []
    var schemas: [(name: String, schema: Int)] = []
    for entry in entries {
      if case .array = entry.value {
        names.append((entry.name, try strings(entry.value, keyword: "dependencies")))
      } else {
        schemas.append((entry.name, try child(["dependencies", entry.name], &builder)))
      }
    }
    if !names.isEmpty { constraints.append(.dependentRequired(names)) }
    if !schemas.isEmpty { constraints.append(.dependentSchemas(schemas)) }
  }

  // MARK: Objects and arrays

  private func readObjectApplicators(into constraints: inout [Constraint], _ builder: inout GraphBuilder) throws(SchemaError) {
    var rules = PropertyRules()
    rules.named = try namedSchemas("properties", &builder) ?? []
    for (pattern, schema) in try namedSchemas("patternProperties", &builder) ?? [] {
      rules.patterns.append((try matcher(pattern, &builder), schema))
    }
    rules.additional = try schema("additionalProperties", &builder)
    if !rules.named.isEmpty || !rules.patterns.isEmpty || rules.additional != nil { constraints.append(.properties(rules)) }
    if dialect >= .draft6, let schema = try schema("propertyNames", &builder) { constraints.append(.propertyNames(schema)) }
  }

  private func readArrayApplicators(into constraints: inout [Constraint], _ builder: inout GraphBuilder) throws(SchemaError) {
    var rules = ItemRules()
    if dialect == .draft202012 {
      rules.prefix = try schemas("prefixItems", &builder) ?? []
      rules.rest = try schema("items", &builder)
    } else if case .array? = members["items"] {
      rules.prefix = try schemas("items", &builder, mayBeEmpty: true) ?? []
      rules.rest = try schema("additionalItems", &builder)
      rules.restKeyword = "additionalItems"
    } else {
      rules.rest = try schema("items", &builder)
    }
    if !rules.prefix.isEmpty || rules.rest != nil { constraints.append(.items(rules)) }
    guard dialect >= .draft6, let schema = try schema("contains", &builder) else { return }
    var minimum = 1
    var maximum = Int.max
    if dialect >= .draft201909, language.vocabularies.contains(.validation) {
      minimum = try count("minContains") ?? 1
      maximum = try count("maxContains") ?? .max
    }
    constraints.append(
      .contains(ContainsRule(schema: schema, minimum: minimum, maximum: maximum, evaluates: dialect == .draft202012)))
  }

  // MARK: Subschemas

  private func schema(_ keyword: String, _ builder: inout GraphBuilder) throws(SchemaError) -> Int? {
    members[keyword] == nil ? nil : try child([keyword], &builder)
  }

  private func schemas(
    _ keyword: String, _ builder: inout GraphBuilder, mayBeEmpty: Bool = false
  ) throws(SchemaError) -> [Int]? {
    guard let value = members[keyword] else { return nil }
    guard case .array(let elements) = value, mayBeEmpty || !elements.isEmpty else {
      throw malformed(keyword, "a list of at least one schema")
    }
    var result: [Int] = []
    for position in elements.indices { result.append(try child([keyword, String(position)], &builder)) }
    return result
  }

  private func namedSchemas(_ keyword: String, _ builder: inout GraphBuilder) throws(SchemaError) -> [(name: String, schema: Int)]? {
    guard let entries = try object(keyword) else { return nil }
    var result: [(name: String, schema: Int)] = []
    for entry in entries { result.append((entry.name, try child([keyword, entry.name], &builder))) }
    return result
  }

  private func child(_ path: [String], _ builder: inout GraphBuilder) throws(SchemaError) -> Int {
    let place = path.reduce(pointer) { $0 + "/" + Pointers.escape($1) }
    let document = builder.library.sites[index].document
    guard let site = try builder.library.site(in: document, at: place) else {
      preconditionFailure("a keyword's value is where it was found")
    }
    return try builder.subschema(for: site, scope: scope)
  }

  // MARK: Plain values

  func malformed(_ keyword: String, _ expected: String) -> SchemaError {
    SchemaError(.malformed(keyword: keyword, expected: expected), at: pointer)
  }

  func text(_ keyword: String) throws(SchemaError) -> String? {
    guard let value = members[keyword] else { return nil }
    guard case .string(let text) = value else { throw malformed(keyword, "a string") }
    return text
  }

  func object(_ keyword: String) throws(SchemaError) -> [Value.Member]? {
    guard let value = members[keyword] else { return nil }
    guard case .object(let entries) = value else { throw malformed(keyword, "an object") }
    return entries
  }

  func strings(_ value: Value, keyword: String) throws(SchemaError) -> [String] {
    guard case .array(let elements) = value else { throw malformed(keyword, "a list of strings") }
    var result: [String] = []
    for element in elements {
      guard case .string(let text) = element else { throw malformed(keyword, "a list of strings") }
      result.append(text)
    }
    return result
  }

  func number(_ keyword: String) throws(SchemaError) -> Number? {
    guard let value = members[keyword] else { return nil }
    guard case .number(let number) = value else { throw malformed(keyword, "a number") }
    return number
  }

  /// A count, where more than a machine can hold means as many as you like.
  func count(_ keyword: String) throws(SchemaError) -> Int? {
    guard let number = try number(keyword) else { return nil }
    guard number.isInteger, number >= 0 else { throw malformed(keyword, "a whole number from 0 on") }
    return number < Number(Int.max) ? number.integer : .max
  }

  func matcher(_ pattern: String, _ builder: inout GraphBuilder) throws(SchemaError) -> TextMatcher {
    do throws(PatternLibrary.Refusal) {
      return try builder.patterns.matcher(pattern, builder.bounds)
    } catch {
      switch error {
      case .problem(let problem): throw SchemaError(.pattern(pattern, problem: problem), at: pointer)
      case .tooLong:
        throw SchemaError(.tooLarge(limit: "bytes in a regular expression", allowed: builder.bounds.patternBytes), at: pointer)
      }
    }
  }
}
