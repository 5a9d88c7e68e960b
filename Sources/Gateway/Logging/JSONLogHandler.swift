package import Logging

/// swift-log's handler for this program: JSON lines on standard error.
package struct JSONLogHandler: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level
  private let label: String
  private let stream: LogStream

  package init(label: String, level: Logger.Level, stream: LogStream) {
    self.label = label
    self.logLevel = level
    self.stream = stream
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    var line = LogLine(level: name(of: event.level), message: event.message.description)
    line.add("logger", label)
    let all = metadata.merging(event.metadata ?? [:]) { _, own in own }
    if !all.isEmpty {
      line.add("details", texts: all.sorted { $0.key < $1.key }.map { (name: $0.key, text: $0.value.description) })
    }
    stream.write(line.finished())
  }
}

private func name(of level: Logger.Level) -> StaticString {
  switch level {
  case .trace: "trace"
  case .debug: "debug"
  case .info: "info"
  case .notice: "notice"
  case .warning: "warning"
  case .error: "error"
  case .critical: "critical"
  }
}
