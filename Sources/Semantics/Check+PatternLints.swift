internal import Patterns
internal import RegularExpressions
internal import Syntax
internal import Text

// What of a pattern is right by its syntax and probably not what was meant.
extension Checker {
  /// - Parameter name: of a pattern of a set, which is searched for; nil: of a condition, which the whole value must match.
  mutating func lint(_ literal: RegexLiteral, of name: String? = nil) {
    guard let expression = try? RegularExpression(parsing: literal.source, caseInsensitive: literal.flags.contains("i")) else { return }
    let mode: MatchMode = name == nil ? .whole : .search
    for lint in expression.lints(mode) {
      let range = place(of: lint.range, in: literal)
      switch lint.kind {
      case .classSpellsWord:
        let said =
          stranger(to: lint, in: Language(expression, mode)).map { "`\($0)` is treated like the word" }
          ?? "`\(lint.witness)` alone is treated like the word"
        report(
          .suspiciousPattern, "a class of characters spells `\(lint.subject)`", range, "any one of these characters, in no order",
          help: "\(said); write the word without brackets: `(?:\(lint.subject))`"
            + (name == nil ? ", or test with `ends with`, `contains` or `in`" : ""))
      case .rangeAcrossCases:
        report(
          .suspiciousPattern, "`\(lint.subject)` is more than letters", range, "also six characters such as `\(lint.witness)`",
          help: lint.suggestion.map { "write `\($0)`" })
      case .unescapedDot:
        report(
          .suspiciousPattern, "a dot in `\(lint.subject)` is any character", range, "also finds `\(lint.witness)`",
          help: lint.suggestion.map { "write `\($0)`" })
      case .unanchoredHost:
        report(
          .suspiciousPattern, "`\(lint.subject)` may be a part of another host", range, "also finds `\(lint.witness)`",
          help: "say what stands before and behind it: `(?:^|//)\(lint.subject)(?:/|$)` with its dots escaped")
      case .caseSensitiveWord:
        // Words of a language have blanks beside them; those of a format, which are written in one way, have not. Whoever writes capitals has
        // thought of them.
        guard literal.source.contains(" ") || literal.source.contains("\\s"),
          !literal.source.contains(where: { $0.isASCII && $0.isUppercase })
        else {
          continue
        }
        report(
          .caseSensitivePattern, "pattern `\(name ?? "")` finds `\(lint.subject)` in small letters only", range,
          "misses `\(lint.witness)`", help: "write `i` behind the pattern")
        return
      }
    }
  }

  /// A value that has nothing to do with the word, and of which the pattern says what it says of the word; nil: none of those that are tried.
  private func stranger(to lint: Lint, in language: Language) -> String? {
    guard var recognizer = Recognizer(language) else { return nil }
    let isNegated = Array(language.expression.source.utf8)[lint.range].dropFirst().first == UInt8(ascii: "^")
    return ["evil@attacker.com", "https://attacker.com/", "attacker.com"].first { recognizer.accepts($0) == !isNegated }
  }

  /// Warns of patterns that find nothing which a sibling does not find with at least the same weight. The hits of a pattern tell quickly of most
  /// pairs that it is not so; the others are compared as languages, as long as that takes no time.
  mutating func checkCovered(_ siblings: [Sibling], isScored: Bool) {
    for (index, one) in siblings.enumerated() {
      for (other, two) in siblings.enumerated() where other != index {
        guard two.checks.isSubset(of: one.checks), !isScored || (one.family == two.family && one.weight <= two.weight),
          one.syntax.hits.allSatisfy({ finds(two, $0.value) }), !finds(two, ""),
          one.regex.source.utf8.count + two.regex.source.utf8.count <= PatternLimits.compared
        else { continue }
        guard comparisonsLeft > 0 else { return }
        comparisonsLeft -= 1
        guard covers(two, one) else { continue }
        // Of two that are equal, the second is one too many.
        if index < other, one.checks == two.checks, one.weight == two.weight, covers(one, two) { continue }
        report(
          .coveredPattern, "pattern `\(one.syntax.name.text)` finds nothing that `\(two.syntax.name.text)` does not find",
          one.syntax.name.range, "adds nothing", also: [.init(two.syntax.name.range, "finds all of it")],
          help: "remove it, or make the other one narrower")
        break
      }
    }
  }

  private func finds(_ sibling: Sibling, _ text: String) -> Bool {
    var scratch = MatchScratch()
    if case .found = sibling.compiled.match(Array(text.utf8).span, scratch: &scratch) { return true }
    return false
  }

  private func covers(_ wide: Sibling, _ narrow: Sibling) -> Bool {
    guard let wide = language(wide), let narrow = language(narrow) else { return false }
    return Language.text(in: [narrow], notIn: [wide]) == .none
  }

  private func language(_ sibling: Sibling) -> Language? {
    (try? RegularExpression(parsing: sibling.regex.source, caseInsensitive: sibling.regex.caseInsensitive)).map { Language($0, .search) }
  }
}
