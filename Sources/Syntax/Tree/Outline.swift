/// How the significant tokens of a file group into declarations, clauses and items, beside the typed tree.
///
/// The typed declarations say what is meant; the outline says where it was written, down to the comma, which is what a formatter needs:
/// it moves tokens and comments about and can lose neither. Only a file without errors has a meaningful outline.
package struct Outline: Sendable {
  package enum Kind: Hashable, Sendable {
    /// All of one declaration; `keyword` is the one that names its kind.
    case declaration(Keyword)
    case annotation
    /// The part before the first clause.
    case head
    /// A part with a line of its own. Clauses of one declaration stand in the order of their rank; equal ranks keep theirs.
    case clause(rank: Int)
    /// `{ … }` around items that have lines of their own.
    case body
    /// One line of a body: a field, pattern, step or row.
    case item
    /// One cell of a table's row.
    case cell
    /// Tokens without space between them: a dotted name, a glob, a path.
    case glued
    /// `{ … }` with space inside the braces: an object value.
    case object
    /// Empty: what follows is aligned with the stops of neighbouring lines.
    case stop
  }

  package struct Node: Sendable {
    package let kind: Kind
    /// Indices into the file's significant tokens.
    package fileprivate(set) var tokens: Range<Int>
    /// Index behind this node's last descendant; its children start at the next index.
    package fileprivate(set) var end: Int
  }

  /// In preorder.
  package private(set) var nodes: [Node] = []

  package init() {}

  package static let empty = Outline()

  mutating func open(_ kind: Kind, at token: Int) -> Int {
    nodes.append(Node(kind: kind, tokens: token..<token, end: nodes.count + 1))
    return nodes.count - 1
  }

  mutating func close(_ node: Int, at token: Int) {
    nodes[node].tokens = nodes[node].tokens.lowerBound..<max(token, nodes[node].tokens.lowerBound)
    nodes[node].end = nodes.count
  }

  /// Changes what a node turned out to be.
  mutating func become(_ kind: Kind, _ node: Int) {
    nodes[node] = Node(kind: kind, tokens: nodes[node].tokens, end: nodes[node].end)
  }

  /// Forgets a node and everything after it: the parser gave up inside.
  mutating func drop(from node: Int) { nodes.removeSubrange(node...) }
}
