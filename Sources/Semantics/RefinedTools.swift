internal import JSON
internal import Text

/// What is known so far of each tool that is refined.
struct RefinedTools {
  struct Field {
    let name: String
    let range: SourceRange
    let tool: ToolReference
    /// In the tool's own schema.
    let reading: ArgumentReading
    let property: ObjectShape.Property
    var shape: ValueShape
    var constraints: [(constraint: Constraint, range: SourceRange)] = []
    var defaultValue: (constant: Constant, range: SourceRange)?
    var absent: SourceRange?

    init(name: String, range: SourceRange, tool: ToolReference, reading: ArgumentReading, property: ObjectShape.Property) {
      self.name = name
      self.range = range
      self.tool = tool
      self.reading = reading
      self.property = property
      shape = reading.shape
    }

    var isList: Bool { if case .array = reading.shape { true } else { false } }
    var steps: [Number] { constraints.compactMap(\.constraint.step) }

    /// What rules may rely on once defaults are filled in and the narrowed schema was met.
    func refined(_ own: ObjectShape.Property) -> ObjectShape.Property? {
      if absent != nil { return nil }
      return .init(
        name: own.name, shape: shape, isRequired: own.isRequired || defaultValue != nil, isNullable: own.isNullable && defaultValue == nil)
    }
  }

  var fields: [ToolReference: [ArgumentPath: Field]] = [:]
  /// With `others: forbidden`.
  var closed: Set<ToolReference> = []
}
