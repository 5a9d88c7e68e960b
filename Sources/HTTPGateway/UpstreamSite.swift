internal import Approvals
internal import Authentication
internal import Credentials
internal import Digests
internal import Enforcement
internal import NIOCore

/// What all event loops have together for what is at one path.
struct SharedSite: Sendable {
  /// What one loop has read of the tools, the others need not.
  let tools = SharedTools()
  /// For sessions from before 2026-07-28.
  let sessions: Room

  init(_ limits: HTTPLimits) { sessions = Room(most: limits.sessions) }
}

/// One upstream as one event loop serves it: its path, its connections, its sessions.
final class UpstreamSite {
  private enum Target {
    case http(UpstreamPool)
    /// Of the requests that stand alone; sessions have processes of their own.
    case process(SharedProcess)
  }

  let upstream: Upstream
  private let target: Target
  let handshakes: HandshakeSessions
  /// Nil: no access tokens are taken.
  let tokens: TokenDoor?

  private let policies: PolicyStore
  private let approvals: ApprovalDesk?
  private let handles: HandleSeal
  private let revocations: Revocations
  private let recording: Recording
  private let tools: SharedTools
  /// Sessions of 2026-07-28 between two requests, by caller: making one takes longer than a decision.
  private var resting: [Digest: [SessionBox]] = [:]
  private var restingCount = 0
  private static let mostResting = 1_024

  init(
    _ upstream: Upstream, policies: PolicyStore, revocations: Revocations, shared: SharedSite, recording: Recording, trust: UpstreamTrust?,
    loop: any EventLoop, limits: HTTPLimits, tokens: TokenRule?, approvals: ApprovalDesk?, handles: HandleSeal,
    process: @autoclosure () -> SharedProcess
  ) {
    self.approvals = approvals
    self.handles = handles
    self.upstream = upstream
    tools = shared.tools
    self.tokens = tokens.map { TokenDoor($0, upstream) }
    self.policies = policies
    self.revocations = revocations
    self.recording = recording
    switch upstream.target {
    case .http(let address): target = .http(UpstreamPool(address, trust: trust, loop: loop, limits: limits))
    case .process: target = .process(process())
    }
    handshakes = HandshakeSessions(shared.sessions)
  }

  // MARK: Sessions

  func takeSession(for caller: Caller) -> SessionBox {
    if let box = resting[caller.mark]?.popLast() {
      restingCount -= 1
      return box
    }
    let box = newSession(for: caller, sharing: tools)
    _ = box.feed { session, _ in session.beginStateless() }
    return box
  }

  func giveBack(_ box: SessionBox, for caller: Caller) {
    if restingCount >= UpstreamSite.mostResting {
      resting = [:]
      restingCount = 0
    }
    resting[caller.mark, default: []].append(box)
    restingCount += 1
  }

  /// - Parameter sharing: nil for a session that reads the tools for itself.
  func newSession(for caller: Caller, sharing tools: SharedTools?) -> SessionBox {
    SessionBox(
      Session(
        configuration: configuration(for: caller), policies: policies, revocations: revocations, random: { randomBytes($0) }, tools: tools))
  }

  func configuration(for caller: Caller) -> GateConfiguration {
    GateConfiguration(
      server: upstream.name, identity: caller.identity, credential: caller.credential, approvals: approvals?.joined(by: caller.groups),
      handles: handles, namePrefix: caller.namePrefix, recording: recording)
  }

  /// What goes with the answer to a call that a wider token would be granted; nil: nothing.
  func stepUp(_ actions: [Action], _ caller: Caller, isStateless: Bool) -> (String, String)? {
    for case .record(let record) in actions {
      if let header = stepUp(record, caller, isStateless: isStateless) { return header }
    }
    return nil
  }

  func stepUp(_ record: CallRecord, _ caller: Caller, isStateless: Bool) -> (String, String)? {
    guard let door = caller.door ?? tokens, caller.canStepUp, record.outcome == .denied, !record.scopes.isEmpty else { return nil }
    return door.stepUp(record.scopes, isStateless: isStateless)
  }

  // MARK: Requests

  /// - Parameter caller: whose message it is.
  func post(_ message: [UInt8], _ headers: [(String, String)], of caller: Caller, for stream: UpstreamStream) {
    if case .process(let process) = target { return process.send(message, for: stream, of: caller.principal) }
    send(.post, [("content-type", "application/json"), ("accept", "application/json, text/event-stream")] + headers, message, stream)
  }

  func open(_ headers: [(String, String)], for stream: UpstreamStream) {
    send(.get, [("accept", "text/event-stream")] + headers, [], stream)
  }

  func delete(_ headers: [(String, String)], for stream: UpstreamStream) { send(.delete, headers, [], stream) }

  /// With what the gateway itself shows to this upstream. A request whose secret cannot be had is not sent without it.
  private func send(_ verb: UpstreamRequest.Verb, _ headers: [(String, String)], _ body: [UInt8], _ stream: UpstreamStream) {
    var headers = headers
    do throws(SecretFault) {
      if let (name, value) = try upstream.credential?.header() {
        headers.append((name, value.reveal { String(decoding: $0, as: UTF8.self) }))
      }
    } catch {
      return stream.upstreamFailed(.noSecret("\(error)"))
    }
    guard case .http(let pool) = target else { return stream.upstreamFailed(.unreachable) }
    stream.start(UpstreamRequest(verb: verb, headers: headers, body: body), on: pool)
  }

  /// How the server is started; nil: it is there already.
  var command: ServerCommand? { if case .process(let command) = upstream.target { command } else { nil } }

  /// Whether one more request would be answered in time. A process has its own bound, and answers with it.
  var hasRoom: Bool { if case .http(let pool) = target { pool.hasRoom } else { true } }

  func tick(_ now: UInt64) {
    if case .http(let pool) = target { pool.tick(now) }
    handshakes.tick(now)
  }

  func drain() {
    handshakes.drain()
    if case .process(let process) = target { process.drain() }
  }

  func close() {
    switch target {
    case .http(let pool): pool.close()
    case .process(let process): process.close()
    }
  }
}
