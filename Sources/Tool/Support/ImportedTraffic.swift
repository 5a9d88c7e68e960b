import ArgumentParser
import Replaying

extension TrafficImporter.Format: ExpressibleByArgument {}

/// Traffic of others on its way into a replay.
struct ImportedTraffic {
  let format: TrafficImporter.Format
  let server: String
  let agent: String?

  /// A HAR file is one document; of the others each line is one, or the whole is.
  func feed(_ source: consuming LineSource, to run: inout ReplayRun) throws {
    var source = source
    var lines: [[UInt8]] = []
    var importer = try TrafficImporter(server: server, agent: agent) { lines.append($0) }
    var torn = false
    var number = 0
    var whole: [UInt8] = []
    while let line = try source.next(isTorn: &torn) {
      if line.isEmpty { continue }
      if format == .jsonrpc || (format == .otlp && whole.isEmpty && TrafficImporter.detect(line) == .otlp) {
        try importer.take(line, format)
        try Self.replay(&lines, &number, &run)
      } else {
        whole += line + [UInt8(ascii: "\n")]
      }
    }
    if !whole.isEmpty { try importer.take(whole, format) }
    try Self.replay(&lines, &number, &run)
    try importer.finish()
  }

  private static func replay(_ lines: inout [[UInt8]], _ number: inout Int, _ run: inout ReplayRun) throws {
    for line in lines {
      number += 1
      try run.take(line, line: number)
    }
    lines.removeAll(keepingCapacity: true)
  }
}
