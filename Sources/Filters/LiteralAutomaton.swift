internal import Patterns
internal import RegularExpressions

/// Finds all of many literals in one pass over a text (Aho and Corasick 1975), as one table of transitions.
///
/// Of a run of white space only the first byte counts: the rest leaves the state as it is. Bytes are folded and sorted into classes that no literal tells apart, so a row has as many columns as the literals have different bytes. States that
/// report something have the highest numbers: the loop asks one comparison a byte.
struct LiteralAutomaton: Sendable {
  /// A literal that ends here, and what was to be found by it.
  struct Output: Sendable {
    let tag: UInt32
    let length: UInt32
    /// Whether it holds a blank: then it stands for texts of different lengths.
    let hasBlank: Bool
    let startsWithBlank: Bool
  }

  private let transitions: TransitionTable
  private let rowLength: UInt32
  /// By number of the reporting state: where its outputs begin; one more at the end.
  private let outputStarts: [UInt32]
  let outputs: [Output]

  /// Literals are folded, have no two blanks together and are not empty.
  init(_ literals: [(bytes: [UInt8], tag: UInt32)]) {
    var trie = Trie(literals.map(\.bytes))
    trie.link()
    for (index, literal) in literals.enumerated() {
      let output = Output(
        tag: literal.tag, length: UInt32(literal.bytes.count), hasBlank: literal.bytes.contains(FoldedBytes.blank),
        startsWithBlank: literal.bytes.first == FoldedBytes.blank)
      trie.report(output, at: trie.ends[index])
    }
    // In order of breadth, a state's link comes before it, so its own outputs and its link's are already complete.
    let outputs = trie.completeOutputs()
    let silent = trie.order.filter { outputs[$0].isEmpty }
    let reporting = trie.order.filter { !outputs[$0].isEmpty }
    let length = trie.classCount
    var starts = [UInt32](repeating: 0, count: trie.order.count)
    for (number, state) in (silent + reporting).enumerated() { starts[state] = UInt32(number * length) }
    var table: [UInt32] = []
    table.reserveCapacity(starts.count * length)
    for state in silent + reporting {
      for byteClass in 0..<length { table.append(starts[Int(trie.next[state * length + byteClass])]) }
    }
    transitions = TransitionTable(
      classes: trie.classes, rows: table, rowLength: length, firstReporting: UInt32(silent.count * length),
      memory: literals.map(\.bytes.count).max() ?? 0)
    rowLength = UInt32(length)
    var firsts: [UInt32] = []
    var flat: [Output] = []
    for state in reporting {
      firsts.append(UInt32(flat.count))
      flat += outputs[state]
    }
    outputStarts = firsts + [UInt32(flat.count)]
    self.outputs = flat
  }

  var reportingCount: Int { outputStarts.count - 1 }

  /// The reporting state of a row.
  func state(of row: UInt32) -> Int { Int((row - transitions.firstReporting) / rowLength) }

  /// The literals that end where a reporting state is come to.
  func outputs(ofState state: Int) -> Range<Int> { Int(outputStarts[state])..<Int(outputStarts[state + 1]) }

  func run(_ text: Span<UInt8>, into reports: inout TransitionTable.Reports) { transitions.run(text, into: &reports) }

  /// The trie and its links while they are made.
  private struct Trie {
    private(set) var classes: [UInt8]
    let classCount: Int
    /// By state times `classCount` plus class; -1 until `link`.
    private(set) var next: [Int32]
    /// By state: the longest other state whose text this one's ends with.
    private var links: [Int32] = []
    /// By literal: its state.
    private(set) var ends: [Int] = []
    /// States in order of breadth.
    private(set) var order: [Int] = []
    private var reports: [Int: [Output]] = [:]
    /// The class of white space; nought, which is every byte no literal has, when no literal has a blank.
    private let blank: Int
    /// By state: whether its last byte is a blank.
    private var endsWithBlank: [Bool] = [false]

    init(_ literals: [[UInt8]]) {
      var isUsed = [Bool](repeating: false, count: 256)
      for literal in literals { for byte in literal { isUsed[Int(byte)] = true } }
      var byFolded = [UInt8](repeating: 0, count: 256)
      var count = 1
      // Fewer folded bytes exist than a class has room for.
      for byte in isUsed.indices where isUsed[byte] {
        byFolded[byte] = UInt8(count)
        count += 1
      }
      classes = FoldedBytes.table.map { byFolded[Int($0)] }
      classCount = count
      blank = Int(byFolded[Int(FoldedBytes.blank)])
      next = [Int32](repeating: -1, count: count)
      for literal in literals {
        var state = 0
        for byte in literal {
          let place = state * count + Int(byFolded[Int(byte)])
          if next[place] < 0 {
            next[place] = Int32(endsWithBlank.count)
            for _ in 0..<count { next.append(-1) }
            endsWithBlank.append(byte == FoldedBytes.blank)
          }
          state = Int(next[place])
        }
        ends.append(state)
      }
    }

    mutating func link() {
      links = [Int32](repeating: 0, count: endsWithBlank.count)
      order = [0]
      var index = 0
      while index < order.count {
        let state = order[index]
        for byteClass in 0..<classCount {
          let fallback = state == 0 ? 0 : next[Int(links[state]) * classCount + byteClass]
          let place = state * classCount + byteClass
          let child = next[place]
          guard child >= 0 else {
            next[place] = endsWithBlank[state] && byteClass == blank ? Int32(state) : fallback
            continue
          }
          links[Int(child)] = fallback
          order.append(Int(child))
        }
        index += 1
      }
    }

    mutating func report(_ output: Output, at state: Int) { reports[state, default: []].append(output) }

    func completeOutputs() -> [[Output]] {
      var complete = [[Output]](repeating: [], count: endsWithBlank.count)
      for state in order where state != 0 { complete[state] = (reports[state] ?? []) + complete[Int(links[state])] }
      return complete
    }
  }
}
