import JSON

/// A schema and an instance that is valid, in the manner of schemas found in public catalogues. All texts are our own.
struct SampleSet {
  let name: String
  let schema: Value
  let instance: Value

  init(_ name: String, schema: String, instance: Value) {
    self.name = name
    guard let schema = try? Value(parsing: Array(schema.utf8)) else { fatalError("the schema of \(name) is not JSON") }
    self.schema = schema
    self.instance = instance
  }

  var instanceBytes: [UInt8] { write(instance) }

  static let all = [
    packageManifest, map, httpInterface, workflow, compilerOptions, lintRules, toolList, toolCall, deployment, telemetry,
  ]
}

extension Value {
  /// An object built from numbered members.
  static func members(_ range: Range<Int>, _ member: (Int) -> (String, Value)) -> Value {
    .object(
      range.map {
        let (name, value) = member($0)
        return Member(name, value)
      })
  }

  static func elements(_ range: Range<Int>, _ element: (Int) -> Value) -> Value { .array(range.map(element)) }

  static func decimal(_ text: String) -> Value { Number(text).map(Value.number) ?? .null }
}
