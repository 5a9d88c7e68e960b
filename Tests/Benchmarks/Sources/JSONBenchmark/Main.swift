import Foundation
import JSON

/// `JSONBenchmark`: nanoseconds per parse of each sample, ours and Foundation's, in one run.
/// `JSONBenchmark count SAMPLE RUNS`: only our parser, so many times, for counting instructions.
@main enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[1] == "count", let index = Int(arguments[2]), let runs = Int(arguments[3]) {
      var ours = Ours()
      for _ in 0..<runs { try ours.parse(Sample.all[index].bytes) }
      return
    }
    for sample in Sample.all { try compare(sample) }
  }

  static func compare(_ sample: Sample) throws {
    var ours = Ours()
    let data = Data(sample.bytes)
    var (own, foundation) = ([Double](), [Double]())
    // In turns, so that a busy machine is busy for both.
    for _ in 0..<30 {
      own.append(try nanoseconds(of: 20_000_000 / (sample.bytes.count * 20)) { try ours.parse(sample.bytes) })
      foundation.append(
        try nanoseconds(of: 200_000 / sample.bytes.count) { _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed) })
    }
    let (ownBest, foundationBest) = (own.min() ?? 0, foundation.min() ?? 0)
    let (ownMedian, foundationMedian) = (own.sorted()[15], foundation.sorted()[15])
    print(
      "\(sample.name) (\(sample.bytes.count) B): ours \(Int(ownBest)) ns best, \(Int(ownMedian)) ns median;",
      "Foundation \(Int(foundationBest)) ns best, \(Int(foundationMedian)) ns median; ratio of medians",
      (foundationMedian / ownMedian * 10).rounded() / 10)
  }

  static func nanoseconds(of runs: Int, _ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let start = clock.now
    for _ in 0..<runs { try body() }
    let time = (clock.now - start).components
    return (Double(time.seconds) * 1e9 + Double(time.attoseconds) / 1e9) / Double(runs)
  }
}

/// A parser and a document that are used again, as a connection does.
struct Ours {
  var parser = DocumentParser()
  var document = Document()

  @inline(never)
  mutating func parse(_ bytes: [UInt8]) throws { try parser.parse(bytes, into: &document) }
}
