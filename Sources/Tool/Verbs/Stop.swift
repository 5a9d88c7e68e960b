import ArgumentParser
import Credentials
import Enforcement
import JSON
import RedisStore
import StateStore

extension Stops.Kind: ExpressibleByArgument {}

/// What stopping is about, for `stop` and `resume`.
struct StopTarget: ParsableArguments {
  @Argument(help: "key, token, subject, agent, tool or server.")
  var kind: Stops.Kind

  @Argument(
    help: ArgumentHelp(
      """
      A key's id, a token's `jti`, a token's `sub`, or the policy's name of an agent, of a tool (server.tool) or of a server. Nothing checks \
      that it exists, but for keys.
      """, valueName: "name"))
  private var given: String

  func validate() throws {
    guard PlainText.isPlain(given) else { throw ValidationError("that is no name: too long, empty, or with characters that are not seen") }
    if kind != .key, maskingKeys(given) != given { throw ValidationError("that is a key: `sallyport stop key …`") }
    if kind == .tool, !name.contains(".") { throw ValidationError("name the tool with its server: `bank.\(name)`") }
    // A whole token must not get into lists and logs.
    if kind == .token, name.hasPrefix("eyJ") { throw ValidationError("give the token's `jti`, not the token") }
  }

  var name: String { kind == .key ? KeyName(argument: given).identifier : given }
  var words: String { "\(kind.rawValue) \(name)" }
}

struct Stop: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Stop a key, token, subject, agent, tool or server at once, on every gate that shares the state or the store.",
    discussion: """
      Within a second nothing of it is let through: new calls are refused, results of calls in flight are withheld, subscriptions end. It stays so \
      until `sallyport resume`. `sallyport stopped` shows what is stopped.

      Example: sallyport stop tool bank.transfer --because "refunds look wrong"
      """)

  @OptionGroup var target: StopTarget

  @Option(help: "Why; for the audit and the log, the caller is not told.")
  var because: PlainText?

  @OptionGroup var state: StateOptions
  @OptionGroup var shared: SharedStoreAddress

  func run() throws {
    let store = try stopStore(shared, state, making: true)
    // A shared store has no keys.
    if target.kind == .key, let store = store as? StateStore,
      try complaining({ () throws(StoreError) in try store.keys() }).allSatisfy({ $0.identifier != target.name })
    {
      throw Complaint(
        "there is no key `\(target.name)`", help: "the id is the 12 characters behind `sp_`; `sallyport keys list` shows them")
    }
    let isNew = try complainingOfAny { try store.stop(target.kind, target.name, because: because?.text, act()) }
    Terminal.say(isNew ? "stopped \(target.words)" : "\(target.words) is stopped already")
  }
}

struct Resume: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Let go on what `stop` has stopped.",
    discussion: """
      Exit codes: 0 it goes on, 1 it was not stopped, 2 usage.

      Example: sallyport resume tool bank.transfer
      """)

  @OptionGroup var target: StopTarget
  @OptionGroup var state: StateOptions
  @OptionGroup var shared: SharedStoreAddress

  func run() throws {
    let store = try stopStore(shared, state)
    let wasStopped = try complainingOfAny { try store.resume(target.kind, target.name, act()) }
    Terminal.say(wasStopped ? "resumed \(target.words)" : "\(target.words) was not stopped")
    if !wasStopped { throw ExitCode.findings }
  }
}

struct Stopped: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what is stopped, by whom and why.", discussion: "Example: sallyport stopped --format json")

  @Option(help: "human or json.")
  var format = OutputFormat.human

  @OptionGroup var state: StateOptions
  @OptionGroup var shared: SharedStoreAddress

  func run() throws {
    let store = try stopStore(shared, state)
    let stops = try complainingOfAny { try store.stops() }
    switch format {
    case .human:
      guard !stops.isEmpty else { return Terminal.write("nothing is stopped\n") }
      let rows = stops.map { [$0.kind.rawValue, $0.name, written($0.since), $0.actor, $0.because ?? "-"] }
      Terminal.write(table([["KIND", "NAME", "SINCE", "BY", "BECAUSE"]] + rows))
    case .json:
      let rows = stops.map { stop -> Value in
        [
          "kind": .string(stop.kind.rawValue), "name": .string(stop.name), "since": .string(written(stop.since)), "by": .string(stop.actor),
          "because": stop.because.map(Value.string) ?? .null,
        ]
      }
      Terminal.write(write(["stopped": .array(rows)], .pretty) + [UInt8(ascii: "\n")])
    }
  }
}

/// The shared store if one is named, else the state of this machine.
func stopStore(_ shared: SharedStoreAddress, _ state: StateOptions, making: Bool = false) throws -> any StopStore {
  if let client = try shared.client() { return RedisStops(client) }
  return try state.store(making: making)
}
