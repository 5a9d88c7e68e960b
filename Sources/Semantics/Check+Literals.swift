internal import JSON
internal import Syntax
internal import Text

extension Checker {
  /// The value a literal stands for beside this fact; nil: none, which has been reported.
  mutating func constant(_ literal: Literal, for subject: Subject) -> Constant? {
    if subject.isWeekday { return weekday(literal, subject) }
    switch literal.kind {
    case .string(let text): return .text(text)
    case .number(let digits): return number(digits, literal.range).map(Constant.number)
    case .boolean(let value): return .boolean(value)
    case .word(let word):
      report(
        .needsQuotes, "`\(word)` stands without quotes", literal.range, "text needs quotes", help: "write `\"\(word)\"`",
        fixes: replacement("\"\(word)\"", literal.range))
    case .moment:
      report(
        .badQuantity, "a date compares with `now` only", literal.range, "a date",
        help: "a date in an argument is text: write it in quotes to compare it with `==`")
    case .duration, .size:
      report(
        .badQuantity, "a number with a unit cannot be compared with `\(subject.text)`", literal.range, "has a unit",
        help: "write the plain number")
    }
    return nil
  }

  mutating func number(_ digits: String, _ range: SourceRange) -> Number? {
    if let number = Number(digits) { return number }
    report(.badQuantity, "this number has too many digits", range, "cannot be held exactly", help: "write a shorter number")
    return nil
  }

  private mutating func weekday(_ literal: Literal, _ subject: Subject) -> Constant? {
    if case .word(let word) = literal.kind, let index = weekdays.firstIndex(of: word) { return .number(Number(index + 1)) }
    let written: String
    switch literal.kind {
    case .word(let word), .string(let word): written = word
    default: written = ""
    }
    let near = weekdays.first { written.lowercased().hasPrefix($0) }
    report(
      .unknownChoice, "a weekday is one of \(weekdays.joined(separator: ", "))", literal.range, "no weekday",
      help: near.map { "did you mean `\($0)`?" }, fixes: replacement(near, literal.range))
    return nil
  }

  /// Whether a schema allows the value somewhere. A misspelt one is told from one that a range excludes.
  mutating func checkAllowed(_ constant: Constant, _ literal: Literal, _ subject: Subject) -> Bool {
    if case .number(let number) = constant, !checkClock(number, subject, literal.range) { return false }
    guard case .shapes(let shapes) = subject.values, !shapes.isEmpty else { return true }
    var allowed: [Constant] = []
    for shape in shapes {
      guard let values = shape.allowedConstants, !values.contains(constant) else { return true }
      allowed += values
    }
    let names = allowed.map(\.text)
    let near = suggestion(for: constant.text, among: names).map { constant.type == .text ? "\"\($0)\"" : $0 }
    report(
      .valueNotAllowed, "`\(subject.text)` is never \(constant.quoted)", literal.range, "the tool's schema does not allow it",
      help: near.map { "did you mean `\($0)`?" } ?? "it allows \(listed(allowed.map(\.quoted), most: 12))",
      fixes: replacement(near, literal.range))
    return false
  }

  /// Clock fields have few values; anything else is a slip.
  mutating func checkClock(_ number: Number?, _ subject: Subject, _ range: SourceRange?) -> Bool {
    guard let number, let range, case .clock(let field) = subject.values, let values = field.values else { return true }
    if number.isInteger, let integer = number.integer, values.contains(integer) { return true }
    report(
      .impossibleClock, "`\(subject.text)` is a whole number from \(values.lowerBound) to \(values.upperBound)", range, "never this",
      help: field == .hour ? "hours are 0 to 23 in UTC; before midnight is `now.hour == 23`" : nil)
    return false
  }

  /// Both ends of a range, the lower one not above the upper; nil: reported.
  mutating func bounds(_ range: RangeSyntax) -> (lower: Number?, upper: Number?)? {
    func digits(_ literal: Literal?) -> String? {
      guard case .number(let digits)? = literal?.kind else { return nil }
      return digits
    }
    var ends: [Number?] = []
    for literal in [range.lower, range.upper] {
      guard let literal else {
        ends.append(nil)
        continue
      }
      guard let digits = digits(literal), let number = number(digits, literal.range) else { return nil }
      ends.append(number)
    }
    if let lower = ends[0], let upper = ends[1], upper < lower {
      report(
        .invertedRange, "this range ends before it starts", range.range, "\(lower.description) is more than \(upper.description)",
        help: "write `\(upper.description)..\(lower.description)`",
        fixes: replacement("\(upper.description)..\(lower.description)", range.range))
      return nil
    }
    return (ends[0], ends[1])
  }

  // MARK: sets

  /// Sets on their own: not empty, of one type, nothing twice.
  mutating func checkSets() {
    for set in declared.sets { _ = checkElements(set.syntax.elements, set.syntax.name.range) }
  }

  /// Whether the elements can be compared with anything.
  private mutating func checkElements(_ elements: [Literal], _ range: SourceRange) -> Bool {
    guard let first = elements.first else {
      report(.emptySet, "this set is empty", range, "contains nothing", help: "nothing is in an empty set; name its elements")
      return false
    }
    var seen: [ElementKey: SourceRange] = [:]
    for element in elements {
      if element.kind.noun != first.kind.noun {
        report(
          .typeMismatch, "a set is of one type", element.range, element.kind.noun, also: [.init(first.range, first.kind.noun)],
          help: "make two sets of it")
        return false
      }
      if let before = seen[ElementKey(element.kind)] {
        report(
          .duplicateElement, "this element is in the set already", element.range, "again", also: [.init(before, "the first one")],
          help: "remove it")
      } else {
        seen[ElementKey(element.kind)] = element.range
      }
    }
    return true
  }

  /// The elements of a set expression; nil: reported.
  mutating func elements(of set: SetExpression, from file: Int) -> [Literal]? {
    switch set.kind {
    case .literal(let elements): return checkElements(elements, set.range) ? elements : nil
    case .named(let name):
      // What is wrong with a named set was reported where it is declared.
      guard let symbol = find(name, .set, from: file) else { return nil }
      let elements = declared.sets[symbol.index].syntax.elements
      return elements.isEmpty ? nil : elements
    }
  }

  mutating func membership(_ set: SetExpression, _ predicate: Predicate, _ subject: Subject, _ context: ConditionContext) -> Atom.Test? {
    guard let elements = elements(of: set, from: context.file) else { return nil }
    let isNamed = if case .named = set.kind { true } else { false }
    if subject.fact.isHost {
      let hosts = elements.map { element -> HostPattern? in
        guard case .string(let text) = element.kind else {
          report(.typeMismatch, "a host is text", element.range, "not text", help: "write it in quotes")
          return nil
        }
        return hostPattern(text, element.range, allowsWildcard: true)
      }
      return hosts.contains(nil) ? nil : .hostIn(hosts.compactMap(\.self))
    }
    var constants: [Constant] = []
    for element in elements {
      guard let constant = constant(element, for: subject) else { return nil }
      if constants.isEmpty, !require(constant.type, of: subject, predicate.range, literal: isNamed ? nil : element) { return nil }
      // A named set may serve tools whose schemas allow different parts of it.
      if !isNamed, !checkAllowed(constant, element, subject) { return nil }
      guard let normal = subject.fact.isScheme ? scheme(constant, element.range) : constant else { return nil }
      constants.append(normal)
    }
    return .isIn(constants)
  }
}

let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

extension ClockField {
  /// The values it can have; nil for `now` itself.
  var values: ClosedRange<Int>? {
    switch self {
    case .weekday: 1...7
    case .hour: 0...23
    case .minute: 0...59
    case .day: 1...31
    case .month: 1...12
    case .year: 1970...9999
    case .moment: nil
    }
  }
}

extension Literal.Kind {
  var noun: String {
    switch self {
    case .string: "text"
    case .number: "a number"
    case .boolean: "true or false"
    case .word: "a word"
    case .moment: "a date"
    case .duration: "a length of time"
    case .size: "a size"
    }
  }
}

extension Constant {
  /// Without quotes.
  var text: String {
    switch self {
    case .text(let text): text
    case .number(let number): number.description
    case .boolean(let value): value ? "true" : "false"
    }
  }

  /// As written.
  var quoted: String {
    if case .text(let text) = self { return "\"\(text)\"" }
    return text
  }
}

extension ValueShape {
  /// All values there are, when the schema lists them.
  var allowedConstants: [Constant]? {
    switch self {
    case .text(let text): text.allowed?.map(Constant.text)
    case .number(let number): number.allowed?.map(Constant.number)
    case .boolean(let only): only.map { [.boolean($0)] }
    case .array, .object, .unknown: nil
    }
  }
}

/// What two elements of a set have in common when they are the same.
private enum ElementKey: Hashable {
  case text(ExactText)
  case other(Literal.Kind)

  init(_ kind: Literal.Kind) {
    self = if case .string(let text) = kind { .text(text.exact) } else { .other(kind) }
  }
}
