/// How much and how long one HTTP peer may ask of the gateway. Times are milliseconds; they are looked at once a second.
package struct HTTPLimits: Sendable {
  /// Bytes of a request's line and headers together.
  package var headers = 64 << 10
  /// Bytes of a message, either way: as over stdio.
  package var message = 16 << 20
  /// Bytes of all messages together that are being gathered, to and fro.
  package var memory = 1 << 30
  /// Headers of a request.
  package var headerCount = 128
  /// From the first byte of a request to the end of its headers.
  package var headerTime: UInt64 = 10_000
  /// From the end of the headers to the end of the body.
  package var bodyTime: UInt64 = 30_000
  /// How long a connection may rest between requests.
  package var idleTime: UInt64 = 75_000
  /// How long a client may leave what waits for it unread.
  package var stallTime: UInt64 = 60_000
  /// Connections of clients at the same time; more are closed at once.
  package var connections = 20_000
  /// Requests at the same time on one connection of HTTP/2.
  package var streams = 100
  /// A silence in an answer is broken by a comment, so that nothing on the way takes the connection for dead.
  package var commentTime: UInt64 = 15_000

  /// To open a connection to an upstream.
  package var connectTime: UInt64 = 5_000
  /// How long an upstream may be silent within an answer, its first byte included. The longest any answer may take is the session's
  /// business: four hours.
  package var silenceTime: UInt64 = 300_000
  /// A kept connection older than this is not used again: many servers close theirs after five seconds, and a request that crosses the
  /// close is lost without anyone knowing whether it was carried out.
  package var reuseTime: UInt64 = 3_000
  /// Requests to one upstream at the same time, streams among them.
  package var upstreamRequests = 4_096
  /// How many more may wait for their turn, and how long. Whoever comes then is told to come back.
  package var upstreamQueue = 1_024
  package var queueTime: UInt64 = 5_000
  /// Connections to one upstream that are kept without a request.
  package var restingConnections = 256

  /// Processes of stdio servers at the same time.
  package var processes = 128

  /// Sessions of clients from before 2026-07-28, for each upstream.
  package var sessions = 16_384
  /// How long such a session lives without a request or a stream.
  package var sessionTime: UInt64 = 1_800_000
  /// Bytes of events that a session keeps for clients that come back for them, and how many of its streams it keeps.
  package var replayBytes = 1 << 20
  /// The same of all sessions together.
  package var replayMemory = 256 << 20
  package var replayStreams = 64

  package init() {}

  /// The part of one of several event loops: connections go round among them, so what is counted is divided, and nobody has to ask the
  /// others. Connections and sessions are counted together (`Room`).
  func divided(among loops: Int) -> HTTPLimits {
    func part(_ count: Int) -> Int { max(1, (count + loops - 1) / loops) }
    var limits = self
    limits.upstreamRequests = part(upstreamRequests)
    limits.processes = part(processes)
    limits.replayMemory = part(replayMemory)
    limits.upstreamQueue = part(upstreamQueue)
    limits.restingConnections = part(restingConnections)
    // One message of the largest size always has room.
    limits.memory = max(part(memory), 2 * message)
    return limits
  }
}
