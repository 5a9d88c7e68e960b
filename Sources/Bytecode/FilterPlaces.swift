/// Where texts stand that a filter reads.
package struct FilterPlaces: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// Text content of tools' results, text of embedded resources, titles and descriptions of links in results.
  package static let text = FilterPlaces(rawValue: 1 << 0)
  /// Contents of resources that were read.
  package static let resource = FilterPlaces(rawValue: 1 << 1)
  /// Texts in `structuredContent`.
  package static let structured = FilterPlaces(rawValue: 1 << 2)
  /// Titles and descriptions of what lists show, parameters' among them.
  package static let description = FilterPlaces(rawValue: 1 << 3)
  /// Messages and data of errors.
  package static let error = FilterPlaces(rawValue: 1 << 4)
  /// Messages of prompts.
  package static let prompt = FilterPlaces(rawValue: 1 << 5)
  /// What a server says of itself when a session begins.
  package static let instructions = FilterPlaces(rawValue: 1 << 6)
  package static let completion = FilterPlaces(rawValue: 1 << 7)
  /// Log, progress and task status messages.
  package static let message = FilterPlaces(rawValue: 1 << 8)
  /// What a server asks for by elicitation or sampling.
  package static let request = FilterPlaces(rawValue: 1 << 9)
  /// Arguments of tools and prompts: what goes to a server.
  package static let arguments = FilterPlaces(rawValue: 1 << 10)

  /// Everything a model reads.
  package static let outputs: FilterPlaces = [
    .text, .resource, .structured, .description, .error, .prompt, .instructions, .completion, .message, .request,
  ]
  /// What a server says of itself, not of one tool, prompt or resource.
  package static let serverWide: FilterPlaces = [.description, .error, .instructions, .completion, .message, .request]
}

/// How a text is looked at besides as it is written. Each gives patterns another view; `strip` also takes what it strips out of what passes.
package struct FilterTransforms: OptionSet, Hashable, Sendable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// `normalise unicode`: compatibility forms, letter case, look-alikes, combining marks and white space.
  package static let unicode = FilterTransforms(rawValue: 1 << 0)
  /// `strip invisible`: characters without a shape, directions, tag characters.
  package static let invisible = FilterTransforms(rawValue: 1 << 1)
  /// `strip control`: control characters but tabs and line breaks.
  package static let control = FilterTransforms(rawValue: 1 << 2)
  /// `strip ansi`: control sequences of terminals.
  package static let terminal = FilterTransforms(rawValue: 1 << 3)
  /// `strip html`: comments, and elements that are not shown.
  package static let markup = FilterTransforms(rawValue: 1 << 4)
  package static let base64 = FilterTransforms(rawValue: 1 << 5)
  package static let hexadecimal = FilterTransforms(rawValue: 1 << 6)
  /// `decode url`: `%41`
  package static let percent = FilterTransforms(rawValue: 1 << 7)
  /// `decode html`: `&lt;`, `&#65;`
  package static let entities = FilterTransforms(rawValue: 1 << 8)
  package static let rot13 = FilterTransforms(rawValue: 1 << 9)
  /// `decode leet`: `1gn0r3`
  package static let leet = FilterTransforms(rawValue: 1 << 10)
  /// `decode spaced`: `i g n o r e`
  package static let spaced = FilterTransforms(rawValue: 1 << 11)

  /// What changes the text that passes.
  package static let stripping: FilterTransforms = [.invisible, .control, .terminal, .markup]
}
