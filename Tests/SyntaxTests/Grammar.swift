import Foundation
import TestSupport

/// `grammar/sally.ebnf`, read: rules by name, and whether each is lexical.
struct Grammar: Sendable {
  indirect enum Part: Sendable {
    case terminal(String)
    case rule(String)
    case described(String)
    case sequence([Part])
    case choice([Part])
    case optional(Part)
    case repeated(Part)
  }

  private(set) var rules: [String: Part] = [:]
  private(set) var lexical: Set<String> = []
  private(set) var order: [String] = []

  static let sally: Grammar = {
    let path = URL(filePath: #filePath).appending(path: "../../../grammar/sally.ebnf").standardized.path
    guard let data = FileManager.default.contents(atPath: path) else { fatalError("cannot read \(path)") }
    return Grammar(String(decoding: data, as: UTF8.self))
  }()

  init(_ text: String) {
    let halves = text.components(separatedBy: "(* Lexical rules *)")
    precondition(halves.count == 2, "the grammar says where its lexical rules start")
    read(halves[0], isLexical: false)
    read(halves[1], isLexical: true)
  }

  /// Every mark and word that stands in quotes in a rule that is not lexical, or is lexical and made of marks.
  func terminals(lexical isLexical: Bool) -> Set<String> {
    var out: Set<String> = []
    func collect(_ part: Part) {
      switch part {
      case .terminal(let text): out.insert(text)
      case .rule, .described: break
      case .sequence(let parts), .choice(let parts): parts.forEach(collect)
      case .optional(let part), .repeated(let part): collect(part)
      }
    }
    for (name, part) in rules where lexical.contains(name) == isLexical { collect(part) }
    return out
  }

  /// Names that stand in a rule but have none themselves.
  var undefined: Set<String> {
    var used: Set<String> = []
    func collect(_ part: Part) {
      switch part {
      case .rule(let name): used.insert(name)
      case .terminal, .described: break
      case .sequence(let parts), .choice(let parts): parts.forEach(collect)
      case .optional(let part), .repeated(let part): collect(part)
      }
    }
    rules.values.forEach(collect)
    return used.subtracting(rules.keys)
  }

  // MARK: reading

  private mutating func read(_ text: String, isLexical: Bool) {
    var tokens = Self.tokens(of: text)[...]
    while let name = tokens.popFirst() {
      precondition(tokens.popFirst() == "=", "expected = behind \(name)")
      precondition(rules[name] == nil, "\(name) stands twice")
      rules[name] = Self.choice(&tokens)
      precondition(tokens.popFirst() == ";", "expected ; behind the rule \(name)")
      order.append(name)
      if isLexical { lexical.insert(name) }
    }
  }

  private static func choice(_ tokens: inout ArraySlice<String>) -> Part {
    var parts = [sequence(&tokens)]
    while tokens.first == "|" {
      tokens.removeFirst()
      parts.append(sequence(&tokens))
    }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private static func sequence(_ tokens: inout ArraySlice<String>) -> Part {
    var parts = [factor(&tokens)]
    while tokens.first == "," {
      tokens.removeFirst()
      parts.append(factor(&tokens))
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private static func factor(_ tokens: inout ArraySlice<String>) -> Part {
    let token = tokens.removeFirst()
    func closed(_ close: String) -> Part {
      let inner = choice(&tokens)
      precondition(tokens.popFirst() == close, "expected \(close)")
      return inner
    }
    switch token.first {
    case "[": return .optional(closed("]"))
    case "{": return .repeated(closed("}"))
    case "(": return closed(")")
    case "\"", "'": return .terminal(String(token.dropFirst().dropLast()))
    case "?": return .described(token.dropFirst().dropLast().trimmingCharacters(in: .whitespaces))
    default: return .rule(token)
    }
  }

  private static func tokens(of text: String) -> [String] {
    var out: [String] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first.isWhitespace {
        rest.removeFirst()
      } else if rest.hasPrefix("(*") {
        guard let end = rest.firstRange(of: "*)") else { preconditionFailure("a comment of the grammar does not end") }
        rest = rest[end.upperBound...]
      } else if first == "\"" || first == "'" || first == "?" {
        guard let close = rest.dropFirst().firstIndex(of: first) else { preconditionFailure("no closing \(first)") }
        out.append(String(rest[...close]))
        rest = rest[rest.index(after: close)...]
      } else if first.isLetter {
        let name = rest.prefix { $0.isLetter || $0 == "-" }
        out.append(String(name))
        rest = rest.dropFirst(name.count)
      } else {
        out.append(String(rest.removeFirst()))
      }
    }
    return out
  }
}

/// Makes sentences of the grammar, each from a seed.
struct SentenceGenerator {
  private let grammar: Grammar
  private var random: SeededGenerator
  private var depth = 0
  /// The tokens so far; a nil ends a line.
  private var out: [String?] = []
  /// The tokens, by their places in `out`, that no line break may stand before.
  private var glued: Set<Int> = []

  /// Rules whose alternatives depend on one another are made here: the cells of a table follow from its columns.
  init(_ grammar: Grammar, seed: UInt64) {
    self.grammar = grammar
    random = SeededGenerator(seed: seed)
  }

  /// A policy of some declarations, its tokens separated by spaces, line breaks and, if wanted, comments.
  mutating func policy(declarations: Int, comments: Bool) -> String {
    out = []
    glued = []
    for _ in 0..<declarations {
      if comments, random.chance(30) { out += ["/// documentation \(random.next() % 100)", nil] }
      depth = 0
      expand(.rule("declaration"), isLexical: false)
      out.append(nil)
    }
    return joined(comments: comments)
  }

  /// Lines inside a declaration are indented, or a word such as `deny` at the margin would start the next one.
  private mutating func joined(comments: Bool) -> String {
    var text = ""
    for (place, token) in out.enumerated() {
      guard let token else {
        text += comments && random.chance(20) ? " // end \(random.next() % 100)\n" : random.chance(30) ? "\n\n" : "\n"
        continue
      }
      if !text.isEmpty, text.last != "\n" {
        switch glued.contains(place) ? 4 : random.next() % 40 {
        case 0: text += "\n "
        case 1: text += "\n\n   "
        case 2 where comments: text += " // note \(random.next() % 100)\n  "
        case 3 where comments: text += "\n  // above \(random.next() % 100)\n  //\n\n  "
        case 4: text += "\t"
        default: text += " "
        }
      }
      text += token
    }
    return text
  }

  // MARK: expansion

  private mutating func expand(_ part: Grammar.Part, isLexical: Bool) {
    depth += 1
    defer { depth -= 1 }
    switch part {
    case .terminal(let text): out.append(text)
    case .described(let text): out.append(sample(text))
    case .sequence(let parts): for part in parts { expand(part, isLexical: isLexical) }
    case .choice(let parts):
      // Deep down, the first alternative that does not nest: grammars put it last or first, so try the simple ones.
      let simple = depth > 24 ? parts.filter(isSimple) : []
      let candidates = simple.isEmpty ? parts : simple
      expand(candidates[Int(random.next() % UInt64(candidates.count))], isLexical: isLexical)
    case .optional(let part): if random.chance(depth > 24 ? 10 : 50) { expand(part, isLexical: isLexical) }
    case .repeated(let part):
      while random.chance(depth > 24 ? 5 : 45) { expand(part, isLexical: isLexical) }
    case .rule(let name): expandRule(name)
    }
  }

  private func isSimple(_ part: Grammar.Part) -> Bool {
    switch part {
    case .terminal, .described: true
    case .rule(let name): grammar.lexical.contains(name) || name == "predicate" || name == "call"
    case .sequence(let parts): parts.allSatisfy(isSimple)
    case .choice(let parts): parts.contains(where: isSimple)
    case .optional, .repeated: true
    }
  }

  private mutating func expandRule(_ name: String) {
    guard let rule = grammar.rules[name] else { preconditionFailure("no rule \(name)") }
    if name == "table" { return table() }
    if name == "word" { return out.append(word()) }
    if grammar.lexical.contains(name) {
      let start = out.count
      var token = ""
      // Sizes and durations beyond any use are refused; the grammar does not count digits.
      repeat {
        out.removeSubrange(start...)
        expand(rule, isLexical: true)
        token = out[start...].compactMap { $0 }.joined()
      } while name == "integer" && token.utf8.count > 9
      out.replaceSubrange(start..., with: [token])
      return
    }
    if name.hasSuffix("-clauses"), case .sequence(var parts) = rule {
      parts.shuffle(using: &random)
      return expand(.sequence(parts), isLexical: false)
    }
    expand(rule, isLexical: false)
  }

  private mutating func table() {
    out += ["table", "\"t\"", "{"]
    let kinds = ["caller", "moment", "call", "expectation", "value", "value"].shuffled(using: &random).prefix(1 + Int(random.next() % 5))
    let names = ["caller": "agent", "moment": "at", "call": "call", "expectation": "expect"]
    for (index, kind) in kinds.enumerated() {
      out += (index == 0 ? [] : ["|"]) + [names[kind] ?? ["team", "args.x", "key.owner"].randomElement(using: &random)!]
    }
    out.append(nil)
    for _ in 0..<Int(random.next() % 4) {
      for (index, kind) in kinds.enumerated() {
        if index > 0 { out.append("|") }
        let start = out.count
        if random.chance(15) { out.append("-") } else { expandRule(kind) }
        if kind == "call", let brace = out[start...].firstIndex(of: "{") { glued.insert(brace) }
        if kind == "expectation" { glued.formUnion(out.indices[start...].filter { ["by", "code", "retry"].contains(out[$0]) }) }
        if index == 0, let first = out[start] { out[start] = "  " + first }
      }
      out.append(nil)
    }
    out.append("}")
  }

  private mutating func word() -> String {
    ["a", "github", "bank", "x_1", "get-issue", "Team", "_private", "reviewed", "wide_name_of_some_length", "z9"].randomElement(
      using: &random)!
  }

  private mutating func sample(_ description: String) -> String {
    let samples: [String] =
      switch description.prefix(6) {
      case "a date": ["2027-03-31", "2024-02-29", "1970-01-01"]
      case "a time": ["00:00:00", "23:59:59", "10:00:00.250"]
      case "any vi": ["a", " ", "é", "表", "'", "{", "//", "/"]
      case "a regu": ["a", "[A-Z]{2}", "\\/x\\\\", "(a|b)*", "\\\\"]
      case "a to z": ["a", "Q"]
      case "one to": ["e9", "1F600", "0"]
      default: preconditionFailure("no sample for: \(description)")
      }
    return samples.randomElement(using: &random)!
  }
}
