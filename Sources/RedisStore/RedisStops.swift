internal import Digests
package import Enforcement
internal import JSON

/// Stops in a server that gateways on several machines share.
package final class RedisStops: StopStore {
  private let client: RedisClient
  let prefix: String

  private static let set = RedisScript(StateScript.setStop)
  private static let look = RedisScript(StateScript.look)
  private static let restore = RedisScript(StateScript.restore)

  package init(_ client: RedisClient, prefix: String = "sallyport") {
    self.client = client
    self.prefix = prefix
  }

  @discardableResult
  package func stop(_ kind: Stops.Kind, _ name: String, because: String?, _ act: Act) throws -> Bool {
    let record = StopRecord(kind: kind, name: name, since: act.moment, actor: act.actor, because: because)
    return try change(record, RedisStops.text(record), "stop", because, act)
  }

  @discardableResult
  package func resume(_ kind: Stops.Kind, _ name: String, _ act: Act) throws -> Bool {
    try change(StopRecord(kind: kind, name: name, since: 0, actor: "", because: nil), "", "resume", nil, act)
  }

  package func stops() throws -> [StopRecord] {
    (try state(unlike: nil).stops ?? []).sorted { one, other in
      (-one.since, one.kind.rawValue, one.name) < (-other.since, other.kind.rawValue, other.name)
    }
  }

  package func audit() throws -> [AuditLine] { try RedisAudit.lines(client, prefix) }

  private func change(_ record: StopRecord, _ text: String, _ name: String, _ details: String?, _ act: Act) throws(RedisFault) -> Bool {
    let arguments = [
      RedisStops.newEpoch(), RedisStops.field(record), text, "\(act.moment)", act.actor, name, "\(record.kind.rawValue) \(record.name)",
      details ?? "",
    ]
    let reply = try client.run(Self.set, keys: keys + [RedisAudit.key(prefix)], arguments.map { Array($0.utf8) })
    guard case .number(let count) = reply else { throw RedisFault(reply) }
    return count == 1
  }

  // MARK: For who watches

  struct State: Equatable {
    let epoch: String
    let changes: String
    /// Nil: as it was.
    let stops: [StopRecord]?
  }

  /// - Parameter known: what need not be told again.
  func state(unlike known: State?) throws(RedisFault) -> State {
    let arguments = [RedisStops.newEpoch(), known?.epoch ?? "", known?.changes ?? ""]
    let reply = try client.run(Self.look, keys: keys, arguments.map { Array($0.utf8) })
    guard case .list(let list) = reply, list.count >= 2, let epoch = list[0].string, let changes = list[1].string else {
      throw RedisFault(reply)
    }
    guard list.count == 3 else { return State(epoch: epoch, changes: changes, stops: nil) }
    guard case .list(let pairs) = list[2] else { throw RedisFault(reply) }
    var stops: [StopRecord] = []
    for index in stride(from: 0, to: pairs.count - 1, by: 2) {
      guard let field = pairs[index].string, let text = pairs[index + 1].string, let stop = RedisStops.record(field, text) else {
        // Of a later version, or damaged: passing it over would let through what somebody stopped.
        throw RedisFault(description: "the server says that something is stopped which this version does not know")
      }
      stops.append(stop)
    }
    return State(epoch: epoch, changes: changes, stops: stops)
  }

  /// What is stopped there already stays as it is.
  func giveBack(_ stops: [StopRecord]) throws(RedisFault) {
    let words = [RedisStops.newEpoch()] + stops.flatMap { [RedisStops.field($0), RedisStops.text($0)] }
    let reply = try client.run(Self.restore, keys: keys, words.map { Array($0.utf8) })
    if case .failure = reply { throw RedisFault(reply) }
  }

  private var keys: [[UInt8]] { ["epoch", "changes", "stops"].map { Array("\(prefix):{state}:\($0)".utf8) } }

  private static func newEpoch() -> String { randomBytes(8).map { String($0, radix: 16) }.joined() }

  private static func field(_ stop: StopRecord) -> String { "\(stop.kind.rawValue) \(stop.name)" }

  private static func text(_ stop: StopRecord) -> String {
    let value: Value = [
      "since": .number(Number(stop.since)), "actor": .string(stop.actor), "because": stop.because.map(Value.string) ?? .null,
    ]
    return String(decoding: write(value), as: UTF8.self)
  }

  private static func record(_ field: String, _ text: String) -> StopRecord? {
    let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = Stops.Kind(rawValue: String(parts[0])), let value = try? Value(parsing: Array(text.utf8)),
      let since = value["since"]?.number?.integer, let actor = value["actor"]?.string
    else { return nil }
    return StopRecord(kind: kind, name: String(parts[1]), since: Int64(since), actor: actor, because: value["because"]?.string)
  }
}

/// Administrative acts, which the scripts write down with what they do.
enum RedisAudit {
  static func key(_ prefix: String) -> [UInt8] { Array("\(prefix):{state}:audit".utf8) }

  /// Oldest first.
  static func lines(_ client: RedisClient, _ prefix: String) throws(RedisFault) -> [AuditLine] {
    let reply = try client.command([Array("XRANGE".utf8), key(prefix), Array("-".utf8), Array("+".utf8)])
    guard case .list(let entries) = reply else { throw RedisFault(reply) }
    return entries.compactMap { entry in
      guard case .list(let parts) = entry, parts.count == 2, case .list(let fields) = parts[1] else { return nil }
      let texts = fields.map { $0.string ?? "" }
      func field(_ name: String) -> String {
        stride(from: 0, to: texts.count - 1, by: 2).first { texts[$0] == name }.map { texts[$0 + 1] } ?? ""
      }
      let details = field("details")
      return AuditLine(
        moment: Int64(field("moment")) ?? 0, actor: field("actor"), act: field("act"), object: field("object"),
        details: details.isEmpty ? nil : details)
    }
  }
}
