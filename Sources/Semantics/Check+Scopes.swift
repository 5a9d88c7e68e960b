internal import JSON
internal import Syntax
internal import Text

extension Checker {
  /// What each scope opens, through everything it implies. Fills `parts.scopes` in the order of `declared.scopes`.
  mutating func checkScopes() {
    let implied = declared.scopes.map { scope in
      scope.syntax.implies.compactMap { find($0, .scope, from: scope.file)?.index }
    }
    let own = declared.scopes.map { scope in ownTargets(of: scope) }
    var walk = ScopeWalk(implied: implied)
    let order = walk.run()
    for cycle in walk.cycles { reportScopeCycle(cycle) }
    var opens = own
    for scope in order {
      for other in implied[scope] where other != scope { opens[scope].formUnion(opens[other]) }
    }
    for (index, (scope, opens)) in zip(declared.scopes, opens).enumerated() {
      parts.scopes.append(
        .init(
          name: scope.syntax.name.text, documentation: scope.declaration.documentation, annotations: annotations(of: scope.declaration),
          opens: opens, implies: implied[index], range: scope.syntax.name.range))
    }
  }

  /// What it names itself. A scope that opens what another scope opens says `implies`, so `any of` has no place here.
  private mutating func ownTargets(of scope: In<ScopeSyntax>) -> Targets {
    var targets = Targets()
    for target in scope.syntax.opens {
      if case .scope(let name) = target.kind {
        report(
          .misplacedTarget, "a scope opens tools, not scopes", target.range, "a scope",
          help: "write `implies \(name.text)` behind what it opens")
      } else if let resolved = resolve(target, from: scope.file) {
        targets.formUnion(resolved)
      }
    }
    return targets
  }

  private mutating func reportScopeCycle(_ cycle: [Int]) {
    let names = (cycle + [cycle[0]]).map { "`\(declared.scopes[$0].syntax.name.text)`" }
    let first = declared.scopes[cycle[0]].syntax
    let next = declared.scopes[cycle.count > 1 ? cycle[1] : cycle[0]].syntax.name.text
    let place = first.implies.first { $0.text == next }?.range ?? first.name.range
    let others = cycle.dropFirst().map { Diagnostic.Label(declared.scopes[$0].syntax.name.range, "which implies on") }
    report(
      .scopeCycle, cycle.count == 1 ? "a scope implies itself" : "scopes imply each other in a circle", place, "closes the circle",
      also: Array(others), help: "the circle is \(names.joined(separator: " -> ")); scopes that open the same are one scope")
  }

  func annotations(of declaration: Declaration) -> [CheckedPolicies.Annotation] {
    declaration.annotations.map { annotation in
      .init(name: annotation.name.text, arguments: annotation.arguments.map(plainValue))
    }
  }

  /// A literal as data: what is no JSON value is its text.
  private func plainValue(_ literal: Literal) -> JSON.Value {
    switch literal.kind {
    case .string(let text), .word(let text): .string(text)
    case .number(let digits): Number(digits).map(JSON.Value.number) ?? .string(digits)
    case .boolean(let value): .boolean(value)
    case .moment(let moment): .number(Number(moment.milliseconds))
    case .duration(let milliseconds): .number(Number(milliseconds))
    case .size(let bytes): .number(Number(bytes))
    }
  }
}

/// Visits scopes after everything they imply. Without recursion: a chain of implications may be as long as the policy.
private struct ScopeWalk {
  private enum State { case unseen, open, done }

  let implied: [[Int]]
  private(set) var cycles: [[Int]] = []

  init(implied: [[Int]]) { self.implied = implied }

  mutating func run() -> [Int] {
    var states = [State](repeating: .unseen, count: implied.count)
    var order: [Int] = []
    for start in implied.indices where states[start] == .unseen {
      var path = [(scope: start, next: 0)]
      states[start] = .open
      while let (scope, next) = path.last {
        guard next < implied[scope].count else {
          states[scope] = .done
          order.append(scope)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let other = implied[scope][next]
        switch states[other] {
        case .unseen:
          states[other] = .open
          path.append((other, 0))
        case .open:
          let chain = path.map(\.scope)
          cycles.append(Array(chain[(chain.firstIndex(of: other) ?? 0)...]))
        case .done: break
        }
      }
    }
    return order
  }
}
