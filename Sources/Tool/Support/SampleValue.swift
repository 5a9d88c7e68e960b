import JSON

/// Made-up values that a JSON Schema accepts, for schemas as tools have them. Nil where that would take thought.
enum SampleValue {
  /// Objects within objects, no deeper than this.
  private static let deepest = 4

  static func of(_ schema: Value) -> Value? { of(schema, depth: 0) }

  private static func of(_ schema: Value, depth: Int) -> Value? {
    if let fixed = schema["const"] { return fixed }
    if let choices = schema["enum"]?.elements { return choices.first }
    let isPlain = ["$ref", "anyOf", "oneOf", "allOf", "not", "if", "pattern"].allSatisfy { schema[$0] == nil }
    guard isPlain, depth < deepest else { return nil }
    switch schema["type"]?.string ?? (schema["properties"] == nil ? nil : "object") {
    case "object": return object(schema, depth: depth)
    case "array": return array(schema, depth: depth)
    case "string": return string(schema)
    case "integer", "number": return number(schema)
    case "boolean": return false
    case "null": return .null
    default: return nil
    }
  }

  private static func object(_ schema: Value, depth: Int) -> Value? {
    var members: [Value.Member] = []
    for name in (schema["required"]?.elements ?? []).compactMap(\.string) {
      guard let property = schema["properties"]?[name], let value = of(property, depth: depth + 1) else { return nil }
      members.append(.init(name, value))
    }
    return .object(members)
  }

  private static func array(_ schema: Value, depth: Int) -> Value? {
    let least = schema["minItems"]?.number?.integer ?? 0
    guard least > 0 else { return [] }
    guard least == 1, let element = of(schema["items"] ?? ["type": "string"], depth: depth + 1) else { return nil }
    return [element]
  }

  private static func string(_ schema: Value) -> Value? {
    let text: String
    switch schema["format"]?.string {
    case nil: text = "example"
    case "email": text = "someone@acme.example"
    case "uri": text = "https://acme.example/"
    case "date": text = "2026-01-31"
    case "date-time": text = "2026-01-31T12:00:00Z"
    default: return nil
    }
    let least = schema["minLength"]?.number?.integer ?? 0
    let most = schema["maxLength"]?.number?.integer ?? .max
    if (least...max(least, most)).contains(text.count) { return .string(text) }
    guard schema["format"] == nil, least <= most, least <= 1_000 else { return nil }
    return .string(String(repeating: "x", count: max(least, min(1, most))))
  }

  private static func number(_ schema: Value) -> Value? {
    let candidates = [Number(1), schema["minimum"]?.number, schema["maximum"]?.number].compactMap(\.self)
    return candidates.first { candidate in
      (schema["minimum"]?.number.map { candidate >= $0 } ?? true) && (schema["maximum"]?.number.map { candidate <= $0 } ?? true)
        && (schema["exclusiveMinimum"]?.number.map { candidate > $0 } ?? true)
        && (schema["exclusiveMaximum"]?.number.map { candidate < $0 } ?? true) && schema["multipleOf"] == nil
        && (schema["type"] == "number" || candidate.isInteger)
    }.map(Value.number)
  }
}
