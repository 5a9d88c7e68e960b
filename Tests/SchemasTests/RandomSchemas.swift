import JSON
import TestSupport

/// Schemas and instances over a few names and values, so that they meet often.
struct RandomSchemas {
  var generator: SeededGenerator

  private static let names = ["a", "b", "é", "a-long-name-of-a-property-1", "a-long-name-of-a-property-2"]
  private static let texts = ["", "a", "ab", "abc", "x1", "é", "🐲🐲", "2026-01-31", "long text of more than sixteen bytes"]
  private static let numbers = [
    "0", "1", "-1", "2", "1.0", "1.5", "0.01", "1e2", "100", "9007199254740993", "12345678901234567890123", "-0.5",
  ]
  private static let patterns = ["^a", "b$", "^[a-z]+$", "^.{2}$", "a|x", "^x\\d?$", "^$", "\\p{L}"]

  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int.random(in: 0..<elements.count, using: &generator)] }

  private mutating func number() -> Value { Number(pick(Self.numbers)).map(Value.number) ?? .null }

  mutating func instance(_ depth: Int = 3) -> Value {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &generator) {
    case 0: return .null
    case 1: return .boolean(generator.chance(50))
    case 2: return number()
    case 3, 4: return .string(pick(Self.texts))
    case 5, 6: return .array((0..<Int.random(in: 0..<12, using: &generator)).map { _ in instance(depth - 1) })
    default:
      return .object(Self.names.filter { _ in generator.chance(45) }.map { Value.Member($0, instance(depth - 1)) })
    }
  }

  /// A schema with definitions that it and they refer to, always at least one level further down.
  mutating func schema() -> Value {
    var members = keywords(3).members ?? []
    let definitions = (0..<3).map { Value.Member("d\($0)", keywords(2)) }
    members.append(Value.Member("$defs", .object(definitions)))
    return .object(members)
  }

  private mutating func subschema(_ depth: Int) -> Value {
    if generator.chance(8) { return .boolean(generator.chance(70)) }
    if generator.chance(12) { return ["$ref": .string("#/$defs/d\(Int.random(in: 0..<3, using: &generator))")] }
    return keywords(depth - 1)
  }

  private mutating func subschemas(_ depth: Int) -> Value {
    .array((0..<Int.random(in: 1..<4, using: &generator)).map { _ in subschema(depth) })
  }

  /// Alternatives that mostly, but not always, are told apart by a text in a member.
  private mutating func tagged(_ depth: Int) -> Value {
    var alternatives: [Value] = Self.texts.prefix(Int.random(in: 1..<4, using: &generator)).map { text in
      let tag: Value = generator.chance(70) ? ["const": .string(text)] : ["enum": [.string(text), .string(pick(Self.texts))]]
      let name = generator.chance(90) ? "a" : pick(Self.names)
      let properties: Value = .object([Value.Member(name, tag)] + (name == "b" ? [] : [Value.Member("b", subschema(depth - 1))]))
      return ["type": "object", "required": generator.chance(90) ? [.string(name)] : ["b"], "properties": properties]
    }
    if generator.chance(30) { alternatives.append(subschema(depth - 1)) }
    return .array(alternatives)
  }

  private mutating func typed(_ kind: String, _ depth: Int) -> Value {
    var members = keywords(depth - 1).members ?? []
    members.removeAll { $0.name == "type" }
    return .object([Value.Member("type", .string(kind))] + members)
  }

  private mutating func named(_ depth: Int, _ names: [String]) -> Value {
    .object(names.filter { _ in generator.chance(50) }.map { Value.Member($0, subschema(depth)) })
  }

  private mutating func small() -> Value { .number(Number(Int.random(in: 0..<5, using: &generator))) }

  private mutating func keywords(_ depth: Int) -> Value {
    var members: [Value.Member] = []
    for _ in 0..<Int.random(in: 1..<5, using: &generator) {
      guard let (name, value) = keyword(depth), !members.contains(where: { $0.name == name }) else { continue }
      members.append(Value.Member(name, value))
    }
    return .object(members)
  }

  private mutating func keyword(_ depth: Int) -> (String, Value)? {
    let kinds = ["null", "boolean", "number", "integer", "string", "array", "object"]
    let choice = Int.random(in: 0..<(depth > 0 ? 37 : 17), using: &generator)
    switch choice {
    case 0, 1: return ("type", generator.chance(50) ? .string(pick(kinds)) : .array([.string(pick(kinds)), .string("object")]))
    case 2: return ("enum", .array((0..<Int.random(in: 1..<14, using: &generator)).map { _ in instance(1) }))
    case 3: return ("const", instance(1))
    case 4: return (pick(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]), number())
    case 5: return ("multipleOf", Number(pick(["0.01", "1", "2", "0.5", "3"])).map(Value.number) ?? 1)
    case 6: return (pick(["minLength", "maxLength"]), small())
    case 7: return ("pattern", .string(pick(Self.patterns)))
    case 8, 9: return ("required", .array(Self.names.filter { _ in generator.chance(25) }.map(Value.string)))
    case 10: return (pick(["minProperties", "maxProperties"]), small())
    case 11: return (pick(["minItems", "maxItems"]), small())
    case 12: return ("uniqueItems", true)
    case 13: return ("dependentRequired", ["a": ["b"]])
    case 14: return (pick(["minContains", "maxContains"]), small())
    case 15: return ("additionalProperties", false)
    case 16: return (pick(["unevaluatedProperties", "unevaluatedItems"]), false)
    case 17, 18, 19: return ("properties", named(depth, Self.names))
    case 20: return ("patternProperties", named(depth, ["^a", "b$", "^[a-z]+$"]))
    case 21: return (pick(["additionalProperties", "unevaluatedProperties"]), subschema(depth))
    case 22: return ("propertyNames", ["maxLength": small()])
    case 23: return ("prefixItems", subschemas(depth))
    case 24: return (pick(["items", "unevaluatedItems"]), subschema(depth))
    case 25: return ("contains", subschema(depth))
    case 26: return ("allOf", subschemas(depth))
    case 27, 28: return ("anyOf", subschemas(depth))
    case 29: return ("oneOf", subschemas(depth))
    case 30: return ("not", subschema(depth))
    case 31: return ("if", subschema(depth))
    case 32: return (pick(["then", "else"]), subschema(depth))
    case 33, 34: return (pick(["anyOf", "oneOf"]), tagged(depth))
    case 35:
      return (pick(["anyOf", "oneOf"]), .array(kinds.filter { _ in generator.chance(40) }.map { typed($0, depth) } + [["type": "null"]]))
    default: return ("dependentSchemas", ["a": subschema(depth)])
    }
  }
}
