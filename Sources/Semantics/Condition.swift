package import JSON
package import Text

/// A typed condition. Nesting is bounded by the parser.
package indirect enum Condition: Sendable {
  case constant(Bool)
  /// Two or more.
  case all([Condition])
  /// Two or more.
  case any([Condition])
  case not(Condition)
  case atom(Atom)
}

/// One fact and what is asked of it. `x != 1` is `.not` of an atom, so an absent fact makes the positive test false and its negation true.
package struct Atom: Sendable {
  /// How a test over the elements of an array becomes one truth value.
  package struct Quantifier: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case any, all, none }

    package let kind: Kind
    /// Whether it counts elements that fail the test: `any of args.paths not under "src"`.
    package let negated: Bool

    package init(_ kind: Kind, negated: Bool) {
      self.kind = kind
      self.negated = negated
    }
  }

  /// Set exactly when the subject's path goes through the elements of an array. Over nothing: `any` false, `all` and `none` true.
  package let quantifier: Quantifier?
  package let subject: Fact
  package let test: Test
  package let range: SourceRange

  package init(quantifier: Quantifier?, subject: Fact, test: Test, range: SourceRange) {
    self.quantifier = quantifier
    self.subject = subject
    self.test = test
    self.range = range
  }

  package enum Test: Sendable {
    case equals(Constant)
    /// Never empty.
    case isIn([Constant])
    case less(Number)
    case atMost(Number)
    case greater(Number)
    case atLeast(Number)
    /// Both ends included; at least one is there.
    case between(Number?, Number?)
    /// Any of the texts, of which there is at least one. So for the next three.
    case startsWith([String])
    case endsWith([String])
    case contains([String])
    /// Normalised relative or absolute paths without a slash at the end.
    case under([String])
    /// Of a `host` fact only.
    case hostIn([HostPattern])
    /// The whole value.
    case matches(TextPattern)
    case present
    case isTrue
    /// Equal to another fact, both text or both numbers; neither is quantified.
    case sameAs(Fact)
  }
}

/// What a condition may speak of when a call is admitted.
package enum Fact: Hashable, Sendable {
  case argument(ArgumentPath)
  /// Unicode scalars of a text, elements of an array.
  case length(ArgumentPath)
  /// The host of a URL, lower case; absent when the text is no absolute URL.
  case host(ArgumentPath)
  /// The scheme of a URL, lower case; absent when the text is no absolute URL.
  case scheme(ArgumentPath)
  case claim(ClaimPath)
  case clock(ClockField)
  /// Whether the session has the label of this name.
  case label(String)

  /// The argument it reads, if any.
  package var argument: ArgumentPath? {
    switch self {
    case .argument(let path), .length(let path), .host(let path), .scheme(let path): path
    case .claim, .clock, .label: nil
    }
  }
}

/// From the object of arguments downwards.
package struct ArgumentPath: Hashable, Sendable, CustomStringConvertible {
  package enum Step: Hashable, Sendable {
    case member(String)
    /// Each element of an array; at most once in a path.
    case elements
  }

  /// At least one; the first is a member.
  package let steps: [Step]

  package init(_ steps: [Step]) { self.steps = steps }

  package var goesThroughElements: Bool { steps.contains(.elements) }

  /// As it is written in a policy: `args.items[*].price`.
  package var description: String {
    steps.reduce(into: "args") { text, step in
      switch step {
      case .member(let name): text += isPlainName(name) ? ".\(name)" : "[\"\(name)\"]"
      case .elements: text += "[*]"
      }
    }
  }
}

/// A fact of the verified credential: `token.sub`, `key.owner`, `token.realm.roles`.
package struct ClaimPath: Hashable, Comparable, Sendable, CustomStringConvertible {
  package enum Root: String, Hashable, Sendable, CaseIterable { case token, key }

  package let root: Root
  /// At least one.
  package let path: [String]

  package init(_ root: Root, _ path: [String]) {
    self.root = root
    self.path = path
  }

  package var description: String {
    path.reduce(into: root.rawValue) { text, name in text += isPlainName(name) ? ".\(name)" : "[\"\(name)\"]" }
  }
}

package enum ClaimType: Hashable, Sendable {
  case text, number, boolean
  /// Said by a quantifier whose test is of the element's type.
  case listOfText, listOfNumber, listOfBoolean
}

/// The clock of the decision, in UTC. All are numbers.
package enum ClockField: String, Hashable, Sendable, CaseIterable {
  /// Monday is 1, Sunday 7 (ISO 8601).
  case weekday
  /// 0...23
  case hour
  /// 0...59
  case minute
  /// 1...31
  case day
  /// 1...12
  case month
  case year
  /// `now` itself: milliseconds since 1970-01-01T00:00:00Z.
  case moment
}

/// A value a fact is compared with.
package enum Constant: Hashable, Sendable {
  case text(String)
  case number(Number)
  case boolean(Bool)
}

/// A pattern a condition matches a whole value with; it is known to be a regular expression of bounded cost.
package struct TextPattern: Hashable, Sendable {
  package let source: String
  package let caseInsensitive: Bool
  /// In bytes: a longer text is undecided, because the pattern can take more than linear time.
  package let longestText: Int

  package init(source: String, caseInsensitive: Bool, longestText: Int) {
    self.source = source
    self.caseInsensitive = caseInsensitive
    self.longestText = longestText
  }
}

/// `docs.acme.example`, or `*.github.com`: one or more labels before the rest.
package enum HostPattern: Hashable, Sendable {
  /// Lower case.
  case exactly(String)
  /// Lower case, without the leading `*.`.
  case below(String)
}

/// A letter or `_`, then letters, digits, `_` and `-`: a name that needs no quotes in a path.
func isPlainName(_ name: String) -> Bool {
  guard let first = name.utf8.first, isNameStart(first) else { return false }
  return name.utf8.allSatisfy { isNameStart($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-") }
}

private func isNameStart(_ byte: UInt8) -> Bool {
  let lower = byte | 0x20
  return byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
}
