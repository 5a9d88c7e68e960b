internal import JSON
internal import Patterns

/// Lays the procedures of a program out in words.
struct Encoder {
  private(set) var code: [UInt64] = [0]
  private(set) var patterns: [Pattern] = []
  private(set) var formats: [Format] = []
  private(set) var ranges: [NumberRange] = []
  private(set) var numbers: [Number] = []
  private(set) var sets: [ValueIndex] = []
  /// Of the instruction at hand: texts, and the words that are to say where their words are.
  var longTexts: [(place: Int, text: [UInt8])] = []

  private var flattener: Flattener
  private let bounds: SchemaBounds
  /// A form's place in `procedures`.
  private var indices: [Form: Int] = [:]
  private var pending: [Form] = []
  /// Of every procedure, what it admits and where it begins; complete at the end.
  private var procedures: [Target] = []
  /// Words that hold the number of a procedure, in place of where it begins, until all places are known.
  private var relocations: [Int] = []

  private init(_ subschemas: [Subschema], bounds: SchemaBounds) {
    flattener = Flattener(subschemas)
    self.bounds = bounds
  }

  static func program(for subschemas: [Subschema], root: Int, bounds: SchemaBounds) throws(SchemaError) -> Program {
    var encoder = Encoder(subschemas, bounds: bounds)
    let form = encoder.flattener.form(root)
    let index = encoder.procedure(for: form)
    var next = 0
    while next < encoder.pending.count {
      try encoder.encode(encoder.pending[next])
      next += 1
    }
    for place in encoder.relocations {
      let word = encoder.code[place]
      encoder.code[place] = encoder.procedures[Target(bits: word).procedure].bits | word & Target.flags
    }
    return Program(encoder, root: encoder.procedures[index])
  }

  private mutating func procedure(for form: Form) -> Int {
    if let known = indices[form] { return known }
    indices[form] = pending.count
    pending.append(form)
    return pending.count - 1
  }

  private mutating func encode(_ form: Form) throws(SchemaError) {
    let flat = flattener.flatten(form)
    guard !flat.steps.isEmpty else {
      procedures.append(Target(kinds: flat.kinds))
      return
    }
    let start = code.count
    code.append(0)
    for step in flat.steps { encode(step) }
    code[start] = UInt64(code.count)
    let first = Header(bits: code[start + 1])
    let only = flat.steps.count == 1 && !first.isTracked ? Operation(rawValue: first.operation) : nil
    procedures.append(Target(kinds: flat.kinds, entered: flat.entered, procedure: start, only: only))
    guard code.count <= bounds.instructions * 8 else {
      throw SchemaError(.tooLarge(limit: "instructions", allowed: bounds.instructions), at: "")
    }
  }

  // MARK: Words

  mutating func append(_ word: UInt64) { code.append(word) }

  mutating func set(_ place: Int, _ word: UInt64) { code[place] = word }

  mutating func append(_ form: Form?, flags: UInt64 = 0) {
    guard let form else { return append(Target.everything.bits | flags) }
    relocations.append(code.count)
    append(UInt64(procedure(for: form)) << 32 | flags)
  }

  private mutating func append(_ low: Int, _ high: Int) {
    code.append(UInt64(UInt32(clamping: low)) | UInt64(UInt32(clamping: high)) << 32)
  }

  /// The number of a thing that was added to one of the program's lists.
  private mutating func append<Thing>(_ thing: Thing, to list: WritableKeyPath<Encoder, [Thing]>) {
    self[keyPath: list].append(thing)
    code.append(UInt64(self[keyPath: list].count - 1))
  }

  /// The word of a matcher; gives its place.
  private mutating func reserve(_ matcher: TextMatcher) -> Int {
    if case .pattern(let pattern) = matcher.form {
      patterns.append(pattern)
      code.append(UInt64(patterns.count - 1))
    } else {
      code.append(0)
    }
    return code.count - 1
  }

  private mutating func appendWords(of matcher: TextMatcher, at place: Int) {
    guard let words = MatcherWords.words(of: matcher) else { return }
    code[place] = UInt64(code.count) << 32
    code += words
  }

  private mutating func instruction(_ operation: Operation, _ step: Step, _ operands: (inout Encoder) -> Void) {
    let start = code.count
    code.append(0)
    operands(&self)
    appendLongTexts()
    code[start] = Header(operation, kinds: step.kinds, isTracked: step.isTracked, length: code.count - start).bits
  }

  private mutating func encode(_ step: Step) {
    switch step.operation {
    case .fail: preconditionFailure("a procedure that always fails has no steps")
    case .length(let minimum, let maximum): instruction(.length, step) { $0.append(minimum, maximum) }
    case .pattern(let matcher):
      instruction(.pattern, step) {
        let place = $0.reserve(matcher)
        $0.appendWords(of: matcher, at: place)
      }
    case .format(let format): instruction(.format, step) { $0.append(format, to: \.formats) }
    case .range(let range): encode(range, step)
    case .multiple(let number):
      instruction(.multiple, step) {
        $0.code.append(UInt64(bitPattern: number.fixed?.coefficient ?? 0))
        $0.code.append(UInt64(bitPattern: Int64(number.fixed?.exponent ?? 0)))
        $0.append(number, to: \.numbers)
      }
    case .values(let set): encode(set, step)
    case .object(let object): encode(object, step)
    case .array(let array): encode(array, step)
    case .call(let form): instruction(.call, step) { $0.append(form) }
    case .not(let form): instruction(.not, step) { $0.append(form) }
    case .anyOf(let forms): encodeAlternatives(.anyOf, forms, step)
    case .oneOf(let forms): encodeAlternatives(.oneOf, forms, step)
    case .conditional(let condition, let then, let otherwise):
      instruction(.conditional, step) { for form in [condition, then, otherwise] { $0.append(form) } }
    case .tagged(let name, let alternatives):
      instruction(.tagged, step) {
        $0.append(name: name)
        $0.append(table: alternatives.map { ($0.text, $0.form, 0) })
      }
    case .choice(let forms): instruction(.choice, step) { for form in forms { $0.append(form) } }
    case .dependentRequired(let name, let required): encode(names: [name] + required, .dependentRequired, step)
    case .dependentSchema(let name, let form):
      instruction(.dependentSchema, step) {
        $0.append(name: name)
        $0.append(form)
      }
    case .unevaluated(let body, let rest):
      instruction(.unevaluated, step) {
        $0.append(body)
        $0.append(rest)
      }
    }
  }

  private mutating func encode(names: [String], _ operation: Operation, _ step: Step) {
    instruction(operation, step) {
      $0.append(UInt64(names.count))
      for name in names { $0.append(name: name) }
    }
  }

  private mutating func encodeAlternatives(_ operation: Operation, _ forms: [Form], _ step: Step) {
    instruction(operation, step) {
      $0.code.append(UInt64(forms.count))
      for form in forms { $0.append(form) }
    }
  }

  private mutating func encode(_ range: NumberRange, _ step: Step) {
    // Integers between these need no look at the range; where none is known, every number takes that look.
    let low = range.minimum.map { $0.value.leastInteger(isExclusive: $0.isExclusive) ?? .max } ?? .min
    let high = range.maximum.map { $0.value.greatestInteger(isExclusive: $0.isExclusive) ?? .min } ?? .max
    instruction(.range, step) {
      $0.code.append(UInt64(bitPattern: low))
      $0.code.append(UInt64(bitPattern: high))
      $0.append(range, to: \.ranges)
    }
  }

  private mutating func encode(_ set: ValueSet, _ step: Step) {
    let texts = set.values.compactMap { set.document.string($0).map { Array($0.utf8) } }
    let count = texts.count
    if count == 1, set.document.count(set.document.root) == 1, texts[0].count <= 16 {
      let text = texts[0]
      let words = NameWords(text.span)
      instruction(.text, step) { $0.code += [words.first, words.last, UInt64(words.count)] }
      return
    }
    instruction(.values, step) {
      $0.append(ValueIndex(set), to: \.sets)
      $0.append(table: texts.map { ($0, nil, 0) })
    }
  }

  private mutating func encode(_ object: ObjectStep, _ step: Step) {
    let required = object.properties.count(where: \.isRequired)
    var maximum = object.maximum
    if let rest = object.rest, object.patterns.isEmpty, flattener.flatten(rest).kinds.isEmpty {
      maximum = min(maximum, object.properties.count(where: \.isDeclared))
    }
    if object.onlyRequires, required <= Self.mostSought {
      return encode(names: object.properties.map(\.name), .required, step)
    }
    instruction(.object, step) {
      $0.append(max(object.minimum, required), maximum)
      $0.append(required, object.patterns.count)
      let isSimple = object.patterns.isEmpty && object.names == nil
      let flags: [(Bool, UInt64)] = [
        (!object.properties.isEmpty, ObjectLayout.hasTable), (object.rest != nil, ObjectLayout.hasRest),
        (object.names != nil, ObjectLayout.hasNames), (isSimple, ObjectLayout.isSimple),
      ]
      $0.append(flags.reduce(0) { $0 | ($1.0 ? $1.1 : 0) })
      $0.append(object.rest)
      $0.append(object.names)
      if !object.properties.isEmpty {
        $0.append(
          table: object.properties.map { property in
            let flags = (property.isDeclared ? Target.isDeclared : 0) | (property.isRequired ? Target.isRequired : 0)
            return (Array(property.name.utf8), property.isDeclared ? property.form : isSimple ? object.rest : nil, flags)
          })
      }
      var places: [Int] = []
      for pattern in object.patterns {
        places.append($0.reserve(pattern.matcher))
        $0.append(pattern.form)
      }
      for (place, pattern) in zip(places, object.patterns) { $0.appendWords(of: pattern.matcher, at: place) }
    }
  }

  /// Names that are sought one by one among the members; more are looked up member by member.
  private static let mostSought = 4

  private mutating func encode(_ array: ArrayStep, _ step: Step) {
    instruction(.array, step) {
      $0.append(array.minimum, array.maximum)
      var flags = UInt64(array.prefix.count)
      if array.rest != nil { flags |= ArrayLayout.hasRest }
      if array.isUnique { flags |= ArrayLayout.isUnique }
      if array.contains != nil { flags |= ArrayLayout.hasContains }
      if array.contains?.evaluates == true { flags |= ArrayLayout.containsEvaluates }
      $0.code.append(flags)
      $0.append(array.rest)
      $0.append(array.contains?.form)
      $0.append(array.contains?.minimum ?? 0, array.contains?.maximum ?? 0)
      for form in array.prefix { $0.append(form) }
    }
  }
}

extension Number {
  /// The least integer that meets a lower bound here; nil where that is not worth finding out.
  fileprivate func leastInteger(isExclusive: Bool) -> Int64? {
    if let exact = integer { return isExclusive ? (exact < .max ? Int64(exact) + 1 : nil) : Int64(exact) }
    return rounded { $0 / 10 + ($0 % 10 > 0 ? 1 : 0) }
  }

  /// The greatest integer that meets an upper bound here; nil where that is not worth finding out.
  fileprivate func greatestInteger(isExclusive: Bool) -> Int64? {
    if let exact = integer { return isExclusive ? (exact > .min ? Int64(exact) - 1 : nil) : Int64(exact) }
    return rounded { $0 / 10 - ($0 % 10 < 0 ? 1 : 0) }
  }

  /// A number with a fraction, its decimals taken off one by one.
  private func rounded(_ step: (Int64) -> Int64) -> Int64? {
    guard let fixed, fixed.exponent < 0, fixed.exponent >= -18 else { return nil }
    return (0..<(-fixed.exponent)).reduce(fixed.coefficient) { value, _ in step(value) }
  }
}
