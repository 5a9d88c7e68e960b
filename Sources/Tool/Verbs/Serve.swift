import ArgumentParser
import Bytecode
import Credentials
import Digests
import Enforcement
import Gateway
import HTTPGateway
import Logging
import Semantics
import StateStore

struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Serve MCP servers over HTTP, with the gate in front of them.",
    discussion: """
      Clients reach each server at http://ADDRESS/NAME by Streamable HTTP, in every revision since 2025-03-26. SIGHUP reads the policy \
      again: one that does not compile is refused and the old one stays. SIGTERM ends what is under way, then the process. The log is \
      JSON lines on standard error (docs/log.md); docs/serve.md has the rest.

      Exit codes: 0 ended by a signal, 2 usage or the address cannot be listened on, 3 the policy does not compile.

      Example: sallyport serve --policy sallyport/ --agent assistant --upstream library=http://127.0.0.1:9000/mcp
      """)

  @Option(parsing: .upToNextOption, help: "Policy files, or folders of them.")
  var policy: [String]

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Servers: the `server` declaration of the policy, and where it listens.", valueName: "name=url"))
  var upstream: [String]

  @Option(help: "Where to listen. Anything but a loopback address needs --allow-host as well.")
  var listen = "127.0.0.1:8400"

  @Option(help: "The agent that calls, as the policy names it. Default: SALLYPORT_AGENT.")
  var agent: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Further values that the `Host` header may have, with the port if it is not 80.", valueName: "host"))
  var allowHost: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Origins of web pages that may call, as browsers send them: https://example.com.", valueName: "origin"))
  var allowOrigin: [String] = []

  @Option(help: ArgumentHelp("The certificate that clients are shown, and those above it (PEM).", valueName: "file"))
  var tlsCertificate: String?

  @Option(help: ArgumentHelp("Its private key (PEM), readable by its owner only.", valueName: "file"))
  var tlsKey: String?

  @Option(help: ArgumentHelp("Authorities that vouch for https upstreams, beside the system's (PEM).", valueName: "file"))
  var upstreamCa: String?

  @Option(help: "Event loops, each on a thread. Default: one for each core.")
  var loops: Int?

  @OptionGroup var state: StateOptions
  @OptionGroup var logging: LogOptions

  func run() throws {
    let policies = try requirePolicies(policy)
    let upstreams = try chooseUpstreams(policies)
    let agent = try chooseAgent(agent, policies)
    let store = PolicyStore(try compiled(policies))
    guard let address = ListenAddress(listen) else {
      throw Complaint("`\(listen)` is no address to listen on", help: "HOST:PORT, as in 127.0.0.1:8400 or [::1]:8400")
    }
    guard address.isLoopback || !allowHost.isEmpty else {
      throw Complaint(
        "`\(listen)` can be reached from other machines, and nothing says by which names",
        help: "say it: --allow-host gate.example.com; and have TLS, here (--tls-certificate, --tls-key) or in a proxy in front")
    }
    guard (1...GatewayConfiguration.mostLoops).contains(loops ?? 1) else {
      throw Complaint("--loops is 1 to \(GatewayConfiguration.mostLoops)")
    }
    // Before any other thread exists.
    let signals = try SignalWait()
    let watch = try state.watch()
    var configuration = GatewayConfiguration(
      host: address.host, port: address.port, upstreams: upstreams, callers: try chooseCallers(agent, watch))
    configuration.hosts = allowHost
    configuration.loops = loops
    try setUpTLS(&configuration)
    // Some of them are for upstreams.
    configuration.limits.connections = min(configuration.limits.connections, raiseDescriptorLimit() * 3 / 4)
    configuration.origins = allowOrigin

    let stream = LogStream()
    let logger = logging.logger(stream)
    let listener: Listener
    do {
      listener = try Listener(
        configuration, policies: store, revocations: watch?.revocations ?? Revocations(), logger: logger, stream: stream)
    } catch {
      throw Complaint("cannot listen on \(listen): \(error)")
    }
    // Behind `SignalWait`, which has blocked the signals: no other thread may take them.
    watch?.begin()
    defer { watch?.end() }
    try listener.run(signals) { reload(store, upstreams, logger) }
  }

  private func setUpTLS(_ configuration: inout GatewayConfiguration) throws {
    do throws(CertificateFault) {
      if upstreamCa != nil || configuration.upstreams.contains(where: \.address.isSecure) {
        configuration.trust = try UpstreamTrust(authorities: upstreamCa)
      }
      if let tlsCertificate, let tlsKey {
        configuration.certificate = try ServerCertificate(
          certificateFile: tlsCertificate, keyFile: tlsKey, now: EventTime.now().unixMilliseconds / 1000)
      }
    } catch {
      throw Complaint(error.message)
    }
    guard (tlsCertificate == nil) == (tlsKey == nil) else { throw Complaint("--tls-certificate and --tls-key belong together") }
  }

  private func chooseUpstreams(_ policies: CheckedPolicies) throws -> [Upstream] {
    let declared = policies.servers.map(\.name)
    var upstreams: [Upstream] = []
    for text in upstream {
      guard let equals = text.firstIndex(of: "="), let address = UpstreamAddress(String(text[text.index(after: equals)...])) else {
        throw Complaint("`\(text)` names no upstream", help: "NAME=http://HOST:PORT/PATH or NAME=https://…")
      }
      let name = String(text[..<equals])
      guard declared.contains(name) else {
        throw Complaint("the policy declares no server `\(name)`", help: suggestion(name, among: declared))
      }
      guard !upstreams.contains(where: { $0.name == name }) else { throw Complaint("the upstream `\(name)` is given twice") }
      upstreams.append(Upstream(name: name, address: address))
    }
    return upstreams
  }

  /// With an agent's name everybody is that agent; without, every request needs a key.
  private func chooseCallers(_ agent: String?, _ watch: StateWatch?) throws -> CallerRule {
    if let agent { return .everybody(Caller(identity: Identity(agent: agent))) }
    guard let watch else {
      throw Complaint(
        "nothing says who calls", help: "--agent NAME makes everybody that agent; --state DIR, or SALLYPORT_STATE, says where keys are")
    }
    return .bearer { credential, server in
      do throws(KeyFault) {
        guard let key = APIKey(credential) else { return .refused }
        let record = try watch.verify(key)
        guard record.opens(server: server) else { return .elsewhere }
        let caller = WrapCaller(record)
        return .accepted(Caller(identity: caller.identity, credential: caller.credential, name: record.identifier))
      } catch {
        return .refused
      }
    }
  }

  /// The whole policy or none of it: what does not compile changes nothing.
  private func reload(_ store: PolicyStore, _ upstreams: [Upstream], _ logger: Logger) {
    do {
      let policies = try requirePolicies(policy)
      let declared = policies.servers.map(\.name)
      if let missing = upstreams.first(where: { !declared.contains($0.name) }) {
        throw Complaint("the policy declares no server `\(missing.name)` any more")
      }
      let program = try compiled(policies)
      store.replace(with: program)
      logger.notice("the policy was reloaded", metadata: ["fingerprint": "\(program.fingerprint)"])
    } catch {
      let reason = (error as? Complaint)?.message ?? "\(error)"
      logger.error("the policy was not reloaded; the one before stays in force", metadata: ["reason": "\(reason)"])
    }
  }
}
