/// What can stand right beside a literal within a match: a look at four bytes that spares most walks to where the match would begin.
///
/// As everything that is derived here, it takes too much and never too little.
package struct Neighbours: Hashable, Sendable {
  /// The last byte before the literal, and the one before that; nil: any, or none.
  package var before: ByteSet?
  package var beforeThat: ByteSet?
  /// The first byte behind the literal, and behind its white space if it ends with some, and the one after that; nil: any, or none.
  package var behind: ByteSet?
  package var behindThat: ByteSet?
  /// What a match may begin with that holds the literal there; nil: anything.
  package var first: ByteSet?
  /// What may stand between that and the literal; nil: anything.
  package var inner: ByteSet?

  package static let unknown = Neighbours()
}

/// The places of an expression, read forwards and backwards, to find the neighbours of its literals.
package struct NeighbourSearch {
  private let nodes: [ByteNodes.Node]
  private let starts: [Int32]
  private var predecessors: [[Int32]]
  /// By folded byte: the nodes that read one of the bytes it stands for.
  private var readers: [[Int32]]

  /// Nil when nothing can be told.
  package init?(_ expression: RegularExpression) {
    guard let graph = ByteNodes(expression) else { return nil }
    nodes = graph.nodes
    starts = graph.starts
    predecessors = [[Int32]](repeating: [], count: nodes.count)
    readers = [[Int32]](repeating: [], count: 256)
    // Few sets of bytes are read by many nodes.
    var foldedBytes: [ByteSet: [UInt8]] = [:]
    for (number, node) in nodes.enumerated() {
      for next in node.follows { predecessors[Int(next)].append(Int32(number)) }
      let folded = foldedBytes[node.bytes] ?? Self.folded(node.bytes)
      foldedBytes[node.bytes] = folded
      for byte in folded { readers[Int(byte)].append(Int32(number)) }
    }
  }

  private static func folded(_ bytes: ByteSet) -> [UInt8] {
    var folded = ByteSet()
    for byte in UInt8.min...UInt8.max where bytes.contains(byte) { folded.insert(FoldedBytes.table[Int(byte)]) }
    return (UInt8.min...UInt8.max).filter(folded.contains)
  }

  /// For each of a trigger's literals.
  package func neighbours(of trigger: Trigger) -> [Neighbours] {
    var found: [Neighbours] = []
    // What leads to any of them, so that it is worked out once.
    var (places, before): (Set<Int32>, Set<Int32>) = ([], [])
    for literal in trigger.literals {
      let (neighbours, first) = beside(literal, at: trigger.offset)
      found.append(neighbours)
      guard trigger.offset != 0...0 else { continue }
      guard let first else { return [Neighbours](repeating: .unknown, count: trigger.literals.count) }
      places.formUnion(first)
      before.formUnion(preceding(first))
    }
    guard trigger.offset != 0...0 else { return found }
    let lead = leading(to: before)
    let first = bytes(of: lead.union(places).intersection(starts))
    let inner = bytes(of: lead.filter { !predecessors[Int($0)].isEmpty })
    for index in found.indices {
      found[index].first = first
      found[index].inner = inner
    }
    return found
  }

  /// What stands right beside a literal, and the nodes that may read its first byte; nil: it is not found.
  private func beside(_ literal: [UInt8], at offset: ClosedRange<Int>) -> (Neighbours, Set<Int32>?) {
    let atStart = offset == 0...0
    var layers: [Set<Int32>] = []
    for byte in literal {
      var layer = Set(readers[Int(byte)])
      if let last = layers.last { layer.formIntersection(follows(last)) } else if atStart { layer.formIntersection(starts) }
      if byte == FoldedBytes.blank { layer = closed(layer) }
      layers.append(layer)
    }
    guard let end = layers.last, !end.isEmpty else { return (.unknown, nil) }
    var result = Neighbours()
    let behind = follows(end)
    if !end.contains(where: { nodes[Int($0)].ends }) {
      result.behind = bytes(of: behind)
      if !behind.contains(where: { nodes[Int($0)].ends }) { result.behindThat = bytes(of: follows(behind)) }
    }
    if atStart { return (result, []) }
    let first = survivors(literal, layers)
    guard offset.lowerBound > 0 || first.isDisjoint(with: starts) else { return (result, first) }
    let before = preceding(first)
    result.before = bytes(of: before)
    if offset.lowerBound > 1 || before.isDisjoint(with: starts) { result.beforeThat = bytes(of: preceding(before)) }
    return (result, first)
  }

  /// Of the first layer those nodes from which the whole literal can be read.
  private func survivors(_ literal: [UInt8], _ layers: [Set<Int32>]) -> Set<Int32> {
    var kept = layers[layers.count - 1]
    for index in layers.indices.reversed().dropFirst() {
      kept = layers[index].intersection(preceding(kept))
      guard literal[index] == FoldedBytes.blank else { continue }
      // A run of white space may have any length.
      var grown = kept
      while !grown.isEmpty {
        grown = layers[index].intersection(preceding(grown)).subtracting(kept)
        kept.formUnion(grown)
      }
    }
    return kept
  }

  /// Some nodes and all from which one comes to them.
  private func leading(to layer: Set<Int32>) -> Set<Int32> {
    var all = layer
    var grown = layer
    while !grown.isEmpty {
      grown = preceding(grown).subtracting(all)
      all.formUnion(grown)
    }
    return all
  }

  /// With all nodes that go on reading white space.
  private func closed(_ layer: Set<Int32>) -> Set<Int32> {
    let blanks = Set(readers[Int(FoldedBytes.blank)])
    var all = layer
    var grown = layer
    while !grown.isEmpty {
      grown = follows(grown).intersection(blanks).subtracting(all)
      all.formUnion(grown)
    }
    return all
  }

  private func follows(_ layer: Set<Int32>) -> Set<Int32> { layer.reduce(into: []) { $0.formUnion(nodes[Int($1)].follows) } }

  private func preceding(_ layer: Set<Int32>) -> Set<Int32> { layer.reduce(into: []) { $0.formUnion(predecessors[Int($1)]) } }

  private func bytes(of layer: Set<Int32>) -> ByteSet { layer.reduce(into: ByteSet()) { $0.formUnion(nodes[Int($1)].bytes) } }
}
