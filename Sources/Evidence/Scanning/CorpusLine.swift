package import Bytecode
package import JSON

/// A line of a labelled corpus: `{"text": …, "label": "attack"|"benign", "source": …}`.
package struct CorpusLine: Sendable {
  package let text: String
  /// Nil: the line has another label, which says nothing of attacks.
  package let label: ScanTally.Label?
  /// `unnamed` when the line does not say.
  package let source: String
  /// Where the text stands, by `place`, a word of the language for filters; or by `group`, whose name says so of descriptions and arguments.
  /// Nil: the line does not say.
  package let place: FilterPlaces?

  /// Nil when the line has no text or no label.
  package init?(_ line: Value) {
    guard let text = line["text"]?.string, let label = line["label"]?.string else { return nil }
    self.text = text
    self.label = ScanTally.Label(rawValue: label)
    source = line["source"]?.string ?? "unnamed"
    place = line["place"]?.string.flatMap(FilterPlaces.init(word:)) ?? line["group"]?.string.flatMap(Self.place(ofGroup:))
  }

  private static func place(ofGroup group: String) -> FilterPlaces? {
    let words = group.lowercased().split { !$0.isLetter }
    if words.contains(where: { ["toolpoison", "desc", "description", "descriptions"].contains($0) }) { return .description }
    if words.contains(where: { ["args", "arguments"].contains($0) }) { return .arguments }
    return nil
  }
}

extension FilterPlaces {
  /// By the word of the language.
  private static let words: [String: FilterPlaces] = [
    "text": .text, "resource": .resource, "structured": .structured, "description": .description, "error": .error, "prompt": .prompt,
    "instructions": .instructions, "completion": .completion, "message": .message, "request": .request, "args": .arguments,
  ]

  package init?(word: String) {
    guard let place = Self.words[word] else { return nil }
    self = place
  }

  /// Every word there is, in order.
  package static var allWords: [String] { words.keys.sorted() }
}
