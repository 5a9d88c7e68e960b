/// Where the entries of a table of texts are looked for: open addressing over fingerprints, with a multiplier that leaves small tables
/// without a collision.
struct Places {
  /// The number of an entry plus one, or 0.
  let places: [UInt32]
  let logarithm: Int
  let multiplier: UInt32

  /// Tables with more entries than this take the first multiplier: on average they need one look and a half.
  private static let mostPerfect = 128
  private static let tries = 64

  init(_ fingerprints: [UInt32]) {
    var logarithm = 1
    while 1 << logarithm < fingerprints.count * 2 { logarithm += 1 }
    var best: (collisions: Int, places: [UInt32], logarithm: Int, multiplier: UInt32)?
    search: for extra in 0...1 {
      var multiplier: UInt32 = 0x9E37_79B1
      for _ in 0..<(fingerprints.count <= Self.mostPerfect ? Self.tries : 1) {
        let (places, collisions) = Self.fill(fingerprints, logarithm + extra, multiplier)
        if collisions < best?.collisions ?? .max { best = (collisions, places, logarithm + extra, multiplier) }
        if collisions == 0 { break search }
        multiplier = multiplier &* 0x2C1B_3C6D &+ 0x6D2B_79F6 | 1
      }
    }
    (_, places, self.logarithm, multiplier) = best ?? (0, [0, 0], 1, 1)
  }

  private static func fill(_ fingerprints: [UInt32], _ logarithm: Int, _ multiplier: UInt32) -> ([UInt32], collisions: Int) {
    var places = [UInt32](repeating: 0, count: 1 << logarithm)
    var collisions = 0
    for (index, fingerprint) in fingerprints.enumerated() {
      var place = Self.place(fingerprint, logarithm, multiplier)
      while places[place] != 0 {
        collisions += 1
        place = (place + 1) & (places.count - 1)
      }
      places[place] = UInt32(index + 1)
    }
    return (places, collisions)
  }

  /// Where to look first.
  @inline(__always)
  static func place(_ fingerprint: UInt32, _ logarithm: Int, _ multiplier: UInt32) -> Int {
    Int((fingerprint &* multiplier) >> UInt32(32 - logarithm))
  }
}
