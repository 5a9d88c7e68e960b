import Approvals
import Credentials
import Enforcement
import Foundation
import Glibc
import StoreKits
import TestSupport
import Testing

@testable import StateStore

/// Processes that are killed at any point of what they do to a store: nothing that was acknowledged is lost, nothing is there by half.
///
/// `make kill` runs 200 rounds; `KILL_ROUNDS` sets how many.
@Suite struct KillTests {
  private static let rounds = ProcessInfo.processInfo.environment["KILL_ROUNDS"].flatMap(Int.init) ?? 8

  /// What the store said was done, in order, to one key.
  private struct Known {
    var isRevoked = false
    var isStopped = false
    var replaces: String?
  }

  @Test func nothingIsLostAndNothingIsHalf() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let folder = try TemporaryFolder()
    var acknowledged = 0
    for round in 0..<Self.rounds {
      // Two at once, on one store that has been killed before.
      let said = try kill(two: folder.state.path, seed: seed &+ UInt64(round), after: UInt32.random(in: 5_000...120_000, using: &random))
      acknowledged += said.reduce(0) { $0 + $1.count }
      try check(folder.state, said, "round \(round), SEED=\(seed)")
    }
    // Rounds in which nothing was done would show nothing.
    #expect(acknowledged > Self.rounds)
  }

  /// The lines that each of two workers wrote before it was killed.
  private func kill(two directory: String, seed: UInt64, after microseconds: UInt32) throws -> [[String]] {
    let workers = try (0..<2).map { number in try KillableWorker(directory, seed: seed &+ UInt64(number) &* 1_000_003) }
    // The time counts from when both work: before that there is nothing to break off.
    for worker in workers { worker.waitForLine() }
    usleep(microseconds)
    return workers.map { $0.kill() }
  }

  private func check(_ directory: StateDirectory, _ said: [[String]], _ round: String) throws {
    let store = try StateStore(opening: directory)
    #expect(try store.pragma("integrity_check") == "ok", "\(round)")
    let keys = Dictionary(uniqueKeysWithValues: try store.keys().map { ($0.identifier, $0) })
    let stops = Set(try store.stops().map(\.name))
    try checkApprovals(store, said.flatMap(\.self).map { $0.split(separator: " ").map(String.init) }, round)
    for lines in said {
      var known: [String: Known] = [:]
      for line in lines {
        let words = line.split(separator: " ").map(String.init)
        switch words[0] {
        case "create": known[words[1]] = Known()
        case "rotate":
          known[words[2]] = Known(replaces: words[1])
        case "revoke": known[words[1], default: Known()].isRevoked = true
        case "stop": known[words[1], default: Known()].isStopped = true
        case "resume": known[words[1], default: Known()].isStopped = false
        case "ask", "approve", "use": continue
        default: Issue.record("\(line)")
        }
      }
      // The last line's successor may have been carried out and not said.
      let unsaid = try unsaid(store, after: lines)
      for (identifier, state) in known {
        let record = try #require(keys[identifier], "\(identifier) was acknowledged and is gone; \(round)")
        #expect(!state.isRevoked || record.revoked != nil, "\(identifier) is good again; \(round)")
        #expect(state.replaces == record.replaces, "\(round)")
        #expect(state.isStopped == stops.contains(identifier) || unsaid == identifier, "\(identifier) \(round)")
      }
    }
    try checkWhole(store, round)
  }

  private func checkApprovals(_ store: StateStore, _ said: [[String]], _ round: String) throws {
    let approvals = Dictionary(uniqueKeysWithValues: try store.approvals().map { ($0.identifier, $0) })
    for words in said where ["ask", "approve", "use"].contains(words[0]) {
      let approval = try #require(approvals[words[1]], "\(words) was acknowledged and is gone; \(round)")
      #expect(words[0] != "approve" || approval.outcome?.decision == .approve, "\(words) \(round)")
      #expect(words[0] != "use" || approval.used != nil, "\(words) \(round)")
    }
    let audit = try store.audit()
    for (act, changed) in [
      ("approval.ask", approvals.values.map(\.identifier)),
      ("approval.approve", approvals.values.filter { $0.outcome != nil }.map(\.identifier)),
      ("approval.use", approvals.values.filter { $0.used != nil }.map(\.identifier)),
    ] {
      #expect(audit.filter { $0.act == act }.map(\.object).sorted() == changed.sorted(), "\(act) \(round)")
    }
  }

  /// The object of the last act, when it was not acknowledged to this worker.
  private func unsaid(_ store: StateStore, after lines: [String]) throws -> String? {
    let names = Set(lines.flatMap { $0.split(separator: " ").dropFirst().map(String.init) })
    let own = try store.audit().filter { names.contains($0.object) || names.contains(String($0.object.dropFirst(4))) }
    guard own.count > lines.count, let last = own.last else { return nil }
    return last.object.hasPrefix("key ") ? String(last.object.dropFirst(4)) : last.object
  }

  /// Every act has its line in the audit, and every line its act.
  private func checkWhole(_ store: StateStore, _ round: String) throws {
    let pepper = try store.pepper()
    #expect(pepper.count == 32)
    let audit = try store.audit()
    let keys = try store.keys()
    let made = audit.filter { $0.act == "key.create" || $0.act == "key.rotate" }.map(\.object)
    #expect(Set(made) == Set(keys.map(\.identifier)) && made.count == keys.count, "\(round)")
    let revoked = audit.filter { $0.act == "key.revoke" }.map(\.object)
    #expect(Set(revoked) == Set(keys.filter { $0.revoked != nil }.map(\.identifier)), "\(round)")
    for key in keys {
      #expect(key.digest.count == 32 && key.owner == "owner" && key.tags == ["a", "b"], "\(round)")
      // A key that has a successor ends, in the same transaction.
      guard let old = key.replaces else { continue }
      #expect(keys.first { $0.identifier == old }?.expires != nil, "\(round)")
    }
    let stopped = audit.reduce(into: Set<String>()) { stopped, line in
      if line.act == "stop" { stopped.insert(line.object) }
      if line.act == "resume" { stopped.remove(line.object) }
    }
    #expect(stopped == Set(try store.stops().map { "\($0.kind.rawValue) \($0.name)" }), "\(round)")
  }
}
