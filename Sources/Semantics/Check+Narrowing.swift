internal import JSON
internal import Syntax
internal import Text

// What constraints do to a field together, and against the tool's own schema.
extension Checker {
  /// What one more constraint does to a field.
  enum Lowered {
    case invalid, useful
    case idle(label: String)
    case reaches(label: String)
  }

  mutating func add(
    _ written: Written, _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, to found: inout RefinedTools.Field
  ) -> Lowered {
    switch written {
    case .absent:
      found.absent = found.absent ?? constraint.range
      return .useful
    case .defaultValue(let constant, let range):
      if let first = found.defaultValue, first.constant != constant {
        report(
          .conflictingNarrowing, "`\(field.subject.text)` of `\(name(of: found.tool))` has two defaults", range, "the second one",
          also: [.init(first.range, "the first one")], help: "only one can be filled in; remove the other")
        return .invalid
      }
      found.defaultValue = found.defaultValue ?? (constant, range)
      return found.property.isAlwaysPresent
        ? .idle(label: "`\(name(of: found.tool))` requires the field, so it is never filled in") : .useful
    case .constraint(let one):
      defer { found.constraints.append((one, constraint.range)) }
      guard let narrowed = found.shape.narrowed(by: one), narrowed.holdsMultiple(of: found.steps + [one].compactMap(\.step)) else {
        reportNothingLeft(constraint, field, found, one)
        return .invalid
      }
      defer { found.shape = narrowed }
      return effect(of: one, on: found)
    }
  }

  private mutating func reportNothingLeft(
    _ constraint: RefineSyntax.Constraint, _ field: RefineSyntax.Field, _ found: RefinedTools.Field, _ one: Constraint
  ) {
    // A value that the schema does not have was reported on its own.
    if case .oneOf(let constants) = one, let allowed = found.reading.shape.allowedConstants,
      !constants.contains(where: allowed.contains)
    {
      return
    }
    let isOwn = found.reading.shape.narrowed(by: one).map { !$0.holdsMultiple(of: [one].compactMap(\.step)) } ?? true
    report(
      .emptyRefinement, "this leaves no value for `\(field.subject.text)`", constraint.range,
      isOwn ? "outside what `\(name(of: found.tool))` takes" : "nothing passes both",
      also: isOwn ? [] : found.constraints.suffix(3).map { .init($0.range, "and this") }, help: "no call would be left; correct the values")
  }

  /// Held against the tool's own schema alone: what another `refine` says may be taken away again.
  private func effect(of constraint: Constraint, on found: RefinedTools.Field) -> Lowered {
    let own = found.reading.shape
    if constraint.isToldByShape(own), own.narrowed(by: constraint) == own {
      return .idle(label: "`\(name(of: found.tool))` takes nothing else already")
    }
    for (half, end) in constraint.halves where own.narrowed(by: half) == own && own.isBeyond(half) {
      return .reaches(label: "`\(name(of: found.tool))` ends before: the \(end) end changes nothing")
    }
    return .useful
  }

  /// Warns of what has no effect on any of the tools.
  mutating func reportIdle(_ field: RefineSyntax.Field, _ lowered: [[Lowered]]) {
    guard !lowered.isEmpty else { return }
    for (index, constraint) in field.constraints.enumerated() {
      let labels = lowered.map { $0[index].label }
      guard !labels.contains(nil), let label = labels[0] else { continue }
      let isWhole = if case .idle = lowered[0][index] { true } else { false }
      report(
        .idleRefinement,
        isWhole ? "this constraint of `\(field.subject.text)` changes nothing" : "this range reaches beyond the tool's own",
        constraint.range, label, help: isWhole ? "remove it, or narrow further" : "a refinement never widens; end it where the schema ends")
    }
  }
}

extension Checker.Lowered {
  fileprivate var label: String? {
    switch self {
    case .idle(let label), .reaches(let label): label
    case .invalid, .useful: nil
    }
  }
}

extension Constraint {
  /// Whether a shape shows what the constraint changes.
  fileprivate func isToldByShape(_ shape: ValueShape) -> Bool {
    switch self {
    case .between, .oneOf, .length: true
    case .step(let step):
      if case .number(let number) = shape {
        number.isInteger && Number(1).isMultiple(of: step) || number.step?.isMultiple(of: step) == true
      } else {
        false
      }
    case .matches, .withoutControlCharacters, .url, .path: false
    }
  }

  /// Its two ends apart, where it has both.
  fileprivate var halves: [(Constraint, end: String)] {
    switch self {
    case .between(let lower?, let upper?): [(.between(lower, nil), "lower"), (.between(nil, upper), "upper")]
    case .length(let lower?, let upper?): [(.length(lower, nil), "lower"), (.length(nil, upper), "upper")]
    default: []
    }
  }
}

extension ValueShape {
  /// Whether the one end of a constraint lies outside, and not on, an end of what the schema has.
  fileprivate func isBeyond(_ half: Constraint) -> Bool {
    switch (self, half) {
    case (.number(let number), .between(let lower?, nil)): number.minimum.map { lower < $0.value } ?? false
    case (.number(let number), .between(nil, let upper?)): number.maximum.map { $0.value < upper } ?? false
    case (.text(let text), .length(let lower?, nil)): lower < text.minimumLength
    case (.text(let text), .length(nil, let upper?)): upper > text.maximumLength ?? .max
    case (.array(let array), .length(let lower?, nil)): lower < array.minimumCount
    case (.array(let array), .length(nil, let upper?)): upper > array.maximumCount ?? .max
    default: false
    }
  }
}
