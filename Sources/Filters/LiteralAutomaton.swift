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
  private let rowShift: UInt32
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
    var numbers = [Int](repeating: 0, count: trie.order.count)
    for (number, state) in (silent + reporting).enumerated() { numbers[state] = number }
    var shift: UInt32 = 0
    while (1 << shift) < trie.classCount { shift += 1 }
    var table = [UInt32](repeating: 0, count: numbers.count << Int(shift))
    for state in trie.order {
      for byteClass in 0..<trie.classCount {
        table[numbers[state] << Int(shift) + byteClass] = UInt32(numbers[trie.next[state][byteClass]]) << shift
      }
    }
    transitions = TransitionTable(
      classes: trie.classes, rows: table, rowLength: 1 << Int(shift), firstReporting: UInt32(silent.count) << shift,
      memory: literals.map(\.bytes.count).max() ?? 0)
    rowShift = shift
    var starts: [UInt32] = []
    var flat: [Output] = []
    for state in reporting {
      starts.append(UInt32(flat.count))
      flat += outputs[state]
    }
    outputStarts = starts + [UInt32(flat.count)]
    self.outputs = flat
  }

  /// The literals that end where a row is reported.
  func outputs(of row: UInt32) -> Range<Int> {
    let state = Int((row - transitions.firstReporting) >> rowShift)
    return Int(outputStarts[state])..<Int(outputStarts[state + 1])
  }

  func run(_ text: Span<UInt8>, into reports: inout TransitionTable.Reports) { transitions.run(text, into: &reports) }

  /// The trie and its links while they are made.
  private struct Trie {
    var classes: [UInt8]
    let classCount: Int
    /// By state, then class; -1 until `link`.
    var next: [[Int]]
    var links: [Int] = []
    /// By literal: its state.
    var ends: [Int] = []
    /// States in order of breadth.
    var order: [Int] = []
    private var reports: [Int: [Output]] = [:]
    /// The class of white space; nought, which is every byte no literal has, when no literal has a blank.
    private let blank: Int
    /// By state: whether its last byte is a blank.
    private var endsWithBlank: [Bool] = [false]

    init(_ literals: [[UInt8]]) {
      var byFolded = [UInt8](repeating: 0, count: 256)
      var count = 1
      for byte in Set(literals.joined()).sorted() {
        byFolded[Int(byte)] = UInt8(count)
        count += 1
      }
      // At most 231 folded bytes exist, so a class fits.
      classes = FoldedBytes.table.map { byFolded[Int($0)] }
      classCount = count
      blank = Int(byFolded[Int(FoldedBytes.blank)])
      next = [[Int](repeating: -1, count: count)]
      for literal in literals {
        var state = 0
        for byte in literal {
          let byteClass = Int(byFolded[Int(byte)])
          if next[state][byteClass] < 0 {
            next[state][byteClass] = next.count
            next.append([Int](repeating: -1, count: count))
            endsWithBlank.append(byte == FoldedBytes.blank)
          }
          state = next[state][byteClass]
        }
        ends.append(state)
      }
    }

    mutating func link() {
      links = [Int](repeating: 0, count: next.count)
      order = [0]
      var index = 0
      while index < order.count {
        let state = order[index]
        for byteClass in 0..<classCount {
          let fallback = state == 0 ? 0 : next[links[state]][byteClass]
          let child = next[state][byteClass]
          guard child >= 0 else {
            next[state][byteClass] = endsWithBlank[state] && byteClass == blank ? state : fallback
            continue
          }
          links[child] = fallback
          order.append(child)
        }
        index += 1
      }
    }

    mutating func report(_ output: Output, at state: Int) { reports[state, default: []].append(output) }

    func completeOutputs() -> [[Output]] {
      var complete = [[Output]](repeating: [], count: next.count)
      for state in order { complete[state] = (reports[state] ?? []) + (state == 0 ? [] : complete[links[state]]) }
      return complete
    }
  }
}
