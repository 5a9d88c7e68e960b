/// Requests of the OpenTelemetry protocol (opentelemetry-proto 1.x, `collector/*/v1`), as they are sent over HTTP in binary.
package enum OTLP {
  /// Who reports.
  package struct Resource: Sendable {
    package let attributes: [Attribute]
    /// Of the instrumentation: ours.
    package let version: String

    package init(attributes: [Attribute], version: String) {
      self.attributes = attributes
      self.version = version
    }
  }

  /// The tables of names that these attributes are from.
  private static let scope = "sallyport"

  /// `ExportTraceServiceRequest`
  ///
  /// - Parameter spans: each as `Span.encode` writes it.
  package static func traces(_ spans: [[UInt8]], _ resource: Resource) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.message(1) { writer in
      writer.message(1) { describe(resource, &$0) }
      writer.message(2) { writer in
        writer.message(1) { describeScope(resource, &$0) }
        for span in spans { writer.data(2, span) }
      }
    }
    return writer.bytes
  }

  /// `ExportMetricsServiceRequest`. Everything counts from `start`.
  ///
  /// - Parameters:
  ///   - start: nanoseconds since 1970.
  ///   - now: the same.
  package static func metrics(_ families: [MetricFamily], _ resource: Resource, start: UInt64, now: UInt64) -> [UInt8] {
    var writer = ProtobufWriter()
    writer.message(1) { writer in
      writer.message(1) { describe(resource, &$0) }
      writer.message(2) { writer in
        writer.message(1) { describeScope(resource, &$0) }
        for family in families where !family.samples.isEmpty { writer.message(2) { describe(family, start, now, &$0) } }
      }
    }
    return writer.bytes
  }

  private static func describe(_ resource: Resource, _ writer: inout ProtobufWriter) {
    for attribute in resource.attributes { writer.attribute(1, attribute) }
  }

  private static func describeScope(_ resource: Resource, _ writer: inout ProtobufWriter) {
    writer.string(1, scope)
    writer.string(2, resource.version)
  }

  /// Sums and histograms are of all time: `AGGREGATION_TEMPORALITY_CUMULATIVE`.
  private static let cumulative: UInt64 = 2

  private static func describe(_ family: MetricFamily, _ start: UInt64, _ now: UInt64, _ writer: inout ProtobufWriter) {
    writer.string(1, family.name)
    writer.string(2, family.help)
    writer.string(3, family.unit.isEmpty ? "1" : family.unit)
    let field: UInt8
    switch family.kind {
    case .gauge: field = 5
    case .counter: field = 7
    case .histogram: field = 9
    }
    writer.message(field) { writer in
      for (values, sample) in family.samples {
        writer.message(1) { point(sample, Array(zip(family.labels, values)), start, now, &$0) }
      }
      if family.kind != .gauge { writer.varint(2, cumulative) }
      if family.kind == .counter { writer.boolean(3, true) }
    }
  }

  private static func point(
    _ sample: MetricFamily.Sample, _ labels: [(String, String)], _ start: UInt64, _ now: UInt64, _ writer: inout ProtobufWriter
  ) {
    writer.fixed64(2, start)
    writer.fixed64(3, now)
    switch sample {
    case .number(let number):
      writer.double(4, number)
      for (name, value) in labels where !value.isEmpty { writer.attribute(7, Attribute(name, value)) }
    case .histogram(let histogram):
      writer.fixed64(4, histogram.count)
      writer.double(5, Double(histogram.sum) / 1e9)
      writer.packed(fixed64: 6, histogram.counts)
      writer.packed(fixed64: 7, histogram.bounds.map { (Double($0) / 1e9).bitPattern })
      for (name, value) in labels where !value.isEmpty { writer.attribute(9, Attribute(name, value)) }
    }
  }
}
