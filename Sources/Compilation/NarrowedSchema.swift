internal import JSON
internal import Semantics

/// A tool's own schema with a refinement merged in, in its own dialect: it allows exactly the values that pass both, as far as JSON Schema can say,
/// and what it cannot say stands in the descriptions.
func narrowedSchema(of schema: Value, by refinement: CheckedPolicies.Refinement) -> Value {
  var tree = Narrowing()
  for field in refinement.fields { tree.insert(field, at: field.path.names[...]) }
  tree.forbidsOthers = refinement.forbidsOthers
  let narrower = SchemaNarrower(isDraft4: schema["$schema"]?.string?.contains("draft-04") ?? false)
  return refersToPlaces(schema) ? narrower.beside(schema, tree) : narrower.narrow(schema, tree)
}

/// Whether a reference leads to a place other than a named definition. Such a place must stay as it is, or two would be narrowed at once.
private func refersToPlaces(_ schema: Value) -> Bool {
  switch schema {
  case .object(let members):
    members.contains { member in
      switch member.name {
      case "$ref", "$dynamicRef", "$recursiveRef":
        member.value.string.map { !$0.hasPrefix("#/$defs/") && !$0.hasPrefix("#/definitions/") } ?? refersToPlaces(member.value)
      default: refersToPlaces(member.value)
      }
    }
  case .array(let elements): elements.contains(where: refersToPlaces)
  case .null, .boolean, .number, .string: false
  }
}

/// What is asked of a value and, if it is an object, of its members.
private struct Narrowing {
  var field: CheckedPolicies.RefinedField?
  var forbidsOthers = false
  /// In order of their insertion.
  var members: [(name: String, narrowing: Narrowing)] = []

  mutating func insert(_ field: CheckedPolicies.RefinedField, at path: ArraySlice<String>) {
    guard let name = path.first else {
      self.field = field
      return
    }
    let place = members.firstIndex { $0.name.utf8.elementsEqual(name.utf8) } ?? members.count
    if place == members.count { members.append((name, Narrowing())) }
    members[place].narrowing.insert(field, at: path.dropFirst())
  }
}

private struct SchemaNarrower {
  let isDraft4: Bool

  /// Changes the schema in place. What is there is only ever added to, but for properties that may not be given.
  func narrow(_ schema: Value, _ narrowing: Narrowing) -> Value {
    guard case .object(let members) = schema, !["$ref", "$dynamicRef", "$recursiveRef"].contains(where: { schema[$0] != nil }) else {
      return wrap(schema, narrowing)
    }
    var out = SchemaMembers(members)
    if let field = narrowing.field { add(field, to: &out) }
    guard !narrowing.members.isEmpty || narrowing.forbidsOthers else { return .object(out.members) }
    if narrowing.forbidsOthers { out["additionalProperties"] = .boolean(false) }
    // Only a property that is declared here may be changed here: a new one would no longer be additional.
    guard case .object(var properties)? = out["properties"] else { return wrapMembers(.object(out.members), narrowing.members) }
    var undeclared: [(name: String, narrowing: Narrowing)] = []
    for (name, inner) in narrowing.members {
      guard let place = properties.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
        undeclared.append((name, inner))
        continue
      }
      if inner.field?.isAbsent == true {
        properties.remove(at: place)
        let closes = (narrowing.forbidsOthers || schema["additionalProperties"] == .boolean(false)) && schema["patternProperties"] == nil
        if !closes { out.conjoin("not", .object([.init("required", .array([.string(name)]))])) }
      } else {
        properties[place].value = narrow(properties[place].value, inner)
      }
    }
    out["properties"] = .object(properties)
    return wrapMembers(.object(out.members), undeclared)
  }

  private func wrapMembers(_ schema: Value, _ members: [(name: String, narrowing: Narrowing)]) -> Value {
    if members.isEmpty { return schema }
    var narrowing = Narrowing()
    narrowing.members = members
    return wrap(schema, narrowing)
  }

  /// Leaves the schema whole and puts what is asked beside it.
  private func wrap(_ schema: Value, _ narrowing: Narrowing) -> Value {
    if schema == .boolean(false) { return schema }
    var out = SchemaMembers(schema == .boolean(true) ? [] : [.init("allOf", .array([schema]))])
    for keyword in ["title", "description"] { if let text = schema[keyword] { out[keyword] = text } }
    if let field = narrowing.field { add(field, to: &out) }
    let declared = narrowing.members.filter { $0.narrowing.field?.isAbsent != true }
    for (name, _) in narrowing.members where !declared.contains(where: { $0.name == name }) {
      out.conjoin("not", .object([.init("required", .array([.string(name)]))]))
    }
    if !declared.isEmpty {
      out["properties"] = .object(declared.map { .init($0.name, narrow(.object([]), $0.narrowing)) })
    }
    return .object(out.members)
  }

  /// The whole own schema under a name of its own, where its references to places keep their meaning, and what is asked next to a reference to it.
  func beside(_ schema: Value, _ narrowing: Narrowing) -> Value {
    let keyword = isDraft4 ? "id" : "$id"
    let definitions = schema["$schema"]?.string.map { $0.contains("draft-0") } ?? false ? "definitions" : "$defs"
    guard case .object(var own) = schema else { return wrap(schema, narrowing) }
    let address = schema[keyword]?.string ?? "urn:sallyport:own"
    if schema[keyword] == nil { own.insert(.init(keyword, .string(address)), at: 0) }
    var out = SchemaMembers([])
    if let dialect = schema["$schema"] { out["$schema"] = dialect }
    out["type"] = "object"
    let refused = narrowing.members.filter { $0.narrowing.field?.isAbsent == true }.map(\.name)
    out["properties"] = .object(
      (schema["properties"]?.members ?? []).filter { !refused.contains($0.name) }.map { property in
        let inner = narrowing.members.first { $0.name.utf8.elementsEqual(property.name.utf8) }?.narrowing
        return .init(property.name, narrow(.object([]), inner ?? Narrowing()))
      })
    for name in refused { out.conjoin("not", .object([.init("required", .array([.string(name)]))])) }
    if narrowing.forbidsOthers {
      if let patterns = schema["patternProperties"]?.members {
        out["patternProperties"] = .object(patterns.map { .init($0.name, .object([])) })
      }
      out["additionalProperties"] = .boolean(false)
    }
    out["allOf"] = .array([.object([.init("$ref", .string(address))])])
    out[definitions] = .object([.init("own", .object(own))])
    return .object(out.members)
  }

  private func add(_ field: CheckedPolicies.RefinedField, to out: inout SchemaMembers) {
    for constraint in field.constraints { add(constraint, of: field, to: &out) }
    if let value = field.defaultValue { out["default"] = Value(value) }
    let sentences = field.constraints.compactMap(\.sentence)
    if !sentences.isEmpty {
      let own = out["description"]?.string.map { [$0] } ?? []
      out["description"] = .string((own + sentences).joined(separator: " "))
    }
  }

  private func add(_ constraint: Constraint, of field: CheckedPolicies.RefinedField, to out: inout SchemaMembers) {
    switch constraint {
    case .between(let lower, let upper):
      if let lower { raise(lower, &out) }
      if let upper { cut(upper, &out) }
    case .step(let step):
      if let own = out["multipleOf"]?.number {
        if own.isMultiple(of: step) { return }
        guard step.isMultiple(of: own) else { return out.conjoin("multipleOf", .number(step)) }
      }
      out["multipleOf"] = .number(step)
    case .oneOf(let constants):
      let values = constants.map { Value($0) } + (field.isNullable ? [.null] : [])
      if let own = out["enum"]?.elements {
        out["enum"] = .array(own.filter(values.contains))
      } else {
        out["enum"] = .array(values)
      }
    case .matches(_, let script): if let script { out.conjoin("pattern", .string(script)) }
    case .withoutControlCharacters: out.conjoin("pattern", .string(#"^[^\u0000-\u001f\u007f-\u009f]*$"#))
    case .length(let lower, let upper):
      if let lower { out.raise(field.isList ? "minItems" : "minLength", Number(lower)) }
      if let upper { out.cut(field.isList ? "maxItems" : "maxLength", Number(upper)) }
    case .url, .path: return
    }
  }

  /// In draft-04 `exclusiveMinimum` is a word about `minimum`; an end that lies further in is included.
  private func raise(_ lower: Number, _ out: inout SchemaMembers) {
    guard out["minimum"]?.number.map({ $0 < lower }) ?? true else { return }
    if isDraft4 { out["exclusiveMinimum"] = nil }
    out["minimum"] = .number(lower)
  }

  private func cut(_ upper: Number, _ out: inout SchemaMembers) {
    guard out["maximum"]?.number.map({ upper < $0 }) ?? true else { return }
    if isDraft4 { out["exclusiveMaximum"] = nil }
    out["maximum"] = .number(upper)
  }
}

/// The keywords of one schema object, in their order.
private struct SchemaMembers {
  private(set) var members: [Value.Member]

  init(_ members: [Value.Member]) { self.members = members }

  subscript(keyword: String) -> Value? {
    get { members.first { $0.name == keyword }?.value }
    set {
      let place = members.firstIndex { $0.name == keyword }
      switch (place, newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil): members.remove(at: place)
      case (nil, let value?): members.append(.init(keyword, value))
      case (nil, nil): break
      }
    }
  }

  /// Both this and what the keyword says already.
  mutating func conjoin(_ keyword: String, _ value: Value) {
    guard let own = self[keyword] else {
      self[keyword] = value
      return
    }
    if own == value { return }
    let branch = Value.object([.init(keyword, value)])
    let branches = self["allOf"]?.elements ?? []
    if !branches.contains(branch) { self["allOf"] = .array(branches + [branch]) }
  }

  mutating func raise(_ keyword: String, _ count: Number) {
    if self[keyword]?.number.map({ $0 < count }) ?? true { self[keyword] = .number(count) }
  }

  mutating func cut(_ keyword: String, _ count: Number) {
    if self[keyword]?.number.map({ count < $0 }) ?? true { self[keyword] = .number(count) }
  }
}
