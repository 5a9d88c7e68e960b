/// What one call takes from one limit.
package struct Charge: Hashable, Sendable {
  /// The limit's number in its store.
  package let limit: Int
  package let key: QuotaKey
  package let amount: Amount
  /// Whether it is given back when the server fails. For whoever keeps what was taken; a store makes no difference.
  package let isRefundable: Bool

  package init(limit: Int, key: QuotaKey, amount: Amount, isRefundable: Bool = false) {
    self.isRefundable = isRefundable
    self.limit = limit
    self.key = key
    self.amount = amount
  }
}

/// What a store says to a call and all that it takes.
package enum QuotaOutcome: Hashable, Sendable {
  /// All of it was taken; the call may go at that time, which is later than now when it had to wait for its turn.
  case admitted(at: QuotaTime)
  /// Nothing was taken yet. The call waits behind others for a place among the calls in flight; `turn` says when it has one.
  case queued(QuotaTicket)
  /// Nothing was taken: there is no room under the limit of that charge. Nanoseconds until there could be; nil: when another call is over.
  case over(charge: Int, retryAfter: Int64?)
  /// Nothing was taken, nor ever could be: one call asks for more than the limit of that charge ever holds.
  case never(charge: Int)
  /// Nothing was taken: the store keeps as many balances, or waiting calls, as it may.
  case full
  /// Nothing was taken: the store does not answer.
  case unavailable
}

/// A call that waits for a place.
package struct QuotaTicket: Hashable, Sendable {
  package let number: UInt64

  package init(number: UInt64) { self.number = number }
}

/// By charge: what is free under its limit, after the call when it was admitted, without it otherwise. As the limit's balance counts it
/// (`Limit.left` gives an amount), because a division for every call would cost more than the limit.
package struct QuotaRooms: Sendable {
  package var rooms = InlineArray<8, Int128>(repeating: 0)

  package init() {}
}
