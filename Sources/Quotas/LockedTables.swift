/// The tables of the shards that one call touches, held while their locks are; in order of shard.
struct LockedTables: ~Copyable {
  private var shards = InlineArray<8, Int>(repeating: 0)
  private var tables = InlineArray<8, BalanceTable>(repeating: BalanceTable(capacity: 0))
  private(set) var count = 0

  /// Before anything is locked.
  mutating func add(shard: Int) {
    var place = count
    for index in 0..<count where shards[index] >= shard {
      if shards[index] == shard { return }
      place = index
      break
    }
    var index = count
    while index > place {
      shards[index] = shards[index - 1]
      index -= 1
    }
    shards[place] = shard
    count += 1
  }

  func shard(_ index: Int) -> Int { shards[index] }

  /// Takes a table in, or gives it back.
  mutating func exchange(_ table: inout BalanceTable, _ index: Int) { swap(&table, &tables[index]) }

  /// The table of a shard that was added.
  func number(of shard: Int) -> Int {
    for index in 0..<count where shards[index] == shard { return index }
    preconditionFailure("a shard that is not locked")
  }

  func balance(of key: QuotaKey, inTable index: Int) -> Balance { tables[index].balance(of: key) }

  mutating func set(_ balance: Balance, of key: QuotaKey, limit: Int, inTable index: Int) {
    tables[index].set(balance, of: key, limit: limit)
  }

  mutating func makeRoom(inTable index: Int, for keys: Int, in limits: [Limit], at time: QuotaTime) -> Bool {
    tables[index].makeRoom(for: keys, in: limits, at: time)
  }
}
