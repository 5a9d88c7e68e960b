import Approvals
import Bytecode
import Enforcement
import Foundation
import StoreKits
import Synchronization
import TestSupport
import Testing

@testable import RedisStore

/// Labels, stops and approvals on one server, and what becomes of them when it is slow, gone, or begins anew.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, "redis-server is not installed"))
struct StateTests {
  private static func prefix() -> String { "p\(UInt64.random(in: 0 ... .max))" }

  private static func client(_ server: RedisServer, _ report: @escaping @Sendable (RedisEvent) -> Void = { _ in }) -> RedisClient {
    var options = RedisOptions(address: server.address)
    options.pauseMilliseconds = 50
    options.commandMilliseconds = 1_000
    return RedisClient(options, report: report)
  }

  @Test func keepsApprovals() throws {
    let server = try RedisServer()
    let client = Self.client(server)
    try ApprovalStoreKit { RedisApprovals(client, prefix: Self.prefix()) }.all()
  }

  @Test func keepsStops() async throws {
    let server = try RedisServer()
    let clients = (Self.client(server), Self.client(server))
    try await StopStoreKit {
      let prefix = Self.prefix()
      return (RedisStops(clients.0, prefix: prefix), RedisStops(clients.1, prefix: prefix))
    }.all()
  }

  @Test func keepsLabels() async throws {
    let server = try RedisServer()
    let clients = (Self.client(server), Self.client(server))
    try await LabelStoreKit {
      let prefix = Self.prefix()
      return (
        SessionLabels(shared: RedisLabels(clients.0, prefix: prefix)), SessionLabels(shared: RedisLabels(clients.1, prefix: prefix))
      )
    }.all()
  }

  // MARK: Labels

  private func labels(_ server: RedisServer, _ report: @escaping @Sendable (RedisEvent) -> Void = { _ in }) -> SessionLabels {
    var options = RedisOptions(address: server.address)
    options.pauseMilliseconds = 50
    let labels = SessionLabels(shared: RedisLabels(RedisClient(options, report: report)))
    labels.bind(names: LabelStoreKit.names)
    return labels
  }

  /// Without an answer nothing is known; what could not be told is told before anything else is read.
  @Test func marksThatCouldNotBeToldAreNotLost() throws {
    let server = try RedisServer()
    let (one, other) = (labels(server), labels(server))
    let key = LabelStoreKit.key("a")
    one.apply(LabelChange(sets: LabelStoreKit.set(0)), to: key)
    server.freeze()
    #expect(one.labels(of: key) == .unavailable)
    usleep(100_000)
    #expect(one.apply(LabelChange(sets: LabelStoreKit.set(1), clears: LabelStoreKit.set(0)), to: key) == nil)
    #expect(one.apply(LabelChange(sets: LabelStoreKit.set(2)), to: LabelStoreKit.key("b")) == nil)
    server.thaw()
    usleep(100_000)
    #expect(one.labels(of: LabelStoreKit.key("c")) == .labels(LabelSet()))
    #expect(other.labels(of: key) == .labels(LabelStoreKit.set(1)))
    #expect(other.labels(of: LabelStoreKit.key("b")) == .labels(LabelStoreKit.set(2)))
  }

  @Test func aServerThatBeginsAnewIsGivenBackWhatIsKnown() throws {
    let server = try RedisServer()
    let events = Mutex<[RedisEvent]>([])
    let (one, other) = (labels(server) { event in events.withLock { $0.append(event) } }, labels(server))
    let key = LabelStoreKit.key("a", "t")
    one.apply(LabelChange(sets: LabelStoreKit.set(0)), to: key)
    one.apply(LabelChange(sets: LabelStoreKit.set(1)), to: LabelStoreKit.key("a"))
    server.kill()
    #expect(one.labels(of: key) == .unavailable)
    try server.start()
    usleep(200_000)
    #expect(one.labels(of: key) == .labels(LabelStoreKit.set(0, 1)))
    #expect(other.labels(of: key) == .labels(LabelStoreKit.set(0, 1)))
    let said = events.withLock { $0 }
    #expect(said.contains(.back) && said.contains(.lost("labels")))
    // What was cleared since does not come back.
    other.apply(LabelChange(clears: LabelStoreKit.set(0)), to: key)
    #expect(one.labels(of: key) == .labels(LabelStoreKit.set(1)))
  }

  @Test func labelsEndWhenASessionIsIdle() throws {
    let server = try RedisServer()
    let labels = SessionLabels(shared: RedisLabels(Self.client(server), idleMilliseconds: 400))
    labels.bind(names: LabelStoreKit.names)
    let key = LabelStoreKit.key("a")
    labels.apply(LabelChange(sets: LabelStoreKit.set(0)), to: key)
    for _ in 0..<3 {
      usleep(200_000)
      #expect(labels.labels(of: key) == .labels(LabelStoreKit.set(0)), "a session that calls is not idle")
    }
    usleep(900_000)
    #expect(labels.labels(of: key) == .labels(LabelSet()))
  }

  /// What a server throws out to make room would be forgotten without a word.
  @Test func aServerThatForgetsIsNotUsed() throws {
    let server = try RedisServer(arguments: ["--maxmemory", "50mb", "--maxmemory-policy", "allkeys-lru"])
    let events = Mutex<[RedisEvent]>([])
    let labels = labels(server) { event in events.withLock { $0.append(event) } }
    #expect(labels.labels(of: LabelStoreKit.key("a")) == .unavailable)
    #expect(events.withLock { "\($0)" }.contains("maxmemory-policy noeviction"))
    let careful = try RedisServer(arguments: ["--maxmemory", "50mb", "--maxmemory-policy", "noeviction"])
    #expect(self.labels(careful).labels(of: LabelStoreKit.key("a")) == .labels(LabelSet()))
  }

  // MARK: Stops

  @Test func stopsAreInForceWithinASecond() throws {
    let server = try RedisServer()
    let gates = [Revocations(awaitsShared: true), Revocations(awaitsShared: true)]
    #expect(gates.allSatisfy { !$0.stops.isCurrent })
    let watches = gates.map { RedisStopWatch(RedisOptions(address: server.address), $0) }
    for watch in watches { watch.begin() }
    defer { for watch in watches { watch.end() } }
    #expect(gates.allSatisfy { $0.stops.isCurrent })
    let store = RedisStops(Self.client(server))
    for _ in 0..<3 {
      try store.stop(.tool, "bank.pay", because: "odd", Act(actor: "ann", moment: 1))
      #expect(waits(1) { gates.allSatisfy { $0.stops[.tool, "bank.pay"] == Stops.Entry(actor: "ann", because: "odd") } })
      try store.resume(.tool, "bank.pay", Act(actor: "ann", moment: 2))
      #expect(waits(1) { gates.allSatisfy { $0.stops[.tool, "bank.pay"] == nil } })
    }
  }

  /// Nobody can say any more what is stopped, so everything is; and a server that has forgotten is told.
  @Test func whatIsNotKnownStopsEverything() throws {
    let server = try RedisServer()
    let (short, long) = (Revocations(awaitsShared: true), Revocations(awaitsShared: true))
    let watches = [
      RedisStopWatch(RedisOptions(address: server.address), short),
      RedisStopWatch(RedisOptions(address: server.address), long, patience: .seconds(60)),
    ]
    for watch in watches { watch.begin() }
    defer { for watch in watches { watch.end() } }
    try RedisStops(Self.client(server)).stop(.agent, "clerk", because: nil, Act(actor: "ann", moment: 1))
    #expect(waits(1) { short.stops[.agent, "clerk"] != nil && long.stops[.agent, "clerk"] != nil })
    server.freeze()
    usleep(500_000)
    #expect(short.stops.isCurrent, "a moment is no outage")
    #expect(waits(3) { !short.stops.isCurrent })
    #expect(long.stops.isCurrent && long.stops[.agent, "clerk"] != nil)
    server.thaw()
    #expect(waits(3) { short.stops.isCurrent && short.stops[.agent, "clerk"] != nil })
    server.kill()
    #expect(waits(3) { !short.stops.isCurrent })
    try server.start()
    #expect(waits(3) { short.stops.isCurrent && short.stops[.agent, "clerk"] != nil })
    #expect(try RedisStops(Self.client(server)).stops().map(\.name) == ["clerk"])
  }

  /// A gate that begins while the server is gone lets nothing through until it has an answer.
  @Test func withoutAnAnswerNothingBegins() throws {
    let server = try RedisServer()
    server.freeze()
    let gate = Revocations(awaitsShared: true)
    let watch = RedisStopWatch(RedisOptions(address: server.address), gate, patience: .seconds(60))
    #expect(!gate.stops.isCurrent)
    server.thaw()
    #expect(
      waits(3) {
        watch.look()
        return gate.stops.isCurrent
      })
  }

  // MARK: Approvals

  @Test func withoutAServerNothingIsApproved() throws {
    let server = try RedisServer()
    let store = RedisApprovals(Self.client(server))
    let approval = try store.file(ApprovalStoreKit.request("a", within: 1_000_000), at: 0).approval
    _ = try store.decide(approval.identifier, .approve, by: "ann", at: 1)
    server.kill()
    let subject = approval.request.subject
    let attempts: [() throws -> Void] = [
      { _ = try store.use(subject, groups: ["leads"], at: 2) }, { _ = try store.file(approval.request, at: 2) },
    ]
    for attempt in attempts {
      do {
        try attempt()
        Issue.record("there is no server")
      } catch let fault as ApprovalFault {
        guard case .unavailable = fault else {
          Issue.record("\(fault)")
          continue
        }
      }
    }
  }

  /// What one gateway seals another opens, and nobody else.
  @Test func gatewaysSealAlike() throws {
    let server = try RedisServer()
    let secrets = [Self.client(server), Self.client(server)].map { RedisApprovals($0).sealSecret() }
    #expect(secrets[0] != nil && secrets[0] == secrets[1])
    #expect(RedisApprovals(Self.client(server), prefix: "other").sealSecret() != secrets[0])
    server.kill()
    #expect(RedisApprovals(Self.client(server)).sealSecret() == nil)
  }

  @Test func theAuditHasEveryAct() throws {
    let server = try RedisServer()
    let store = RedisApprovals(Self.client(server))
    let approval = try store.file(ApprovalStoreKit.request("a"), at: 10).approval
    _ = try store.file(ApprovalStoreKit.request("a"), at: 11)
    _ = try store.decide(approval.identifier, .approve, by: "ann", at: 12)
    _ = try store.use(approval.request.subject, groups: ["leads"], at: 13)
    #expect(
      try store.audit().map { "\($0.moment) \($0.actor) \($0.act) \($0.object) \($0.details ?? "-")" } == [
        "10 clerk approval.ask \(approval.identifier) bank.transfer, of leads", "12 ann approval.approve \(approval.identifier) -",
        "13 clerk approval.use \(approval.identifier) -",
      ])
  }

  /// Many gates use one approval: one of them does.
  @Test func anApprovalIsUsedOnceWhoeverAsks() async throws {
    let server = try RedisServer()
    let prefix = Self.prefix()
    let first = RedisApprovals(Self.client(server), prefix: prefix)
    for round in 0..<propertyRuns(10) {
      let approval = try first.file(ApprovalStoreKit.request("\(round)"), at: 0).approval
      _ = try first.decide(approval.identifier, .approve, by: "ann", at: 1)
      let used = await withTaskGroup(of: Int.self) { group in
        for _ in 0..<4 {
          let client = Self.client(server)
          group.addTask {
            ((try? RedisApprovals(client, prefix: prefix).use(approval.request.subject, groups: ["leads"], at: 2)) ?? nil) == nil ? 0 : 1
          }
        }
        return await group.reduce(0, +)
      }
      #expect(used == 1)
    }
  }

  private func waits(_ seconds: Double, _ condition: () -> Bool) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      if condition() { return true }
      usleep(10_000)
    }
    return condition()
  }
}
