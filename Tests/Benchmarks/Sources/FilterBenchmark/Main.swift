import Filters
import Foundation
import Patterns
import RegularExpressions
import ShippedPacks

/// `FilterBenchmark CORPORA SET [COUNT…]`: megabytes a second and latency of pattern sets of these sizes over the labelled corpora, and over those of their texts
/// that none of the patterns matches. SET is `samples`, or `packs`: the patterns of all shipped packs, of which COUNT are taken evenly.
/// `FilterBenchmark CORPORA SET turn`: PCRE2 one pattern after another instead.
/// `FilterBenchmark CORPORA SET export FOLDER`: writes patterns and texts for `Comparison/filters.py`.
/// `FilterBenchmark CORPORA SET hostile [COUNT]`: microseconds a KiB over texts made to make each of the patterns try again and again.
/// `FilterBenchmark CORPORA SET views`: megabytes a second of making views, and how many texts have any.
/// `FilterBenchmark CORPORA SET count SIZE RUNS`: only scans, for counting instructions.
/// `FilterBenchmark CORPORA SET agree [STEP]`: compares what the one pass finds with PCRE2 pattern by pattern, in every STEPth text.
/// `FilterBenchmark CORPORA SET each`: which patterns take most of the time, each measured alone.
@main enum Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 2 else { fatalError("say where the corpora are, and which patterns") }
    let texts = try Texts.labelled(arguments[0])
    let sources = try Sources(arguments[1])
    let rest = Array(arguments.dropFirst(3))
    switch arguments.dropFirst(2).first {
    case "turn": for count in [10, 100] { try inTurn(sources.take(count), texts) }
    case "hostile": try hostile(sources.take(rest.first.flatMap { Int($0) }))
    case "agree": try agree(sources.take(nil), texts, step: rest.first.flatMap { Int($0) } ?? 1)
    case "views": views(texts)
    case "each": try each(sources.take(nil), texts)
    case "export": try export(sources.take(nil), to: rest[0], texts)
    case "count":
      let set = try PatternSet(sources.take(Int(rest[0])))
      var scratch = ScanScratch()
      for _ in 0..<(Int(rest[1]) ?? 1) {
        var findings = 0
        let time = seconds { findings = scan(set, texts, &scratch) }
        print("\(findings) findings in \(Int(time * 1000)) ms")
      }
    default:
      let counts = arguments.dropFirst(2).map { Int($0) }
      for count in counts.isEmpty ? sources.usual : counts { try compare(sources.take(count), texts) }
    }
  }

  static func compare(_ expressions: [RegularExpression], _ texts: [[UInt8]]) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let set = try PatternSet(expressions)
    let compiled = clock.now - start
    var scratch = ScanScratch()
    var found: [PatternSet.Finding] = []
    let clean = texts.filter { text in
      found.removeAll(keepingCapacity: true)
      set.matches(in: text.span, scratch: &scratch, into: &found)
      return found.isEmpty
    }
    print("\(set.count) patterns, \(set.alwaysRunCount) always run, compiled in \(compiled)")
    for (name, texts) in [("all texts", texts), ("texts without a match", clean)] {
      let bytes = texts.reduce(0) { $0 + $1.count }
      var best = Double.infinity
      for _ in 0..<5 { best = min(best, seconds { _ = scan(set, texts, &scratch) }) }
      print(
        "  \(name): \(texts.count), \(bytes) bytes, \(Int(Double(bytes) / best / 1e6)) MB/s best of 5, \(scan(set, texts, &scratch)) findings"
      )
    }
    for size in [1024, 16_384] { latency(set, texts, size, &scratch) }
  }

  static func views(_ texts: [[UInt8]]) {
    let bytes = texts.reduce(0) { $0 + $1.count }
    for (name, options) in [
      ("unicode, invisible, ansi", [.unicode, .invisible, .terminal]),
      (
        "and everything encoded",
        [
          .unicode, .invisible, .terminal, .entities, .percent, .escapes, .base64, .hex,
        ]
      ), ("all", Normalisation.all),
    ] as [(String, Normalisation)] {
      var made = 0
      let best =
        (0..<3).map { _ in
          made = 0
          return seconds { for text in texts where !options.views(of: text.span).isEmpty { made += 1 } }
        }.min() ?? 1
      let plain = texts.filter { options.views(of: $0.span).isEmpty }
      let plainBytes = plain.reduce(0) { $0 + $1.count }
      let plainBest = (0..<3).map { _ in seconds { for text in plain { _ = options.views(of: text.span) } } }.min() ?? 1
      print(
        "  \(name): \(Int(Double(bytes) / best / 1e6)) MB/s, views of \(made) of \(texts.count) texts; texts without: \(Int(Double(plainBytes) / plainBest / 1e6)) MB/s"
      )
    }
  }

  static func latency(_ set: PatternSet, _ texts: [[UInt8]], _ size: Int, _ scratch: inout ScanScratch) {
    let all = texts.joined(separator: [0x0A])
    var times: [Double] = []
    var piece: [UInt8] = []
    for byte in all {
      piece.append(byte)
      guard piece.count >= size, byte < 0x80 else { continue }
      var found: [PatternSet.Finding] = []
      set.matches(in: piece.span, scratch: &scratch, into: &found)
      times.append(seconds { set.matches(in: piece.span, scratch: &scratch, into: &found) } * 1e6)
      piece.removeAll(keepingCapacity: true)
    }
    times.sort()
    print(
      "  \(size) bytes: p50 \((times[times.count / 2] * 10).rounded() / 10) us, p99 \((times[times.count * 99 / 100] * 10).rounded() / 10) us"
    )
  }

  static func scan(_ set: PatternSet, _ texts: [[UInt8]], _ scratch: inout ScanScratch) -> Int {
    var total = 0
    var found: [PatternSet.Finding] = []
    for text in texts {
      found.removeAll(keepingCapacity: true)
      set.matches(in: text.span, scratch: &scratch, into: &found)
      total += found.count
    }
    return total
  }

  static func inTurn(_ expressions: [RegularExpression], _ texts: [[UInt8]]) throws {
    let patterns = try expressions.map { try Pattern($0.source, caseless: $0.caseInsensitive, mode: .search) }
    var scratch = MatchScratch()
    var total = 0
    let bytes = texts.reduce(0) { $0 + $1.count }
    let time = seconds {
      for text in texts {
        for pattern in patterns {
          var start = 0
          while case .found(let range) = pattern.match(text.span, from: start, scratch: &scratch), !range.isEmpty {
            total += 1
            start = range.upperBound
          }
        }
      }
    }
    print("\(patterns.count) patterns in turn: \((Double(bytes) / time / 1e5).rounded() / 10) MB/s, \(total) findings")
  }

  static func agree(_ expressions: [RegularExpression], _ texts: [[UInt8]], step: Int) throws {
    let set = try PatternSet(expressions)
    let patterns = try expressions.map { try Pattern($0.source, caseless: $0.caseInsensitive, mode: .search) }
    var scratch = ScanScratch()
    var match = MatchScratch()
    var (compared, differences) = (0, 0)
    for text in stride(from: 0, to: texts.count, by: step).map({ texts[$0] }) {
      var found: [PatternSet.Finding] = []
      set.matches(in: text.span, scratch: &scratch, into: &found)
      var expected: [PatternSet.Finding] = []
      for (number, pattern) in patterns.enumerated() {
        var start = 0
        while start <= text.count, case .found(let range) = pattern.match(text.span, from: start, scratch: &match), !range.isEmpty {
          expected.append(PatternSet.Finding(pattern: number, result: .found(range)))
          start = range.upperBound
        }
      }
      compared += expected.count
      for finding in Set(found).symmetricDifference(expected) {
        differences += 1
        if differences < 20 { print("  \(finding) /\(expressions[finding.pattern].source.prefix(100))/") }
      }
    }
    print("\(compared) matches compared, \(differences) differences")
  }

  /// Of every pattern the text that costs the whole set most, among those made for it; 64 KiB each. No text may take over 100 us a KiB.
  static func hostile(_ expressions: [RegularExpression]) throws {
    let set = try PatternSet(expressions)
    var scratch = ScanScratch()
    var found: [PatternSet.Finding] = []
    var worst: [(time: Double, piece: String, source: String)] = []
    for expression in expressions {
      var top = (time: 0.0, piece: "", source: expression.source)
      for piece in HostileTexts.pieces(for: expression) {
        let text = Array(String(repeating: piece, count: max(1, 65_536 / piece.utf8.count)).utf8)
        let time =
          (0..<2).map { _ in
            found.removeAll(keepingCapacity: true)
            return seconds { set.matches(in: text.span, scratch: &scratch, into: &found) } * 1e6 / (Double(text.count) / 1024)
          }.min() ?? 0
        if time > top.time { top = (time, piece, expression.source) }
      }
      worst.append(top)
    }
    worst.sort { $0.time > $1.time }
    print("\(expressions.count) patterns, each with its own worst text; the ten worst:")
    for (time, piece, source) in worst.prefix(10) {
      print("  \((time * 10).rounded() / 10) us/KiB: \(piece.prefix(70).debugDescription) for /\(source.prefix(60))/")
    }
    for expression in expressions {
      if case .polynomial(let degree, let text) = expression.countedCost {
        print("  counts multiply, degree \(degree): /\(expression.source)/ on \(text.repeated(3).debugDescription)")
      }
    }
  }

  /// Patterns that are run on every text have no others to share with; the rest share the look for literals, which is taken off.
  static func each(_ expressions: [RegularExpression], _ texts: [[UInt8]]) throws {
    var scratch = ScanScratch()
    let bytes = Double(texts.reduce(0) { $0 + $1.count })
    let nothing = try PatternSet([RegularExpression(parsing: "q0q1q2q3q4")])
    let base = (0..<5).map { _ in seconds { _ = scan(nothing, texts, &scratch) } }.min() ?? 0
    var costs: [(time: Double, expression: RegularExpression, isAlways: Bool, findings: Int)] = []
    for expression in expressions {
      let set = try PatternSet([expression])
      var findings = 0
      let time = (0..<3).map { _ in seconds { findings = scan(set, texts, &scratch) } }.min() ?? 0
      costs.append((time - base, expression, set.alwaysRunCount > 0, findings))
    }
    costs.sort { $0.time > $1.time }
    let total = costs.reduce(0) { $0 + $1.time }
    print(
      "\(costs.count) patterns: \(Int(base / bytes * 1e12)) ps a byte for literals, \(Int(total / bytes * 1e12)) for all patterns apart")
    for cost in costs.prefix(40) {
      let kind = cost.isAlways ? "always run" : "triggered"
      print("  \(Int(cost.time / bytes * 1e12)) ps a byte, \(kind), \(cost.findings) found: /\(cost.expression.source.prefix(110))/")
    }
  }

  static func export(_ expressions: [RegularExpression], to folder: String, _ texts: [[UInt8]]) throws {
    let lines = texts.map { String(decoding: $0, as: UTF8.self) }
    try JSONSerialization.data(withJSONObject: lines).write(to: URL(filePath: folder + "/texts.json"))
    let patterns: [[String: Any]] = expressions.map { ["source": $0.source, "caseless": $0.caseInsensitive] }
    try JSONSerialization.data(withJSONObject: patterns).write(to: URL(filePath: folder + "/patterns.json"))
  }

  /// CPU time of this thread: other work on the machine does not count.
  static func seconds(_ body: () -> Void) -> Double {
    let start = nanoseconds()
    body()
    return Double(nanoseconds() - start) / 1e9
  }

  private static func nanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }
}

enum Texts {
  static func labelled(_ folder: String) throws -> [[UInt8]] {
    var texts: [[UInt8]] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name.hasSuffix(".jsonl") {
      let file = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
      for line in file.split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        if let text = object?["text"] as? String { texts.append(Array(text.utf8)) }
      }
    }
    return texts
  }
}

/// Where patterns come from.
enum Sources {
  case samples
  case packs([RegularExpression])

  init(_ name: String) throws {
    switch name {
    case "samples": self = .samples
    case "packs": self = .packs(try Packs().patterns)
    default: fatalError("patterns are `samples` or `packs`")
    }
  }

  var usual: [Int?] {
    switch self {
    case .samples: [10, 100, 500]
    case .packs: [100, 500, nil]
    }
  }

  /// So many, spread over all; nil: all.
  func take(_ count: Int?) throws -> [RegularExpression] {
    switch self {
    case .samples: return try MoreSamples.sources(count ?? 500).map { try RegularExpression(parsing: $0, caseInsensitive: true) }
    case .packs(let all):
      guard let count, count < all.count else { return all }
      return (0..<count).map { all[$0 * all.count / count] }
    }
  }
}

enum MoreSamples {
  /// The sample patterns, spread over their kinds when fewer are asked for, and made-up phrases of the same shape when more are.
  static func sources(_ count: Int) -> [String] {
    let samples = SamplePatterns.sources
    guard count > samples.count else { return (0..<count).map { samples[$0 * samples.count / count] } }
    let verbs = [
      "transfer", "delete", "execute", "approve", "bypass", "download", "publish", "rewrite", "schedule", "unlock", "expose", "translate",
      "archive", "invite", "cancel", "replace",
    ]
    let objects = [
      "invoice", "calendar", "password", "database", "contract", "reservation", "repository", "customer", "message", "account", "channel",
      "document", "payment", "profile", "token", "backup",
    ]
    let ends = ["immediately", "silently", "(?:now|today)", "without\\s+review", "(?:again|twice)"]
    var sources = samples
    for (index, verb) in verbs.enumerated() {
      for (offset, object) in objects.enumerated() where sources.count < count {
        sources.append("\\b\(verb)\\s+(?:the\\s+|your\\s+|every\\s+)?\(object)s?\\s+\(ends[(index + offset) % ends.count])\\b")
        if sources.count < count { sources.append("\\b\(object)[-_ ]\(verb)(?:ed|ing|s)?\\b") }
      }
    }
    return sources
  }
}
