internal import Digests
package import Quotas
internal import Synchronization

/// Limits that several gateways share through one server: its scripts take from all limits of a call or from none in one round trip, by its
/// clock and by the arithmetic of `LocalQuotas`.
///
/// What must stay true: without an answer of the server a call is not let through, unless a share of every limit was set aside for that; what a
/// gateway owes it gives back before it takes anything else.
package final class RedisQuotas: SharedQuotas {
  /// What happens while the server does not answer.
  package enum Outage: Hashable, Sendable {
    case deny
    /// Each gateway goes on with so many hundredths of every limit, in its own memory.
    case local(percent: Int)
  }

  /// Whose time counts: the server's, or the callers', as tests want it.
  package enum Clock: Sendable { case server, callers }

  private struct State {
    var limits: [Limit] = []
    /// Limits as the fallback has them; nil where nothing is left of one.
    var shares: [Limit?] = []
    var shareNumbers: [Int] = []
    /// Places that calls hold in the fallback, by key.
    var heldLocally: [QuotaKey: Int] = [:]
    /// When the server was last found gone, on the callers' clock: what was taken before is not given back afterwards, but for places.
    var lastOutage: Int64 = .min
    var waiters: [(ticket: QuotaTicket, charges: [Charge], deadline: Int64)] = []
    var lastTicket: UInt64 = 0
  }

  /// Places among the calls in flight that this gateway holds on the server.
  private struct Places {
    var held: [QuotaKey: Int] = [:]
    /// Those of which the server may think otherwise: it was told and did not answer, or it may have begun anew.
    var uncertain: Set<QuotaKey> = []

    mutating func doubt(_ charges: [Charge], _ limits: [Limit]) {
      uncertain.formUnion(held.keys)
      for charge in charges where limits[charge.limit].isOfPlaces { uncertain.insert(charge.key) }
    }
  }

  private let client: RedisClient
  /// Held while the server is asked, so that what it is told of places is what is true then.
  private let places = Mutex(Places())
  private let outage: Outage
  private let clock: Clock
  private let fallback: LocalQuotas
  private let state = Mutex(State())
  /// Names this process among the gateways; unpredictable, so that no two have one name.
  private let gateway: [UInt8]
  private let lifeMilliseconds: Int
  private let prefix: String

  private static let reserveScript = RedisScript(LimitScript.reserve)
  private static let giveBackScript = RedisScript(LimitScript.giveBack)
  private static let setPlacesScript = RedisScript(LimitScript.setPlaces)
  private static let mostWaiting = 4_096

  /// - Parameters:
  ///   - prefix: begins the names of all keys; gateways with the same one count together.
  ///   - lifeMilliseconds: after so long without a word from a gateway its calls in flight count no more.
  package init(
    _ client: RedisClient, prefix: String = "sallyport", outage: Outage = .deny, clock: Clock = .server, lifeMilliseconds: Int = 15_000
  ) {
    self.client = client
    self.outage = outage
    self.clock = clock
    self.prefix = prefix
    self.lifeMilliseconds = lifeMilliseconds
    gateway = Array(randomBytes(12).map { "0123456789abcdef".utf8.map { $0 }[Int($0 & 15)] })
    fallback = LocalQuotas()
  }

  package func define(_ limits: [Limit]) -> [Int] {
    state.withLock { state in
      limits.map { limit in
        if let number = state.limits.firstIndex(of: limit) { return number }
        state.limits.append(limit)
        let share: Limit? = if case .local(let percent) = outage { limit.share(percent: percent) } else { nil }
        state.shares.append(share)
        state.shareNumbers.append(share.map { fallback.define([$0])[0] } ?? -1)
        return state.limits.count - 1
      }
    }
  }

  // MARK: Taking

  package func reserve(_ charges: Span<Charge>, at time: QuotaTime, rooms: inout QuotaRooms) -> QuotaOutcome {
    let own = list(charges)
    if state.withLock({ state in state.waiters.contains { isBehind($0.charges, own, state.limits) && $0.deadline >= time.nanoseconds } }) {
      return wait(own, at: time)
    }
    let outcome = take(own, at: time, rooms: &rooms)
    if case .queued = outcome { return wait(own, at: time) }
    return outcome
  }

  /// `.queued`, with a ticket of no meaning, when a place is needed that may be waited for.
  private func take(_ charges: [Charge], at time: QuotaTime, rooms: inout QuotaRooms) -> QuotaOutcome {
    let limits = state.withLock { $0.limits }
    if let index = charges.firstIndex(where: { $0.amount > limits[$0.limit].capacity }) {
      return .never(charge: index)
    }
    guard let answer = ask(charges, limits, at: time) else { return takeLocally(charges, limits, at: time, &rooms) }
    return outcome(answer, charges, limits, at: time, &rooms)
  }

  /// Nil: there is no answer.
  private func ask(_ charges: [Charge], _ limits: [Limit], at time: QuotaTime) -> ReserveAnswer? {
    places.withLock { places in
      do throws(RedisFault) {
        try settle(&places)
        let reply = try client.run(
          RedisQuotas.reserveScript, keys: keys(charges.map(\.key)),
          head(time) + charges.flatMap { arguments($0, limits[$0.limit], since: nil) })
        guard let answer = ReserveAnswer(reply, charges: charges.count) else {
          throw RedisFault(description: "an answer that makes no sense")
        }
        if case .taken = answer.verdict {
          for charge in charges where limits[charge.limit].isOfPlaces { places.held[charge.key, default: 0] += 1 }
        }
        return answer
      } catch {
        places.doubt(charges, limits)
        return nil
      }
    }
  }

  private func outcome(
    _ answer: ReserveAnswer, _ charges: [Charge], _ limits: [Limit], at time: QuotaTime, _ rooms: inout QuotaRooms
  ) -> QuotaOutcome {
    let entries = charges.indices.map { (charge: charges[$0], limit: limits[charges[$0].limit], balance: answer.balances[$0]) }
    switch answer.verdict {
    case .taken(let wait):
      _ = refusal(of: entries, at: answer.time, turn: answer.time.advanced(nanoseconds: wait), rooms: &rooms)
      return .admitted(at: wait == 0 ? time : time.advanced(nanoseconds: wait))
    case .place: return .queued(QuotaTicket(number: 0))
    case .refused:
      return refusal(of: entries, at: answer.time, turn: nil, rooms: &rooms) ?? .over(charge: 0, retryAfter: nil)
    }
  }

  private func takeLocally(_ charges: [Charge], _ limits: [Limit], at time: QuotaTime, _ rooms: inout QuotaRooms) -> QuotaOutcome {
    let local: [Charge]? = state.withLock { state in
      state.lastOutage = time.nanoseconds
      return shares(charges, state)
    }
    guard let local, local.count == charges.count else { return .unavailable }
    let outcome = fallback.reserve(local.span, at: time, rooms: &rooms)
    switch outcome {
    case .admitted:
      state.withLock { state in
        for charge in charges where limits[charge.limit].isOfPlaces { state.heldLocally[charge.key, default: 0] += 1 }
      }
      return outcome
    case .queued(let ticket):
      // The share's own line is not kept: the server may be back before it moves.
      if fallback.withdraw(ticket) != nil { fallback.refund(local.span, takenAt: time, at: time) }
      return .queued(QuotaTicket(number: 0))
    case .over, .never, .full, .unavailable: return outcome
    }
  }

  /// The same charges of the shares; fewer where nothing is left of a limit.
  private func shares(_ charges: [Charge], _ state: State) -> [Charge] {
    charges.compactMap { charge in
      guard let share = state.shares[charge.limit] else { return nil }
      let amount = charge.amount.counted(from: state.limits[charge.limit].decimals, in: share.decimals)
      return Charge(limit: state.shareNumbers[charge.limit], key: charge.key, amount: amount)
    }
  }

  // MARK: Waiting

  private func isBehind(_ waiting: [Charge], _ charges: [Charge], _ limits: [Limit]) -> Bool {
    waiting.contains { waiter in limits[waiter.limit].isOfPlaces && charges.contains { $0.key == waiter.key } }
  }

  private func wait(_ charges: [Charge], at time: QuotaTime) -> QuotaOutcome {
    state.withLock { state in
      guard state.waiters.count < RedisQuotas.mostWaiting else { return .full }
      var patience: Int64?
      for charge in charges {
        let limit = state.limits[charge.limit]
        if limit.isOfPlaces, case .wait(let longest) = limit.overflow { patience = min(patience ?? longest, longest) }
      }
      // Whoever may not wait for the place that others wait for.
      guard let patience else {
        let place = charges.firstIndex { state.limits[$0.limit].isOfPlaces } ?? 0
        return .over(charge: place, retryAfter: nil)
      }
      state.lastTicket += 1
      let ticket = QuotaTicket(number: state.lastTicket)
      state.waiters.append((ticket, charges, time.nanoseconds &+ patience))
      return .queued(ticket)
    }
  }

  /// Asks the server again, for the first in line only.
  package func turn(of ticket: QuotaTicket, at time: QuotaTime) -> QuotaTime? {
    let charges: [Charge]? = state.withLock { state in
      state.waiters.removeAll { $0.deadline < time.nanoseconds && $0.ticket != ticket }
      guard let place = state.waiters.firstIndex(where: { $0.ticket == ticket }) else { return nil }
      let own = state.waiters[place].charges
      return state.waiters[..<place].contains { isBehind($0.charges, own, state.limits) } ? nil : own
    }
    guard let charges else { return nil }
    var rooms = QuotaRooms()
    guard case .admitted(let moment) = take(charges, at: time, rooms: &rooms) else { return nil }
    state.withLock { state in state.waiters.removeAll { $0.ticket == ticket } }
    return moment
  }

  package func withdraw(_ ticket: QuotaTicket) -> QuotaTime? {
    state.withLock { state in state.waiters.removeAll { $0.ticket == ticket } }
    return nil
  }

  // MARK: Giving back

  package func refund(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime) {
    giveBack(list(charges), takenAt: taken, at: time, onlyPlaces: false)
  }

  package func release(_ charges: Span<Charge>, takenAt taken: QuotaTime, at time: QuotaTime) {
    giveBack(list(charges), takenAt: taken, at: time, onlyPlaces: true)
  }

  private func giveBack(_ charges: [Charge], takenAt taken: QuotaTime, at time: QuotaTime, onlyPlaces: Bool) {
    var local: [Charge] = []
    let (limits, remote): ([Limit], [Charge]) = state.withLock { state in
      var remote: [Charge] = []
      for charge in charges {
        if state.limits[charge.limit].isOfPlaces {
          if let held = state.heldLocally[charge.key] {
            state.heldLocally[charge.key] = held > 1 ? held - 1 : nil
            local.append(charge)
          } else {
            remote.append(charge)
          }
        } else if !onlyPlaces, state.lastOutage < taken.nanoseconds {
          remote.append(charge)
        }
      }
      local = shares(local, state)
      return (state.limits, remote)
    }
    if !local.isEmpty { fallback.release(local.span, takenAt: taken, at: time) }
    if !remote.isEmpty { sendBack(remote, limits, takenAt: taken, at: time) }
  }

  private func sendBack(_ charges: [Charge], _ limits: [Limit], takenAt taken: QuotaTime, at time: QuotaTime) {
    places.withLock { places in
      // What this gateway holds is true from here on, whether the server hears of it or not.
      for charge in charges {
        guard let held = places.held[charge.key] else { continue }
        places.held[charge.key] = held > 1 ? held - 1 : nil
      }
      do throws(RedisFault) {
        // Sent as they are now, the uncertain ones are already without these.
        let certain = charges.filter { !places.uncertain.contains($0.key) }
        try settle(&places)
        guard !certain.isEmpty else { return }
        let reply = try client.run(
          RedisQuotas.giveBackScript, keys: keys(certain.map(\.key)),
          head(time) + certain.flatMap { arguments($0, limits[$0.limit], since: age(of: taken, at: time, in: limits[$0.limit])) })
        if case .failure(let words) = reply { throw RedisFault(description: words) }
      } catch {
        // Amounts that are not given back come back by themselves.
        places.doubt(charges, limits)
      }
    }
  }

  /// Tells the server the places it may be wrong about.
  private func settle(_ places: inout Places) throws(RedisFault) {
    while !places.uncertain.isEmpty {
      let some = Array(places.uncertain.prefix(256))
      let counts = some.map { Array("\(places.held[$0] ?? 0)".utf8) }
      let reply = try client.run(
        RedisQuotas.setPlacesScript, keys: keys(some), [gateway, Array("\(lifeMilliseconds)".utf8)] + counts)
      if case .failure(let words) = reply { throw RedisFault(description: words) }
      places.uncertain.subtract(some)
    }
  }

  /// Says that this gateway lives, so that its calls in flight count. To be called every few seconds.
  package func live() {
    places.withLock { places in
      // Also what the server has lost meanwhile.
      places.uncertain.formUnion(places.held.keys)
      do throws(RedisFault) { try settle(&places) } catch { places.doubt([], []) }
    }
  }

  // MARK: What the scripts are told

  // All keys in one slot, so that a cluster runs the scripts too.
  private var lifeKey: [UInt8] { Array("\(prefix):{limits}:gateway:".utf8) + gateway }

  private func keys(_ keys: [QuotaKey]) -> [[UInt8]] {
    keys.map { Array("\(prefix):{limits}:".utf8) + hexadecimal($0.high) + hexadecimal($0.low) } + [lifeKey]
  }

  private func head(_ time: QuotaTime) -> [[UInt8]] {
    let clock: [String] =
      switch clock {
      case .server: ["", ""]
      case .callers: ["\(time.nanoseconds)", "\(time.unixMilliseconds)"]
      }
    return clock.map { Array($0.utf8) } + [gateway, Array("\(lifeMilliseconds)".utf8)]
  }

  /// How long ago something was taken, as its limit counts: in nanoseconds, for a window in milliseconds of its calendar; below zero for what is
  /// booked in a window to come. By the server's clock the two are not of one beat: one more, so that nothing is given back to the wrong window.
  private func age(of taken: QuotaTime, at time: QuotaTime, in limit: Limit) -> Int64 {
    guard case .window = limit.form else { return max(0, time.nanoseconds - taken.nanoseconds) }
    let age = time.unixMilliseconds - taken.unixMilliseconds
    return switch clock {
    case .callers: age
    case .server: age + 1
    }
  }

  private func arguments(_ charge: Charge, _ limit: Limit, since: Int64?) -> [[UInt8]] {
    let patience: String = if case .wait(let nanoseconds) = limit.overflow { "\(nanoseconds)" } else { "" }
    var words: [String]
    switch limit.form {
    case .bucket(let amount, let nanoseconds, let burst):
      words = ["b", "\(charge.amount.units)", "\(burst.units)", "\(amount.units)", "\(nanoseconds)", "", "", patience, "0"]
    case .window(let amount, let window):
      words = ["w", "\(charge.amount.units)", "\(amount.units)", "", "", "\(window.unit)", "\(window.count)", patience, "0"]
    case .inFlight(let most): words = ["f", "1", "1", "", "", "", "", patience, "\(most)"]
    }
    if let since { words[8] = "\(since)" }
    return (words + ["\(limit.decimals)"]).map { Array($0.utf8) }
  }
}

/// What the script said.
private struct ReserveAnswer {
  enum Verdict {
    case taken(wait: Int64)
    case place, refused
  }

  let verdict: Verdict
  let time: QuotaTime
  let balances: [SharedBalance]

  init?(_ reply: RedisReply, charges: Int) {
    guard case .list(let list) = reply, list.count == 4 + 2 * charges, let word = list[0].string,
      let nanoseconds = list[1].string.flatMap({ Int64($0) }), let milliseconds = list[2].string.flatMap({ Int64($0) }),
      let wait = list[3].string.flatMap({ Int64($0) })
    else { return nil }
    switch word {
    case "ok": verdict = .taken(wait: wait)
    case "place": verdict = .place
    case "no": verdict = .refused
    default: return nil
    }
    time = QuotaTime(nanoseconds: nanoseconds, unixMilliseconds: milliseconds)
    var balances: [SharedBalance] = []
    for index in 0..<charges {
      guard let value = list[4 + 2 * index].string.flatMap({ Int128($0) }), let window = list[5 + 2 * index].string.flatMap({ Int64($0) })
      else { return nil }
      balances.append(SharedBalance(value: value, window: window))
    }
    self.balances = balances
  }
}

private func list(_ charges: Span<Charge>) -> [Charge] { charges.indices.map { charges[$0] } }

private func hexadecimal(_ word: UInt64) -> [UInt8] {
  let digits = String(word, radix: 16)
  return Array(repeating: UInt8(ascii: "0"), count: 16 - digits.utf8.count) + Array(digits.utf8)
}
