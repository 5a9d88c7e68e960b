import Filters
import Foundation
import Patterns
import RegularExpressions

/// `FilterBenchmark CORPORA [COUNT…]`: megabytes a second and latency of pattern sets of these sizes over the labelled corpora, and over those of their texts
/// that none of the patterns matches.
/// `FilterBenchmark CORPORA turn`: PCRE2 one pattern after another instead.
/// `FilterBenchmark CORPORA export FOLDER`: writes patterns and texts for `Comparison/filters.py`.
/// `FilterBenchmark CORPORA hostile [COUNT]`: microseconds a KiB over texts made to make each of the patterns try again and again.
/// `FilterBenchmark CORPORA views`: megabytes a second of making views, and how many texts have any.
/// `FilterBenchmark CORPORA count SIZE RUNS`: only scans, for counting instructions.
@main enum Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let folder = arguments.first else { fatalError("say where the corpora are") }
    let texts = try Texts.labelled(folder)
    switch arguments.dropFirst().first {
    case "turn": for count in [10, 100] { try inTurn(count, texts) }
    case "hostile": try hostile(arguments.dropFirst(2).first.flatMap { Int($0) } ?? 100)
    case "views": views(texts)
    case "export": try export(to: arguments[2], texts)
    case "count":
      let set = try Sets.make(Int(arguments[2]) ?? 100)
      var scratch = ScanScratch()
      for _ in 0..<(Int(arguments[3]) ?? 1) { print(scan(set, texts, &scratch)) }
    default:
      let counts = arguments.dropFirst().compactMap { Int($0) }
      for count in counts.isEmpty ? [10, 100, 500] : counts { try compare(count, texts) }
    }
  }

  static func compare(_ count: Int, _ texts: [[UInt8]]) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let set = try Sets.make(count)
    let compiled = clock.now - start
    var scratch = ScanScratch()
    var found: [PatternSet.Finding] = []
    let clean = texts.filter { text in
      found.removeAll(keepingCapacity: true)
      set.matches(in: text.span, scratch: &scratch, into: &found)
      return found.isEmpty
    }
    print("\(count) patterns, \(set.alwaysRunCount) always run, compiled in \(compiled)")
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

  static func inTurn(_ count: Int, _ texts: [[UInt8]]) throws {
    let patterns = try Sets.sources(count).map { try Pattern($0, caseless: true, mode: .search) }
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
    print("\(count) patterns in turn: \((Double(bytes) / time / 1e5).rounded() / 10) MB/s, \(total) findings")
  }

  /// Of every pattern the text that costs the whole set most, among those made for it; 64 KiB each. No text may take over 100 us a KiB.
  static func hostile(_ count: Int) throws {
    let expressions = try Sets.sources(count).map { try RegularExpression(parsing: $0, caseInsensitive: true) }
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
    print("\(count) patterns, each with its own worst text; the ten worst:")
    for (time, piece, source) in worst.prefix(10) {
      print("  \((time * 10).rounded() / 10) us/KiB: \(piece.prefix(70).debugDescription) for /\(source.prefix(60))/")
    }
    for expression in expressions {
      if case .polynomial(let degree, let text) = expression.countedCost {
        print("  counts multiply, degree \(degree): /\(expression.source)/ on \(text.repeated(3).debugDescription)")
      }
    }
  }

  static func export(to folder: String, _ texts: [[UInt8]]) throws {
    let lines = texts.map { String(decoding: $0, as: UTF8.self) }
    try JSONSerialization.data(withJSONObject: lines).write(to: URL(filePath: folder + "/texts.json"))
    try JSONSerialization.data(withJSONObject: Sets.sources(500)).write(to: URL(filePath: folder + "/patterns.json"))
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

enum Sets {
  static func make(_ count: Int) throws -> PatternSet {
    try PatternSet(sources(count).map { try RegularExpression(parsing: $0, caseInsensitive: true) })
  }

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
