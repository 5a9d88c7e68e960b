package import JSON
package import Recording

/// One line of a recording, read.
package struct RecordedLine {
  package let kind: TrafficFormat.Kind
  package let document: Document
  /// By name: the node of the member's value; 0, which is the line itself: there is none.
  private var places = InlineArray<32, UInt32>(repeating: 0)

  /// Nil: none that this version knows.
  package init?(_ document: Document) {
    guard document.kind(document.root) == .object else { return nil }
    var key = document.firstChild(document.root)
    while let name = key {
      let value = document.value(of: name)
      if let place = Names.place(of: name, in: document) { places[place] = value.index }
      key = document.sibling(after: value, in: document.root)
    }
    guard places[Names.kind.rawValue] != 0,
      let kind = RecordedLine.kind(document, Node(index: places[Names.kind.rawValue]))
    else { return nil }
    self.kind = kind
    self.document = document
  }

  private static let call = Array(TrafficFormat.Kind.call.rawValue.utf8)
  private static let end = Array(TrafficFormat.Kind.end.rawValue.utf8)

  private static func kind(_ document: Document, _ node: Node) -> TrafficFormat.Kind? {
    // Nearly all lines are one of these.
    if document.stringEquals(node, call) { return .call }
    if document.stringEquals(node, end) { return .end }
    return document.string(node).flatMap(TrafficFormat.Kind.init(rawValue:))
  }

  /// Looked up in every line, and so found together, in one pass over its members.
  enum Names: Int, CaseIterable {
    case kind, number, resumes, policy, caller, time, nanoseconds, method, outcome, rule, code, by, fits, approval
    case subject, live, arguments, masked, yes, no, undecided, labels, found, shadow, set, done, answer, agent, limits

    private var name: String {
      switch self {
      case .kind: "k"
      case .number: "n"
      case .resumes: "resumes"
      case .policy: "p"
      case .caller: "c"
      case .time: "t"
      case .nanoseconds: "ns"
      case .method: "m"
      case .outcome: "out"
      case .rule: "rule"
      case .code: "code"
      case .by: "by"
      case .fits: "fits"
      case .approval: "approval"
      case .subject: "on"
      case .live: "live"
      case .arguments: "args"
      case .masked: "masked"
      case .yes: "yes"
      case .no: "no"
      case .undecided: "undecided"
      case .labels: "labels"
      case .found: "found"
      case .shadow: "shadow"
      case .set: "set"
      case .done: "done"
      case .answer: "answer"
      case .agent: "agent"
      case .limits: "limits"
      }
    }

    /// A name as one number: its last eight bytes, and how many it has.
    private struct Packed: Equatable {
      var bytes: UInt64 = 0
      var count = 0

      mutating func append(_ byte: UInt8) {
        bytes = bytes << 8 | UInt64(byte)
        count += 1
      }

      /// Where it is looked for first in a table of 128.
      var place: Int { Int((bytes &* 0x9E37_79B9_7F4A_7C15) >> 57) }
    }

    private static let longest = 9
    /// By place, and the next ones when that is taken: one more than the number of the name there; 0: none.
    private static let table = {
      var table = [(name: Packed, number: Int)](repeating: (Packed(), 0), count: 128)
      for name in allCases {
        var packed = Packed()
        for byte in name.name.utf8 { packed.append(byte) }
        var place = packed.place
        while table[place].number != 0 { place = (place + 1) & 127 }
        table[place] = (packed, name.rawValue + 1)
      }
      return table
    }()

    private static let undecidedName = Array(Names.undecided.name.utf8)

    static func place(of key: Node, in document: Document) -> Int? {
      guard let range = document.stringBytes(key), range.count <= longest, !document.hasEscapes(key) else { return nil }
      var name = Packed()
      for index in range { name.append(document.bytes[index]) }
      let table = table
      var place = name.place
      while table[place].number != 0 {
        // Of names of nine bytes the first is not in the number.
        if table[place].name == name, name.count < longest || document.stringEquals(key, undecidedName) {
          return table[place].number - 1
        }
        place = (place + 1) & 127
      }
      return nil
    }
  }

  func node(_ name: Names) -> Node? { places[name.rawValue] == 0 ? nil : Node(index: places[name.rawValue]) }
  func text(_ name: Names) -> String? { node(name).flatMap { document.string($0) } }
  func flag(_ name: Names) -> Bool? { node(name).flatMap { document.boolean($0) } }
  func integer(_ name: Names) -> Int64? { integer(node(name)) }
  func texts(_ name: Names) -> [String] { texts(node(name)) }

  /// Of members that few lines have.
  func node(_ name: MemberName) -> Node? { document.member(document.root, name) }
  func text(_ name: MemberName) -> String? { node(name).flatMap { document.string($0) } }
  func integer(_ name: MemberName) -> Int64? { integer(node(name)) }
  func texts(_ name: MemberName) -> [String] { texts(node(name)) }

  private func integer(_ node: Node?) -> Int64? {
    guard let node, let fixed = document.fixed(node) else { return nil }
    var value = fixed.coefficient
    for _ in 0..<max(0, fixed.exponent) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
    }
    return fixed.exponent < 0 ? nil : value
  }

  private func texts(_ node: Node?) -> [String] {
    node.map { document.kind($0) == .array ? document.elements($0).compactMap { document.string($0) } : [] } ?? []
  }

  func integers(_ name: Names) -> [Int] {
    guard let node = node(name), document.kind(node) == .array else { return [] }
    return document.elements(node).compactMap { document.fixed($0).flatMap { $0.exponent == 0 ? Int($0.coefficient) : nil } }
  }
}
