import ArgumentParser
import Foundation
import Gateway
import Logging
import Quotas
import RedisStore

/// Where several gateways count together.
struct SharedStoreOptions: ParsableArguments {
  @Option(
    name: .customLong("state-store"),
    help: ArgumentHelp(
      """
      The Redis that this gateway shares its limits with others through: redis://host:port/database or redis+unix:///path. A user and a \
      password are in SALLYPORT_REDIS_USER and SALLYPORT_REDIS_PASSWORD, or SALLYPORT_REDIS_PASSWORD_FILE. Default: limits in memory.
      """,
      valueName: "url"))
  var address: String?

  @Option(
    name: .customLong("store-outage"),
    help: ArgumentHelp(
      "What happens to calls under limits while it does not answer: deny, or local:PERCENT to go on with a share of every limit.",
      valueName: "what"))
  var outage: StoreOutage = .deny

  /// Nil: none is named.
  func quotas(_ logger: Logger) throws -> RedisQuotas? {
    guard let text = address else { return nil }
    let address: RedisAddress
    do {
      address = try RedisAddress(text)
    } catch {
      throw SharedStoreOptions.complaint(error)
    }
    var options = RedisOptions(address: address)
    options.user = ProcessInfo.processInfo.environment["SALLYPORT_REDIS_USER"].flatMap { $0.isEmpty ? nil : $0 }
    let password = try SecretVariable(name: "SALLYPORT_REDIS_PASSWORD", noun: "password", change: "change").read()
    options.password = password.map { String(decoding: $0, as: UTF8.self) }
    let consequence = outage.words
    return RedisQuotas(options, outage: outage.meaning) { event in
      switch event {
      case .gone(let fault):
        logger.error("the shared store does not answer; \(consequence)", metadata: ["store": "\(address)", "reason": "\(fault)"])
      case .back: logger.notice("the shared store answers again", metadata: ["store": "\(address)"])
      }
    }
  }

  // The text itself is not repeated: it may hold a secret.
  private static func complaint(_ fault: RedisAddress.Fault) -> Complaint {
    switch fault {
    case .notAnAddress:
      Complaint("--state-store is no address of a Redis", help: "write redis://host:port/database or redis+unix:///path/of.sock")
    case .holdsSecret:
      Complaint(
        "--state-store holds a user or password, which everybody on the machine can read",
        help: "put them into SALLYPORT_REDIS_USER and SALLYPORT_REDIS_PASSWORD, or name a file by SALLYPORT_REDIS_PASSWORD_FILE")
    case .needsTLS:
      Complaint("--state-store cannot use TLS itself", help: "use a socket, a private network, or a local tunnel such as stunnel")
    }
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

  var defaultValueDescription: String { "deny" }

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
