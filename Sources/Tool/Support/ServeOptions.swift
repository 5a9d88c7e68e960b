import ArgumentParser
import HTTPGateway
import Settings
import Text

/// What `serve` can be told by options as well as by tables of its configuration file.
struct ServeOptions: ParsableArguments {
  @OptionGroup var bundle: BundleOptions
  @OptionGroup var tls: TLSOptions

  @Option(help: "Event loops, each on a thread. Default: one for each core.")
  var loops: Int?

  @Flag(help: "Read the policy again when its files change.")
  var watch = false

  @Flag(help: "Refuse a new policy whose tests or proofs fail.")
  var reloadTests = false

  @OptionGroup var sharedStore: SharedStoreOptions
  @OptionGroup var recording: RecordOptions
  @OptionGroup var observation: ObservationOptions
  @OptionGroup var administration: AdminOptions

  /// Takes over the tables of a file that have options.
  ///
  /// - Throws: when an option says what the file says.
  mutating func read(_ file: SettingsFile) throws -> [Diagnostic] {
    try bundle.read(file) + tls.read(file) + sharedStore.read(file) + recording.read(file) + observation.log.read(file)
      + observation.audit.read(file) + observation.telemetry.read(file) + administration.read(file)
  }

  /// The same of `[gateway]`.
  mutating func take(_ process: GatewaySettings.Process) throws {
    if loops != nil, process.loops != nil { throw ValidationError("the file says `loops`, so --loops is said there") }
    if watch, process.watches != nil { throw ValidationError("the file says `watch`, so --watch is said there") }
    if reloadTests, process.testsReloads != nil { throw ValidationError("the file says `reload_tests`, so --reload-tests is said there") }
    loops = process.loops ?? loops
    watch = process.watches ?? watch
    reloadTests = process.testsReloads ?? reloadTests
  }

  /// What does not go together, wherever it was said.
  func check() throws {
    guard (1...GatewayConfiguration.mostLoops).contains(loops ?? 1) else {
      throw Complaint("--loops is 1 to \(GatewayConfiguration.mostLoops)")
    }
    if watch, bundle.source != nil {
      throw Complaint("the policy is a bundle, which is looked at by itself", help: "leave out --watch; --bundle-interval says how often")
    }
  }
}
