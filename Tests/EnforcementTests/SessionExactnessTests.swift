import Bytecode
import Enforcement
import JSON
import Messages
import TestSupport
import Testing

/// Limits as calls meet them, held against what a rate means rather than against another bucket.
@Suite struct SessionExactnessTests {
  /// Any mixture of calls, answers, errors and cancellations on several connections: over every stretch of time no more reaches the server than
  /// the burst and what came back in it; what was refused would have been too much; and the hint is exact to the millisecond.
  @Test func neverMoreThanAllowedAndNeverLess() throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(12) {
      let amount = Int.random(in: 1...20, using: &random)
      let burst = Int.random(in: 1...10, using: &random)
      let cost = Int.random(in: 1...min(3, burst), using: &random)
      let world = try World(
        "cost demo.search = \(cost)\nlimit rate \(amount) cost per second burst \(burst) by agent on demo.search", connections: 2)
      var taken: [Int64] = []
      for step in 0..<150 {
        world.pass(milliseconds: random.chance(40) ? 0 : .random(in: 0...(2_000 * Int64(cost) / Int64(amount) + 2), using: &random))
        let place = Int.random(in: 0...1, using: &random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: world.finish(place, with: .cancelled)
        case 1: world.finish(place, with: .error)
        case 2...4: world.finish(place, with: .answer)
        default:
          let answer = world.call(place)
          let next = taken + [world.now]
          let fits = World.allows(next, cost: cost, amount: amount, burst: burst)
          if let pause = answer.retryAfter {
            #expect(!fits, "too little at step \(step): SEED=\(seed)")
            #expect(World.allows(taken + [world.now + pause], cost: cost, amount: amount, burst: burst), "too early: SEED=\(seed)")
            #expect(!World.allows(taken + [world.now + pause - 1], cost: cost, amount: amount, burst: burst), "too late: SEED=\(seed)")
          } else {
            #expect(fits, "too much at step \(step): SEED=\(seed)")
            taken = next
          }
        }
      }
    }
  }

  /// However calls end, the server never has more of them than there are places, and whenever there is one less, a call goes.
  @Test(arguments: [false, true]) func placesAreExact(_ waits: Bool) throws {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(12) {
      let most = Int.random(in: 1...4, using: &random)
      let world = try World(
        "limit slots \(most) calls in flight by agent on demo.search\(waits ? " over wait up to 30s" : "")", connections: 3)
      for step in 0..<200 {
        world.pass(milliseconds: .random(in: 0...40, using: &random))
        let place = Int.random(in: 0...2, using: &random)
        switch Int.random(in: 0..<12, using: &random) {
        case 0: world.finish(place, with: .cancelled)
        case 1: world.finish(place, with: .error)
        case 2: if random.chance(10) { try world.replace(place, isServer: random.chance(50)) }
        case 3...5: world.finish(place, with: .answer)
        default: world.call(place)
        }
        #expect(world.atServer <= most, "too many at step \(step): SEED=\(seed)")
        if !waits {
          // Refused only when all places were taken, which `call` has seen.
          #expect(world.wronglyRefused == nil, "\(world.wronglyRefused ?? ""): SEED=\(seed)")
        }
      }
      // Everything ends, and nothing is left behind.
      for place in 0..<3 { while world.hasCalls(place) { world.finish(place, with: .answer) } }
      world.pass(milliseconds: 60_000)
      for place in 0..<3 { while world.hasCalls(place) { world.finish(place, with: .answer) } }
      for _ in 0..<most { #expect(world.call(0).retryAfter == nil, "SEED=\(seed)") }
      #expect(world.atServer == most, "SEED=\(seed)")
    }
  }
}

/// Connections that share one policy store, and a clock for all of them.
private final class World {
  enum End { case answer, error, cancelled }

  private var talks: [Talk] = []
  /// By connection: calls that the server has.
  private var open: [[Int]]
  private var waiting: [Set<Int>]
  private let program: Program
  private let store: PolicyStore
  private var last = 0
  private(set) var wronglyRefused: String?
  private(set) var now: Int64 = 0

  init(_ limits: String, connections: Int) throws {
    program = try LimitedGate.program(limits)
    store = PolicyStore(program)
    open = Array(repeating: [], count: connections)
    waiting = Array(repeating: [], count: connections)
    for _ in 0..<connections { talks.append(connect()) }
  }

  private func connect() -> Talk {
    var conversation = Conversation(program: program, agent: "tester", server: "demo", tools: LimitedGate.tools, store: store)
    conversation.shakeHands()
    conversation.setClock(to: now)
    return Talk(conversation)
  }

  var atServer: Int { open.reduce(0) { $0 + $1.count } }
  func hasCalls(_ place: Int) -> Bool { !open[place].isEmpty }

  func pass(milliseconds: Int64) {
    now += milliseconds
    for place in talks.indices {
      talks[place].setClock(to: now)
      talks[place].look()
      take(place)
    }
  }

  /// What the connection has sent to its server since it was looked at last.
  private func take(_ place: Int) {
    for message in talks[place].toServer where message.contains("tools/call") {
      guard let id = Int(message.split(separator: ",")[1].split(separator: ":")[1]) else { continue }
      open[place].append(id)
      waiting[place].remove(id)
    }
    talks[place].forget()
  }

  /// Time stands still meanwhile.
  @discardableResult
  func call(_ place: Int) -> (retryAfter: Int64?, isWaiting: Bool) {
    last += 1
    let before = atServer
    talks[place].setClock(to: now)
    talks[place].call(last)
    let denial = talks[place].denial
    let isGone = talks[place].toServer.contains { $0.contains("tools/call") }
    take(place)
    if let denial {
      if atServer != before { wronglyRefused = "refused and sent" }
      return (denial["retryAfterMs"]?.number?.integer.map(Int64.init) ?? 0, false)
    }
    if !isGone { waiting[place].insert(last) }
    return (nil, !isGone)
  }

  func finish(_ place: Int, with end: End) {
    guard let id = open[place].first else { return }
    open[place].removeFirst()
    talks[place].setClock(to: now)
    switch end {
    case .answer: talks[place].answer(id)
    case .error: talks[place].server(#"{"jsonrpc":"2.0","id":\#(id),"error":{"code":-32000,"message":"no"}}"#)
    case .cancelled: talks[place].client(#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":\#(id)}}"#)
    }
    take(place)
  }

  /// The connection ends, by one side or the other, and another one comes in its place.
  func replace(_ place: Int, isServer: Bool) throws {
    talks[place].setClock(to: now)
    if isServer { talks[place].serverExits() } else { talks[place].clientCloses() }
    open[place] = []
    waiting[place] = []
    talks[place] = connect()
  }

  static func allows(_ times: [Int64], cost: Int, amount: Int, burst: Int) -> Bool {
    guard let last = times.last else { return true }
    var sum = 0
    for time in times.reversed() {
      sum += cost
      // In thousandths: `amount` a second is `amount` thousandths a millisecond.
      if sum * 1_000 > burst * 1_000 + Int(last - time) * amount { return false }
    }
    return true
  }
}
