internal import JSON
internal import Syntax
internal import Text

extension Checker {
  /// One case for each row; none when the table itself is wrong, which has been reported.
  mutating func check(_ table: In<TableSyntax>) -> [CheckedPolicies.Test] {
    guard checkColumns(table.syntax) else { return [] }
    if table.syntax.rows.isEmpty {
      report(.badTable, "this table has no rows", table.syntax.name.range, "shows nothing", help: "add a row, or remove the table")
    }
    return table.syntax.rows.enumerated().compactMap { index, row in
      steps(of: row, table.syntax.columns, table.file).map { steps in
        CheckedPolicies.Test(name: table.syntax.name.value, origin: .table(row: index + 1), steps: steps, range: row.range)
      }
    }
  }

  private mutating func checkColumns(_ table: TableSyntax) -> Bool {
    var seen: [String: SourceRange] = [:]
    for column in table.columns {
      let (name, range) = column.heading
      if let first = seen[name] {
        report(.badTable, "column `\(name)` stands twice", range, "again", also: [.init(first, "first here")], help: "remove one of them")
        return false
      }
      seen[name] = range
    }
    for name in ["call", "expect"] where seen[name] == nil {
      report(
        .badTable, "a table has a column `\(name)`", table.name.range, "has none",
        help: name == "call" ? "name the tool that each row calls" : "say what each row expects: `allow`, `deny` or `ask`")
      return false
    }
    return true
  }

  private mutating func steps(of row: TableSyntax.Row, _ columns: [TableSyntax.Column], _ file: Int) -> [CheckedPolicies.TestStep]? {
    // The parser has reported a row of another length.
    guard row.cells.count == columns.count else { return nil }
    var parts = RowParts()
    for (column, cell) in zip(columns, row.cells) {
      if case .empty = cell { continue }
      guard add(cell, under: column, to: &parts, file) else { return nil }
    }
    guard let call = parts.call, let expectation = parts.expectation else {
      if parts.isLater { return nil }
      report(
        .badTable, "this row has no \(parts.call == nil ? "call" : "expectation")", row.range, "shows nothing",
        help: "fill in the cell; only claims, arguments, `agent` and `at` may be `-`")
      return nil
    }
    var claims = fixedClaims(ofAgent: parts.agent)
    claims.merge(parts.claims) { _, given in given }
    var steps: [CheckedPolicies.TestStep] = [.caller(.init(agent: parts.agent, claims: claims, range: row.range))]
    if let moment = parts.moment { steps.append(.at(moment)) }
    steps.append(.call(.init(target: call.target, arguments: parts.arguments(of: call), range: call.range)))
    steps.append(.expect(expectation))
    return steps
  }

  /// False: the cell is wrong, which has been reported.
  private mutating func add(_ cell: TableSyntax.Cell, under column: TableSyntax.Column, to row: inout RowParts, _ file: Int) -> Bool {
    switch (column, cell) {
    case (.agent, .caller(let name, _)):
      guard let name else { return true }
      row.agent = find(name, .agent, from: file)?.index
      return row.agent != nil
    case (.claim(let fact), .value(let value)):
      let before = row.claims.count
      add(fact.asClaim, value, to: &row.claims)
      return row.claims.count > before
    case (.argument(let fact), .value(let value)):
      guard let path = ArgumentPath(fact), path.steps.count == 1, case .member(let name) = path.steps[0] else {
        report(
          .badTable, "a column gives one argument of the call", fact.range, "deeper than that",
          help: "write the whole call in the `call` column")
        return false
      }
      guard let value = json(value) else { return false }
      row.arguments.append(.init(name, value))
      return true
    case (.at, .at(let literal)):
      row.moment = moment(literal)
      return row.moment != nil
    case (.call, .call(let call)):
      row.call = lower(call, file)
      return row.call != nil
    case (.expect, .expect(let expectation)):
      row.expectation = lower(expectation, file)
      row.isLater = row.expectation == nil
      return row.expectation != nil
    default:
      report(
        .badTable, "this cell does not suit its column", cell.range ?? column.heading.range, "under `\(column.heading.name)`",
        help: "write what the column names")
      return false
    }
  }
}

private struct RowParts {
  var agent: Int?
  var claims: [ClaimPath: JSON.Value] = [:]
  var arguments: [JSON.Value.Member] = []
  var moment: Int64?
  var call: CheckedPolicies.TestCall?
  var expectation: CheckedPolicies.Expectation?
  var isLater = false

  /// Those of the call itself, over which columns win.
  func arguments(of call: CheckedPolicies.TestCall) -> JSON.Value {
    guard case .object(let own) = call.arguments else { return call.arguments }
    return .object(own.filter { member in !arguments.contains { $0.name == member.name } } + arguments)
  }
}

extension TableSyntax.Column {
  fileprivate var heading: (name: String, range: SourceRange) {
    switch self {
    case .agent(let range): ("agent", range)
    case .claim(let fact): (fact.asClaim.text, fact.range)
    case .at(let range): ("at", range)
    case .call(let range): ("call", range)
    case .argument(let fact): (fact.text, fact.range)
    case .expect(let range): ("expect", range)
    }
  }
}

extension TableSyntax.Cell {
  fileprivate var range: SourceRange? {
    switch self {
    case .caller(_, let range), .empty(let range): range
    case .value(let value): value.range
    case .at(let literal): literal.range
    case .call(let call): call.range
    case .expect(let expectation): expectation.range
    }
  }
}

extension FactPath {
  /// `team` is short for `token.team`.
  fileprivate var asClaim: FactPath {
    if ClaimPath.Root(rawValue: root.text) != nil, !steps.isEmpty { return self }
    return FactPath(root: Identifier("token", root.range), steps: [.member(root)] + steps, range: range)
  }
}
