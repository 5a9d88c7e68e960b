package import JSON

/// One limit of a policy, as a store keeps it.
package struct Limit: Hashable, Sendable {
  /// How what was taken comes back.
  package enum Form: Hashable, Sendable {
    /// Little by little, by the generic cell rate algorithm (ITU-T I.371): `amount` in every `nanoseconds`, at most `burst` at a time.
    case bucket(amount: Amount, nanoseconds: Int64, burst: Amount)
    /// All at once, when the next window of the calendar begins.
    case window(amount: Amount, CalendarWindow)
    /// When the call is over.
    case inFlight(Int64)
  }

  /// What becomes of a call that is too much.
  package enum Overflow: Hashable, Sendable {
    case deny
    /// It is held until there is room, if that is so soon.
    case wait(nanoseconds: Int64)
  }

  package let form: Form
  package let overflow: Overflow
  /// Digits behind the point that amounts are counted in.
  package let decimals: Int

  /// - Parameters:
  ///   - amount: of a period or of a window, or of calls at a time; more than 0.
  ///   - burst: of a bucket; nil: as much as `amount`.
  /// - Returns: nil when an amount is not more than 0, or too great or too exact to be counted.
  package init?(_ amount: Number, per period: Period, burst: Number? = nil, overflow: Overflow = .deny) {
    self.overflow = overflow
    switch period {
    case .flight:
      guard let count = amount.integer, count > 0 else { return nil }
      form = .inFlight(Int64(count))
      decimals = 0
    case .nanoseconds(let nanoseconds):
      guard nanoseconds > 0, nanoseconds <= Limit.longestPeriod, let decimals = Limit.decimals(for: [amount, burst ?? amount]),
        let amount = Amount(amount, decimals: decimals), let burst = burst.map({ Amount($0, decimals: decimals) }) ?? amount
      else { return nil }
      form = .bucket(amount: amount, nanoseconds: nanoseconds, burst: burst)
      self.decimals = decimals
    case .calendar(let window):
      guard window.count > 0, let decimals = Limit.decimals(for: [amount]), let amount = Amount(amount, decimals: decimals) else {
        return nil
      }
      form = .window(amount: amount, window)
      self.decimals = decimals
    }
  }

  package enum Period: Hashable, Sendable {
    case nanoseconds(Int64)
    case calendar(CalendarWindow)
    /// While a call is under way.
    case flight
  }

  /// Of a bucket: a year.
  static let longestPeriod: Int64 = 366 * 86_400 * 1_000_000_000

  /// Whether it is of calls in flight.
  package var isOfPlaces: Bool {
    if case .inFlight = form { true } else { false }
  }

  /// The most that one call may ever take; of calls in flight, one.
  package var capacity: Amount {
    switch form {
    case .bucket(_, _, let burst): burst
    case .window(let amount, _): amount
    case .inFlight: .one
    }
  }

  /// The same limit for which nobody waits.
  package var denying: Limit { Limit(form: form, overflow: .deny, decimals: decimals) }

  /// A part of it; nil: so little that no call would ever pass.
  package func share(percent: Int) -> Limit? {
    func part(_ units: Int64) -> Int64 { Int64(Int128(units) * Int128(percent) / 100) }
    switch form {
    case .bucket(let amount, let nanoseconds, let burst):
      let (amount, burst) = (Amount(units: part(amount.units)), Amount(units: part(burst.units)))
      guard amount > .zero, burst > .zero else { return nil }
      return Limit(form: .bucket(amount: amount, nanoseconds: nanoseconds, burst: burst), overflow: overflow, decimals: decimals)
    case .window(let amount, let window):
      let amount = Amount(units: part(amount.units))
      return amount > .zero ? Limit(form: .window(amount: amount, window), overflow: overflow, decimals: decimals) : nil
    case .inFlight(let most):
      return part(most) > 0 ? Limit(form: .inFlight(part(most)), overflow: overflow, decimals: decimals) : nil
    }
  }

  private init(form: Form, overflow: Overflow, decimals: Int) {
    self.form = form
    self.overflow = overflow
    self.decimals = decimals
  }

  /// What a store reported as free (`QuotaRooms`), as an amount: rounded down, and nothing when it is below zero.
  package func left(_ room: Int128) -> Amount {
    switch form {
    case .bucket(_, let period, _): Amount(units: Int64(clamping: max(0, room) / Int128(period)))
    case .window, .inFlight: Amount(units: Int64(clamping: max(0, room)))
    }
  }

  /// Its amount, and of a bucket its burst, as numbers.
  package var amounts: (amount: Number, burst: Number?) {
    switch form {
    case .bucket(let amount, _, let burst): (amount.number(decimals: decimals), burst.number(decimals: decimals))
    case .window(let amount, _): (amount.number(decimals: decimals), nil)
    case .inFlight(let most): (Number(most), nil)
    }
  }

  /// As many decimals as there is room for, so that even odd amounts are hardly ever rounded; never fewer than the limit itself has.
  private static func decimals(for numbers: [Number]) -> Int? {
    let own = numbers.map { max(0, -Int($0.fixed?.exponent ?? .max)) }.max() ?? 0
    guard own <= 18, numbers.allSatisfy({ $0 > 0 && $0.fixed != nil }) else { return nil }
    // Half of the room is left, so that a few calls at once do not overflow.
    return (own...max(own, 9)).reversed().first { decimals in
      numbers.allSatisfy { Amount($0, decimals: decimals).map { $0.units <= Amount.most / 2 } ?? false }
    }
  }
}
