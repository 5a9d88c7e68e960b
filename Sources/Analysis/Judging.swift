internal import Bytecode
internal import JSON
internal import RegularExpressions
internal import Semantics

/// What tests come to for values, by the meaning that the engine gives them.
struct Judging {
  private var recognizers: [TextPattern: Recognizer?] = [:]

  /// - Parameter value: of the fact's argument or claim as a whole; nil: absent.
  mutating func outcome(_ elementary: Elementary, _ value: Value?) -> Outcome {
    switch elementary.subject {
    case .clock(let field):
      guard let moment = value?.number?.integer else { return .no }
      return outcome(elementary.test, .number(Number(Int64(field.value(at: Int64(moment))))))
    case .label: return Outcome(value?.boolean == true)
    case .claim: return outcome(elementary, elements: value, steps: [])
    case .argument(let path), .length(let path), .host(let path), .scheme(let path):
      return outcome(elementary, elements: value, steps: path.steps.dropFirst())
    }
  }

  private mutating func outcome(_ elementary: Elementary, elements value: Value?, steps: ArraySlice<ArgumentPath.Step>) -> Outcome {
    var value = value
    for (index, step) in zip(steps.indices, steps) {
      switch step {
      case .member(let name): value = value?[name]
      case .elements: return overElements(elementary, value, steps: steps[(index + 1)...])
      }
    }
    if elementary.element != nil { return overElements(elementary, value, steps: []) }
    return outcome(elementary.test, elementary.subject, value)
  }

  private mutating func overElements(_ elementary: Elementary, _ list: Value?, steps: ArraySlice<ArgumentPath.Step>) -> Outcome {
    Outcome.any((list?.elements ?? []).map { element(elementary, $0, steps: steps) })
  }

  /// Whether one element is such as is asked for.
  mutating func element(_ elementary: Elementary, _ value: Value, steps: ArraySlice<ArgumentPath.Step>) -> Outcome {
    var value: Value? = value
    for case .member(let name) in steps { value = value?[name] }
    let outcome = outcome(elementary.test, elementary.subject, value)
    return elementary.element == .fails ? outcome.negated : outcome
  }

  private mutating func outcome(_ test: Atom.Test, _ subject: Fact, _ value: Value?) -> Outcome {
    guard let value, !value.isNull else { return .no }
    switch subject {
    case .length:
      if case .array(let elements) = value { return outcome(test, .number(Number(elements.count))) }
      return value.string.map { outcome(test, .number(Number($0.unicodeScalars.count))) } ?? .no
    case .host: return value.string.map { text in host(of: text).map { outcome(test, .string($0)) } ?? .undecided } ?? .no
    case .scheme: return value.string.map { text in scheme(of: text).map { outcome(test, .string($0)) } ?? .undecided } ?? .no
    case .argument, .claim, .clock, .label: return outcome(test, value)
    }
  }

  private mutating func outcome(_ test: Atom.Test, _ value: Value) -> Outcome {
    switch test {
    case .present: return .yes
    case .isTrue: return Outcome(value == .boolean(true))
    case .equals(let constant): return Outcome(constant.value == value)
    case .isIn(let constants): return Outcome(constants.contains { $0.value == value })
    case .less, .atMost, .greater, .atLeast, .between: return value.number.map { Outcome($0.passes(test)) } ?? .no
    default: return value.string.map { outcome(test, $0) } ?? .no
    }
  }

  private mutating func outcome(_ test: Atom.Test, _ text: String) -> Outcome {
    let bytes = Array(text.utf8)
    switch test {
    case .startsWith(let parts): return Outcome(parts.contains { hasPrefix(bytes.span, Array($0.utf8).span) })
    case .endsWith(let parts): return Outcome(parts.contains { hasSuffix(bytes.span, Array($0.utf8).span) })
    case .contains(let parts): return Outcome(parts.contains { Bytecode.contains(bytes.span, Array($0.utf8).span) })
    case .under(let folders):
      guard let path = normalPath(text) else { return .undecided }
      return Outcome(
        folders.contains { folder in
          guard let folder = normalPath(folder) else { return false }
          return isPath(path.span, under: folder.span)
        })
    case .hostIn(let hosts): return Outcome(hosts.contains { isHost(bytes.span, Array($0.written.utf8).span) })
    case .matches(let pattern):
      if bytes.count > pattern.longestText { return .undecided }
      return recognizes(pattern, text).map { Outcome($0) } ?? .undecided
    default: return .no
    }
  }

  /// Nil when its automaton is too large.
  mutating func recognizes(_ pattern: TextPattern, _ text: String) -> Bool? {
    if recognizers[pattern] == nil { recognizers[pattern] = .some(pattern.language.flatMap(Recognizer.init)) }
    guard var recognizer = recognizers[pattern] ?? nil else { return nil }
    let accepts = recognizer.accepts(text)
    recognizers[pattern] = .some(recognizer)
    return accepts
  }
}

func normalPath(_ text: String) -> [UInt8]? {
  var out: [UInt8] = []
  return appendNormalPath(Array(text.utf8).span, to: &out) ? out : nil
}

func host(of url: String) -> String? {
  var out: [UInt8] = []
  return appendHost(Array(url.utf8).span, to: &out) ? String(decoding: out, as: UTF8.self) : nil
}

func scheme(of url: String) -> String? {
  var out: [UInt8] = []
  return appendScheme(Array(url.utf8).span, to: &out) ? String(decoding: out, as: UTF8.self) : nil
}

extension TextPattern {
  /// The whole texts it matches; nil: not a pattern of ours.
  var language: Language? {
    (try? RegularExpression(parsing: source, caseInsensitive: caseInsensitive)).map { Language($0, .whole) }
  }
}

extension HostPattern {
  fileprivate var written: String {
    switch self {
    case .exactly(let name): name
    case .below(let name): "*." + name
    }
  }
}

extension Number {
  func passes(_ test: Atom.Test) -> Bool {
    switch test {
    case .less(let bound): self < bound
    case .atMost(let bound): self <= bound
    case .greater(let bound): self > bound
    case .atLeast(let bound): self >= bound
    case .between(let lower, let upper): lower ?? self <= self && self <= upper ?? self
    case .equals(let constant): constant == .number(self)
    case .isIn(let constants): constants.contains(.number(self))
    default: false
    }
  }
}
