/// The texts an expression matches, in a given mode. Whole texts: for a search, all texts that hold a match.
package struct Language: Sendable, Hashable {
  package let expression: RegularExpression
  package let mode: MatchMode

  package init(_ expression: RegularExpression, _ mode: MatchMode) {
    self.expression = expression
    self.mode = mode
  }

  /// The answer to "is there a text that …".
  package enum Finding: Sendable, Hashable {
    /// Proved: there is none.
    case none
    /// There is, and this is a shortest one.
    case text(String)
    /// Neither is known: the automata are too large, or an atomic group or possessive repetition is in the way.
    case undecided
  }

  /// A shortest text that lies in all of `inside` and in none of `outside`; exact, by product of deterministic automata.
  ///
  /// Emptiness is `text(in: [a])`, vacuity `text(notIn: [a])`, inclusion `text(in: [a], notIn: [b])`, and overlap `text(in: [a, b])`.
  package static func text(in inside: [Language] = [], notIn outside: [Language] = []) -> Finding {
    let languages = inside + outside
    let alphabet = Alphabet(separating: languages.reduce(into: Set<ScalarSet>()) { $0.formUnion($1.expression.root.characterSets) })
    do {
      var automata: [SubsetAutomaton] = []
      var exact: [Bool] = []
      for language in languages {
        let graph = ThompsonGraph(language.expression.root, mode: language.mode, alphabet: alphabet)
        exact.append(graph.isExact)
        automata.append(
          SubsetAutomaton(try PositionAutomaton(graph, alphabet: alphabet, splitsContexts: language.expression.root.hasAssertions)))
      }
      let found = try search(&automata, accepting: inside.count, alphabet)
      // An inexact automaton accepts too much: no text inside it is proof, a text outside it is outside, the converse is neither.
      let insideExact = exact.prefix(inside.count).allSatisfy { $0 }
      let outsideExact = exact.dropFirst(inside.count).allSatisfy { $0 }
      guard let found else { return outsideExact ? .none : .undecided }
      return insideExact ? .text(found) : .undecided
    } catch {
      return .undecided
    }
  }

  /// Breadth first over tuples of states.
  private static func search(_ automata: inout [SubsetAutomaton], accepting: Int, _ alphabet: Alphabet) throws(TooLarge) -> String? {
    struct Visit {
      let states: [Int]
      let parent: Int
      let kind: Int
    }
    let start = [Int](repeating: SubsetAutomaton.start, count: automata.count)
    var visits = [Visit(states: start, parent: -1, kind: 0)]
    var seen: Set<[Int]> = [start]
    var index = 0
    while index < visits.count {
      let states = visits[index].states
      if automata.indices.allSatisfy({ automata[$0].accepts(states[$0]) == ($0 < accepting) }) {
        var kinds: [Int] = []
        var visit = index
        while visits[visit].parent >= 0 {
          kinds.append(visits[visit].kind)
          visit = visits[visit].parent
        }
        return alphabet.text(kinds.reversed())
      }
      for kind in 0..<alphabet.count {
        var next = states
        for automaton in automata.indices { next[automaton] = try automata[automaton].step(states[automaton], kind) }
        guard seen.insert(next).inserted else { continue }
        guard seen.count <= SubsetAutomaton.stateBudget else { throw TooLarge() }
        visits.append(Visit(states: next, parent: index, kind: kind))
      }
      index += 1
    }
    return nil
  }
}

/// Decides whether texts are in a language, by our own automaton and without PCRE2.
package struct Recognizer {
  private let alphabet: Alphabet
  private var automaton: SubsetAutomaton

  /// Nil when the automaton is too large or not exact.
  package init?(_ language: Language) {
    let root = language.expression.root
    alphabet = Alphabet(separating: root.characterSets)
    let graph = ThompsonGraph(root, mode: language.mode, alphabet: alphabet)
    guard graph.isExact, let positions = try? PositionAutomaton(graph, alphabet: alphabet, splitsContexts: root.hasAssertions) else {
      return nil
    }
    automaton = SubsetAutomaton(positions)
  }

  /// Nil when the automaton has grown beyond its budget.
  package mutating func accepts(_ text: String) -> Bool? {
    var state = SubsetAutomaton.start
    for scalar in text.unicodeScalars {
      guard let next = try? automaton.step(state, alphabet.kind(of: scalar)) else { return nil }
      state = next
    }
    return automaton.accepts(state)
  }
}
