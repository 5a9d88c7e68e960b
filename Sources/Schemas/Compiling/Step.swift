internal import JSON

/// What becomes a procedure.
enum Form: Hashable {
  enum Mode: Hashable {
    case plain
    /// Records which members or elements were looked at, for an `unevaluated…` further out.
    case tracked
    /// Without its own `unevaluated…`, which somebody else applies.
    case body
    case trackedBody
  }

  /// A subschema in one of its compiled forms.
  case subschema(Int, Mode = .plain)
  /// Some of the alternatives of an `anyOf` or, exclusive, a `oneOf`: those that admit values of the one kind that gets here.
  indirect case alternatives([Form], isExclusive: Bool, kind: KindSet)
  /// The schema `false`.
  case nothing

  var isTracked: Bool {
    switch self {
    case .subschema(_, let mode): mode == .tracked || mode == .trackedBody
    case .alternatives(let forms, _, _): forms.contains(where: \.isTracked)
    case .nothing: false
    }
  }
}

/// An instruction before it is laid out in words. Kinds of values that a step does not speak of pass it.
struct Step {
  enum Operation {
    case fail
    case length(minimum: Int, maximum: Int)
    case pattern(TextMatcher)
    case format(Format)
    case range(NumberRange)
    case multiple(Number)
    case values(ValueSet)
    case object(ObjectStep)
    case array(ArrayStep)
    /// One for each kind, in the order of their bits.
    case choice([Form])
    /// A member of this name, which every alternative requires, says by its text which one is meant.
    case tagged(name: String, [(text: [UInt8], form: Form)])
    case call(Form)
    case anyOf([Form])
    case oneOf([Form])
    case not(Form)
    case conditional(if: Form, then: Form?, else: Form?)
    case dependentRequired(name: String, required: [String])
    case dependentSchema(name: String, Form)
    case unevaluated(body: Form, rest: Form)
  }

  var operation: Operation
  var kinds: KindSet
  var isTracked = false
}

/// Everything that one pass over the members of an object checks.
struct ObjectStep {
  struct Property {
    let name: String
    /// nil: only required, so the patterns and the rest apply to it.
    var form: Form?
    var isDeclared = false
    var isRequired = false
  }

  var properties: [Property] = []
  var patterns: [(matcher: TextMatcher, form: Form?)] = []
  var rest: Form?
  var names: Form?
  var minimum = 0
  var maximum = Int.max
}

/// Everything that one pass over the elements of an array checks.
struct ArrayStep {
  var prefix: [Form?] = []
  var rest: Form?
  var contains: (form: Form, minimum: Int, maximum: Int, evaluates: Bool)?
  var minimum = 0
  var maximum = Int.max
  var isUnique = false
}
