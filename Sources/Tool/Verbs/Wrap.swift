import Approvals
import ArgumentParser
import Bytecode
import Compilation
import Digests
import Enforcement
import Foundation
import Gateway
import Logging
import Observation
import Quotas
import Recording
import Semantics
import StateStore
import Text

struct Wrap: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Start a stdio MCP server and stand between it and its client.",
    discussion: """
      Put this line where your MCP client names the server's command. Standard output carries MCP messages only; the log is JSON lines on \
      standard error (docs/log.md). The server does not see variables that begin with SALLYPORT_.

      Who calls is said by a key in SALLYPORT_KEY, or in the file that SALLYPORT_KEY_FILE names (docs/credentials.md), or by --agent.

      Exit codes: 0 the session ended in order, 1 the server ended while the client was connected, 2 usage or the server cannot be \
      started, 3 the policy does not compile.

      Example: sallyport wrap --policy sallyport/ --agent assistant -- mcp-server-time
      """)

  @Option(parsing: .upToNextOption, help: "Policy files, or folders of them.")
  var policy: [String] = []

  @OptionGroup var bundle: BundleOptions

  @Option(help: "The `server` declaration this server is held to; needed when the policy declares several.")
  var server: String?

  @Option(help: "The agent that calls, as the policy names it. Default: SALLYPORT_AGENT.")
  var agent: String?

  @Option(
    name: .customLong("client-approves"),
    help: "A group, as `ask` rules name it, that the person at the client is in: they are asked there. May be repeated.")
  var groupsAtClient: [String] = []

  @Option(help: "Where to send what waits for others' approval, as JSON by POST.")
  var approvalsWebhook: String?

  @OptionGroup var state: StateOptions
  @OptionGroup var sharedStore: SharedStoreOptions
  @OptionGroup var recording: RecordOptions
  @OptionGroup var observation: ObservationOptions
  @OptionGroup var upstream: ServerOptions

  func validate() throws {
    if policy.isEmpty == (bundle.source == nil) { throw ValidationError("say --policy or --bundle, and not both") }
  }

  func run() throws {
    let stream = LogStream()
    let logger = observation.log.logger(stream)
    let opened = try OpenedPolicy(files: policy, bundle: bundle, state, logger) { _ = try chooseServer($0) }
    let (policies, program) = (opened.policies, opened.program)
    let server = try chooseServer(policies)
    let revocations = Revocations(awaitsShared: sharedStore.store.address != nil)
    let watch = try state.watch(revocations)
    let caller = try chooseCaller(policies, server, watch)

    let webhook = try approvalsWebhook.map { try ApprovalWebhook($0, logger: logger) }
    let shared = try sharedStore.open(revocations, logger)
    let recorder = try recording.recorder(policies, program, logger)
    let prepared = try observation.prepare(logger: logger, stream: stream, key: caller.credential?.key)
    let mailbox = prepared?.mailbox
    let store = PolicyStore(program, quotas: shared.map { .shared($0.quotas) }, labels: shared?.labels, recorder: recorder?.recorder)
    let session = Session(
      configuration: GateConfiguration(
        server: server, identity: caller.identity, credential: caller.credential, approvals: try approvalDesk(program, shared),
        recording: prepared?.recording ?? .nothing),
      policies: store, revocations: revocations, random: { randomBytes($0) })
    let gate: StdioGate
    do {
      gate = try StdioGate(
        starting: upstream.command, session: session, revocations: revocations, key: caller.credential?.key, logger: logger, stream: stream,
        mailbox: mailbox, askPeople: { webhook?.tell($0) })
    } catch let failure as StartFailure {
      throw Complaint(failure.description)
    }
    // Behind the gate, which has blocked the signals that it waits for: no other thread may take them.
    shared?.begin()
    let status = PolicyStatus()
    let observer = try prepared?.begin(transport: "pipe", policy: status)
    watch?.begin()
    webhook?.begin()
    opened.begin(
      PolicyReloader(
        policies, from: opened.source, servers: [server], agent: try chooseAgent(agent, policies), store: store, status: status,
        isTested: false, logger: logger,
        adopt: { recorder?.adopt($0, $1) }))
    defer {
      opened.end()
      if observer?.finish() == false { logger.error("records were left that could not be written to the audit log") }
      recorder?.recorder.finish()
      webhook?.end()
      watch?.end()
      shared?.end()
    }
    switch gate.run() {
    case .clientClosed, .signal: break
    case .serverEnded: throw ExitCode.findings
    }
  }

  private func chooseServer(_ policies: CheckedPolicies) throws -> String {
    let names = policies.servers.map(\.name)
    guard let server else {
      if names.count == 1 { return names[0] }
      throw Complaint(
        names.isEmpty ? "the policy declares no server" : "the policy declares \(names.count) servers",
        help: names.isEmpty ? "`server NAME from \"snapshot.json\"`" : "say which one this is: --server \(names.joined(separator: " | "))")
    }
    guard names.contains(server) else {
      throw Complaint("the policy declares no server `\(server)`", help: suggestion(server, among: names))
    }
    return server
  }

  /// Nil when no rule asks, or there is nowhere to keep what is asked and nobody at the client to ask.
  private func approvalDesk(_ program: Program, _ shared: SharedStore?) throws -> ApprovalDesk? {
    let groups = program.rules.compactMap { rule in if case .ask(let group, _) = rule.kind { group } else { nil } }
    if let unknown = groupsAtClient.first(where: { !groups.contains($0) }) {
      throw Complaint("no `ask` rule of the policy is for the group `\(unknown)`", help: suggestion(unknown, among: groups))
    }
    guard !groups.isEmpty else { return nil }
    if let shared { return ApprovalDesk(store: shared.approvals, seal: shared.seal, groupsAtClient: groupsAtClient) }
    if state.directory != nil { return ApprovalDesk(store: try state.store(making: state.path == nil), groupsAtClient: groupsAtClient) }
    return groupsAtClient.isEmpty ? nil : ApprovalDesk(store: ApprovalsInMemory(), groupsAtClient: groupsAtClient)
  }

  private func chooseCaller(_ policies: CheckedPolicies, _ server: String, _ watch: StateWatch?) throws -> WrapCaller {
    let agent = try chooseAgent(agent, policies)
    guard let key = try CallerKey.read() else { return WrapCaller(identity: Identity(agent: agent), credential: nil) }
    if let agent {
      throw Complaint(
        "a key and an agent's name both say who calls",
        help: "with a key the policy's conditions say which agent it is; leave out --agent and SALLYPORT_AGENT, or the key (`\(agent)`)")
    }
    guard let watch else { throw Complaint("nothing says where the keys are", help: "--state DIR, or SALLYPORT_STATE") }
    return try WrapCaller.verified(key, watch, server: server)
  }
}
