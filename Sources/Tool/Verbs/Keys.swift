import ArgumentParser
import Credentials
import Enforcement
import Foundation
import JSON
import RedisStore
import StateStore

struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make, list, revoke and rotate API keys.",
    discussion: """
      A key says who calls. `wrap` takes it from SALLYPORT_KEY, or from the file that SALLYPORT_KEY_FILE names, and policies read it as key.id, \
      key.owner, key.tags and key.scopes. Only a code of it is kept: what `create` and `rotate` print is shown once (docs/credentials.md).

      Example: SALLYPORT_KEY=$(sallyport keys create --owner support) sallyport wrap --policy policies/ -- mcp-server-time
      """,
    subcommands: [Create.self, List.self, Revoke.self, Rotate.self])

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key. It is printed on standard output, alone, and never again.",
      discussion: "Example: sallyport keys create --owner support --scope handbook.read --expires 90d > key")

    @Option(help: "Whom it is for; policies read it as key.owner.")
    var owner: PlainText?

    @Option(
      name: .customLong("scope"),
      help: "A scope of the policy that the key is bound to. May be repeated. Without it the policy alone decides what the key is good for."
    )
    var scopes: [PlainText] = []

    @Option(name: .customLong("tag"), help: "A tag; policies read all of them as key.tags. May be repeated.")
    var tags: [PlainText] = []

    @Option(
      name: .customLong("server"), help: "A server, as policies declare it, that the key is good for. May be repeated. Without it: all.")
    var servers: [PlainText] = []

    @Option(help: "How long it is good for, such as 90d or 12h. Without it: until it is revoked.")
    var expires: Span?

    @Option(help: "human or json.")
    var format = OutputFormat.human

    @OptionGroup var state: StateOptions

    func run() throws {
      let act = act()
      var request = KeyRequest()
      request.owner = owner?.text
      request.scopes = scopes.isEmpty ? nil : scopes.map(\.text)
      request.tags = tags.map(\.text)
      request.servers = servers.isEmpty ? nil : servers.map(\.text)
      request.expires = expires.map { act.moment + $0.milliseconds }
      let store = try state.store(making: true)
      let key = try complaining { () throws(StoreError) in try store.createKey(request, act) }
      try handOver(key, from: store, format)
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show all keys: whose they are, what they are good for, and when they were last used.",
      discussion: "Example: sallyport keys list --format json")

    @Option(help: "human or json.")
    var format = OutputFormat.human

    @OptionGroup var state: StateOptions

    func run() throws {
      let store = try state.store()
      let keys = try complaining { () throws(StoreError) in try store.keys() }
      let report = KeyReport(keys, now: act().moment)
      switch format {
      case .human: Terminal.write(report.human)
      case .json: Terminal.write(write(["keys": report.json], .pretty) + [UInt8(ascii: "\n")])
      }
    }
  }

  struct Revoke: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "End a key for good, everywhere, within a second; calls in flight included.",
      discussion:
        "To stop a key for the time being: `sallyport stop key ID`.\n\nExample: sallyport keys revoke 3kXw0aPq9LmZ --because leaked")

    @Argument(help: "The key's id: the 12 characters behind `sp_`, as `keys list` shows them.")
    var id: KeyName

    @Option(help: "Why; for the audit and the log, the caller is not told.")
    var because: PlainText?

    @OptionGroup var state: StateOptions
    @OptionGroup var shared: SharedStoreAddress

    func run() throws {
      let store = try state.store()
      try complaining { () throws(StoreError) in try store.revokeKey(id.identifier, because: because?.text, act()) }
      // Gateways on other machines read other folders.
      if let client = try shared.client() {
        _ = try complainingOfAny { try RedisStops(client).stop(.key, id.identifier, because: because?.text, act()) }
      }
      Terminal.say("revoked key \(id.identifier)")
    }
  }

  struct Rotate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key like another; the old one goes on for a while, so that who uses it can change over.",
      discussion: "Example: sallyport keys rotate 3kXw0aPq9LmZ --overlap 24h > key")

    @Argument(help: "The old key's id.")
    var id: KeyName

    @Option(help: "How long the old key goes on, such as 24h or 0s.")
    var overlap = Span.day

    @Option(help: "human or json.")
    var format = OutputFormat.human

    @OptionGroup var state: StateOptions

    func run() throws {
      let store = try state.store()
      let key = try complaining { () throws(StoreError) in try store.rotateKey(id.identifier, overlap: overlap.milliseconds, act()) }
      try handOver(key, from: store, format)
    }
  }
}

/// The one time that a key is shown: alone on standard output, with what is known of it on standard error.
private func handOver(_ key: borrowing APIKey, from store: StateStore, _ format: OutputFormat) throws {
  let identifier = key.identifier
  let all = try complaining { () throws(StoreError) in try store.keys() }
  guard let record = all.first(where: { $0.identifier == identifier }) else { throw Complaint("the key was removed at once") }
  let text = key.reveal { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
  let report = KeyReport([record], now: record.created)
  switch format {
  case .human:
    Terminal.write(text + "\n")
    Terminal.say("key \(identifier): \(report.summary(of: record))")
    if let old = all.first(where: { $0.identifier == record.replaces }), let end = old.expires {
      Terminal.say("key \(old.identifier): good until \(written(end))")
    }
    Terminal.say("It is shown this once; only a code of it is kept.")
  case .json:
    guard case .array(let rows) = report.json, case .object(let members) = rows[0] else { return }
    Terminal.write(write(.object([.init("key", .string(text))] + members), .pretty) + [UInt8(ascii: "\n")])
  }
}
