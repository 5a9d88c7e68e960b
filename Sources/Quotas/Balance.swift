/// What one key has taken from one limit, and the arithmetic of it. All of it is exact: whole numbers in 128 bits.
struct Balance: Equatable, Sendable {
  /// Of a bucket: when it will be full again, as nanoseconds times the bucket's amount. Of a window: units taken in it. In flight: calls.
  var value: Int128 = 0
  /// Of a window: its number.
  var window: Int64 = 0

  /// When a call may go, and what is taken by it then.
  enum Answer: Equatable {
    case now
    /// From that moment on, unless others come first.
    case at(QuotaTime)
    /// Nobody knows when: others have to finish first.
    case whenReleased
  }

  /// Whether there is room for an amount, which is at most the limit's capacity.
  func room(for amount: Amount, in limit: Limit, at time: QuotaTime) -> Answer {
    switch limit.form {
    case .bucket(let regained, let period, let burst):
      let rate = Int128(regained.units)
      let now = Int128(time.nanoseconds) * rate
      let debt = max(value, now) + Int128(amount.units) * Int128(period) - now
      let most = Int128(burst.units) * Int128(period)
      guard debt > most else { return .now }
      // The first nanosecond at which the debt is paid off far enough.
      let missing = (debt - most + rate - 1) / rate
      return .at(time.advanced(nanoseconds: Int64(clamping: missing)))
    case .window(let most, let calendar):
      let current = calendar.index(of: time.unixMilliseconds)
      // Calls that wait have booked in a later window once this one was full.
      let open = max(current, window)
      let taken = window == open ? value : 0
      let next = taken + Int128(amount.units) > Int128(most.units) ? open + 1 : open
      guard next > current else { return .now }
      let milliseconds = calendar.start(of: next) - time.unixMilliseconds
      let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
      return .at(time.advanced(nanoseconds: overflow ? .max : nanoseconds))
    case .inFlight(let most): return value < Int128(most) ? .now : .whenReleased
    }
  }

  /// Books an amount that there is room for at that time.
  mutating func take(_ amount: Amount, from limit: Limit, at time: QuotaTime) {
    switch limit.form {
    case .bucket(let regained, let period, _):
      let now = Int128(time.nanoseconds) * Int128(regained.units)
      value = max(value, now) + Int128(amount.units) * Int128(period)
    case .window(_, let calendar):
      let current = max(window, calendar.index(of: time.unixMilliseconds))
      if window != current { value = 0 }
      window = current
      value += Int128(amount.units)
    case .inFlight: value += 1
    }
  }

  /// Gives back what was taken at a time, as far as that grants nothing that would not have been there without the call.
  ///
  /// A bucket that stood full for a while would have regained nothing in it, so what could have been regained since the call counts as
  /// regained. Nothing is given back to a window that is over.
  mutating func giveBack(_ amount: Amount, to limit: Limit, takenAt taken: QuotaTime, at time: QuotaTime) {
    switch limit.form {
    case .bucket(let regained, let period, _):
      let since = Int128(max(0, time.nanoseconds - taken.nanoseconds)) * Int128(regained.units)
      value -= max(0, Int128(amount.units) * Int128(period) - since)
    case .window(_, let calendar):
      if window == calendar.index(of: taken.unixMilliseconds) { value = max(0, value - Int128(amount.units)) }
    case .inFlight: value = max(0, value - 1)
    }
  }

  /// What is free, as the balance counts it; below zero when more is taken than the limit has.
  func free(in limit: Limit, at time: QuotaTime) -> Int128 {
    switch limit.form {
    case .bucket(let regained, let period, let burst):
      Int128(burst.units) * Int128(period) - max(0, value - Int128(time.nanoseconds) * Int128(regained.units))
    case .window(let most, let calendar):
      switch calendar.index(of: time.unixMilliseconds) {
      case window: Int128(most.units) - value
      case let current where current < window: 0
      default: Int128(most.units)
      }
    case .inFlight(let most): Int128(most) - value
    }
  }

  /// The same balance under another definition of its limit: what is taken stays taken, as far as the other limit holds so much. Calls in
  /// flight and amounts are nothing to each other.
  func converted(from old: Limit, to new: Limit, at time: QuotaTime) -> Balance {
    let taken: Int128
    switch (old.form, new.form) {
    case (.inFlight, .inFlight): return self
    case (.inFlight, _), (_, .inFlight): return Balance()
    case (.bucket(let regained, let period, _), _):
      let debt = max(0, value - Int128(time.nanoseconds) * Int128(regained.units))
      taken = (debt + Int128(period) - 1) / Int128(period)
    case (.window(let most, let calendar), _):
      switch calendar.index(of: time.unixMilliseconds) {
      case window: taken = value
      case let current where current < window: taken = Int128(most.units)
      default: taken = 0
      }
    }
    let amount = Amount(units: Int64(clamping: taken)).counted(from: old.decimals, in: new.decimals)
    var balance = Balance()
    if amount > .zero { balance.take(min(amount, new.capacity), from: new, at: time) }
    return balance
  }

  /// Whether it is as if nobody had ever taken anything: forgetting it grants nothing.
  func isIdle(in limit: Limit, at time: QuotaTime) -> Bool {
    switch limit.form {
    case .bucket(let regained, _, _): value <= Int128(time.nanoseconds) * Int128(regained.units)
    case .window(_, let calendar): window < calendar.index(of: time.unixMilliseconds) || value == 0
    case .inFlight: value == 0
    }
  }
}

extension QuotaTime {
  /// - Parameter nanoseconds: not negative.
  package func advanced(nanoseconds: Int64) -> QuotaTime {
    let (sum, overflow) = self.nanoseconds.addingReportingOverflow(nanoseconds)
    // A part of a millisecond counts as one: an answer that is too early would be wrong.
    let milliseconds = nanoseconds / 1_000_000 + (nanoseconds % 1_000_000 == 0 ? 0 : 1)
    return QuotaTime(nanoseconds: overflow ? .max : sum, unixMilliseconds: unixMilliseconds + milliseconds)
  }
}
