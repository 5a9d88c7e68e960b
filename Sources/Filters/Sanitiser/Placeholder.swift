internal import Bytecode

/// What stands in the place of something redacted.
struct Placeholder: Hashable, Sendable {
  enum Piece: Hashable, Sendable {
    case text([UInt8])
    /// The value's pseudonym under the sanitiser's key.
    case pseudonym
  }

  let pieces: [Piece]

  /// In bytes; what is longer is cut.
  static let longest = 128

  /// Where another one would itself be found.
  static let plain = Placeholder(pieces: [.text(plainText)])
  static let plainText = Array("[redacted]".utf8)
  static let imitation = Placeholder(pieces: [.text(Array("[redacted: delimiter]".utf8))])
  static let nothing = Placeholder(pieces: [])

  private init(pieces: [Piece]) { self.pieces = pieces }

  init(_ template: RedactionTemplate, set: PatternSetInfo, pattern: FilterPattern) {
    var pieces: [Piece] = []
    var room = Self.longest
    func add(_ bytes: some Sequence<UInt8>) {
      var text: [UInt8] = []
      for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
        // No line of the template's own, nor anything unseen.
        let written = Array(String(scalar.properties.generalCategory == .control ? " " : scalar).utf8)
        guard text.count + written.count <= room else { break }
        text += written
      }
      room -= text.count
      if case .text(let before) = pieces.last {
        pieces[pieces.count - 1] = .text(before + text)
      } else if !text.isEmpty {
        pieces.append(.text(text))
      }
    }
    for piece in template.pieces {
      switch piece {
      case .text(let text): add(text)
      case .pattern: add(pattern.shortName.utf8)
      case .kind: add(set.shortName.utf8)
      case .pseudonym:
        guard room >= SanitiserKey.pseudonymLength else { continue }
        pieces.append(.pseudonym)
        room -= SanitiserKey.pseudonymLength
      }
    }
    self.pieces = pieces
  }

  func append(to output: inout [UInt8], for value: Span<UInt8>, _ key: SanitiserKey) {
    for piece in pieces {
      switch piece {
      case .text(let text): output += text
      case .pseudonym: output += key.pseudonym(of: value)
      }
    }
  }
}

/// All placeholders of a sanitiser, each once.
struct PlaceholderTable {
  private var placeholders: [Placeholder] = []
  private var numbers: [Placeholder: Int32] = [:]

  mutating func number(of placeholder: Placeholder) -> Int32 {
    if let number = numbers[placeholder] { return number }
    let number = Int32(placeholders.count)
    placeholders.append(placeholder)
    numbers[placeholder] = number
    return number
  }

  /// Puts the plain one where a placeholder would itself be found, and nothing where even that would be.
  func settled(_ key: SanitiserKey, _ isFound: ([UInt8]) -> Bool) -> [Placeholder] {
    func isStable(_ placeholder: Placeholder) -> Bool {
      var sample: [UInt8] = []
      placeholder.append(to: &sample, for: Array("sample".utf8).span, key)
      return !isFound(sample)
    }
    let plain = isStable(.plain) ? Placeholder.plain : .nothing
    return placeholders.map { isStable($0) ? $0 : plain }
  }
}
