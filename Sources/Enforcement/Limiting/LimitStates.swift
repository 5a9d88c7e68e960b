internal import Bytecode
package import JSON
internal import Quotas

/// What a call met of limits, for its log line. Amounts are worked out when they are read; a copy costs no allocation.
package struct LimitStates: Sendable {
  /// One limit.
  package struct State: Sendable, Equatable {
    package let limit: String
    /// What the call takes.
    package let takes: Number
    /// After the call, or without it when it did not go; rounded down.
    package let left: Number
    /// Whether there was not enough.
    package let isOver: Bool
    package let isShadow: Bool
  }

  /// Nil: of none.
  private(set) var ledger: LimitLedger?
  package private(set) var count = 0
  private var limits = InlineArray<8, UInt16>(repeating: 0)
  private var amounts = InlineArray<8, Amount>(repeating: .zero)
  private var rooms = InlineArray<8, Int128>(repeating: 0)
  private var over: UInt8 = 0

  package init() {}

  mutating func add(_ limit: Int, of ledger: LimitLedger, _ amount: Amount, room: Int128, isOver: Bool) {
    guard count < LocalQuotas.mostCharges else { return }
    self.ledger = ledger
    limits[count] = UInt16(limit)
    amounts[count] = amount
    rooms[count] = room
    if isOver { over |= 1 << UInt8(count) }
    count += 1
  }

  package subscript(_ index: Int) -> State {
    guard index < count, let ledger else { preconditionFailure("a state that is not there") }
    let info = ledger.info(Int(limits[index]))
    let decimals = info.limit.decimals
    return State(
      limit: info.name, takes: amounts[index].number(decimals: decimals), left: info.limit.left(rooms[index]).number(decimals: decimals),
      isOver: over & 1 << UInt8(index) != 0, isShadow: info.isShadow)
  }

  /// Names of shadow limits under which there was not enough.
  var firedShadows: [String] {
    if over == 0 { return [] }
    return (0..<count).map { self[$0] }.filter { $0.isShadow && $0.isOver }.map(\.limit)
  }
}
