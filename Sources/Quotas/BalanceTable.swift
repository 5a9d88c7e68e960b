/// The balances of one shard by key: a hash table with open addressing. Bounded: what is idle is forgotten before it grows, and at its
/// greatest it refuses new keys rather than forget one that counts.
struct BalanceTable: Sendable {
  /// 48 bytes, in 64-byte lines for the most part.
  private struct Slot: Sendable {
    var high: UInt64 = 0
    /// 0: free.
    var low: UInt64 = 0
    var value: Int128 = 0
    var window: Int64 = 0
    /// The definition that the balance is kept by.
    var limit: Int64 = 0
  }

  private var slots: [Slot] = []
  private var used = 0
  /// Slots, a power of two.
  private let most: Int
  /// By number. Never shortened.
  private(set) var limits: [Limit] = []
  /// Keys are the same everywhere; where they stand is not, so that nobody can choose many that stand in each other's way.
  private let secret: (high: UInt64, low: UInt64)

  /// - Parameter capacity: keys it holds at least.
  init(capacity: Int) {
    var slots = BalanceTable.fewest
    while BalanceTable.load(slots) < capacity { slots *= 2 }
    most = slots
    secret = (.random(in: 0 ... .max), .random(in: 0 ... .max) | 1)
  }

  private static let fewest = 16
  /// Seven of eight: beyond, probes become long.
  private static func load(_ slots: Int) -> Int { slots / 8 * 7 }

  var count: Int { used }

  mutating func define(_ limit: Limit) { limits.append(limit) }

  /// The balance of a key under that limit; nothing taken when it is not here.
  func balance(of key: QuotaKey, under limit: Int, at time: QuotaTime) -> Balance {
    guard let place = find(key) else { return Balance() }
    let balance = Balance(value: slots[place].value, window: slots[place].window)
    let own = Int(slots[place].limit)
    return own == limit ? balance : balance.converted(from: limits[own], to: limits[limit], at: time)
  }

  func contains(_ key: QuotaKey) -> Bool { find(key) != nil }

  /// Makes room for some keys that are not here.
  ///
  /// - Returns: false when the table is full of balances that count.
  mutating func makeRoom(for keys: Int, at time: QuotaTime) -> Bool {
    if slots.isEmpty { slots = Array(repeating: Slot(), count: BalanceTable.fewest) }
    if used + keys <= BalanceTable.load(slots.count) { return true }
    let living = slots.filter { slot in
      slot.low != 0 && !Balance(value: slot.value, window: slot.window).isIdle(in: limits[Int(slot.limit)], at: time)
    }
    // Grown when most of it counts, so that the work of looking through it is spread over many keys.
    let size = living.count + keys > slots.count / 2 ? min(slots.count * 2, most) : slots.count
    guard living.count + keys <= BalanceTable.load(size) else { return false }
    slots = Array(repeating: Slot(), count: size)
    used = 0
    for slot in living { insert(slot) }
    return true
  }

  /// There must be room when the key is not here.
  mutating func set(_ balance: Balance, of key: QuotaKey, under limit: Int) {
    if let place = find(key) {
      slots[place].value = balance.value
      slots[place].window = balance.window
      slots[place].limit = Int64(limit)
    } else {
      insert(Slot(high: key.high, low: key.low, value: balance.value, window: balance.window, limit: Int64(limit)))
    }
  }

  private mutating func insert(_ slot: Slot) {
    precondition(used < slots.count - 1, "a probe must find a free slot")
    let mask = slots.count - 1
    var place = home(slot.high) & mask
    while slots[place].low != 0 { place = (place + 1) & mask }
    slots[place] = slot
    used += 1
  }

  private func find(_ key: QuotaKey) -> Int? {
    guard !slots.isEmpty else { return nil }
    let mask = slots.count - 1
    var place = home(key.high) & mask
    while slots[place].low != 0 {
      if slots[place].low == key.low, slots[place].high == key.high { return place }
      place = (place + 1) & mask
    }
    return nil
  }

  private func home(_ high: UInt64) -> Int {
    let product = (high ^ secret.high).multipliedFullWidth(by: secret.low)
    return Int(truncatingIfNeeded: product.high ^ product.low)
  }
}
