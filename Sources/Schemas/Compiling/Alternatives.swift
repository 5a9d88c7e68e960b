internal import JSON

// What tells the alternatives of `anyOf` and `oneOf` apart, so that those that cannot fit are not tried: the kind of the value, or the text
// of a member that all of them require.
extension Flattener {
  mutating func addAlternatives(_ forms: [Form], isExclusive: Bool, to result: inout Result, _ others: inout [Step]) {
    let isTracked = forms.contains(where: \.isTracked)
    examined += forms.count
    guard examined <= Self.mostExamined else {
      others.append(Step(operation: isExclusive ? .oneOf(forms) : .anyOf(forms), kinds: .all, isTracked: isTracked))
      return
    }
    let kinds = forms.map { flattenedWithin($0).kinds }
    let admitted = kinds.reduce(KindSet()) { $0.union($1) }.normalised
    result.kinds = result.kinds.meeting(admitted)
    if !isTracked, !isExclusive || areDisjoint(kinds), forms.allSatisfy({ flattenedWithin($0).steps.isEmpty }) { return }
    let choices = KindSet.each.map { kind in
      zip(forms, kinds).filter { !$0.1.meeting(kind).isEmpty }.map(\.0)
    }
    // A kind that nothing admits never gets here.
    guard choices.contains(where: { !$0.isEmpty && $0.count < forms.count }) else {
      others.append(alternatives(forms, isExclusive: isExclusive, ofKind: result.kinds))
      return
    }
    let chosen = zip(choices, KindSet.each).map { choice, kind -> Form in
      choice.isEmpty ? .nothing : choice.count == 1 ? choice[0] : .alternatives(choice, isExclusive: isExclusive, kind: kind)
    }
    others.append(Step(operation: .choice(chosen), kinds: .all, isTracked: isTracked))
  }

  private func areDisjoint(_ kinds: [KindSet]) -> Bool {
    var seen: KindSet = []
    for kind in kinds {
      if !seen.meeting(kind).isEmpty { return false }
      seen.formUnion(kind)
    }
    return true
  }

  /// - Parameter kind: of the values that get there.
  mutating func alternatives(_ forms: [Form], isExclusive: Bool, ofKind kind: KindSet) -> Step {
    let isTracked = forms.contains(where: \.isTracked)
    if kind == .object, let tagged = tagged(forms) { return Step(operation: tagged, kinds: .object, isTracked: isTracked) }
    return Step(operation: isExclusive ? .oneOf(forms) : .anyOf(forms), kinds: .all, isTracked: isTracked)
  }

  /// Of objects of which at most one alternative can fit, since each requires another text in a member of the same name.
  private mutating func tagged(_ forms: [Form]) -> Step.Operation? {
    // By their bytes: strings hold canonically equivalent names equal, JSON does not.
    var names: [[UInt8]]?
    var texts: [[[UInt8]: [[UInt8]]]] = []
    for form in forms {
      let tags = tags(of: form)
      texts.append(tags)
      names = (names ?? tags.keys.sorted { $0.lexicographicallyPrecedes($1) }).filter { tags[$0] != nil }
    }
    for name in names ?? [] {
      let entries = zip(texts, forms).flatMap { tags, form in (tags[name] ?? []).map { (text: $0, form: form) } }
      if Set(entries.map(\.text)).count == entries.count { return .tagged(name: String(decoding: name, as: UTF8.self), entries) }
    }
    return nil
  }

  /// The members that an object must have to fit a form, and that can only be certain texts.
  private mutating func tags(of form: Form) -> [[UInt8]: [[UInt8]]] {
    var result: [[UInt8]: [[UInt8]]] = [:]
    for step in flattenedWithin(form).steps {
      guard case .object(let object) = step.operation else { continue }
      for property in object.properties where property.isRequired && property.isDeclared {
        guard let form = property.form, let texts = texts(of: form) else { continue }
        result[Array(property.name.utf8)] = texts
      }
    }
    return result
  }

  /// All that a value of the form can be, if that is some texts.
  private mutating func texts(of form: Form) -> [[UInt8]]? {
    let flat = flattenedWithin(form)
    guard flat.kinds == .string, flat.steps.count == 1, case .values(let set) = flat.steps[0].operation else { return nil }
    return set.values.compactMap { set.document.string($0).map { Array($0.utf8) } }
  }
}

extension KindSet {
  /// One by one, in the order of their bits.
  static let each: [KindSet] = [.null, .boolean, .number, .string, .array, .object]
}
