internal import JSON

// Texts count as equal scalar by scalar, as the engine finds them in bytes; what Swift would write here joins composed and decomposed letters,
// and with them rules that mean different values.

extension Constant {
  package static func == (left: Constant, right: Constant) -> Bool {
    switch (left, right) {
    case (.text(let left), .text(let right)): left.exact == right.exact
    case (.number(let left), .number(let right)): left == right
    case (.boolean(let left), .boolean(let right)): left == right
    case (.text, _), (.number, _), (.boolean, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .text(let text): hasher.combine(text.exact)
    case .number(let number): hasher.combine(number)
    case .boolean(let boolean): hasher.combine(boolean)
    }
  }
}

extension ArgumentPath.Step {
  private var name: ExactText? {
    switch self {
    case .member(let name): name.exact
    case .elements: nil
    }
  }

  package static func == (left: Self, right: Self) -> Bool { left.name == right.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension ClaimPath {
  package static func == (left: ClaimPath, right: ClaimPath) -> Bool { left.root == right.root && left.path.exact == right.path.exact }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(root)
    hasher.combine(path.exact)
  }

  package static func < (left: ClaimPath, right: ClaimPath) -> Bool { left.description.exact < right.description.exact }
}

extension TextPattern {
  package static func == (left: TextPattern, right: TextPattern) -> Bool {
    left.source.exact == right.source.exact && left.caseInsensitive == right.caseInsensitive && left.longestText == right.longestText
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(source.exact)
    hasher.combine(caseInsensitive)
  }
}

extension HostPattern {
  private var parts: (isBelow: Bool, name: ExactText) {
    switch self {
    case .exactly(let name): (false, name.exact)
    case .below(let name): (true, name.exact)
    }
  }

  package static func == (left: HostPattern, right: HostPattern) -> Bool { left.parts == right.parts }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(parts.isBelow)
    hasher.combine(parts.name)
  }
}

extension TextShape {
  package static func == (left: TextShape, right: TextShape) -> Bool {
    left.allowed?.exact == right.allowed?.exact && left.minimumLength == right.minimumLength && left.maximumLength == right.maximumLength
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(allowed?.exact)
    hasher.combine(minimumLength)
    hasher.combine(maximumLength)
  }
}

extension ObjectShape.Property {
  package static func == (left: Self, right: Self) -> Bool {
    left.name.exact == right.name.exact && left.shape == right.shape && left.isRequired == right.isRequired
      && left.isNullable == right.isNullable
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(name.exact)
    hasher.combine(shape)
  }
}

extension Glob {
  package static func == (left: Glob, right: Glob) -> Bool { left.source.exact == right.source.exact && left.pieces == right.pieces }

  package func hash(into hasher: inout Hasher) { hasher.combine(source.exact) }
}

extension Glob.Piece {
  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.literal(let left), .literal(let right)): left.exact == right.exact
    case (.withinSegment, .withinSegment), (.anything, .anything): true
    case (.literal, _), (.withinSegment, _), (.anything, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .literal(let text): hasher.combine(text.exact)
    case .withinSegment: hasher.combine(1)
    case .anything: hasher.combine(2)
    }
  }
}

extension Constraint {
  package static func == (left: Constraint, right: Constraint) -> Bool {
    switch (left, right) {
    case (.between(let lower, let upper), .between(let otherLower, let otherUpper)): lower == otherLower && upper == otherUpper
    case (.step(let left), .step(let right)): left == right
    case (.oneOf(let left), .oneOf(let right)): left == right
    case (.matches(let left, let script), .matches(let right, let otherScript)): left == right && script?.exact == otherScript?.exact
    case (.length(let lower, let upper), .length(let otherLower, let otherUpper)): lower == otherLower && upper == otherUpper
    case (.withoutControlCharacters, .withoutControlCharacters): true
    case (.url(let schemes, let hosts, let ports), .url(let otherSchemes, let otherHosts, let otherPorts)):
      schemes.exact == otherSchemes.exact && hosts == otherHosts && ports == otherPorts
    case (.path(let under, let except), .path(let otherUnder, let otherExcept)):
      under.exact == otherUnder.exact && except.exact == otherExcept.exact
    case (.between, _), (.step, _), (.oneOf, _), (.matches, _), (.length, _), (.withoutControlCharacters, _), (.url, _), (.path, _): false
    }
  }

  package func hash(into hasher: inout Hasher) {
    switch self {
    case .between(let lower, let upper): hasher.combine([lower, upper])
    case .step(let step): hasher.combine(step)
    case .oneOf(let constants): hasher.combine(constants)
    case .matches(let pattern, _): hasher.combine(pattern)
    case .length(let lower, let upper): hasher.combine([lower, upper])
    case .withoutControlCharacters: hasher.combine(0)
    case .url(let schemes, let hosts, let ports):
      hasher.combine(schemes.exact)
      hasher.combine(hosts)
      hasher.combine(ports)
    case .path(let under, let except): hasher.combine([under.exact, except.exact])
    }
  }
}
