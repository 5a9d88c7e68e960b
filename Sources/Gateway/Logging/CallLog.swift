package import Enforcement
internal import Glibc
package import Logging
internal import Messages

/// One line for every request that is finished and every message that was dropped; docs/log.md lists the fields.
///
/// It is written past swift-log, whose metadata would cost a dictionary for each call. Values of arguments never get here: a record
/// has none.
package struct CallLog: Sendable {
  let stream: LogStream
  /// Calls that went through are `info`; everything else is `notice`.
  let level: Logger.Level
  /// The name of the key that the connection was opened with; nil: of none, or connections of several callers share this.
  let key: String?
  /// Where records go instead when somebody makes more of them than lines; who does writes the lines too.
  let mailbox: CallMailbox?

  package init(stream: LogStream, level: Logger.Level, key: String? = nil, mailbox: CallMailbox? = nil) {
    self.stream = stream
    self.level = level
    self.key = key
    self.mailbox = mailbox
  }

  package func write(_ record: CallRecord) {
    var record = record
    record.finished = steadyNanoseconds()
    if let mailbox { mailbox.put(record) } else { writeLine(record) }
  }

  /// Writes what `writeLine` has gathered, for whoever has no poll loop.
  package func flush() { stream.flush() }

  /// - Parameter shown: what may be shown of the arguments, as JSON; nil: names and sizes.
  package func writeLine(_ record: CallRecord, arguments shown: [UInt8]? = nil) {
    let isOrdinary = record.outcome == .allowed
    guard level <= (isOrdinary ? .info : .notice) else { return }
    let milliseconds = Int(record.time.unixMilliseconds)
    let time = timespec(tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    var line = LogLine(level: isOrdinary ? "info" : "notice", message: "call", at: time)
    line.add("outcome", record.outcome.rawValue)
    line.add("sender", record.sender.rawValue)
    line.add("method", ifPresent: record.method?.name)
    line.add("target", ifPresent: record.target)
    line.add("agent", ifPresent: record.agent)
    line.add("key", ifPresent: record.origin?.key ?? key)
    line.add("subject", ifPresent: record.origin?.subject)
    line.add("code", ifPresent: record.code?.rawValue)
    line.add("rule", ifPresent: record.rule)
    line.add("reason", ifPresent: record.reason)
    line.add("approval", ifPresent: record.approval)
    line.add("outputMismatch", ifPresent: record.outputMismatch)
    if !record.patterns.isEmpty { line.add("patterns", record.patterns) }
    if !record.findings.isEmpty { line.add("findings", record.findings) }
    if !record.labels.isEmpty { line.add("labels", record.labels) }
    if !record.shadow.isEmpty { line.add("shadow", record.shadow) }
    if record.limits.count > 0 { line.add("limits", record.limits) }
    switch record.identifier {
    case .number(let number): line.add("id", quoted: number)
    case .text(let text): line.add("id", String(decoding: text.source, as: UTF8.self))
    case nil: break
    }
    line.add("revision", ifPresent: record.revision?.name)
    if let trace = record.trace {
      line.add("trace", size: TraceIdentifier.digits) { trace.write(to: &$0) }
    }
    let arguments = record.arguments
    if let shown {
      line.add("arguments", json: shown)
    } else if arguments.count > 0 {
      line.open("arguments")
      for index in arguments.indices { line.addMember(arguments.name(index), arguments.size(index)) }
      line.close()
    }
    if arguments.count > arguments.indices.count { line.add("moreArguments", arguments.count - arguments.indices.count) }
    line.add("bytesIn", record.bytesIn)
    line.add("bytesOut", record.bytesOut)
    let latency = record.latency(now: record.finished)
    line.add("gateMicroseconds", nanoseconds: latency.gate)
    line.add("serverMicroseconds", nanoseconds: latency.upstream)
    // After the answer itself, which waits for nothing.
    stream.writeLater(line.finished())
  }
}

extension EventTime {
  package static func now() -> EventTime {
    let wall = wallClock()
    return EventTime(
      unixMilliseconds: Int64(wall.tv_sec) * 1000 + Int64(wall.tv_nsec) / 1_000_000,
      nanoseconds: steadyNanoseconds())
  }
}
