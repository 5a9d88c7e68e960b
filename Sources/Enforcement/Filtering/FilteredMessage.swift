package import Bytecode
internal import Filters
internal import JSON

/// What filters made of one message.
package struct FilteredMessage: Sendable {
  package enum Outcome: Sendable {
    /// Goes on byte for byte.
    case unchanged
    /// Goes on as this text.
    case rewritten([UInt8])
    /// Must not go on.
    case blocked(Block)
  }

  package struct Block: Sendable {
    /// An index into `Program.filters`.
    package let filter: Int
    /// An index into `Program.filterPatterns`; nil where no pattern is the reason.
    package let pattern: Int?
    package let cause: Cause
  }

  package enum Cause: Sendable {
    case found
    /// Nobody knows whether the pattern matches: the text is too long or too intricate to tell.
    case undecided
    /// What is left does not fit the tool's output schema, or is no JSON.
    case unfit
    /// The filter cannot be used at all.
    case unusable
    case binary(BinaryNotice)
  }

  package var outcome = Outcome.unchanged
  package internal(set) var findings = FilterCounts()
  package internal(set) var labels = LabelSet()
  /// Elements of a list that were taken out, by node of the message as it came.
  var withheld: [(element: Node, block: Block)] = []
}

/// Binary content that may not pass.
package struct BinaryNotice: Sendable {
  /// An index into `FilterInfo.binaries`.
  let clause: Int
  let bytes: Int
  /// By its first bytes; never what the server says.
  let type: String?
}

/// What was found in a message: how often which pattern of which filter, and nothing of the text.
package struct FilterCounts: Sendable {
  package struct Entry: Hashable, Sendable {
    /// An index into `Program.filters`.
    package let filter: Int
    /// An index into `Program.filterPatterns`; nil for what no pattern of the policy found: an imitated delimiter, a text too long, binary content.
    package let pattern: Int?
    /// Whether the pattern was given up at least once.
    package fileprivate(set) var isUndecided: Bool
    package fileprivate(set) var count: Int
  }

  package private(set) var entries: [Entry] = []

  package var isEmpty: Bool { entries.isEmpty }

  mutating func add(_ finding: FilterFinding) { add(finding.filter, finding.pattern, isUndecided: finding.kind == .undecided) }

  mutating func add(binaryOf filter: Int) { add(filter, nil, isUndecided: false) }

  private mutating func add(_ filter: Int, _ pattern: Int?, isUndecided: Bool) {
    guard let place = entries.firstIndex(where: { $0.filter == filter && $0.pattern == pattern }) else {
      if entries.count < Limits.filterCounts {
        entries.append(Entry(filter: filter, pattern: pattern, isUndecided: isUndecided, count: 1))
      }
      return
    }
    entries[place].count += 1
    if isUndecided { entries[place].isUndecided = true }
  }
}

/// Whom a text speaks of, which says whose filters read it.
package enum TextOwner: Sendable {
  case server(ServerID)
  case tool(ToolID)
  case prompt(PromptID)
  case resource(ServerID, uri: [UInt8])
  /// Any of these calls of a server, or none of them.
  case anyOf([TextOwner], of: ServerID)
}
