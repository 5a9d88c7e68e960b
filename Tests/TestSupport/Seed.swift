import Foundation

/// A small, fast generator whose whole state is one number, so that a failing property can be repeated (SplitMix64).
package struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// True with the given probability in percent.
  package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
}

/// The seed of a property's run: `SEED=…` repeats one, otherwise it is drawn anew. Say it in every failure.
package func propertySeed() -> UInt64 {
  ProcessInfo.processInfo.environment["SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64(UInt32.max))
}

/// How often a property runs: `PROPERTY_RUNS=…` for nightly-style runs, otherwise the given number.
package func propertyRuns(_ usual: Int) -> Int {
  ProcessInfo.processInfo.environment["PROPERTY_RUNS"].flatMap { Int($0) } ?? usual
}
