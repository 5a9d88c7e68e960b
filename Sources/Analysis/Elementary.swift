internal import JSON
internal import Semantics

/// What a test comes to for a value. *Undecided*: it cannot be told, and whoever asked takes what is safe.
enum Outcome: UInt8, Hashable {
  case no, yes, undecided

  init(_ value: Bool) { self = value ? .yes : .no }

  var negated: Outcome {
    switch self {
    case .no: .yes
    case .yes: .no
    case .undecided: .undecided
    }
  }

  static func any(_ outcomes: some Sequence<Outcome>) -> Outcome {
    var result = Outcome.no
    for outcome in outcomes {
      if outcome == .yes { return .yes }
      if outcome == .undecided { result = .undecided }
    }
    return result
  }
}

/// A test of one value, such as conditions are divided into: `x in {"a", "b"}` into two. Over the elements of a list it asks whether there is one
/// that passes, or one that fails.
struct Elementary: Hashable {
  let subject: Fact
  let test: Atom.Test
  /// Nil: of no list.
  let element: Element?
  /// Of the address of a resource; then the rest says only that there is one.
  let address: AddressTest?
  /// Tells it from all others.
  let text: String

  enum Element: Hashable { case passes, fails }

  init(_ subject: Fact, _ test: Atom.Test, _ element: Element? = nil) {
    self.subject = subject
    self.test = test
    self.element = element
    address = nil
    let words = "\(subject.text) \(subject == .clock(.moment) ? test.momentText : test.text)"
    switch element {
    case nil: text = words
    case .passes: text = "any of \(words)"
    case .fails: text = "any of \(subject.text) not \(test.text)"
    }
  }

  init(_ address: AddressTest) {
    subject = .argument(ArgumentPath([.member("uri")]))
    test = .present
    element = nil
    self.address = address
    text = address.text
  }

  static func == (left: Elementary, right: Elementary) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  func hash(into hasher: inout Hasher) { hasher.combine(text.exact) }
}

/// An atom as elementary tests: it holds when one of them does, or, negated, when none does.
struct Division {
  var parts: [Elementary]
  var isNegated = false
  /// Of a comparison of two facts: what must be there for it to hold, and which comparison it is.
  var sameness: Sameness?
}

/// Whether two facts are equal, of which nothing else is known.
struct Sameness: Hashable {
  /// In the order of their text.
  let facts: [Fact]

  var text: String { "\(facts[0].text) == \(facts[1].text)" }
}

extension Division {
  init(_ atom: Atom) {
    if case .sameAs(let other) = atom.test {
      let facts = [atom.subject, other].sorted { $0.text.exact < $1.text.exact }
      self.init(parts: facts.map { Elementary($0, .present) }, sameness: Sameness(facts: facts))
      return
    }
    guard let quantifier = atom.quantifier else {
      self.init(parts: atom.test.alternatives.map { Elementary(atom.subject, $0) })
      return
    }
    // `none of` is `not any of`, `all of` is `not any of … not`.
    let asksForFailing = quantifier.negated != (quantifier.kind == .all)
    let isNegated = quantifier.kind != .any
    if asksForFailing {
      self.init(parts: [Elementary(atom.subject, atom.test.merged, .fails)], isNegated: isNegated)
    } else {
      self.init(parts: atom.test.alternatives.map { Elementary(atom.subject, $0, .passes) }, isNegated: isNegated)
    }
  }
}

extension Atom.Test {
  /// Tests of which one must pass.
  fileprivate var alternatives: [Atom.Test] {
    switch self {
    case .isIn(let constants): constants.map { Atom.Test.equals($0).merged }
    case .startsWith(let texts): texts.map { .startsWith([$0]) }
    case .endsWith(let texts): texts.map { .endsWith([$0]) }
    case .contains(let texts): texts.map { .contains([$0]) }
    case .under(let folders): folders.map { .under([$0]) }
    case .hostIn(let hosts): hosts.map { .hostIn([$0]) }
    default: [merged]
    }
  }

  /// One spelling of what can be written in two ways.
  fileprivate var merged: Atom.Test {
    switch self {
    case .equals(.boolean(true)): .isTrue
    case .isIn(let constants) where constants.count == 1: Atom.Test.equals(constants[0]).merged
    case .between(let lower?, nil): .atLeast(lower)
    case .between(nil, let upper?): .atMost(upper)
    default: self
    }
  }

  /// As it would be written.
  var text: String {
    switch self {
    case .equals(let constant): "== \(constant.text)"
    case .isIn(let constants): "in {\(list(constants.map(\.text)))}"
    case .less(let number): "< \(number)"
    case .atMost(let number): "<= \(number)"
    case .greater(let number): "> \(number)"
    case .atLeast(let number): ">= \(number)"
    case .between(let lower, let upper): "in \(lower?.description ?? "")..\(upper?.description ?? "")"
    case .startsWith(let texts): "starts with \(list(texts.map(quoted)))"
    case .endsWith(let texts): "ends with \(list(texts.map(quoted)))"
    case .contains(let texts): "contains \(list(texts.map(quoted)))"
    case .under(let texts): "under \(list(texts.map(quoted)))"
    case .hostIn(let hosts): hosts.count == 1 && !hosts[0].isBelow ? "== \(hosts[0].text)" : "in {\(list(hosts.map(\.text)))}"
    case .matches(let pattern): "matches /\(pattern.source)/\(pattern.caseInsensitive ? "i" : "")"
    case .present: "present"
    case .isTrue: "== true"
    case .sameAs(let fact): "== \(fact.text)"
    }
  }

  /// Of the clock itself: numbers are moments.
  var momentText: String {
    switch self {
    case .less(let number): number.integer.map { "< \(written(Int64($0)))" } ?? text
    case .atLeast(let number): number.integer.map { ">= \(written(Int64($0)))" } ?? text
    default: text
    }
  }

  private func list(_ texts: [String]) -> String { texts.map(\.exact).sorted().map(\.text).joined(separator: ", ") }
}

extension HostPattern {
  var isBelow: Bool { if case .below = self { true } else { false } }

  var text: String {
    switch self {
    case .exactly(let name): quoted(name)
    case .below(let name): quoted("*." + name)
    }
  }
}

extension Fact {
  /// As it would be written.
  var text: String {
    switch self {
    case .argument(let path): path.description
    case .length(let path): "length(\(path))"
    case .host(let path): "host(\(path))"
    case .scheme(let path): "scheme(\(path))"
    case .claim(let path): path.description
    case .clock(let field): field == .moment ? "now" : "now.\(field.rawValue)"
    case .label(let name): "session has \(name)"
    }
  }
}

extension Constant {
  var text: String {
    switch self {
    case .text(let text): quoted(text)
    case .number(let number): number.description
    case .boolean(let boolean): "\(boolean)"
    }
  }

  var value: Value {
    switch self {
    case .text(let text): .string(text)
    case .number(let number): .number(number)
    case .boolean(let boolean): .boolean(boolean)
    }
  }
}

func quoted(_ text: String) -> String { String(decoding: write(.string(text)), as: UTF8.self) }
