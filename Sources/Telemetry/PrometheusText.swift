/// Writes metrics in the text format of Prometheus, version 0.0.4.
///
/// Names follow the OpenTelemetry rules of translation: dots become underscores, the unit is added, and `_total` to what only goes up.
package enum PrometheusText {
  package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  package static func write(_ families: [MetricFamily]) -> String {
    var text = ""
    for family in families where !family.samples.isEmpty {
      let name = name(of: family)
      text += "# HELP \(name) \(escaped(family.help, quotes: false))\n# TYPE \(name) \(type(of: family.kind))\n"
      for (values, sample) in family.samples {
        let labels = zip(family.labels, values).map { "\(translated($0))=\"\(escaped($1, quotes: true))\"" }
        switch sample {
        case .number(let number): text += "\(name)\(braced(labels)) \(written(number))\n"
        case .histogram(let histogram): append(histogram, name, labels, to: &text)
        }
      }
    }
    return text
  }

  package static func name(of family: MetricFamily) -> String {
    var name = translated(family.name)
    let units = ["s": "_seconds", "By": "_bytes"]
    name += units[family.unit] ?? ""
    if family.kind == .counter { name += "_total" }
    return name
  }

  private static func append(_ histogram: Histogram, _ name: String, _ labels: [String], to text: inout String) {
    var count: UInt64 = 0
    for (index, bucket) in histogram.counts.enumerated() {
      count += bucket
      let bound = index < histogram.bounds.count ? written(seconds(histogram.bounds[index])) : "+Inf"
      text += "\(name)_bucket\(braced(labels + ["le=\"\(bound)\""])) \(count)\n"
    }
    text += "\(name)_sum\(braced(labels)) \(written(seconds(histogram.sum)))\n\(name)_count\(braced(labels)) \(count)\n"
  }

  private static func type(of kind: MetricFamily.Kind) -> String {
    switch kind {
    case .counter: "counter"
    case .gauge: "gauge"
    case .histogram: "histogram"
    }
  }

  private static func braced(_ labels: [String]) -> String { labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}" }

  private static func translated(_ name: String) -> String { String(name.map { $0 == "." || $0 == "-" ? "_" : $0 }) }

  private static func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1e9 }

  private static func written(_ number: Double) -> String {
    number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    text.unicodeScalars.reduce(into: "") { out, scalar in
      switch scalar {
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\"" where quotes: out += "\\\""
      default: out.unicodeScalars.append(scalar)
      }
    }
  }
}
