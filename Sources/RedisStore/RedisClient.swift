internal import Digests
internal import Synchronization

/// How a server is spoken to.
package struct RedisOptions: Sendable {
  package var address: RedisAddress
  /// From a file or the environment.
  package var user: String?
  package var password: String?
  /// A gate that waits for its store waits with every call: short, and far above what a server in the same network takes.
  package var connectMilliseconds = 250
  package var commandMilliseconds = 100
  /// After a fault nothing is asked for so long.
  package var pauseMilliseconds: Int64 = 1_000

  package init(address: RedisAddress, user: String? = nil, password: String? = nil) {
    self.address = address
    self.user = user
    self.password = password
  }
}

/// A connection that is made when it is needed, and a breaker: after a fault the server counts as gone for a while, so that calls do not all
/// wait for it one after another.
package final class RedisClient: Sendable {
  private struct State: ~Copyable {
    var connection: RedisConnection?
    var closedUntil: ContinuousClock.Instant?
    var isGone = false
  }

  private let options: RedisOptions
  private let state = Mutex(State())
  private let report: @Sendable (RedisEvent) -> Void

  /// - Parameter report: told when the server goes and when it is back.
  package init(_ options: RedisOptions, report: @escaping @Sendable (RedisEvent) -> Void = { _ in }) {
    self.options = options
    self.report = report
  }

  /// - Throws: when there is no answer; the same command may or may not have been carried out.
  func command(_ arguments: [[UInt8]]) throws(RedisFault) -> RedisReply {
    var event: RedisEvent?
    defer { if let event { report(event) } }
    let result: Result<RedisReply, RedisFault> = state.withLock { state in
      if let until = state.closedUntil, ContinuousClock.now < until {
        return .failure(RedisFault(description: "the server was gone a moment ago"))
      }
      do throws(RedisFault) {
        let reply = try ask(arguments, &state)
        if state.isGone { event = .back }
        state.isGone = false
        state.closedUntil = nil
        return .success(reply)
      } catch {
        state.connection = nil
        state.closedUntil = .now + .milliseconds(options.pauseMilliseconds)
        if !state.isGone { event = .gone(error) }
        state.isGone = true
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// What the log should say, in the words of whoever found out.
  func note(_ event: RedisEvent) { report(event) }

  /// Runs a script by its digest; sends its text when the server does not know it yet.
  func run(_ script: RedisScript, keys: [[UInt8]], _ arguments: [[UInt8]]) throws(RedisFault) -> RedisReply {
    let rest = [Array("\(keys.count)".utf8)] + keys + arguments
    let reply = try command([Array("EVALSHA".utf8), script.digest] + rest)
    guard case .failure(let words) = reply, words.hasPrefix("NOSCRIPT") else { return reply }
    return try command([Array("EVAL".utf8), script.text] + rest)
  }

  private func ask(_ arguments: [[UInt8]], _ state: inout State) throws(RedisFault) -> RedisReply {
    if state.connection == nil { state.connection = try connect() }
    guard let reply = try state.connection?.command(arguments) else { throw RedisFault(description: "no connection") }
    // A server that loads its data or is a replica is of no use, and may be later.
    if case .failure(let words) = reply,
      ["LOADING", "READONLY", "MASTERDOWN", "BUSY", "OOM", "MISCONF", "NOAUTH"].contains(where: words.hasPrefix)
    {
      throw RedisFault(description: words)
    }
    return reply
  }

  private func connect() throws(RedisFault) -> RedisConnection {
    var connection = try RedisConnection(
      options.address, connectMilliseconds: options.connectMilliseconds, commandMilliseconds: options.commandMilliseconds)
    if let password = options.password {
      let words = ["AUTH"] + (options.user.map { [$0] } ?? []) + [password]
      // The server's words could repeat the name.
      if case .failure = try connection.command(words.map { Array($0.utf8) }) {
        throw RedisFault(description: "the server does not take the password")
      }
    }
    if options.address.database != 0 {
      let reply = try connection.command(["SELECT", "\(options.address.database)"].map { Array($0.utf8) })
      if case .failure(let words) = reply { throw RedisFault(description: words) }
    }
    try RedisClient.requireMemory(&connection)
    return connection
  }

  /// What a server throws out to make room would be forgotten: amounts that were taken, marks, stops.
  private static func requireMemory(_ connection: inout RedisConnection) throws(RedisFault) {
    let reply = try connection.command(["INFO", "memory"].map { Array($0.utf8) })
    if case .failure(let words) = reply, !words.hasPrefix("NOPERM") { throw RedisFault(description: words) }
    guard let words = reply.string else {
      throw RedisFault(description: "the server does not let this user read `INFO memory`, so whether it forgets keys is not known")
    }
    let lines = words.split(whereSeparator: \.isNewline)
    let isBounded = !lines.contains("maxmemory:0")
    guard isBounded, !lines.contains("maxmemory_policy:noeviction") else { return }
    throw RedisFault(description: "the server forgets keys when its memory is full; it needs `maxmemory-policy noeviction`")
  }
}

/// What a log should say.
package enum RedisEvent: Equatable, Sendable {
  case gone(RedisFault)
  case back
  /// The server has begun anew: what gateways knew was put back.
  case lost(String)
}

/// A script and the digest that the server knows it by.
struct RedisScript: Sendable {
  let text: [UInt8]
  let digest: [UInt8]

  init(_ text: String) {
    self.text = Array(text.utf8)
    digest = Array(sha1Hex(self.text).utf8)
  }
}
