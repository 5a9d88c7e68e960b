internal import Digests
internal import Enforcement
internal import NIOCore

/// One upstream as one event loop serves it: its path, its connections, its sessions.
final class UpstreamSite {
  let upstream: Upstream
  let pool: UpstreamPool
  let handshakes: HandshakeSessions

  private let policies: PolicyStore
  private let revocations: Revocations
  private let recording: Recording
  /// Of all event loops: what one has read, the others need not.
  private let tools: SharedTools
  /// Sessions of 2026-07-28 between two requests, by caller: making one takes longer than a decision.
  private var resting: [Digest: [SessionBox]] = [:]
  private var restingCount = 0
  private static let mostResting = 1_024

  init(
    _ upstream: Upstream, policies: PolicyStore, revocations: Revocations, tools: SharedTools, recording: Recording, loop: any EventLoop,
    limits: HTTPLimits
  ) {
    self.upstream = upstream
    self.tools = tools
    self.policies = policies
    self.revocations = revocations
    self.recording = recording
    pool = UpstreamPool(upstream.address, loop: loop, limits: limits)
    handshakes = HandshakeSessions(limits)
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
        configuration: GateConfiguration(
          server: upstream.name, identity: caller.identity, credential: caller.credential, recording: recording),
        policies: policies, revocations: revocations, random: { randomBytes($0) }, tools: tools))
  }

  // MARK: Requests

  func post(_ message: [UInt8], _ headers: [(String, String)]) -> UpstreamRequest {
    let own = [("content-type", "application/json"), ("accept", "application/json, text/event-stream")]
    return UpstreamRequest(verb: .post, headers: own + headers, body: message)
  }

  func open(_ headers: [(String, String)]) -> UpstreamRequest {
    UpstreamRequest(verb: .get, headers: [("accept", "text/event-stream")] + headers, body: [])
  }

  func delete(_ headers: [(String, String)]) -> UpstreamRequest { UpstreamRequest(verb: .delete, headers: headers, body: []) }
}
