internal import JSON

/// A schema with everything resolved: references point to other subschemas by index, dynamic ones included, because a schema reached in two
/// dynamic scopes is two subschemas. The graph may have cycles.
struct Subschema {
  /// In the order in which they are checked and reported: cheap ones first.
  var constraints: [Constraint] = []
  /// `writeOnly` or a password: values are never repeated in a violation.
  var isSensitive = false
}

/// What one keyword, or a few that mean something only together, ask of a value. Constraints on one kind hold for values of every other.
enum Constraint {
  /// The schema `false`.
  case never
  case type(KindSet)
  case oneOfValues(ValueSet, keyword: String)
  case numberRange(NumberRange)
  case multipleOf(Number)
  case length(minimum: Int, maximum: Int)
  case pattern(TextMatcher)
  case format(Format)
  case properties(PropertyRules)
  case required([String])
  case memberCount(minimum: Int, maximum: Int)
  case propertyNames(Int)
  case dependentRequired([(name: String, required: [String])])
  case dependentSchemas([(name: String, schema: Int)])
  case items(ItemRules)
  case contains(ContainsRule)
  case itemCount(minimum: Int, maximum: Int)
  case uniqueItems
  case reference(Int)
  case allOf([Int])
  case anyOf([Int])
  case oneOf([Int])
  case not(Int)
  case conditional(if: Int, then: Int?, else: Int?)
  case unevaluatedItems(Int)
  case unevaluatedProperties(Int)
}

/// Kinds of values, where an integer is a number without a fraction however it is written.
struct KindSet: OptionSet, Hashable, Sendable {
  let rawValue: UInt8

  static let null = KindSet(rawValue: 1)
  static let boolean = KindSet(rawValue: 2)
  /// Every number, integers included.
  static let number = KindSet(rawValue: 4)
  static let string = KindSet(rawValue: 8)
  static let array = KindSet(rawValue: 16)
  static let object = KindSet(rawValue: 32)
  /// Only numbers without a fraction; means nothing beside `number`.
  static let integer = KindSet(rawValue: 64)

  static let all: KindSet = [.null, .boolean, .number, .string, .array, .object]

  static func named(_ name: String) -> KindSet? {
    switch name {
    case "null": .null
    case "boolean": .boolean
    case "number": .number
    case "integer": .integer
    case "string": .string
    case "array": .array
    case "object": .object
    default: nil
    }
  }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  @inline(__always) init(_ kind: Document.Kind) {
    self.init(rawValue: 1 << kind.rawValue)
  }

  /// The names as `type` has them.
  var names: [String] {
    let all: [(KindSet, String)] = [
      (.null, "null"), (.boolean, "boolean"), (.number, "number"), (.integer, "integer"), (.string, "string"), (.array, "array"),
      (.object, "object"),
    ]
    return all.filter { contains($0.0) && !($0.0 == .integer && contains(.number)) }.map(\.1)
  }

  /// The kinds that both admit: `number` and `integer` have `integer` in common.
  func meeting(_ other: KindSet) -> KindSet {
    var common = intersection(other)
    if contains(.number) && other.contains(.integer) || contains(.integer) && other.contains(.number) { common.insert(.integer) }
    return common.normalised
  }

  /// Without `integer` beside `number`.
  var normalised: KindSet { contains(.number) ? subtracting(.integer) : self }
}

struct NumberRange {
  struct Bound {
    let value: Number
    let isExclusive: Bool
  }
  var minimum: Bound?
  var maximum: Bound?
}

/// `properties`, `patternProperties` and `additionalProperties` of one schema object.
struct PropertyRules {
  var named: [(name: String, schema: Int)] = [] {
    didSet { places = Dictionary(named.enumerated().map { (Array($1.name.utf8), $0) }, uniquingKeysWith: { first, _ in first }) }
  }
  /// Where in `named` a name is, by its bytes: strings hold canonically equivalent names equal, JSON does not.
  private(set) var places: [[UInt8]: Int] = [:]
  var patterns: [(matcher: TextMatcher, schema: Int)] = []
  var additional: Int?
}

/// `prefixItems` and `items`, or in the older dialects `items` and `additionalItems`.
struct ItemRules {
  var prefix: [Int] = []
  var rest: Int?
  /// The keyword that `rest` came from.
  var restKeyword = "items"
}

struct ContainsRule {
  let schema: Int
  let minimum: Int
  let maximum: Int
  /// From 2020-12 on an element that is contained counts as evaluated.
  let evaluates: Bool
}

/// The values of `enum` or `const`, read once into a document of their own.
struct ValueSet {
  let document: Document

  init(_ values: [Value]) {
    // What was written from parsed values parses again; limits grow with what was accepted already.
    var limits = DocumentLimits.standard
    limits.depth += 1
    limits.values += 1
    limits.bytes += 1 << 20
    guard let document = try? Document(parsing: write(.array(values)), limits: limits) else {
      preconditionFailure("a list of JSON values must be JSON")
    }
    self.document = document
  }

  var values: Document.Elements { document.elements(document.root) }
}
