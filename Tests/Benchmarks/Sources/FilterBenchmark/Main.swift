import Filters
import Foundation
import Patterns
import RegularExpressions

/// `FilterBenchmark CORPORA [COUNT…]`: megabytes a second and latency of pattern sets of these sizes over the labelled corpora, and over those of their texts
/// that none of the patterns matches.
/// `FilterBenchmark CORPORA turn`: PCRE2 one pattern after another instead.
/// `FilterBenchmark CORPORA export FOLDER`: writes patterns and texts for `Comparison/filters.py`.
/// `FilterBenchmark CORPORA hostile`: microseconds a KiB over 64 KiB of pieces repeated that make patterns try again and again.
/// `FilterBenchmark CORPORA count SIZE RUNS`: only scans, for counting instructions.
@main enum Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let folder = arguments.first else { fatalError("say where the corpora are") }
    let texts = try Texts.labelled(folder)
    switch arguments.dropFirst().first {
    case "turn": for count in [10, 100] { try inTurn(count, texts) }
    case "hostile": try hostile()
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

  static func hostile() throws {
    let set = try Sets.make(100)
    var scratch = ScanScratch()
    let pieces = [
      "1234 ", "1.2.3.4.", "12-34-", "aaaa@", "a.b@c", "1", "12 ", " ", "a ", "ignore all ", "ignore previous ", "you are ", "<system", "[",
      "![a](https://a?", "\u{1B}[", "eyja.", "sk-aaaa",
      "aaaa1111 ", "-----begin ", "===", "data:", "{{", "token = '", "\u{17F}", "\u{212A}@", "é", "+1 22 33 ", "aa:bb:cc:",
      "do not tell a b ", "send a b c ", "=== end of ", "http://a:a",
    ]
    for piece in pieces {
      let text = Array(String(repeating: piece, count: 65_536 / piece.utf8.count).utf8)
      var found: [PatternSet.Finding] = []
      let time = (0..<3).map { _ in seconds { set.matches(in: text.span, scratch: &scratch, into: &found) } }.min() ?? 0
      print("  \((time * 1e6 / 64 * 10).rounded() / 10) us/KiB: \(piece.debugDescription)")
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
