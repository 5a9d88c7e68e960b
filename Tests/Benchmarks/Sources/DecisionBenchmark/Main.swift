import Bytecode
import CAllocations
import Decision
import Foundation
import JSON

/// `DecisionBenchmark`: p50 of a decision for each size and question, with and without parsing its arguments,.
/// `DecisionBenchmark count SPREAD RULES QUESTION RUNS`: only decisions, so many times, for counting instructions.
/// `DecisionBenchmark allocations`: fails when a decision, with or without parsing its arguments, takes anything from the heap.
/// `DecisionBenchmark task RULES`: one line of JSON with figures for the agents' workload, for `compare.py`.
@main enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 6, arguments[1] == "count", let spread = Spread(rawValue: arguments[2]), let rules = Int(arguments[3]),
      let question = Question(rawValue: arguments[4]), let runs = Int(arguments[5])
    {
      var subject = try Subject(Workload(spread, rules: rules, question))
      subject.decide(runs)
      return
    }
    if arguments.count == 2, arguments[1] == "allocations" { exit(try allocations() == 0 ? 0 : 1) }
    if arguments.count == 3, arguments[1] == "task", let rules = Int(arguments[2]) {
      let figures = try Question.allCases.map { question in
        var subject = try Subject(Workload(.agents, rules: rules, question))
        return "\"\(question.rawValue)\": \(subject.median(parsing: false).rounded()), \"\(question.rawValue) parsed\": "
          + "\(subject.median(parsing: true).rounded())"
      }
      print("{\(figures.joined(separator: ", "))}")
      return
    }
    print("rules on     rules  question  p50 ns  p50 ns with parsing  verdict")
    for spread in Spread.allCases {
      for rules in [10, 100, 1_000, 10_000] {
        for question in Question.allCases {
          var subject = try Subject(Workload(spread, rules: rules, question))
          let plain = subject.median(parsing: false)
          let parsed = subject.median(parsing: true)
          print(
            padded(spread.rawValue, 8), padded("\(rules)", 9), "", padded(question.rawValue, 8), padded("\(Int(plain))", 7),
            padded("\(Int(parsed))", 20), "", subject.verdict)
        }
      }
    }
  }

  /// Of two thousand decisions for every spread and question.
  private static func allocations() throws -> UInt {
    var total: UInt = 0
    for spread in Spread.allCases {
      for rules in [10, 1_000] {
        for question in Question.allCases {
          var subject = try Subject(Workload(spread, rules: rules, question))
          // What grows, grows now.
          subject.parseAndDecide(100)
          let before = allocation_count()
          subject.parseAndDecide(2_000)
          let taken = allocation_count() - before
          total += taken
          print(padded(spread.rawValue, 8), padded("\(rules)", 9), "", padded(question.rawValue, 8), "\(Double(taken) / 2_000) allocations")
        }
      }
    }
    return total
  }

  private static func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}

/// One caller and one request, decided again and again as a connection would.
struct Subject: ~Copyable {
  let workload: Workload
  var evaluator: Evaluator
  var document = Document()
  var parser = DocumentParser()
  let now = Moment(milliseconds: 1_790_000_000_000)

  init(_ workload: Workload) throws {
    self.workload = workload
    evaluator = Evaluator(workload.program)
    try parser.parse(workload.request, into: &document)
  }

  var verdict: String {
    mutating get {
      switch decideOnce() {
      case .allow: "allow"
      case .ask: "ask"
      case .deny: "deny"
      }
    }
  }

  @inline(never)
  mutating func decideOnce() -> Verdict {
    evaluator.decide(.tool(workload.tool, document, arguments: document.root), principal: workload.principal, labels: LabelSet(), now: now)
  }

  mutating func decide(_ runs: Int) { for _ in 0..<runs { _ = decideOnce() } }

  mutating func parseAndDecide(_ runs: Int) {
    for _ in 0..<runs {
      do { try parser.parse(workload.request, into: &document) } catch { fatalError("the benchmark's request does not parse") }
      _ = decideOnce()
    }
  }

  /// Nanoseconds: the median of batches, each long enough for the clock.
  mutating func median(parsing: Bool) -> Double {
    let clock = ContinuousClock()
    var times: [Double] = []
    decide(1_000)
    for _ in 0..<400 {
      let start = clock.now
      if parsing { parseAndDecide(100) } else { decide(100) }
      let time = (clock.now - start).components
      times.append((Double(time.seconds) * 1e9 + Double(time.attoseconds) / 1e9) / 100)
    }
    return times.sorted()[times.count / 2]
  }
}
