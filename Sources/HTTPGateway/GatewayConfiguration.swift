package import Enforcement

/// A server behind the gateway.
package struct Upstream: Sendable {
  /// The `server` declaration of the policy; also the path under which clients reach it: `/NAME`.
  package let name: String
  package let address: UpstreamAddress

  package init(name: String, address: UpstreamAddress) {
    self.name = name
    self.address = address
  }

  var path: String { "/" + name }
}

package struct GatewayConfiguration: Sendable {
  package let host: String
  /// 0: any that is free.
  package let port: Int
  package let upstreams: [Upstream]
  package let callers: CallerRule
  /// What `Host` may say beside the address that is listened on.
  package var hosts: [String] = []
  /// Origins of pages that may call, beside our own.
  package var origins: [String] = []
  /// How long requests may take to end once we are told to, in milliseconds.
  package var drainTime: UInt64 = 10_000
  package var limits = HTTPLimits()
  /// Event loops, each on a thread of its own; nil: as many as there are cores. At most `GatewayConfiguration.mostLoops`.
  package var loops: Int?
  /// What is kept of requests for those who write down what became of them.
  package var recording = Recording.nothing

  package static let mostLoops = 64

  package init(host: String, port: Int, upstreams: [Upstream], callers: CallerRule) {
    self.host = host
    self.port = port
    self.upstreams = upstreams
    self.callers = callers
  }
}
