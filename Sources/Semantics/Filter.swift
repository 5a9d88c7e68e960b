package import Checksums
package import Text

extension CheckedPolicies {
  /// Named patterns that filters search for, of a policy or a pack.
  package struct PatternSet: Sendable {
    package struct Pattern: Hashable, Sendable {
      /// Without its set.
      package let name: String
      /// To be searched for; known to be of bounded cost.
      package let text: TextPattern
      /// At least 1.
      package let weight: Int
      /// The place of its family among those of the set, in order of first use.
      package let family: Int
      package let checks: [Check]
      package let range: SourceRange
    }

    package let name: String
    /// The score from which on it fires; nil: every match counts.
    package let threshold: Int?
    /// In bytes; nil: what the language takes.
    package let window: Int?
    package let patterns: [Pattern]
  }

  /// What is done to texts in which patterns are found.
  package struct Filter: Sendable {
    /// Where texts stand, by the word of the language.
    package enum Place: String, Hashable, CaseIterable, Sendable {
      case text, resource, structured, description, error, prompt, instructions, completion, message, request
      /// What goes to a server; all others are read by a model.
      case arguments = "args"
    }

    package enum Transform: Hashable, CaseIterable, Sendable {
      case unicode
      case invisible, control, terminal, markup
      case base64, hexadecimal, percent, entities, rot13, leet, spaced
    }

    package enum PathStep: Hashable, Sendable {
      case member(String)
      case elements
    }

    package enum Content: Hashable, Sendable {
      case wrap
      case redact([TemplatePiece]?)
      case remove, truncate, block
    }

    /// Of what stands in the place of a redacted text.
    package enum TemplatePiece: Hashable, Sendable {
      case text(String)
      case pattern, kind, pseudonym
    }

    package struct Actions: Hashable, Sendable {
      package let content: Content?
      /// Names, in order of place.
      package let labels: [String]
      package let because: String?
    }

    package struct Clause: Hashable, Sendable {
      /// An index into `CheckedPolicies.patternSets`.
      package let set: Int
      /// An index into the set's patterns; nil: all of them.
      package let pattern: Int?
      package let actions: Actions
    }

    package struct Longest: Hashable, Sendable {
      package let bytes: Int
      package let actions: Actions
    }

    /// What is done to binary content of some types and sizes.
    package struct Binary: Hashable, Sendable {
      package let isExcept: Bool
      /// In lower case, in order, each once: `image/*`, `image/png`. Empty: every type.
      package let types: [String]
      package let longerThan: Int?
      /// Content is `block`, `redact` with a text, or nothing.
      package let actions: Actions
    }

    package let name: String
    package let targets: Targets
    /// Never empty.
    package let places: Set<Place>
    /// Whether the policy names the places.
    package let arePlacesNamed: Bool
    /// Of structured content; empty: all of it.
    package let structuredPaths: [[PathStep]]
    package let transforms: Set<Transform>
    /// In order of place.
    package let clauses: [Clause]
    package let longest: Longest?
    package let binaries: [Binary]
    /// Evaluated and logged, not enforced.
    package let isShadow: Bool
    package let annotations: [Annotation]
    package let nameRange: SourceRange
  }
}

extension CheckedPolicies.Filter.Transform {
  /// The steps of the language and their words.
  static let words: [String: [String: Self]] = [
    "normalise": ["unicode": .unicode],
    "strip": ["invisible": .invisible, "control": .control, "ansi": .terminal, "html": .markup],
    "decode": [
      "base64": .base64, "hex": .hexadecimal, "url": .percent, "html": .entities, "rot13": .rot13, "leet": .leet, "spaced": .spaced,
    ],
  ]
}
