internal import JSON
internal import Semantics

/// What a slot is for. Two tests of one fact share a slot when they ask it the same kind of thing.
enum SlotKey: Hashable {
  case value(ArgumentPath)
  case presence(ArgumentPath)
  case length(ArgumentPath)
  case host(ArgumentPath)
  case scheme(ArgumentPath)
  case path(ArgumentPath)
  case claim(Semantics.ClaimPath)
  /// One after another, its elements.
  case claimElement(Semantics.ClaimPath)
  case claimPresence(Semantics.ClaimPath)
  case claimAsPath(Semantics.ClaimPath)
  case claimElementAsPath(Semantics.ClaimPath)
  case clock(Semantics.ClockField)
  /// By name.
  case label(String)

  /// Whether every target has it.
  var isShared: Bool { argument == nil }

  var argument: ArgumentPath? {
    switch self {
    case .value(let path), .presence(let path), .length(let path), .host(let path), .scheme(let path), .path(let path): path
    case .claim, .claimElement, .claimPresence, .claimAsPath, .claimElementAsPath, .clock, .label: nil
    }
  }

  /// The slot it is computed from.
  var base: SlotKey? {
    switch self {
    case .length(let path), .host(let path), .scheme(let path), .path(let path): .value(path)
    case .claimAsPath(let path): .claim(path)
    case .claimElementAsPath(let path): .claimElement(path)
    case .value, .presence, .claim, .claimElement, .claimPresence, .clock, .label: nil
    }
  }

  init(_ fact: Fact, isQuantified: Bool) {
    self =
      switch fact {
      case .argument(let path): .value(path)
      case .length(let path): .length(path)
      case .host(let path): .host(path)
      case .scheme(let path): .scheme(path)
      case .claim(let path): isQuantified ? .claimElement(path) : .claim(path)
      case .clock(let field): .clock(field)
      case .label(let name): .label(name)
      }
  }

  /// The slot that an atom's test reads.
  init(subjectOf atom: Atom) {
    let plain = SlotKey(atom.subject, isQuantified: atom.quantifier != nil)
    self =
      switch (plain, atom.test) {
      case (.value(let path), .present): .presence(path)
      case (.claim(let path), .present): .claimPresence(path)
      case (.value(let path), .under): .path(path)
      case (.claim(let path), .under): .claimAsPath(path)
      case (.claimElement(let path), .under): .claimElementAsPath(path)
      default: plain
      }
  }
}

/// What the rules on a target read, gathered before slots are numbered.
struct Needs {
  /// In order of first use.
  private(set) var keys: [SlotKey] = []
  private(set) var texts: [SlotKey: Set<ExactText>] = [:]
  private(set) var numbers: [SlotKey: Set<Number>] = [:]
  private var known: Set<SlotKey> = []

  mutating func add(_ atom: Atom) {
    let key = SlotKey(subjectOf: atom)
    add(key)
    switch atom.test {
    case .equals(let constant): add(constant, key)
    case .isIn(let constants): for constant in constants { add(constant, key) }
    case .less(let number), .atMost(let number), .greater(let number), .atLeast(let number): numbers[key, default: []].insert(number)
    case .between(let lower, let upper): for number in [lower, upper] { if let number { numbers[key, default: []].insert(number) } }
    case .sameAs(let fact): add(SlotKey(fact, isQuantified: false))
    case .startsWith, .endsWith, .contains, .under, .hostIn, .matches, .present, .isTrue: break
    }
  }

  private mutating func add(_ key: SlotKey) {
    if let base = key.base { add(base) }
    if known.insert(key).inserted { keys.append(key) }
  }

  private mutating func add(_ constant: Constant, _ key: SlotKey) {
    switch constant {
    case .text(let text): texts[key, default: []].insert(text.exact)
    case .number(let number): numbers[key, default: []].insert(number)
    case .boolean: break
    }
  }
}
