import Approvals
import Enforcement
import Foundation
import Glibc
import StoreKits
import TestSupport
import Testing

@testable import RedisStore

/// Processes and servers that are killed at any point of what they do: nothing that was acknowledged is lost, nothing is there by half.
///
/// `KILL_ROUNDS` sets how many rounds, as for the store on disk.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, "redis-server is not installed"))
struct KillTests {
  private static let rounds = ProcessInfo.processInfo.environment["KILL_ROUNDS"].flatMap(Int.init) ?? 8

  @Test func nothingIsLostAndNothingIsHalf() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    // A server that keeps what it acknowledges, as the documentation asks for.
    let server = try RedisServer(arguments: ["--appendonly", "yes", "--appendfsync", "always"])
    var acknowledged = 0
    for round in 0..<Self.rounds {
      let workers = try (0..<2).map { number in try KillableWorker("\(server.address)", seed: seed &+ UInt64(round * 2 + number)) }
      for worker in workers { worker.waitForLine() }
      usleep(UInt32.random(in: 5_000...120_000, using: &random))
      // The one, or the other.
      if round % 2 == 0 { server.kill() }
      let said = workers.map { $0.kill() }
      if round % 2 == 0 { try server.start() }
      acknowledged += said.reduce(0) { $0 + $1.count }
      try check(server, said, "round \(round), SEED=\(seed)")
    }
    #expect(acknowledged > Self.rounds)
  }

  private func check(_ server: RedisServer, _ said: [[String]], _ round: String) throws {
    var options = RedisOptions(address: server.address)
    options.commandMilliseconds = 10_000
    let client = RedisClient(options)
    let (stops, store) = (RedisStops(client), RedisApprovals(client))
    let approvals = Dictionary(uniqueKeysWithValues: try store.approvals().map { ($0.identifier, $0) })
    let stopped = Set(try stops.stops().map(\.name))
    let audit = try store.audit()
    for lines in said {
      var isStopped: [String: Bool] = [:]
      for line in lines {
        let words = line.split(separator: " ").map(String.init)
        switch words[0] {
        case "stop": isStopped[words[1]] = true
        case "resume": isStopped[words[1]] = false
        default:
          let approval = try #require(approvals[words[1]], "\(words) was acknowledged and is gone; \(round)")
          #expect(words[0] != "approve" || approval.outcome?.decision == .approve, "\(words) \(round)")
          #expect(words[0] != "use" || approval.used != nil, "\(words) \(round)")
        }
      }
      for (name, wasStopped) in isStopped where wasStopped != stopped.contains(name) {
        // Unless one more act was carried out and not acknowledged.
        let acts = audit.filter { $0.object == "subject \(name)" }
        let acknowledged = lines.filter { $0.hasSuffix(" \(name)") }
        #expect(acts.count == acknowledged.count + 1, "\(name) \(round)")
      }
    }
    // Every act has its line in the audit, and every line its act.
    for (act, changed) in [
      ("approval.ask", approvals.values.map(\.identifier)),
      ("approval.approve", approvals.values.filter { $0.outcome?.decision == .approve }.map(\.identifier)),
      ("approval.use", approvals.values.filter { $0.used != nil }.map(\.identifier)),
    ] {
      #expect(audit.filter { $0.act == act }.map(\.object).sorted() == changed.sorted(), "\(act) \(round)")
    }
    let inForce = audit.reduce(into: Set<String>()) { names, line in
      if line.act == "stop" { names.insert(line.object) }
      if line.act == "resume" { names.remove(line.object) }
    }
    #expect(inForce == Set(stopped.map { "subject \($0)" }), "\(round)")
    // Otherwise what earlier workers left waiting would fill the store.
    for approval in approvals.values where approval.outcome == nil {
      _ = try? store.decide(approval.identifier, .deny, by: "ann", at: Int64(Date.now.timeIntervalSince1970 * 1_000))
    }
  }
}
