/// Functions over finitely many cells of finitely many variables as reduced, ordered, multi-valued decision diagrams (Srinivasan et al. 1990),
/// each held once: two functions are equal exactly when their references are.
struct Diagrams {
  /// A function of the diagrams that made it.
  struct Reference: Hashable {
    fileprivate let number: Int32

    fileprivate init(_ number: Int32) { self.number = number }

    /// The same value everywhere.
    static func constant(_ value: Int) -> Reference { Reference(~Int32(value)) }
    static let no = constant(0)
    static let yes = constant(1)

    /// Nil when it depends on a variable.
    var constant: Int? { number < 0 ? Int(~number) : nil }
  }

  /// Nodes that all functions together may have; a policy that people wrote needs hundreds.
  static let largest = 200_000
  /// Ways out of all nodes, and results that are remembered: some hundred megabytes.
  private static let mostEdges = 8_000_000
  private static let mostResults = 2_000_000

  private struct Node: Hashable {
    let variable: Int32
    let children: [Int32]
  }

  private struct Pair: Hashable {
    let left: Int32
    let right: Int32
    let operation: Int
  }

  private var nodes: [Node] = []
  private var edges = 0
  private var numbers: [Node: Int32] = [:]
  private var results: [Pair: Int32] = [:]
  private var choices: [[Int32]: Int32] = [:]

  /// What is first asked; nil of a constant.
  func variable(of function: Reference) -> Int? { function.number < 0 ? nil : Int(nodes[Int(function.number)].variable) }

  /// What it is in each cell of the variable first asked.
  func children(of function: Reference) -> [Reference] { nodes[Int(function.number)].children.map(Reference.init) }

  /// The function that asks this variable, which must come before all that the children ask.
  mutating func node(_ variable: Int, _ children: [Reference]) throws(TooLarge) -> Reference {
    Reference(try make(Int32(variable), children.map(\.number)))
  }

  private mutating func make(_ variable: Int32, _ children: [Int32]) throws(TooLarge) -> Int32 {
    if children.allSatisfy({ $0 == children[0] }) { return children[0] }
    let node = Node(variable: variable, children: children)
    if let known = numbers[node] { return known }
    edges += children.count
    guard nodes.count < Self.largest, edges <= Self.mostEdges, results.count + choices.count <= Self.mostResults else { throw TooLarge() }
    nodes.append(node)
    numbers[node] = Int32(nodes.count - 1)
    return Int32(nodes.count - 1)
  }

  enum Operation: Int {
    /// Of functions that are 0 or 1.
    case and, or
    /// Left and not right.
    case without
    /// The left value × `pairs` + the right one.
    case pair
  }

  /// More than any value a function has before it is paired.
  static let pairs = 4_096

  mutating func combine(_ left: Reference, _ operation: Operation, _ right: Reference) throws(TooLarge) -> Reference {
    Reference(try combine(left.number, operation, right.number))
  }

  private mutating func combine(_ left: Int32, _ operation: Operation, _ right: Int32) throws(TooLarge) -> Int32 {
    let (no, yes) = (Reference.no.number, Reference.yes.number)
    switch operation {
    case .and:
      if left == no || right == no { return no }
      if left == yes || left == right { return right }
      if right == yes { return left }
    case .or:
      if left == yes || right == yes { return yes }
      if left == no || left == right { return right }
      if right == no { return left }
    case .without:
      if left == no || right == yes || left == right { return no }
      if right == no { return left }
      if left < 0, right < 0 { return left == yes && right == no ? yes : no }
    case .pair:
      if left < 0, right < 0 { return ~(~left * Int32(Self.pairs) + ~right) }
    }
    let key = Pair(left: left, right: right, operation: operation.rawValue)
    if let known = results[key] { return known }
    let (a, b) = (variable(left), variable(right))
    let first = min(a, b)
    let count = nodes[Int(a == first ? left : right)].children.count
    var children: [Int32] = []
    children.reserveCapacity(count)
    for cell in 0..<count {
      children.append(
        try combine(
          a == first ? nodes[Int(left)].children[cell] : left, operation, b == first ? nodes[Int(right)].children[cell] : right))
    }
    let result = try make(first, children)
    results[key] = result
    return result
  }

  private func variable(_ number: Int32) -> Int32 { number < 0 ? .max : nodes[Int(number)].variable }

  mutating func negated(_ function: Reference) throws(TooLarge) -> Reference { try combine(.yes, .without, function) }

  /// `yes` where the condition is 1, `no` where it is 0.
  mutating func choose(_ condition: Reference, _ yes: Reference, _ no: Reference) throws(TooLarge) -> Reference {
    Reference(try choose(condition.number, yes.number, no.number))
  }

  private mutating func choose(_ condition: Int32, _ yes: Int32, _ no: Int32) throws(TooLarge) -> Int32 {
    if condition == Reference.yes.number || yes == no { return yes }
    if condition == Reference.no.number { return no }
    let key = [condition, yes, no]
    if let known = choices[key] { return known }
    let first = min(variable(condition), variable(yes), variable(no))
    func part(_ number: Int32, _ cell: Int) -> Int32 { variable(number) == first ? nodes[Int(number)].children[cell] : number }
    let widest = [condition, yes, no].first { variable($0) == first } ?? condition
    var children: [Int32] = []
    for cell in nodes[Int(widest)].children.indices {
      children.append(try choose(part(condition, cell), part(yes, cell), part(no, cell)))
    }
    let result = try make(first, children)
    choices[key] = result
    return result
  }

  /// Of many, by halves, so that what is put together stays small as long as it can.
  mutating func all(_ functions: [Reference], _ operation: Operation) throws(TooLarge) -> Reference {
    guard var layer = Optional(functions), !layer.isEmpty else { return operation == .and ? .yes : .no }
    while layer.count > 1 {
      var next: [Reference] = []
      for index in stride(from: 0, to: layer.count, by: 2) {
        next.append(index + 1 < layer.count ? try combine(layer[index], operation, layer[index + 1]) : layer[index])
      }
      layer = next
    }
    return layer[0]
  }

  /// The function as it is when some variables are known to be in a cell.
  mutating func restrict(_ function: Reference, to cells: [Int: Int]) throws(TooLarge) -> Reference {
    var memo: [Int32: Int32] = [:]
    return Reference(try map(function.number, &memo) { cells[$0].map { [$0] } })
  }

  /// Whether some cells of these variables make it 1; a function of 0 and 1.
  mutating func some(_ variables: Set<Int>, _ function: Reference) throws(TooLarge) -> Reference {
    var memo: [Int32: Int32] = [:]
    return Reference(try map(function.number, &memo) { variables.contains($0) ? [] : nil })
  }

  /// - Parameter kept: of a variable: the one cell that is left, none when any will do; nil when it stays.
  private mutating func map(_ number: Int32, _ memo: inout [Int32: Int32], _ kept: (Int) -> [Int]?) throws(TooLarge) -> Int32 {
    if number < 0 { return number }
    if let known = memo[number] { return known }
    let node = nodes[Int(number)]
    let result: Int32
    if let cells = kept(Int(node.variable)) {
      if let cell = cells.first {
        result = try map(node.children[cell], &memo, kept)
      } else {
        var any = Reference.no.number
        for child in Set(node.children).sorted() { any = try combine(any, .or, try map(child, &memo, kept)) }
        result = any
      }
    } else {
      var children: [Int32] = []
      for child in node.children { children.append(try map(child, &memo, kept)) }
      result = try make(node.variable, children)
    }
    memo[number] = result
    return result
  }

  /// Another value in the place of each.
  mutating func mapValues(_ function: Reference, _ body: (Int) -> Int) throws(TooLarge) -> Reference {
    var memo: [Int32: Int32] = [:]
    return Reference(try mapValues(function.number, &memo, body))
  }

  private mutating func mapValues(_ number: Int32, _ memo: inout [Int32: Int32], _ body: (Int) -> Int) throws(TooLarge) -> Int32 {
    if number < 0 { return ~Int32(body(Int(~number))) }
    if let known = memo[number] { return known }
    let node = nodes[Int(number)]
    var children: [Int32] = []
    for child in node.children { children.append(try mapValues(child, &memo, body)) }
    let result = try make(node.variable, children)
    memo[number] = result
    return result
  }

  /// All values it takes.
  func values(of function: Reference) -> Set<Int> {
    var seen: Set<Int32> = []
    var values: Set<Int> = []
    var waiting = [function.number]
    while let number = waiting.popLast() {
      if number < 0 {
        values.insert(Int(~number))
      } else if seen.insert(number).inserted {
        waiting += nodes[Int(number)].children
      }
    }
    return values
  }

  /// Every node that a function is made of, its own first.
  func nodes(of function: Reference) -> [Reference] {
    var seen: Set<Int32> = []
    var order: [Reference] = []
    var waiting = [function.number]
    while let number = waiting.popLast() {
      guard number >= 0, seen.insert(number).inserted else { continue }
      order.append(Reference(number))
      waiting += nodes[Int(number)].children
    }
    return order
  }
}

/// Cells or diagrams grew beyond what is looked at: nothing is known, and that is what is said.
struct TooLarge: Error {}
