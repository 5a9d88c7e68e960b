/// A set of texts, told as well as a few tests can tell it. Never smaller than what it stands for: "empty" is certain, "not empty" is not.
struct TextDomain: Hashable {
  /// Nothing else is possible.
  private var candidates: [String]?
  private var minimumLength: Int
  private var maximumLength: Int?
  /// Of each group one must hold.
  private var prefixes: [[String]] = []
  private var suffixes: [[String]] = []

  static let all = TextDomain(TextShape())

  init(_ shape: TextShape) {
    candidates = shape.allowed
    minimumLength = shape.minimumLength
    maximumLength = shape.maximumLength
    if let allowed = candidates { candidates = allowed.filter(hasGoodLength) }
  }

  /// Leaves only what passes, or does not pass, a test.
  mutating func restrict(to test: Atom.Test, passing: Bool) {
    candidates?.removeAll { passes($0, test) == !passing }
    guard passing else { return }
    switch test {
    case .equals(.text(let text)): keep([text])
    case .isIn(let constants):
      let texts = constants.compactMap { constant -> String? in
        guard case .text(let text) = constant else { return nil }
        return text
      }
      if texts.count == constants.count { keep(texts) }
    case .hostIn(let hosts):
      let names = hosts.compactMap { host -> String? in
        guard case .exactly(let name) = host else { return nil }
        return name
      }
      if names.count == hosts.count { keep(names) }
    case .startsWith(let texts): add(texts, to: &prefixes)
    case .endsWith(let texts): add(texts, to: &suffixes)
    case .contains(let texts): minimumLength = max(minimumLength, texts.map(\.unicodeScalars.count).min() ?? 0)
    default: break
    }
  }

  /// What is not kept only makes the domain larger.
  private func add(_ texts: [String], to groups: inout [[String]]) {
    if groups.count < DomainLimits.groups, texts.count <= DomainLimits.texts { groups.append(texts) }
  }

  private mutating func keep(_ texts: [String]) {
    let kept = candidates?.filter { candidate in texts.contains { same($0, candidate) } } ?? texts
    candidates = kept.filter { text in
      hasGoodLength(text) && prefixes.allSatisfy { passes(text, .startsWith($0)) != false }
        && suffixes.allSatisfy { passes(text, .endsWith($0)) != false }
    }
  }

  private func hasGoodLength(_ text: String) -> Bool {
    let length = text.unicodeScalars.count
    return length >= minimumLength && length <= maximumLength ?? .max
  }

  var isEmpty: Bool {
    if let candidates { return candidates.isEmpty }
    if let maximumLength, maximumLength < minimumLength { return true }
    for group in prefixes + suffixes where group.allSatisfy({ $0.unicodeScalars.count > maximumLength ?? .max }) { return true }
    return !areCompatible(prefixes) { $0.utf8.starts(with: $1.utf8) }
      || !areCompatible(suffixes) { $0.utf8.reversed().starts(with: $1.utf8.reversed()) }
  }

  /// Whether of each two groups some two texts can hold of one text: one begins with the other.
  private func areCompatible(_ groups: [[String]], _ begins: (String, String) -> Bool) -> Bool {
    for (index, left) in groups.enumerated() {
      for right in groups[(index + 1)...] where !left.contains(where: { a in right.contains { begins(a, $0) || begins($0, a) } }) {
        return false
      }
    }
    return true
  }
}

/// What is looked for in one condition. Tests are compared with one another, so without an end to it a generated condition of some hundred
/// tests would take minutes; what is passed over is only not reported.
enum DomainLimits {
  /// Tests of one fact for a beginning, and tests for an end.
  static let groups = 8
  /// Texts of one of these.
  static let texts = 64
  /// Findings in one condition: a person sees what is wrong, and each shows the line, which may be long.
  static let findings = 16
  /// Earlier tests among which the one is looked for that a later one contradicts.
  static let culprits = 256
  /// Tests that one finding points to.
  static let labels = 8
}

/// Byte for byte, as the engine compares.
private func same(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

/// Nil: not told here.
private func passes(_ text: String, _ test: Atom.Test) -> Bool? {
  switch test {
  case .equals(let constant): constant == .text(text)
  case .isIn(let constants): constants.contains(.text(text))
  case .startsWith(let texts): texts.contains { text.utf8.starts(with: $0.utf8) }
  case .endsWith(let texts): texts.contains { text.utf8.reversed().starts(with: $0.utf8.reversed()) }
  case .contains(let texts): texts.contains { containsBytes(text, $0) }
  case .hostIn(let hosts):
    hosts.contains { host in
      switch host {
      case .exactly(let name): same(name, text)
      case .below(let name): text.utf8.count > name.utf8.count + 1 && text.utf8.reversed().starts(with: ".\(name)".utf8.reversed())
      }
    }
  default: nil
  }
}

private func containsBytes(_ text: String, _ part: String) -> Bool {
  let (text, part) = (Array(text.utf8), Array(part.utf8))
  guard part.count <= text.count else { return false }
  return (0...(text.count - part.count)).contains { text[$0...].starts(with: part) }
}
