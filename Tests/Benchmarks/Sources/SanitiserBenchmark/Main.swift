import Bytecode
import Compilation
import Filters
import Foundation
import ShippedPacks

/// `SanitiserBenchmark CORPORA`: what it costs to look at a text under all shipped packs of patterns, with every transform: microseconds for pieces of
/// 1 KiB and 16 KiB of the labelled corpora, those that pass as they are and those that are changed; the same pieces as JSON strings in an object.
/// `SanitiserBenchmark CORPORA count SIZE RUNS`: only looks, for counting instructions.
/// `SanitiserBenchmark start`: milliseconds until all packs are ready.
@main enum Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard let corpora = arguments.first else { fatalError("say where the corpora are") }
    let clock = ContinuousClock()
    let start = clock.now
    let packs = try Packs()
    let compiled = clock.now
    let sanitiser = try Sanitiser(packs.program, key: .random())
    if corpora == "start" {
      print("policy to program: \(compiled - start); program to sanitiser: \(clock.now - compiled)")
      return
    }
    guard let selection = sanitiser.selection(of: packs.program.filters.indices, in: .text) else { fatalError("no filter reads text") }
    let all = Array(try Texts.labelled(corpora).joined(separator: [0x0A]))
    var bench = Bench(sanitiser: sanitiser, selection: selection)
    if arguments.count > 3, arguments[1] == "count" {
      let pieces = Texts.pieces(of: all, Int(arguments[2]) ?? 1024)
      for _ in 0..<(Int(arguments[3]) ?? 1) { for piece in pieces { _ = bench.look(piece) } }
      return
    }
    print("\(packs.program.filterPatterns.count) patterns in \(packs.sets.count) sets: \(packs.sets.joined(separator: ", "))")
    for size in [1024, 16_384] {
      let pieces = Texts.pieces(of: all, size)
      bench.report("\(size) bytes", pieces)
      bench.report("\(size) bytes in JSON", pieces.map(Texts.json))
    }
  }
}

struct Bench: ~Copyable {
  let sanitiser: Sanitiser
  let selection: Selection
  private var scratch = SanitiserScratch()

  init(sanitiser: Sanitiser, selection: Selection) {
    self.sanitiser = sanitiser
    self.selection = selection
  }

  mutating func look(_ text: [UInt8]) -> Sanitiser.Outcome {
    sanitiser.inspect(text.span, under: selection, from: Array("web.fetch".utf8).span, scratch: &scratch)
  }

  mutating func report(_ name: String, _ pieces: [[UInt8]]) {
    var clean: [Double] = []
    var changed: [Double] = []
    for piece in pieces {
      let outcome = look(piece)
      let start = Self.nanoseconds()
      _ = look(piece)
      let time = Double(Self.nanoseconds() - start) / 1e3
      if outcome == .clean { clean.append(time) } else { changed.append(time) }
    }
    for (kind, times) in [("clean", clean.sorted()), ("changed", changed.sorted())] where !times.isEmpty {
      let middle = (times[times.count / 2] * 10).rounded() / 10
      let late = (times[times.count * 99 / 100] * 10).rounded() / 10
      print("  \(name), \(times.count) \(kind): p50 \(middle) us, p99 \(late) us")
    }
  }

  /// CPU time of this thread: other work on the machine does not count.
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
      for line in try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        if let text = object?["text"] as? String { texts.append(Array(text.utf8)) }
      }
    }
    return texts
  }

  static func pieces(of text: [UInt8], _ size: Int) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var piece: [UInt8] = []
    for byte in text {
      // Never inside a character.
      if piece.count >= size, byte & 0xC0 != 0x80 {
        pieces.append(piece)
        piece = []
      }
      piece.append(byte)
    }
    return pieces
  }

  /// An object of the text's lines.
  static func json(_ text: [UInt8]) -> [UInt8] {
    let lines = text.split(separator: 0x0A).enumerated().map { ("line\($0)", String(decoding: $1, as: UTF8.self)) }
    let data = try? JSONSerialization.data(withJSONObject: Dictionary(uniqueKeysWithValues: lines))
    return data.map(Array.init) ?? []
  }
}
