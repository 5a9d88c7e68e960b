import Foundation
import JSON
import Quotas
import Synchronization

/// `QuotaBenchmark`: nanoseconds to take one, two and four limits, alone and with two threads, and the memory of a million keys.
/// `QuotaBenchmark count LIMITS RUNS`: only takes, so many times, for counting instructions.
/// `QuotaBenchmark task`: one line of JSON for `quotas.py`.
@main enum Main {
  static let second: Int64 = 1_000_000_000
  static let rounds = 1_000_000

  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[1] == "count", let limits = Int(arguments[2]), let runs = Int(arguments[3]) {
      _ = try take(limits, from: LocalQuotas(), thread: 0, rounds: runs)
      return
    }
    if CommandLine.arguments.dropFirst() == ["task"] {
      print("{\"one\": \(try time(limits: 1, threads: 1)), \"three\": \(try time(limits: 3, threads: 1))}")
      return
    }
    print("limits of a call  threads  balances  ns a call and thread (median of 9)")
    for limits in [1, 2, 4] {
      for (threads, sharing) in [(1, false), (2, false), (2, true)] where limits > 1 || !sharing {
        print(
          padded("\(limits)", 16), padded("\(threads)", 8), sharing ? "   shared" : "      own",
          padded("\(try time(limits: limits, threads: threads, sharing: sharing))", 10))
      }
    }
    try memory()
  }

  /// Every thread is another agent.
  ///
  /// - Parameter sharing: whether the limits beyond the first are counted for all of them together, as agents share a tool: then threads have to
  ///   wait for each other. Otherwise they have nothing in common.
  static func time(limits count: Int, threads: Int, sharing: Bool = false) throws -> Int {
    let quotas = LocalQuotas()
    var samples: [Int] = []
    for _ in 0..<9 {
      let longest = Atomic<Int>(0)
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        guard let nanoseconds = try? take(count, from: quotas, thread: thread, sharing: sharing, rounds: rounds) else { return }
        longest.max(nanoseconds / rounds, ordering: .relaxed)
      }
      samples.append(longest.load(ordering: .relaxed))
    }
    return samples.sorted()[samples.count / 2]
  }

  /// - Returns: nanoseconds it took.
  static func take(_ count: Int, from quotas: LocalQuotas, thread: Int, sharing: Bool = false, rounds: Int) throws -> Int {
    guard let limit = Limit(1_000_000_000, per: .nanoseconds(second)) else { throw Failure.noLimit }
    let number = quotas.define([limit])[0]
    let charges = (0..<count).map { index in
      let owner = UInt64(sharing && index > 0 ? 99 : thread)
      return Charge(limit: number, key: key(owner, UInt64(index)), amount: Amount(1, decimals: limit.decimals) ?? .zero)
    }
    var rooms = QuotaRooms()
    let start = ContinuousClock.now
    var admitted = 0
    for round in 0..<rounds {
      let time = QuotaTime(nanoseconds: Int64(round) * 100, unixMilliseconds: 0)
      if case .admitted = quotas.reserve(charges.span, at: time, rooms: &rooms) { admitted += 1 }
    }
    precondition(admitted > 0)
    return Int((ContinuousClock.now - start) / .nanoseconds(1))
  }

  static func memory() throws {
    guard let limit = Limit(10, per: .nanoseconds(3_600 * second)) else { throw Failure.noLimit }
    let quotas = LocalQuotas(keys: 1_000_000)
    let number = quotas.define([limit])[0]
    var rooms = QuotaRooms()
    let before = residentKilobytes()
    let amount = Amount(1, decimals: limit.decimals) ?? .zero
    let time = QuotaTime(nanoseconds: 0, unixMilliseconds: 0)
    var admitted = 0
    for agent in 0..<UInt64(1_000_000) {
      let charges = [Charge(limit: number, key: key(agent, 0), amount: amount)]
      if case .admitted = quotas.reserve(charges.span, at: time, rooms: &rooms) { admitted += 1 }
    }
    print("\(admitted) of 1,000,000 keys kept in \((residentKilobytes() - before) / 1_024) MB")
  }

  /// As evenly spread as a digest.
  static func key(_ owner: UInt64, _ limit: UInt64) -> QuotaKey {
    QuotaKey(high: (owner &+ 1) &* 0x9E37_79B9_7F4A_7C15, low: (owner &+ limit &* 0x1_0001 &+ 7) &* 0xD6E8_FEB8_6659_FD93)
  }

  static func residentKilobytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  static func padded(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

  enum Failure: Error { case noLimit }
}
