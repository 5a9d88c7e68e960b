internal import Bytecode
internal import Compilation
internal import JSON
internal import RegularExpressions
internal import Semantics

/// What a rule asks of the address of a resource (docs/language/resources.md).
enum AddressTest: Hashable {
  /// As grants do: it has one meaning, and the pattern takes that.
  case covered(Glob)
  /// As denies and asks do: the pattern takes one of the forms that a server could make of it.
  case touched(Glob)

  var glob: Glob {
    switch self {
    case .covered(let glob), .touched(let glob): glob
    }
  }

  /// Tells it from all others.
  var text: String {
    switch self {
    case .covered(let glob): "address is \(quoted(glob.source))"
    case .touched(let glob): "address may mean \(quoted(glob.source))"
    }
  }
}

extension Decisions {
  /// What a rule asks of the addresses of a server's resources; nil: the target has none.
  static func addresses(_ rule: CheckedPolicies.Rule, _ target: Target, _ policies: CheckedPolicies) -> Division? {
    guard target.kind == .resources else { return nil }
    return addresses(rule.targets, target, policies, asGrantsDo: rule.isGrant)
  }

  static func addresses(_ targets: Targets, _ target: Target, _ policies: CheckedPolicies, asGrantsDo: Bool) -> Division {
    let globs = targets.resources.filter { policies.servers[$0.server].name == target.server }.map(\.uri)
    return Division(parts: globs.map { Elementary(asGrantsDo ? .covered($0) : .touched($0)) })
  }
}

/// What tests of addresses come to, by the meaning that the engine gives them.
struct AddressJudging {
  private let globs: [(test: AddressTest, glob: URIGlob)]

  init(_ tests: [Elementary]) {
    globs = tests.compactMap { test in test.address.map { ($0, URIGlob($0.glob)) } }
  }

  /// - Parameter address: nil counts as the empty one.
  func outcomes(_ address: String?) -> [Outcome] {
    let uri = CanonicalURI(Array((address ?? "").utf8))
    return globs.map { test, glob in
      var budget = MatchBudget()
      switch test {
      case .covered: return Outcome(glob.covers(uri, &budget))
      case .touched: return Outcome(glob.touches(uri, &budget))
      }
    }
  }
}

/// Addresses that stand for all others under some tests. What patterns take of an address as it stands is found with automata; which of its other
/// forms they take is tried, and what is not shown of the combinations is kept as unconfirmed.
struct AddressCandidates {
  private let tests: [Elementary]
  private let judging: AddressJudging
  /// By test: what takes an address as it stands, and of denies what takes every address of which a form is taken, and more.
  private var plain: [Recognizer] = []
  private var wide: [Int: Recognizer] = [:]
  private var texts: [String] = []

  private enum Limits {
    /// Denies and asks that may or may not take another form of one address.
    static let open = 8
    static let kinds = 4_096
  }

  init(_ tests: [Elementary]) throws(TooLarge) {
    self.tests = tests
    judging = AddressJudging(tests)
    var languages = [try language(AddressPatterns.usual)]
    for (index, test) in tests.enumerated() {
      guard let address = test.address else { throw TooLarge() }
      let glob = URIGlob(address.glob)
      switch address {
      case .covered: languages.append(try language(try AddressPatterns.exact(glob.canonical, isFolded: false)))
      case .touched:
        let wide = try language(try AddressPatterns.wide(glob.folded))
        languages.append(try language(try AddressPatterns.exact(glob.folded, isFolded: true)))
        languages.append(wide)
        self.wide[index] = try recognizer(wide)
      }
    }
    guard let parts = TextPartition(by: languages.map { .matches($0) }) else { throw TooLarge() }
    texts = parts.texts
    for test in tests {
      guard let address = test.address else { continue }
      let glob = URIGlob(address.glob)
      let isFolded = if case .touched = address { true } else { false }
      plain.append(try recognizer(try language(try AddressPatterns.exact(isFolded ? glob.folded : glob.canonical, isFolded: isFolded))))
    }
  }

  mutating func all() throws(TooLarge) -> [Candidate] {
    var found: [Candidate] = []
    var seen: Set<[Outcome]> = []
    for text in texts {
      for ending in ["", "/", "?a", ";a", "/a"] {
        let outcomes = judging.outcomes(text + ending)
        if seen.insert(outcomes).inserted { found.append(candidate(text + ending, outcomes, isConfirmed: true)) }
      }
    }
    let cells = try cells()
    for cell in cells {
      // Without a grant all is denied; then denies and asks are held to each other only, for which one form of an address is enough.
      let isCovered = tests.indices.contains { isGrant($0) && cell.plain[$0] }
      let open = isCovered ? tests.indices.filter { !isGrant($0) && cell.wide.contains($0) && !cell.plain[$0] } : []
      guard open.count <= Limits.open else { throw TooLarge() }
      for chosen in 0..<(1 << open.count) {
        var taken = cell.plain
        for (place, test) in open.enumerated() where chosen >> place & 1 == 1 { taken[test] = true }
        guard isConceivable(taken, cells) else { continue }
        let outcomes = taken.map { Outcome($0) }
        guard seen.insert(outcomes).inserted else { continue }
        guard seen.count <= Limits.kinds else { throw TooLarge() }
        found.append(candidate(cell.text, outcomes, isConfirmed: false))
      }
    }
    return found
  }

  private struct Cell {
    let text: String
    let plain: [Bool]
    let wide: Set<Int>
  }

  private mutating func cells() throws(TooLarge) -> [Cell] {
    var cells: [Cell] = []
    for text in texts {
      var taken: [Bool] = []
      for index in plain.indices {
        guard let isTaken = plain[index].accepts(text) else { throw TooLarge() }
        taken.append(isTaken)
      }
      var possible: Set<Int> = []
      for index in wide.keys {
        guard let isPossible = wide[index]?.accepts(text) else { throw TooLarge() }
        if isPossible { possible.insert(index) }
      }
      cells.append(Cell(text: text, plain: taken, wide: possible))
    }
    return cells
  }

  /// A form that one deny takes and that lies within another's is taken by that one as well.
  private func isConceivable(_ taken: [Bool], _ cells: [Cell]) -> Bool {
    for test in tests.indices where taken[test] && !isGrant(test) {
      let forms = cells.filter { $0.plain[test] }
      for other in tests.indices where !taken[other] && !isGrant(other) && forms.allSatisfy({ $0.plain[other] }) { return false }
    }
    return true
  }

  private func isGrant(_ test: Int) -> Bool { if case .covered? = tests[test].address { true } else { false } }

  private func candidate(_ text: String, _ outcomes: [Outcome], isConfirmed: Bool) -> Candidate {
    Candidate(
      value: .string(text), forced: Dictionary(zip(tests, outcomes), uniquingKeysWith: { first, _ in first }), isConfirmed: isConfirmed)
  }
}

private func language(_ pattern: String) throws(TooLarge) -> Language {
  guard let expression = try? RegularExpression(parsing: pattern) else { throw TooLarge() }
  return Language(expression, .whole)
}

private func recognizer(_ language: Language) throws(TooLarge) -> Recognizer {
  guard let recognizer = Recognizer(language) else { throw TooLarge() }
  return recognizer
}

/// Patterns of addresses as regular expressions.
private enum AddressPatterns {
  /// Addresses without anything unusual, so that there is one of each kind that has one.
  static let usual =
    "[a-z][a-z0-9+-]*:(//[a-z0-9-]*(\\.[a-z0-9-]+)*)?([A-Za-z0-9_-]+)?(/[A-Za-z0-9_-]+)*/?(\\?[a-z]+)?"
  private static let any = "([^/]|/)*"
  private static let segment = "[^/]*"
  /// Parameters of a segment, which some readers drop.
  private static let parameters = "(;[^/]*)?"

  /// What a pattern takes of a text as it stands.
  static func exact(_ pieces: [URIGlob.Piece], isFolded: Bool) throws(TooLarge) -> String {
    var out = ""
    for piece in pieces {
      switch piece {
      case .literal(let bytes): for scalar in try scalars(bytes) { out += written(scalar, isFolded: isFolded) }
      case .withinSegment: out += segment
      case .anything: out += any
      }
    }
    return out
  }

  /// More than all addresses with one meaning of which a form is taken: whatever readers drop may stand in them. Everything where it is not plain
  /// that forms differ in this alone: in an open scheme or host, and where the digits of an escape could be taken for text.
  static func wide(_ pieces: [URIGlob.Piece]) throws(TooLarge) -> String {
    guard case .literal(let first)? = pieces.first, let beginning = try Beginning(first), try !couldSplitEscapes(pieces) else { return any }
    var rest = pieces
    rest[0] = .literal(beginning.rest)
    var alternatives = [try path(rest)]
    // A folder without its slash is a form of what lies at its beginning.
    while let last = rest.last, last.isWildcard { rest.removeLast() }
    if rest.count < pieces.count, case .literal(let literal)? = rest.last, literal.last == UInt8(ascii: "/") {
      rest[rest.count - 1] = .literal(Array(literal.dropLast()))
      alternatives.append(try path(rest))
    }
    return beginning.pattern + "(\(alternatives.joined(separator: "|")))" + parameters + "/*([?#]\(any))?"
  }

  private static func path(_ pieces: [URIGlob.Piece]) throws(TooLarge) -> String {
    var out = ""
    for piece in pieces {
      switch piece {
      case .literal(let bytes):
        for scalar in try scalars(bytes) { out += (scalar == "/" ? parameters : "") + written(scalar, isFolded: true) }
      case .withinSegment: out += segment
      case .anything: out += any
      }
    }
    return out
  }

  private static func couldSplitEscapes(_ pieces: [URIGlob.Piece]) throws(TooLarge) -> Bool {
    for (index, piece) in pieces.enumerated() {
      guard case .literal(let bytes) = piece else { continue }
      if bytes.contains(UInt8(ascii: "%")) { return true }
      if index > 0, let first = bytes.first, UnicodeScalar(first).properties.isASCIIHexDigit { return true }
    }
    return false
  }

  /// Scheme and authority, which forms write in several ways.
  private struct Beginning {
    let pattern: String
    let rest: [UInt8]

    /// Nil: they are not whole.
    init?(_ literal: [UInt8]) throws(TooLarge) {
      let text = String(decoding: literal, as: UTF8.self)
      guard let colon = text.firstIndex(of: ":") else { return nil }
      let scheme = text[..<colon]
      let after = text[text.index(after: colon)...]
      guard after.hasPrefix("//") else {
        // The slash makes a file's address of it; what follows other schemes has no authority.
        guard !after.isEmpty, !after.hasPrefix("/") else { return nil }
        pattern = try AddressPatterns.exact([.literal(Array("\(scheme):".utf8))], isFolded: true)
        rest = Array(after.utf8)
        return
      }
      let place = after.dropFirst(2)
      guard let slash = place.firstIndex(of: "/") else { return nil }
      var host = place[..<slash]
      if let at = host.lastIndex(of: "@") { host = host[host.index(after: at)...] }
      if !host.contains("["), let port = host.lastIndex(of: ":") { host = host[..<port] }
      if host.hasSuffix(".") { host = host.dropLast() }
      let name = try AddressPatterns.exact([.literal(Array(host.utf8))], isFolded: true)
      let authority = "//([^/?#]*@)?" + (scheme == "file" && host.isEmpty ? "(localhost)?" : name) + "\\.?(:[0-9]*)?"
      let schemeName = try AddressPatterns.exact([.literal(Array("\(scheme):".utf8))], isFolded: true)
      pattern = "\(schemeName)(\(authority))" + (scheme == "file" ? "?" : "")
      rest = Array(place[slash...].utf8)
    }
  }

  private static func scalars(_ bytes: [UInt8]) throws(TooLarge) -> String.UnicodeScalarView {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw TooLarge() }
    return text.unicodeScalars
  }

  /// Folded as patterns of denies are: letters of ASCII only.
  private static func written(_ scalar: Unicode.Scalar, isFolded: Bool) -> String {
    let character = Character(scalar)
    if isFolded, character.isASCII, character.isLetter { return "[\(character.lowercased())\(character.uppercased())]" }
    if character.isASCII, character.isLetter || character.isNumber { return String(character) }
    return "\\x{\(String(scalar.value, radix: 16))}"
  }
}

extension URIGlob.Piece {
  fileprivate var isWildcard: Bool { if case .literal = self { false } else { true } }
}
