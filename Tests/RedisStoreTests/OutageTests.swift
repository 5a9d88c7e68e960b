import Foundation
import Glibc
import JSON
import Quotas
import RedisStore
import Synchronization
import TestSupport
import Testing

/// Several gateways on one server, and a server that is slow, gone or killed.
@Suite(.serialized, .enabled(if: RedisServer.isInstalled, "redis-server is not installed"))
struct OutageTests {
  /// Gateways that take as fast as they can: together never more than the limit says.
  @Test func gatewaysTogetherNeverExceedALimit() async throws {
    let server = try RedisServer()
    let address = server.address
    let limits = [
      try #require(Limit(50, per: .nanoseconds(second), burst: 20)), try #require(Limit(300, per: .calendar(CalendarWindow(.month)))),
    ]
    let admitted = Total()
    let start = ContinuousClock.now
    await withDiscardingTaskGroup { group in
      for _ in 0..<4 {
        group.addTask {
          let stocked = Stocked(.shared(RedisQuotas(RedisClient(RedisOptions(address: address)))), limits)
          // Of its own: it may begin late, when other tests take the processors.
          let begin = ContinuousClock.now
          while ContinuousClock.now - begin < .seconds(2) {
            let charges = [stocked.charge(0), stocked.charge(1)]
            if case .admitted = stocked.reserve(charges, at: now()).outcome { admitted.add() }
          }
        }
      }
    }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let count = admitted.count
    #expect(Double(count) <= 20 + 50 * seconds)
    #expect(count >= 100, "nearly all that there is was taken: \(count)")
  }

  /// A gateway that is gone without a word leaves its places after its sign of life has ended.
  @Test func aGatewayThatDiesLeavesItsPlaces() throws {
    let server = try RedisServer()
    let limit = try #require(Limit(2, per: .flight))
    let survivor = Stocked(.shared(RedisQuotas(RedisClient(RedisOptions(address: server.address)), lifeMilliseconds: 400)), [limit])
    do {
      let dying = Stocked(.shared(RedisQuotas(RedisClient(RedisOptions(address: server.address)), lifeMilliseconds: 400)), [limit])
      for _ in 0..<2 { #expect(dying.reserve([dying.charge(0)], at: now()).outcome != .unavailable) }
    }
    #expect(survivor.reserve([survivor.charge(0)], at: now()).outcome == .over(charge: 0, retryAfter: nil))
    usleep(600_000)
    guard case .admitted = survivor.reserve([survivor.charge(0)], at: now()).outcome else {
      Issue.record("the places are free")
      return
    }
  }

  @Test func withoutAServerCallsAreDenied() throws {
    let server = try RedisServer()
    let limit = try #require(Limit(1_000, per: .nanoseconds(second)))
    let events = Mutex<[RedisEvent]>([])
    var options = RedisOptions(address: server.address)
    options.pauseMilliseconds = 100
    let stocked = Stocked(.shared(RedisQuotas(RedisClient(options) { event in events.withLock { $0.append(event) } })), [limit])
    guard case .admitted = stocked.reserve([stocked.charge(0)], at: now()).outcome else {
      Issue.record("a call goes while the server is there")
      return
    }
    server.freeze()
    let start = ContinuousClock.now
    for _ in 0..<20 { #expect(stocked.reserve([stocked.charge(0)], at: now()).outcome == .unavailable) }
    #expect(ContinuousClock.now - start < .seconds(5), "one waits, the others do not")
    server.thaw()
    usleep(250_000)
    guard case .admitted = stocked.reserve([stocked.charge(0)], at: now()).outcome else {
      Issue.record("a call goes when the server is back")
      return
    }
    server.kill()
    #expect(stocked.reserve([stocked.charge(0)], at: now()).outcome == .unavailable)
    let said = events.withLock { $0 }
    #expect(said.count == 3)
    if said.count == 3 { #expect(said[1] == .back) }
  }

  /// Each gateway goes on with its share, and no more.
  @Test func aShareIsAllThereIsWithoutAServer() throws {
    let server = try RedisServer()
    let limit = try #require(Limit(40, per: .nanoseconds(3_600 * second)))
    let single = try #require(Limit(1, per: .flight))
    let stocked = Stocked(
      .shared(RedisQuotas(RedisClient(RedisOptions(address: server.address)), outage: .local(percent: 25))), [limit, single])
    server.kill()
    let answers = (0..<20).map { _ in stocked.reserve([stocked.charge(0)], at: now()).outcome }
    let admitted = answers.count { if case .admitted = $0 { true } else { false } }
    #expect(admitted == 10)
    #expect(answers.allSatisfy { $0 != .unavailable })
    // A quarter of one place is none.
    #expect(stocked.reserve([stocked.charge(1)], at: now()).outcome == .unavailable)
  }

  /// A place whose taking or giving back the server did not confirm is put right before anything else is taken.
  @Test func doubtfulPlacesArePutRight() throws {
    let server = try RedisServer()
    let limit = try #require(Limit(2, per: .flight))
    var options = RedisOptions(address: server.address)
    options.pauseMilliseconds = 50
    let (one, other) = (
      Stocked(.shared(RedisQuotas(RedisClient(options))), [limit]), Stocked(.shared(RedisQuotas(RedisClient(options))), [limit])
    )
    let charges = [one.charge(0)]
    let taken = now()
    guard case .admitted = one.reserve(charges, at: taken).outcome else {
      Issue.record("there is a place")
      return
    }
    server.freeze()
    // The server carries this out when it wakes up, and nobody waits for the answer.
    #expect(one.reserve(charges, at: now()).outcome == .unavailable)
    usleep(100_000)
    one.store.release(charges.span, takenAt: taken, at: now())
    server.thaw()
    usleep(300_000)
    #expect(one.reserve(charges, at: now()).outcome != .unavailable)
    // One place is held: the other gateway gets exactly one.
    guard case .admitted = other.reserve(charges, at: now()).outcome else {
      Issue.record("the doubtful place is free again")
      return
    }
    #expect(other.reserve(charges, at: now()).outcome == .over(charge: 0, retryAfter: nil))
  }

  @Test func passwordsAreGivenAndNeverTold() throws {
    let server = try RedisServer(arguments: ["--requirepass", "hunter2-hunter2"])
    let limit = try #require(Limit(5, per: .nanoseconds(second)))
    let events = Mutex<[RedisEvent]>([])
    let wrong = Stocked(
      .shared(
        RedisQuotas(
          RedisClient(RedisOptions(address: server.address, password: "wrong-secret")) { event in events.withLock { $0.append(event) } })),
      [limit])
    #expect(wrong.reserve([wrong.charge(0)], at: now()).outcome == .unavailable)
    let said = events.withLock { "\($0)" }
    #expect(!said.contains("wrong-secret") && said.contains("password"))
    let right = Stocked(.shared(RedisQuotas(RedisClient(RedisOptions(address: server.address, password: "hunter2-hunter2")))), [limit])
    guard case .admitted = right.reserve([right.charge(0)], at: now()).outcome else {
      Issue.record("the right password opens")
      return
    }
  }
}

private func now() -> QuotaTime {
  QuotaTime(nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds), unixMilliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
}

private final class Total: Sendable {
  private let sum = Mutex(0)

  var count: Int { sum.withLock { $0 } }

  func add() { sum.withLock { $0 += 1 } }
}

@Suite struct RedisAddressTests {
  @Test(arguments: [
    ("redis://localhost", "redis://localhost:6379/0"), ("redis://10.0.0.1:7000/3", "redis://10.0.0.1:7000/3"),
    ("redis://[::1]:7000", "redis://[::1]:7000/0"), ("redis+unix:///run/redis.sock?2", "redis+unix:///run/redis.sock?2"),
  ])
  func reads(_ text: String, _ meant: String) throws { #expect(try RedisAddress(text).description == meant) }

  @Test(arguments: [
    ("redis://user:secret@host", RedisAddress.Fault.holdsSecret), ("rediss://host", .needsTLS), ("http://host", .notAnAddress),
    ("redis://", .notAnAddress), ("redis://host:0", .notAnAddress), ("redis://host/x", .notAnAddress),
    ("redis://host?password=x", .notAnAddress),
    ("redis+unix://relative", .notAnAddress),
  ])
  func refuses(_ text: String, _ fault: RedisAddress.Fault) {
    #expect(throws: fault) { try RedisAddress(text) }
  }
}
