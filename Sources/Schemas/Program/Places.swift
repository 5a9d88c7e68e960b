internal import JSON

/// Where the entries of a table of texts are looked for: open addressing over hashes, with a multiplier that leaves small tables
/// without a collision.
struct Places {
  /// The number of an entry plus one, or 0.
  let places: [UInt32]
  private let logarithm: Int
  private let multiplier: UInt32

  /// Tables with more entries than this take the first multiplier: on average they need one look and a half.
  private static let mostPerfect = 128
  private static let tries = 64

  init(_ hashes: [UInt32]) {
    var logarithm = 1
    while 1 << logarithm < hashes.count * 2 { logarithm += 1 }
    var best: (collisions: Int, places: [UInt32], logarithm: Int, multiplier: UInt32)?
    search: for extra in 0...1 {
      var multiplier: UInt32 = 0x9E37_79B1
      for _ in 0..<(hashes.count <= Self.mostPerfect ? Self.tries : 1) {
        let (places, collisions) = Self.fill(hashes, logarithm + extra, multiplier)
        if collisions < best?.collisions ?? .max { best = (collisions, places, logarithm + extra, multiplier) }
        if collisions == 0 { break search }
        multiplier = multiplier &* 0x2C1B_3C6D &+ 0x6D2B_79F6 | 1
      }
    }
    (_, places, self.logarithm, multiplier) = best ?? (0, [0, 0], 1, 1)
  }

  private static func fill(_ hashes: [UInt32], _ logarithm: Int, _ multiplier: UInt32) -> ([UInt32], collisions: Int) {
    var places = [UInt32](repeating: 0, count: 1 << logarithm)
    var collisions = 0
    for (index, hash) in hashes.enumerated() {
      var place = Int((hash &* multiplier) >> UInt32(32 - logarithm))
      while places[place] != 0 {
        collisions += 1
        place = (place + 1) & (places.count - 1)
      }
      places[place] = UInt32(index + 1)
    }
    return (places, collisions)
  }

  /// The hash of a text of more than sixteen bytes: its fingerprint leaves out the middle, where names in a row differ.
  @inline(__always)
  static func add(_ word: UInt64, to hash: UInt32) -> UInt32 {
    UInt32(truncatingIfNeeded: ((word ^ UInt64(hash)) &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }

  static func hash(of text: [UInt8]) -> UInt32 {
    var hash = NameWords(text.span).fingerprint
    guard text.count > 16 else { return hash }
    for offset in stride(from: 8, to: text.count - 8, by: 8) {
      hash = add(NameWords(text.span.extracting(offset..<offset + 8)).first, to: hash)
    }
    return hash
  }

  /// The first word of a table.
  var word: UInt64 { UInt64(32 - logarithm) | UInt64(multiplier) << 32 }

  /// Where to look first.
  ///
  /// - Parameter word: the first of the table.
  @inline(__always)
  static func place(_ hash: UInt32, _ word: UInt64) -> Int {
    Int((hash &* UInt32(truncatingIfNeeded: word >> 32)) &>> UInt32(truncatingIfNeeded: word))
  }
}
