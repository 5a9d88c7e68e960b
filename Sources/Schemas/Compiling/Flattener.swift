internal import JSON

/// Turns a subschema into the steps of one procedure: references and `allOf` are written out in place where they are small, the
/// keywords that walk the same members or elements become one step, and tests of the kind are gathered so that most values never enter
/// the procedure.
struct Flattener {
  struct Result {
    /// The kinds that the subschema admits at all.
    var kinds = KindSet.all
    var steps: [Step] = []

    /// The kinds for which the steps have anything to say.
    var entered: KindSet {
      let spoken = steps.reduce(into: KindSet()) { $0.formUnion($1.kinds) }
      return (kinds.contains(.integer) ? kinds.union(.number) : kinds).intersection(spoken)
    }
  }

  let subschemas: [Subschema]
  var evaluation: Evaluation

  /// How many references one procedure writes out inside one another, and steps after which it calls instead.
  private static let mostInlined = 8
  private static let longestInlined = 24
  /// References written out in one procedure at all: what they lead to may fan out at every level.
  private static let mostReferences = 64
  /// Alternatives within alternatives that are looked into before they are compiled: this recurses.
  private static let mostNested = 8
  /// Alternatives that are told apart in one schema, counted each time that they are written out; further ones are tried in turn.
  static let mostExamined = 200_000
  private var referencesLeft = 0
  /// What was flattened already, and how deep in alternatives of alternatives the one at hand is.
  private var known: [Form: Result] = [:]
  private var depth = 0
  var examined = 0

  init(_ subschemas: [Subschema]) {
    self.subschemas = subschemas
    evaluation = Evaluation(subschemas)
  }

  mutating func flatten(_ form: Form) -> Result {
    if let result = known[form] { return result }
    let outer = referencesLeft
    depth += 1
    defer {
      referencesLeft = outer
      depth -= 1
    }
    var result = Result()
    referencesLeft = Self.mostReferences
    switch form {
    case .subschema(let schema, let mode): add(schema, mode, to: &result, depth: 0)
    case .alternatives(let forms, let isExclusive, let kind):
      let step = alternatives(forms, isExclusive: isExclusive, ofKind: kind)
      result.kinds = forms.reduce(KindSet()) { $0.union(flattenedWithin($1).kinds) }.normalised
      result.steps = [step]
    case .nothing: result.kinds = []
    }
    // Steps for kinds that cannot get here are dead.
    let kinds = result.kinds
    result.steps.removeAll { $0.kinds.meeting(kinds).isEmpty && !$0.isFailing }
    if result.steps.contains(where: \.isFailing) { result = Result(kinds: [], steps: []) }
    known[form] = result
    return result
  }

  /// What is known of a form that another one chooses; nothing where alternatives are nested too deep.
  mutating func flattenedWithin(_ form: Form) -> Result {
    depth < Self.mostNested ? flatten(form) : known[form] ?? Result(steps: [Step(operation: .call(form), kinds: .all)])
  }

  /// The form to apply for a subschema: chains of references are followed, and nothing is recorded where there is nothing to record.
  mutating func form(_ schema: Int, tracked: Bool = false) -> Form {
    var schema = schema
    var seen = 0
    while subschemas[schema].constraints.count == 1, case .reference(let target) = subschemas[schema].constraints[0], seen < 1_000 {
      schema = target
      seen += 1
    }
    return .subschema(schema, tracked && evaluation.marks(schema) ? .tracked : .plain)
  }

  /// The form for something that always holds is nil.
  private mutating func optionalForm(_ schema: Int) -> Form? {
    let form = form(schema)
    guard case .subschema(let schema, _) = form, subschemas[schema].constraints.isEmpty else { return form }
    return nil
  }

  private mutating func add(_ schema: Int, _ mode: Form.Mode, to result: inout Result, depth: Int) {
    let constraints = subschemas[schema].constraints
    let tracked = mode == .tracked || mode == .trackedBody
    let isBody = mode == .body || mode == .trackedBody
    if !isBody, addUnevaluated(schema, isTracked: tracked, to: &result) { return }
    var object = ObjectStep()
    var array = ArrayStep()
    var others: [Step] = []
    for constraint in constraints {
      switch constraint {
      case .never: others.append(Step(operation: .fail, kinds: .all))
      case .type(let kinds): result.kinds = result.kinds.meeting(kinds)
      case .oneOfValues(let set, _):
        result.kinds = result.kinds.meeting(set.kinds)
        if !set.isWholeKinds { others.append(Step(operation: .values(set), kinds: .all)) }
      case .numberRange(let range): others.append(Step(operation: .range(range), kinds: .number))
      case .multipleOf(let number): others.append(Step(operation: .multiple(number), kinds: .number))
      case .length(let minimum, let maximum):
        others.append(Step(operation: .length(minimum: minimum, maximum: maximum), kinds: .string))
      case .pattern(let matcher): others.append(Step(operation: .pattern(matcher), kinds: .string))
      case .format(let format): others.append(Step(operation: .format(format), kinds: .string))
      case .reference(let target): inline([target], tracked, to: &result, &others, depth: depth)
      case .allOf(let schemas): inline(schemas, tracked, to: &result, &others, depth: depth)
      case .unevaluatedItems, .unevaluatedProperties: break
      default:
        if !addToObject(&object, constraint), !addToArray(&array, constraint) { addLogic(constraint, tracked, to: &result, &others) }
      }
    }
    result.steps += steps(object, array, tracked: tracked) + others
  }

  private func steps(_ object: ObjectStep, _ array: ArrayStep, tracked: Bool) -> [Step] {
    var result: [Step] = []
    if object.checksAnything { result.append(Step(operation: .object(object), kinds: .object, isTracked: tracked)) }
    if array.checksAnything { result.append(Step(operation: .array(array), kinds: .array, isTracked: tracked)) }
    return result
  }

  /// Writes subschemas of the same value out in place, or calls them where that would grow too much.
  private mutating func inline(_ schemas: [Int], _ tracked: Bool, to result: inout Result, _ others: inout [Step], depth: Int) {
    for schema in schemas {
      let form = form(schema, tracked: tracked)
      referencesLeft -= 1
      if case .subschema(let schema, let mode) = form, referencesLeft > 0, depth < Self.mostInlined,
        result.steps.count + others.count < Self.longestInlined
      {
        var inner = Result()
        add(schema, mode, to: &inner, depth: depth + 1)
        if inner.steps.count < Self.longestInlined {
          result.kinds = result.kinds.meeting(inner.kinds)
          others += inner.steps
          continue
        }
      }
      others.append(Step(operation: .call(form), kinds: .all, isTracked: form.isTracked))
    }
  }

  // MARK: Containers

  private mutating func addToObject(_ step: inout ObjectStep, _ constraint: Constraint) -> Bool {
    switch constraint {
    case .properties(let rules):
      // Names that occur twice in a schema were refused by the parser.
      let known = Dictionary(step.properties.enumerated().map { (Array($1.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
      for rule in rules.named {
        let form = optionalForm(rule.schema)
        if let index = known[Array(rule.name.utf8)] {
          step.properties[index].form = form
          step.properties[index].isDeclared = true
        } else {
          step.properties.append(.init(name: rule.name, form: form, isDeclared: true))
        }
      }
      for rule in rules.patterns { step.patterns.append((rule.matcher, optionalForm(rule.schema))) }
      step.rest = rules.additional.map { form($0) }
    case .required(let names):
      let known = Dictionary(step.properties.enumerated().map { (Array($1.name.utf8), $0) }, uniquingKeysWith: { first, _ in first })
      for name in names {
        if let index = known[Array(name.utf8)] {
          step.properties[index].isRequired = true
        } else {
          step.properties.append(.init(name: name, isRequired: true))
        }
      }
    case .memberCount(let minimum, let maximum): (step.minimum, step.maximum) = (minimum, maximum)
    case .propertyNames(let schema): step.names = optionalForm(schema)
    default: return false
    }
    return true
  }

  private mutating func addToArray(_ step: inout ArrayStep, _ constraint: Constraint) -> Bool {
    switch constraint {
    case .items(let rules):
      step.prefix = rules.prefix.map { optionalForm($0) }
      step.rest = rules.rest.map { form($0) }
    case .contains(let rule): step.contains = (form(rule.schema), rule.minimum, rule.maximum, rule.evaluates)
    case .itemCount(let minimum, let maximum): (step.minimum, step.maximum) = (minimum, maximum)
    case .uniqueItems: step.isUnique = true
    default: return false
    }
    return true
  }

  // MARK: Logic

  private mutating func addLogic(_ constraint: Constraint, _ tracked: Bool, to result: inout Result, _ others: inout [Step]) {
    switch constraint {
    case .anyOf(let schemas): addAlternatives(schemas.map { form($0, tracked: tracked) }, isExclusive: false, to: &result, &others)
    case .oneOf(let schemas): addAlternatives(schemas.map { form($0, tracked: tracked) }, isExclusive: true, to: &result, &others)
    case .not(let schema): others.append(Step(operation: .not(form(schema)), kinds: .all))
    case .conditional(let condition, let then, let otherwise):
      let forms = (form(condition, tracked: tracked), then.map { form($0, tracked: tracked) }, otherwise.map { form($0, tracked: tracked) })
      let marks = forms.0.isTracked || forms.1?.isTracked == true || forms.2?.isTracked == true
      if !marks, then == nil, otherwise == nil { return }
      others.append(Step(operation: .conditional(if: forms.0, then: forms.1, else: forms.2), kinds: .all, isTracked: marks))
    case .dependentRequired(let rules):
      for rule in rules {
        others.append(Step(operation: .dependentRequired(name: rule.name, required: rule.required), kinds: .object))
      }
    case .dependentSchemas(let rules):
      for rule in rules {
        let form = form(rule.schema, tracked: tracked)
        others.append(Step(operation: .dependentSchema(name: rule.name, form), kinds: .object, isTracked: form.isTracked))
      }
    default: preconditionFailure("a constraint that no step stands for")
    }
  }

  // MARK: Unevaluated

  /// Whether the subschema has an `unevaluated…` that needs the rest of it recorded; then everything is added.
  private mutating func addUnevaluated(_ schema: Int, isTracked: Bool, to result: inout Result) -> Bool {
    var handled: KindSet = []
    let recorded = Form.subschema(schema, .trackedBody)
    for constraint in subschemas[schema].constraints {
      switch constraint {
      case .unevaluatedProperties(let rest):
        if let members = evaluation.members(of: schema) {
          if !members.all { addRest(rest, behind: members, tracked: isTracked, to: &result) }
        } else {
          handled.insert(.object)
          let operation = Step.Operation.unevaluated(body: recorded, rest: form(rest))
          result.steps.append(Step(operation: operation, kinds: .object, isTracked: isTracked))
        }
      case .unevaluatedItems(let rest):
        if let elements = evaluation.elements(of: schema) {
          if !elements.all {
            let step = ArrayStep(prefix: Array(repeating: nil, count: elements.prefix), rest: form(rest))
            result.steps.append(Step(operation: .array(step), kinds: .array, isTracked: isTracked))
          }
        } else {
          handled.insert(.array)
          let operation = Step.Operation.unevaluated(body: recorded, rest: form(rest))
          result.steps.append(Step(operation: operation, kinds: .array, isTracked: isTracked))
        }
      default: break
      }
    }
    guard !handled.isEmpty else { return false }
    let body = Form.subschema(schema, isTracked ? .trackedBody : .body)
    result.steps.append(Step(operation: .call(body), kinds: .all.subtracting(handled), isTracked: isTracked))
    return true
  }

  private mutating func addRest(_ rest: Int, behind members: Evaluation.Members, tracked: Bool, to result: inout Result) {
    var step = ObjectStep()
    var seen: Set<[UInt8]> = []
    for name in members.names where seen.insert(Array(name.utf8)).inserted {
      step.properties.append(.init(name: name, isDeclared: true))
    }
    step.patterns = members.patterns.map { ($0, nil) }
    step.rest = form(rest)
    result.steps.append(Step(operation: .object(step), kinds: .object, isTracked: tracked))
  }
}

extension Step {
  var isFailing: Bool {
    if case .fail = operation { return true }
    return false
  }
}

extension ObjectStep {
  /// Whether all that it asks is that some members are there.
  var onlyRequires: Bool {
    patterns.isEmpty && rest == nil && names == nil && minimum <= properties.count && maximum == .max
      && properties.allSatisfy { $0.isRequired && !$0.isDeclared } && !properties.isEmpty
  }

  var checksAnything: Bool {
    !properties.isEmpty || !patterns.isEmpty || rest != nil || names != nil || minimum > 0 || maximum < .max
  }
}

extension ArrayStep {
  var checksAnything: Bool {
    !prefix.isEmpty || rest != nil || contains != nil || minimum > 0 || maximum < .max || isUnique
  }
}

extension ValueSet {
  /// The kinds that its values have.
  var kinds: KindSet {
    values.reduce(into: KindSet()) { $0.formUnion(KindSet(document.kind($1))) }
  }

  /// Whether a value of the set's kinds is always in the set: null, or true and false.
  var isWholeKinds: Bool {
    let booleans = Set(values.compactMap { document.boolean($0) })
    return values.allSatisfy { document.kind($0) == .null || document.kind($0) == .boolean } && booleans.count != 1
  }
}
