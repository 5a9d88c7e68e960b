import ArgumentParser
import Bundles
import Credentials
import Fetching
import Settings
import Signatures

/// The options of gates that take a signed policy in place of policy files.
struct BundleOptions: TableOptions {
  @Option(
    name: .customLong("bundle"),
    help: ArgumentHelp(
      "A signed policy instead of policy files: a file, or an https address. It is looked at again and again (docs/bundles.md).",
      valueName: "file-or-url"))
  var source: String?

  @Option(
    name: .customLong("bundle-key"), parsing: .upToNextOption,
    help: ArgumentHelp("Public keys in PEM whose bundles are taken.", valueName: "file"))
  var keys: [String] = []

  @Option(name: .customLong("bundle-interval"), help: "How often the bundle is looked at, as in 30s or 5m. Default: 1m.")
  var interval: Span?

  @Option(
    name: .customLong("bundle-ca"),
    help: ArgumentHelp("Authorities that vouch for the address of the bundle, instead of the system's (PEM).", valueName: "file"))
  var authorities: String?

  static let table = "bundle"
  var said: [String?] {
    [
      option("--bundle", source), keys.isEmpty ? nil : "--bundle-key", option("--bundle-interval", interval),
      option("--bundle-ca", authorities),
    ]
  }

  mutating func read(_ reader: inout SettingsReader) {
    if let (text, range) = reader.text("source", needed: "where the signed policy is: a file, or an https address") {
      let isAddress = text.hasPrefix("https://") || text.hasPrefix("http://")
      if !isAddress, !text.hasPrefix("/") {
        reader.complain(range, "`source` is a path from the root, or an https address")
      }
      source = text
    }
    if !reader.has("keys") { reader.miss("keys", "whose bundles are taken: public keys in PEM") }
    keys = reader.paths("keys") ?? []
    interval = reader.span("interval", in: BundleOptions.intervals, help: "from \"1s\" to \"24h\"")
    authorities = reader.path("authorities")
  }

  private static let intervals: ClosedRange<Int64> = 1_000...86_400_000

  func validate() throws {
    guard source == nil else { return }
    if !keys.isEmpty || interval != nil || authorities != nil {
      throw ValidationError("--bundle-key, --bundle-interval and --bundle-ca need --bundle")
    }
  }

  /// Nil: policy files are named instead. Makes the state folder, where the last serial is kept.
  func open(_ state: StateOptions) throws -> BundleSource? {
    guard let source else { return nil }
    let interval = interval?.milliseconds ?? 60_000
    guard BundleOptions.intervals.contains(interval) else { throw Complaint("--bundle-interval takes 1s to 24h") }
    return BundleSource(
      try place(source), trusting: try trustedKeys(keys), store: try state.store(making: true), interval: interval)
  }

  private func place(_ source: String) throws -> BundleSource.Place {
    guard source.hasPrefix("https://") || source.hasPrefix("http://") else { return .file(source) }
    do throws(WebAddress.Fault) {
      return .web(try WebAddress(source), Fetcher(.operators, authorities: authorities))
    } catch {
      // Not shown: such addresses may be secrets by themselves.
      throw Complaint("the address of the bundle cannot be used: \(error.rawValue)")
    }
  }
}

extension AddressPolicy {
  /// For addresses that the operator has written down: services on their own networks are as good as others.
  static let operators = AddressPolicy(
    allowing: ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "127.0.0.0/8", "::1"].compactMap { NetworkPrefix($0) })
}
