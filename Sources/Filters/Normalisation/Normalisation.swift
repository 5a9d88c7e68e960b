/// Ways of writing that hide a text from patterns and not from a model, each undone by a transform in a file of its own.
///
/// Patterns always read the text itself, so that undoing can only add matches. Beside it they read the views of it: one in which everything encoded, hidden or
/// drawn otherwise is plain; one without markup; one in which words are spelled plainly; one turned by thirteen letters; one from its end. The others are made only of texts that
/// show by their words that there is something to find.
package struct Normalisation: OptionSet, Sendable, Hashable {
  package let rawValue: UInt16

  package init(rawValue: UInt16) { self.rawValue = rawValue }

  /// `&lt;`, `&#65;`, `&#x41;`
  package static let entities = Normalisation(rawValue: 1)
  /// `%41`
  package static let percent = Normalisation(rawValue: 2)
  /// Terminal control sequences.
  package static let terminal = Normalisation(rawValue: 4)
  /// Characters without a shape, directions, and tag characters.
  package static let invisible = Normalisation(rawValue: 8)
  /// Other shapes of ASCII: full width, mathematical, circled, ligatures; combining marks; look-alikes from other scripts; accents on known words.
  package static let unicode = Normalisation(rawValue: 16)
  /// `\u0041`, `\x41`, `\n`
  package static let escapes = Normalisation(rawValue: 32)
  package static let base64 = Normalisation(rawValue: 64)
  /// `69676e`, `69 67 6e`
  package static let hex = Normalisation(rawValue: 128)
  package static let rot13 = Normalisation(rawValue: 256)
  /// `1gn0r3`
  package static let leet = Normalisation(rawValue: 512)
  /// `i g n o r e`, `i-g-n-o-r-e`, `ignore.all.previous`
  package static let spaced = Normalisation(rawValue: 1024)
  /// `ignroe`
  package static let typos = Normalisation(rawValue: 2048)
  /// `erongi`
  package static let reversed = Normalisation(rawValue: 4096)
  /// HTML's tags and the signs of its comments.
  package static let markup = Normalisation(rawValue: 8192)
  /// Control characters.
  package static let control = Normalisation(rawValue: 16384)

  package static let all: Normalisation = [
    .entities, .percent, .terminal, .invisible, .unicode, .escapes, .base64, .hex, .rot13, .leet, .spaced, .typos, .reversed, .markup,
    .control,
  ]

  /// How often what is encoded is decoded: twice encoded text is found, more often encoded text is not.
  private static let depth = 2

  /// What patterns have to read beside the text, which must be valid UTF-8: at most five views, none much longer than the text. Empty for most texts, which does
  /// not allocate.
  package func views(of text: Span<UInt8>) -> [TextView] {
    let plain = view(of: text)
    let bare = contains(.markup) ? withoutMarkup(text, plain) : nil
    let base = bare ?? plain
    let signs = signs(of: text, base)
    guard bare != nil || !signs.isEmpty else { return plain.map { [$0] } ?? [] }
    let whole = base ?? TextView(text)
    return [
      plain, bare, whole.spelled(signs), signs.contains(.rot13) ? whole.mapped(Filters.rot13) : nil,
      signs.contains(.reversed) ? whole.reversed() : nil,
    ].compactMap(\.self)
  }

  /// Tags stay where patterns look for them; a view without them is made of a text in which they part words.
  private func withoutMarkup(_ text: Span<UInt8>, _ plain: TextView?) -> TextView? {
    if let plain { return partsWords(plain.bytes.span) ? removeMarkup(plain) : nil }
    return partsWords(text) ? removeMarkup(TextView(text)) : nil
  }

  private func signs(of text: Span<UInt8>, _ view: TextView?) -> WordSigns {
    var wanted: WordSigns = []
    if contains(.rot13) { wanted.insert(.rot13) }
    if contains(.reversed) { wanted.insert(.reversed) }
    if contains(.leet) || contains(.unicode) && text.hasHighBytes { wanted.insert(.leet) }
    if contains(.typos) { wanted.insert(.typos) }
    if contains(.spaced) { wanted.formUnion([.spaced, .punctuated]) }
    guard !wanted.isEmpty else { return [] }
    if let view { return WordSigns.find(wanted, in: view.bytes.span) }
    return WordSigns.find(wanted, in: text)
  }

  /// The view in which everything encoded, hidden or drawn otherwise is plain; nil when it is the text itself.
  package func view(of text: Span<UInt8>) -> TextView? {
    var needs = needs(of: text)
    guard !needs.isEmpty else { return nil }
    var view = TextView(text)
    var changed = false
    func apply(_ option: Normalisation, _ transform: (TextView) -> TextView?) {
      guard needs.contains(option), let next = transform(view) else { return }
      view = next
      changed = true
    }
    // What is encoded comes first: it may hold anything of the rest, and something encoded again.
    for _ in 0..<Self.depth {
      let before = view.bytes.count
      apply(.entities, decodeEntities)
      apply(.percent, decodePercent)
      apply(.escapes, decodeEscapes)
      if needs.contains(.base64) || needs.contains(.hex) {
        apply(needs.contains(.base64) ? .base64 : .hex) {
          Islands.decode($0, base64: contains(.base64), hex: contains(.hex))
        }
      }
      // Whatever is decoded becomes shorter.
      if view.bytes.count == before { break }
      needs = self.needs(of: view.bytes.span)
    }
    apply(.terminal, removeTerminalSequences)
    apply(.control, removeControls)
    // A letter that has become ASCII may have a mark or a joiner beside it that is now in the way, so these are looked for again.
    apply(.invisible, removeInvisible)
    apply(.unicode, foldCompatibility)
    apply(.unicode, foldConfusables)
    apply(.unicode, foldCompatibility)
    apply(.invisible, removeInvisible)
    return changed ? view : nil
  }

  /// Which of the transforms could find something, told from single characters.
  private func needs(of text: Span<UInt8>) -> Normalisation {
    var needs: Normalisation = []
    var runStart = 0
    var longestRun = 0
    // Runs as long as a pair of hexadecimal digits, one after another.
    var pairs = 0
    var index = 0
    while index < text.count {
      let byte = text[index]
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2B, 0x2D, 0x2F, 0x5F:
        index += 1
        continue
      case 0x80...:
        let (scalar, length) = text.scalar(at: index)
        needs.formUnion(Self.needs(of: scalar))
        longestRun = max(longestRun, index - runStart)
        index += length
        runStart = index
        continue
      case 0x1B: needs.formUnion([.terminal, .control])
      case 0x25: needs.insert(.percent)
      case 0x26: needs.insert(.entities)
      case 0x5C: needs.insert(.escapes)
      case 0x00...0x08, 0x0B, 0x0C, 0x0E...0x1F, 0x7F: needs.insert(.control)
      default: break
      }
      let run = index - runStart
      if run > 0 { pairs = run == 2 || run == 4 ? pairs + 1 : 0 }
      if pairs >= Islands.shortest / 2 { needs.insert(.hex) }
      longestRun = max(longestRun, run)
      index += 1
      runStart = index
    }
    if pairs + 1 >= Islands.shortest / 2 { needs.insert(.hex) }
    if max(longestRun, index - runStart) >= Islands.shortest { needs.formUnion([.base64, .hex]) }
    return intersection(needs)
  }

  private static func needs(of scalar: Unicode.Scalar) -> Normalisation {
    switch scalar.value {
    case 0x200C, 0x200D: return .invisible
    case 0x9B: return [.terminal, .control]
    default:
      let kinds = CharacterKinds.of(scalar)
      if kinds.contains(.invisible) { return .invisible }
      if kinds.contains(.control) { return .control }
      return kinds.isDisjoint(with: [.compatible, .mark, .lookAlike]) ? [] : .unicode
    }
  }
}

extension Span<UInt8> {
  /// Whether it has a character outside ASCII.
  fileprivate var hasHighBytes: Bool {
    var high: UInt8 = 0
    for index in indices { high |= self[index] }
    return high >= 0x80
  }
}
