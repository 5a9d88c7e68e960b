import Bytecode
import Checksums
import Filters
import Testing

/// Filters put together by hand, as a compiled policy has them.
struct Policy {
  struct Word {
    var name: String
    var source: String
    var weight = 1
    var family = 0
    var checks: [Check] = []
    var longestText = Int.max
  }

  private(set) var patterns: [FilterPattern] = []
  private(set) var sets: [PatternSetInfo] = []
  private(set) var filters: [FilterInfo] = []

  static let key = SanitiserKey(secret: Array("a key that everybody knows".utf8))

  mutating func set(_ name: String, threshold: Int? = nil, window: Int = 4096, _ words: [Word]) {
    let first = patterns.count
    for word in words {
      patterns.append(
        FilterPattern(
          name: "\(name).\(word.name)", source: word.source, caseInsensitive: true, longestText: word.longestText, weight: word.weight,
          family: word.family, checks: word.checks))
    }
    sets.append(PatternSetInfo(name: name, threshold: threshold, window: window, patterns: first..<patterns.count))
  }

  /// - Parameter only: one pattern of the set, which then counts without a score.
  func clause(_ set: String, _ content: ContentAction?, labels: [UInt8] = [], only: String? = nil) -> FilterClause {
    let number = sets.firstIndex { $0.name == set } ?? 0
    let numbers = sets[number].patterns.filter { only == nil || patterns[$0].name == "\(set).\(only ?? "")" }
    return FilterClause(
      set: number, patterns: Array(numbers), isScored: only == nil && sets[number].threshold != nil, content: content,
      labels: LabelSet(labels.map(LabelID.init)), because: nil)
  }

  mutating func filter(
    _ name: String, shadow: Bool = false, places: FilterPlaces = .outputs, transforms: FilterTransforms = [], _ clauses: [FilterClause],
    longest: LongestText? = nil
  ) {
    filters.append(
      FilterInfo(
        name: name, file: "policy.sally", line: 1, isShadow: shadow, isConfidential: false, places: places, transforms: transforms,
        clauses: clauses, longest: longest))
  }

  func sanitiser() throws -> Sanitiser { try Sanitiser(patterns: patterns, sets: sets, filters: filters, key: Self.key) }
}

extension ContentAction {
  static let redaction = ContentAction.redact(.standard)

  static func redact(_ text: String) -> ContentAction { .redact(RedactionTemplate(pieces: [.text(Array(text.utf8))])) }
}

/// A sanitiser with what it needs to look at texts.
final class Bench {
  let sanitiser: Sanitiser
  let selection: Selection
  var scratch = SanitiserScratch()

  init(_ policy: Policy) throws {
    sanitiser = try policy.sanitiser()
    selection = try #require(sanitiser.selection(of: policy.filters.indices, in: .text))
  }

  struct Result {
    var outcome: Sanitiser.Outcome
    var text: [UInt8]
    var findings: [FilterFinding]
    var labels: LabelSet

    var string: String { String(decoding: text, as: UTF8.self) }
  }

  func inspect(_ text: [UInt8], from source: String = "web.fetch") -> Result {
    let outcome = sanitiser.inspect(text.span, under: selection, from: Array(source.utf8).span, scratch: &scratch)
    let result = outcome == .rewritten ? scratch.output : text
    return Result(outcome: outcome, text: result, findings: scratch.findings, labels: scratch.labels)
  }

  func inspect(_ text: String) -> Result { inspect(Array(text.utf8)) }
}
