/// Durations in nanoseconds, counted in buckets.
package struct Histogram: Sendable, Equatable {
  /// Upper bounds in nanoseconds, inclusive and ascending; behind the last is one more bucket.
  package let bounds: [UInt64]
  package private(set) var counts: [UInt64]
  package private(set) var sum: UInt64 = 0

  package init(bounds: [UInt64]) {
    self.bounds = bounds
    counts = Array(repeating: 0, count: bounds.count + 1)
  }

  package var count: UInt64 { counts.reduce(0, +) }

  package mutating func record(_ nanoseconds: UInt64) {
    var bucket = 0
    while bucket < bounds.count, nanoseconds > bounds[bucket] { bucket += 1 }
    counts[bucket] += 1
    sum &+= nanoseconds
  }

  /// Of the MCP semantic conventions: 10 ms to 5 min.
  package static let operations: [UInt64] = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000, 300_000]
    .map { $0 * 1_000_000 }
  /// Of what the gate itself takes: 10 µs to 1 s.
  package static let gate: [UInt64] = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 100_000, 1_000_000].map {
    $0 * 1_000
  }
}

/// What is measured under one name, by the values of its labels. Belongs to one thread.
///
/// Labels come from policies and protocols, but nobody can make more of them than `most`: the rest is counted together as `_OTHER`.
package struct MetricFamily: Sendable {
  package enum Kind: Sendable, Equatable {
    /// Only goes up.
    case counter
    case gauge
    case histogram([UInt64])
  }

  package enum Sample: Sendable, Equatable {
    case number(Double)
    case histogram(Histogram)
  }

  package static let other = "_OTHER"
  private static let most = 500

  /// As OpenTelemetry has it: `mcp.server.operation.duration`.
  package let name: String
  /// As UCUM has it: `s`, `By`; empty: a count.
  package let unit: String
  package let help: String
  package let labels: [String]
  package let kind: Kind
  package private(set) var samples: [(values: [String], sample: Sample)] = []
  private var places: [[String]: Int] = [:]

  package init(_ name: String, unit: String = "", _ help: String, labels: [String] = [], kind: Kind) {
    self.name = name
    self.unit = unit
    self.help = help
    self.labels = labels
    self.kind = kind
    if labels.isEmpty { _ = place(of: []) }
  }

  package mutating func add(_ amount: Double = 1, _ values: [String] = []) {
    let place = place(of: values)
    if case .number(let number) = samples[place].sample { samples[place].sample = .number(number + amount) }
  }

  package mutating func set(_ amount: Double, _ values: [String] = []) { samples[place(of: values)].sample = .number(amount) }

  package mutating func record(_ nanoseconds: UInt64, _ values: [String] = []) {
    let place = place(of: values)
    guard case .histogram(var histogram) = samples[place].sample else { return }
    // Held once, so that it is changed where it is.
    samples[place].sample = .number(0)
    histogram.record(nanoseconds)
    samples[place].sample = .histogram(histogram)
  }

  /// Forgets all series, of a gauge whose labels have changed.
  package mutating func clear() {
    samples = []
    places = [:]
  }

  private mutating func place(of values: [String]) -> Int {
    precondition(values.count == labels.count, "a value for each label")
    if let place = places[values] { return place }
    let kept = samples.count < MetricFamily.most ? values : values.map { _ in MetricFamily.other }
    if let place = places[kept] { return place }
    places[kept] = samples.count
    let empty: Sample = if case .histogram(let bounds) = kind { .histogram(Histogram(bounds: bounds)) } else { .number(0) }
    samples.append((kept, empty))
    return samples.count - 1
  }
}
