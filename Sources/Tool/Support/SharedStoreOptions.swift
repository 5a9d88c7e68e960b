import Approvals
import ArgumentParser
import Enforcement
import Foundation
import Gateway
import Logging
import Quotas
import RedisStore
import Settings

/// Which Redis several gateways share.
struct SharedStoreAddress: ParsableArguments {
  @Option(
    name: .customLong("state-store"),
    help: ArgumentHelp(
      """
      The Redis that gateways share limits, labels, stops and approvals through: redis://host:port/database or redis+unix:///path. A user \
      and a password are in SALLYPORT_REDIS_USER and SALLYPORT_REDIS_PASSWORD, or SALLYPORT_REDIS_PASSWORD_FILE.
      """,
      valueName: "url"))
  var address: String?

  /// Nil: none is named.
  func options() throws -> RedisOptions? {
    guard let text = address else { return nil }
    let address: RedisAddress
    do {
      address = try RedisAddress(text)
    } catch {
      throw SharedStoreAddress.complaint(error, of: "--state-store")
    }
    var options = RedisOptions(address: address)
    options.user = ProcessInfo.processInfo.environment["SALLYPORT_REDIS_USER"].flatMap { $0.isEmpty ? nil : $0 }
    let password = try SecretVariable(name: "SALLYPORT_REDIS_PASSWORD", noun: "password", change: "change").read()
    options.password = password.map { String(decoding: $0, as: UTF8.self) }
    return options
  }

  /// For a verb that a person waits for; nil: none is named.
  func client() throws -> RedisClient? {
    guard var options = try options() else { return nil }
    options.connectMilliseconds = 5_000
    options.commandMilliseconds = 5_000
    return RedisClient(options)
  }

  // The text itself is not repeated: it may hold a secret.
  static func complaint(_ fault: RedisAddress.Fault, of name: String) -> Complaint {
    switch fault {
    case .notAnAddress:
      Complaint("\(name) is no address of a Redis", help: "write redis://host:port/database or redis+unix:///path/of.sock")
    case .holdsSecret:
      Complaint(
        "\(name) holds a user or password, which everybody on the machine can read",
        help: "put them into SALLYPORT_REDIS_USER and SALLYPORT_REDIS_PASSWORD, or name a file by SALLYPORT_REDIS_PASSWORD_FILE")
    case .needsTLS:
      Complaint("\(name) cannot use TLS itself", help: "use a socket, a private network, or a local tunnel such as stunnel")
    }
  }
}

/// What a gateway shares with others, and what happens while it cannot.
struct SharedStoreOptions: TableOptions {
  @OptionGroup var store: SharedStoreAddress

  @Option(
    name: .customLong("store-outage"),
    help: ArgumentHelp(
      """
      What happens to calls under limits while the shared store does not answer: deny, or local:PERCENT to go on with a share of every limit. \
      Calls of sessions with labels are denied in any case. Default: deny.
      """,
      valueName: "what"))
  var outage: StoreOutage?

  @Option(
    name: .customLong("stops-outage"),
    help: ArgumentHelp(
      "How long what was last known to be stopped holds while the shared store does not answer; then everything is denied. Default: 1s.")
  )
  var stopsOutage: Span?

  static let table = "store"
  var said: [String?] {
    [option("--state-store", store.address), option("--store-outage", outage), option("--stops-outage", stopsOutage)]
  }

  mutating func read(_ reader: inout SettingsReader) {
    if let (text, _) = reader.text("url", needed: "the Redis that gateways share") {
      do throws(RedisAddress.Fault) {
        _ = try RedisAddress(text)
      } catch {
        let complaint = SharedStoreAddress.complaint(error, of: "`url`")
        reader.complainOfTable(complaint.message, help: complaint.help)
      }
      store.address = text
    }
    if let (text, range) = reader.text("outage") {
      outage = StoreOutage(argument: text)
      if outage == nil { reader.complain(range, "`outage` is \"deny\" or \"local:PERCENT\"", help: "a share of 1 to 100 percent") }
    }
    stopsOutage = reader.span("stops_outage", help: "as in \"1s\" or \"5m\"")
  }

  /// Nil: none is named.
  func open(_ revocations: Revocations, _ logger: Logger) throws -> SharedStore? {
    try store.options().map { SharedStore($0, outage ?? .deny, stopsOutage ?? .second, revocations, logger) }
  }
}

/// What a gateway and others have together, for as long as it is there.
final class SharedStore {
  let quotas: RedisQuotas
  let labels: RedisLabels
  let approvals: RedisApprovals
  /// Of all gateways that share the store; while it does not answer, of this one.
  let seal: RequestSeal
  private let stops: RedisStopWatch
  private var heartbeat: Heartbeat?

  init(_ options: RedisOptions, _ outage: StoreOutage, _ stopsOutage: Span, _ revocations: Revocations, _ logger: Logger) {
    let metadata: Logger.Metadata = ["store": "\(options.address)"]
    let client = RedisClient(options) { event in
      switch event {
      case .gone(let fault):
        logger.error(
          "the shared store does not answer; \(outage.words), calls of sessions with labels are denied",
          metadata: metadata.merging(["reason": "\(fault)"]) { $1 })
      case .back: logger.notice("the shared store answers again", metadata: metadata)
      case .lost(let what):
        logger.error("the shared store has lost what it kept; \(what) that are known here were put back", metadata: metadata)
      }
    }
    quotas = RedisQuotas(client, outage: outage.meaning)
    labels = RedisLabels(client)
    approvals = RedisApprovals(client)
    seal = approvals.sealSecret().map { RequestSeal(secret: $0) } ?? .random()
    stops = RedisStopWatch(options, revocations, patience: .milliseconds(stopsOutage.milliseconds)) { event in
      switch event {
      case .gone(let fault):
        logger.error(
          "what is stopped cannot be read from the shared store; soon nothing is let through",
          metadata: metadata.merging(["reason": "\(fault)"]) { $1 })
      case .back: logger.notice("what is stopped can be read again", metadata: metadata)
      case .lost(let what):
        logger.error("the shared store has lost what it kept; \(what) that are known here were put back", metadata: metadata)
      }
    }
  }

  /// From where other threads may begin.
  func begin() {
    heartbeat = Heartbeat(quotas)
    stops.begin()
  }

  func end() {
    stops.end()
    heartbeat = nil
  }
}

enum StoreOutage: ExpressibleByArgument {
  case deny
  case local(percent: Int)

  init?(argument: String) {
    if argument == "deny" {
      self = .deny
      return
    }
    guard argument.hasPrefix("local:"), let percent = Int(argument.dropFirst(6)), (1...100).contains(percent) else { return nil }
    self = .local(percent: percent)
  }

  var meaning: RedisQuotas.Outage {
    switch self {
    case .deny: .deny
    case .local(let percent): .local(percent: percent)
    }
  }

  var words: String {
    switch self {
    case .deny: "calls under limits are denied"
    case .local(let percent): "this gateway goes on with \(percent) % of every limit"
    }
  }
}

/// Says every few seconds that this gateway lives, for as long as it is there.
final class Heartbeat {
  private let task: Task<Void, Never>

  init(_ quotas: RedisQuotas) {
    task = Task.detached {
      while !Task.isCancelled {
        quotas.live()
        try? await Task.sleep(for: .seconds(5))
      }
    }
  }

  deinit { task.cancel() }
}
