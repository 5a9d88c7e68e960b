internal import Bytecode
internal import JSON
internal import Quotas

/// What a refusal by a limit tells of it.
struct LimitNotice {
  /// `600 cost per hour by agent, tool`
  let allows: String
  let takes: Number
  let left: Number
}

extension Refusal {
  /// - Parameter subject: `the tool …`
  init(_ outcome: QuotaOutcome, _ charging: borrowing CallCharges, _ rooms: QuotaRooms, subject: String) {
    switch outcome {
    case .over(let charge, let nanoseconds):
      self.init(charge, charging, rooms, isHopeless: false, subject: subject)
      retryAfterMilliseconds = nanoseconds.map { $0 / 1_000_000 + ($0 % 1_000_000 == 0 ? 0 : 1) } ?? Limits.firstRetryMilliseconds
    case .never(let charge): self.init(charge, charging, rooms, isHopeless: true, subject: subject)
    case .unavailable:
      self.init(
        .storeUnavailable,
        "What is counted under the policy's limits cannot be looked up now, so this use of \(subject) is not let through.")
      retryAfterMilliseconds = Limits.firstRetryMilliseconds
    case .admitted, .queued, .full:
      self.init(.rateLimited, "Too much is counted or waits under the policy's limits; this use of \(subject) has no room.")
      retryAfterMilliseconds = Limits.firstRetryMilliseconds
    }
  }

  private init(_ place: Int, _ charging: borrowing CallCharges, _ rooms: QuotaRooms, isHopeless: Bool, subject: String) {
    let info = charging.ledger.info(charging.limits[place])
    let decimals = info.limit.decimals
    let takes = charging.charges[place].amount.number(decimals: decimals)
    let room = isHopeless ? info.limit.capacity : info.limit.left(rooms.rooms[place])
    let left = room.number(decimals: decimals)
    let allows = "\(info.allowance) by \(info.keyWords)"
    if info.isConfidential {
      self.init(.rateLimited, "A limit of the policy does not let this use of \(subject) through\(isHopeless ? "" : " now").")
    } else if isHopeless {
      self.init(.rateLimited, "This use of \(subject) takes \(takes); the limit `\(info.name)` (\(allows)) never holds more than \(left).")
    } else if info.limit.isOfPlaces {
      self.init(.rateLimited, "The limit `\(info.name)` is reached: \(allows). Wait until one of these calls is answered.")
    } else {
      self.init(
        .rateLimited,
        "The limit `\(info.name)` is used up: \(allows). This use of \(subject) takes \(takes), and \(room.rounded(decimals)) is left.")
    }
    rule = info.name
    isConfidential = info.isConfidential
    because = info.because
    self.isHopeless = isHopeless
    guard !info.isConfidential else { return }
    limit = LimitNotice(allows: allows, takes: takes, left: left)
    if case .value(let path) = info.measure, room > .zero {
      allowed = .arguments(["\((["args"] + path).joined(separator: ".")) <= \(left)"])
    }
  }

  /// Of a call whose amount is negative, or too great or too exact to be counted.
  init(uncountable info: LimitInfo, subject: String) {
    let amount = if case .value(let path) = info.measure { "`\((["args"] + path).joined(separator: "."))`" } else { "the amount" }
    self.init(
      .rateLimited,
      info.isConfidential
        ? "A limit of the policy does not let this use of \(subject) through."
        : "The limit `\(info.name)` cannot count \(amount) of this use of \(subject): it is negative, too great or too exact.")
    rule = info.name
    isConfidential = info.isConfidential
    because = info.because
    isHopeless = true
  }
}

extension Amount {
  /// For a sentence: rounded down to hundredths, unless the amounts themselves are finer.
  fileprivate func rounded(_ decimals: Int) -> String {
    guard decimals > 2 else { return number(decimals: decimals).description }
    var unit: Int64 = 1
    for _ in 2..<decimals { unit *= 10 }
    let cut = units - units % unit
    return (cut == 0 && units > 0 ? "less than 0.01" : Amount(units: cut).number(decimals: decimals).description)
  }
}
