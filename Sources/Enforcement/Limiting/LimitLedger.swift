package import Bytecode
internal import Digests
package import Quotas

/// The limits of one program and the store that counts them. The store outlives the program: a limit that is called, counts and is counted by
/// as before goes on with what was taken from it.
package final class LimitLedger: Sendable {
  package let program: Program
  package let quotas: QuotaStore
  /// By limit: its number in the store.
  let numbers: [Int]
  /// By limit: what its keys begin with.
  let prefixes: [[UInt8]]
  let hasSessionKeys: Bool

  package init(_ program: Program, _ quotas: QuotaStore) {
    self.program = program
    self.quotas = quotas
    numbers = quotas.define(program.limits.map { $0.isShadow ? $0.limit.denying : $0.limit })
    prefixes = program.limits.map { limit in
      var bytes = Array("limit".utf8)
      bytes.append(part: Array(limit.name.utf8))
      bytes.append(part: Array(limit.measureWords.utf8))
      bytes.append(part: Array(limit.keyWords.utf8))
      return bytes
    }
    hasSessionKeys = program.limits.contains { $0.keys.contains(.session) }
  }

  func info(_ limit: Int) -> LimitInfo { program.limits[limit] }
}

extension QuotaKey {
  /// The first 128 bits of a digest.
  init(_ digest: Digest) {
    func word(_ start: Int) -> UInt64 { digest.bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    self.init(high: word(0), low: word(8))
  }
}

extension [UInt8] {
  /// With its length, so that no two lists of parts look alike.
  mutating func append(part: [UInt8]) {
    self += "\(part.count):".utf8
    self += part
  }
}
