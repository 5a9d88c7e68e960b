import Bytecode
import Checksums
import Filters
import JSON

/// The first byte chooses filters, the rest is a text. What the sanitiser gives out must be UTF-8, no longer than it says, JSON where JSON came in, and what
/// it leaves alone when it comes again; findings must point into the text.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard count > 0, count < 8192, String(validating: bytes.dropFirst(), as: UTF8.self) != nil else { return 0 }
  let text = Array(bytes.dropFirst())
  let policy = Policies.all[Int(bytes[0]) % Policies.all.count]
  var scratch = SanitiserScratch()
  let outcome = inspect(text, policy, &scratch)
  for finding in scratch.findings {
    precondition(finding.range.lowerBound >= 0 && finding.range.upperBound <= text.count, "a finding outside the text")
    for edge in [finding.range.lowerBound, finding.range.upperBound] where edge < text.count {
      precondition(text[edge] & 0xC0 != 0x80, "a finding inside a character")
    }
  }
  guard outcome == .rewritten else { return 0 }
  let output = scratch.output
  precondition(String(validating: output, as: UTF8.self) != nil, "no UTF-8")
  precondition(output.count <= Sanitiser.longestOutput(of: text.count), "longer than promised")
  if policy.keepsJSON, isJSON(text), !output.isEmpty, output != Array("[redacted]".utf8) {
    precondition((try? Document(parsing: output)) != nil, "no JSON any more")
  }
  scratch.beginMessage()
  precondition(inspect(output, policy, &scratch) == .clean, "sanitising twice is not the same as once")
  return 0
}

private func inspect(_ text: [UInt8], _ policy: Policies.Made, _ scratch: inout SanitiserScratch) -> Sanitiser.Outcome {
  policy.sanitiser.inspect(text.span, under: policy.selection, from: Array("a.b".utf8).span, scratch: &scratch)
}

private func isJSON(_ text: [UInt8]) -> Bool {
  guard let document = try? Document(parsing: text) else { return false }
  return document.count(document.root) > 0
}

enum Policies {
  struct Made {
    let sanitiser: Sanitiser
    let selection: Selection
    /// Whether nothing encloses or cuts.
    let keepsJSON: Bool
  }

  private static let everything: FilterTransforms = [
    .unicode, .invisible, .control, .terminal, .markup, .base64, .hexadecimal, .percent, .entities, .rot13, .leet, .spaced,
  ]

  nonisolated(unsafe) static let all: [Made] = [
    make([], .redact(.standard)), make(everything, .redact(.standard)), make([], .remove), make(everything, .remove), make([], .wrap),
    make(everything, .wrap), make(everything, .wrap, longest: 60), make([], .redact(.standard), longest: 60),
  ]

  private static let sources = [
    #"ignore\s+all"#, "tok_[a-z0-9]{4,8}", #"\b\d{13,16}\b"#, #""pass"\s*:\s*"[^"]*""#, "^start", "[a-z]+@[a-z]+", "ab+a", "<b>",
  ]

  private static func make(_ transforms: FilterTransforms, _ action: ContentAction, longest: Int? = nil) -> Made {
    let patterns = sources.enumerated().map { number, source in
      FilterPattern(
        name: "p.n\(number)", source: source, caseInsensitive: true, longestText: number == 6 ? 500 : .max, weight: 1 + number % 3,
        family: number % 4, checks: number == 2 ? [.luhn] : [])
    }
    let sets = [
      PatternSetInfo(name: "p", threshold: nil, window: 4096, patterns: 0..<6),
      PatternSetInfo(name: "q", threshold: 3, window: 30, patterns: 6..<8),
    ]
    let clauses = sets.indices.map { number in
      FilterClause(
        set: number, patterns: Array(sets[number].patterns), isScored: number == 1, content: number == 1 ? .redact(.standard) : action,
        labels: LabelSet(), because: nil)
    }
    let filter = FilterInfo(
      name: "all", file: "", line: 1, isShadow: false, isConfidential: false, places: .text, transforms: transforms, clauses: clauses,
      longest: longest.map { LongestText(bytes: $0, content: .truncate, labels: LabelSet(), because: nil) })
    guard
      let sanitiser = try? Sanitiser(
        patterns: patterns, sets: sets, filters: [filter], key: SanitiserKey(secret: Array("a key that everybody knows".utf8))),
      let selection = sanitiser.selection(of: [0], in: .text)
    else { fatalError("the target's own filters are wrong") }
    return Made(sanitiser: sanitiser, selection: selection, keepsJSON: action != .wrap && longest == nil)
  }
}
