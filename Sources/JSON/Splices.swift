/// Changes to the text of one document that leave every other byte as it was. Collected first, applied together; two changes that touch
/// the same bytes are a programming error and trap.
package struct Splices: Sendable {
  private struct Edit {
    let range: Range<Int>
    let text: [UInt8]
    /// Insertions at one place stay in the order in which they were asked for.
    let order: Int
  }

  /// What happens to the elements or members of one container: only together do they say where the commas go.
  private struct Change {
    let container: Node
    /// Elements, or names of members.
    var removed: Set<Node> = []
    /// Texts to stand behind the last one.
    var inserted: [[UInt8]] = []
  }

  private let document: Document
  private var edits: [Edit] = []
  private var changes: [Change] = []

  package init(of document: Document) { self.document = document }

  package var isEmpty: Bool { edits.isEmpty && changes.isEmpty }

  /// Puts `text` in place of some bytes; what comes out is only as good as the text.
  package mutating func replace(_ range: Range<Int>, with text: [UInt8]) {
    precondition(range.upperBound <= document.bytes.count, "a splice outside the document")
    edits.append(Edit(range: range, text: text, order: edits.count))
  }

  /// Puts the text of a value in place of a value.
  package mutating func replace(_ node: Node, with text: [UInt8]) { replace(document.source(node), with: text) }

  /// Removes a member, with its comma. `key` is its name, as `members` gives it.
  package mutating func removeMember(_ key: Node, of object: Node) {
    precondition(document.kind(object) == .object, "a member of what is no object")
    change(object) { $0.removed.insert(key) }
  }

  /// Removes the member of that name, if there is one.
  package mutating func removeMember(named name: String, of object: Node) {
    guard let value = document.member(object, name) else { return }
    removeMember(Node(index: value.index - 1), of: object)
  }

  /// Removes an element of an array, with its comma.
  package mutating func removeElement(_ element: Node, of array: Node) {
    precondition(document.kind(array) == .array, "an element of what is no array")
    change(array) { $0.removed.insert(element) }
  }

  /// Adds a member behind the last one. There must be none of that name left, nor one that was added before.
  package mutating func insertMember(_ name: String, _ value: [UInt8], atEndOf object: Node) {
    precondition(document.kind(object) == .object, "a member for what is no object")
    var text: [UInt8] = []
    appendQuoted(name, to: &text)
    text.append(UInt8(ascii: ":"))
    text += value
    change(object) { $0.inserted.append(text) }
  }

  private mutating func change(_ container: Node, _ body: (inout Change) -> Void) {
    let index = changes.firstIndex { $0.container == container } ?? changes.endIndex
    if index == changes.endIndex { changes.append(Change(container: container)) }
    body(&changes[index])
  }

  /// The text with all changes made.
  package func apply() -> [UInt8] {
    let all = (edits + changes.flatMap { self.edits(for: $0) }).sorted {
      ($0.range.lowerBound, $0.range.upperBound, $0.order) < ($1.range.lowerBound, $1.range.upperBound, $1.order)
    }
    var result: [UInt8] = []
    result.reserveCapacity(document.bytes.count + all.reduce(0) { $0 + $1.text.count })
    var done = 0
    for edit in all {
      precondition(edit.range.lowerBound >= done, "two splices touch the same bytes")
      result += document.bytes[done..<edit.range.lowerBound]
      result += edit.text
      done = edit.range.upperBound
    }
    result += document.bytes[done...]
    return result
  }

  private func edits(for change: Change) -> [Edit] {
    let places = places(in: change.container)
    var edits: [Edit] = []
    var left = 0
    var run: Range<Int>?
    for (index, place) in places.enumerated() {
      if change.removed.contains(place.node) {
        // Up to the next one's start; the last ones of all instead take the comma before them.
        let end = index + 1 < places.count ? places[index + 1].range.lowerBound : place.range.upperBound
        run = (run?.lowerBound ?? place.range.lowerBound)..<end
      } else {
        if let removed = run { edits.append(Edit(range: removed, text: [], order: 0)) }
        run = nil
        left = index + 1
      }
    }
    if let removed = run {
      let start = left > 0 ? places[left - 1].range.upperBound : removed.lowerBound
      edits.append(Edit(range: start..<removed.upperBound, text: [], order: 0))
    }
    precondition(
      change.removed.count == places.count { change.removed.contains($0.node) }, "a removed element or member is not of its container")
    if !change.inserted.isEmpty {
      let at = places.last?.range.upperBound ?? document.source(change.container).lowerBound + 1
      var text = Array(change.inserted.joined(separator: [UInt8(ascii: ",")]))
      if left > 0 { text.insert(UInt8(ascii: ","), at: 0) }
      edits.append(Edit(range: at..<at, text: text, order: Int.max))
    }
    return edits
  }

  /// The elements or members of a container, each with all its bytes (of a member: name, colon and value).
  private func places(in container: Node) -> [(node: Node, range: Range<Int>)] {
    switch document.kind(container) {
    case .array: document.elements(container).map { ($0, document.source($0)) }
    case .object:
      document.members(container).map { member in
        (member.key, document.source(member.key).lowerBound..<document.source(member.value).upperBound)
      }
    default: []
    }
  }
}
