import CAllocations
import Glibc

/// `SessionBenchmark`: nanoseconds for an allowed call and its answer through a session, the median of many hundreds. With `limited` as the last
/// argument of this and the others, the call is under two limits.
/// `SessionBenchmark allocations`: fails when such calls take more from the heap than a block of random bytes for every 32 trace ids.
/// `SessionBenchmark count RUNS`: so many, for counting instructions and allocations; the difference of two counts is free of the start.
@main enum Main {
  static func main() throws {
    let isLimited = CommandLine.arguments.last == "limited"
    var conversation = try Conversation(isLimited: isLimited)
    let arguments = Array(isLimited ? CommandLine.arguments.dropLast() : CommandLine.arguments[...])
    if arguments.count == 3, arguments[1] == "count", let runs = Int(arguments[2]) {
      for _ in 0..<runs { conversation.roundTrip() }
      precondition(conversation.forwarded == runs, "a call was not let through")
      return
    }
    if arguments.count == 2, arguments[1] == "allocations" {
      // The second half of the runs: in the first, storage grows to the size it keeps.
      for _ in 0..<2_000 { conversation.roundTrip() }
      let before = allocation_count()
      for _ in 0..<2_000 { conversation.roundTrip() }
      let taken = allocation_count() - before
      precondition(conversation.forwarded == 4_000, "a call was not let through")
      print("an allowed call and its answer: \(Double(taken) / 2_000) allocations")
      exit(taken <= 2_000 / 32 + 1 ? 0 : 1)
    }
    let clock = ContinuousClock()
    var times: [Duration] = []
    for _ in 0..<1_000 {
      times.append(clock.measure { for _ in 0..<100 { conversation.roundTrip() } })
    }
    precondition(conversation.forwarded == 100_000, "a call was not let through")
    let median = times.sorted()[times.count / 2] / 100
    print("an allowed call and its answer: p50 \(median.components.attoseconds / 1_000_000_000) ns")
  }
}
