/// Ways of writing that hide a text from patterns and not from a model, each undone by a transform in a file of its own.
package struct Normalisation: OptionSet, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// `&lt;`, `&#65;`, `&#x41;`
  package static let entities = Normalisation(rawValue: 1)
  /// `%41`
  package static let percent = Normalisation(rawValue: 2)
  /// Terminal control sequences.
  package static let terminal = Normalisation(rawValue: 4)
  /// Characters without a shape, directions, and tag characters.
  package static let invisible = Normalisation(rawValue: 8)
  /// Other shapes of ASCII: full width, mathematical, circled, ligatures; combining marks; look-alikes from other scripts.
  package static let unicode = Normalisation(rawValue: 16)

  package static let all: Normalisation = [.entities, .percent, .terminal, .invisible, .unicode]

  /// The view of a text, which must be valid UTF-8; nil when it is the text itself, which plain ASCII shows in one pass without allocating.
  package func view(of text: Span<UInt8>) -> TextView? {
    guard hasWork(text) else { return nil }
    var view = TextView(text)
    var changed = false
    // What is encoded comes first: it may hold anything of the rest. A letter that has become ASCII may have a mark or a joiner beside it that is now
    // in the way, so these are looked for again.
    let transforms: [(Normalisation, (TextView) -> TextView?)] = [
      (.entities, decodeEntities), (.percent, decodePercent), (.terminal, removeTerminalSequences), (.invisible, removeInvisible),
      (.unicode, foldCompatibility), (.unicode, foldConfusables), (.unicode, foldCompatibility), (.invisible, removeInvisible),
    ]
    for (option, transform) in transforms where contains(option) {
      guard let next = transform(view) else { continue }
      view = next
      changed = true
    }
    return changed ? view : nil
  }

  /// Whether any byte could begin something to undo.
  private func hasWork(_ text: Span<UInt8>) -> Bool {
    for index in 0..<text.count {
      switch text[index] {
      case 0x1B: if contains(.terminal) { return true }
      case 0x26: if contains(.entities) { return true }
      case 0x25: if contains(.percent) { return true }
      case 0x80...: return true
      default: continue
      }
    }
    return false
  }
}
