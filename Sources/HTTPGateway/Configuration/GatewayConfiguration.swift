package import Approvals
package import Authentication
internal import Digests
package import Enforcement

/// A server behind the gateway.
package struct Upstream: Sendable {
  package enum Target: Sendable {
    case http(UpstreamAddress)
    case process(ServerCommand)
  }

  /// The `server` declaration of the policy.
  package let name: String
  /// Where clients reach it: begins with a slash.
  package let path: String
  package let target: Target
  /// What the gateway itself shows to it; nil: nothing.
  package let credential: UpstreamCredential?
  /// What access tokens for it are issued for, and nothing else will do; nil: its own address, or the gateway's.
  package let audience: String?

  /// - Parameter path: nil: `/NAME`.
  package init(name: String, path: String? = nil, target: Target, credential: UpstreamCredential? = nil, audience: String? = nil) {
    self.name = name
    self.path = path ?? "/" + name
    self.target = target
    self.credential = credential
    self.audience = audience
  }

  package init(name: String, address: UpstreamAddress) { self.init(name: name, target: .http(address)) }

  /// Whether it is reached over TLS.
  package var isSecure: Bool { if case .http(let address) = target { address.isSecure } else { false } }
}

/// How a stdio server is started. Of the configuration only: nothing of a request is ever in it.
package struct ServerCommand: Hashable, Sendable {
  /// The program and its arguments; no shell is involved.
  package let words: [String]
  /// Names of the variables of ours that it sees.
  package let environment: [String]

  package init(words: [String], environment: [String] = ServerCommand.usualEnvironment) {
    self.words = words
    self.environment = environment
  }

  /// What programs need to find themselves and their files, and nothing that tells who we are.
  package static let usualEnvironment = ["PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR"]
}

/// Where several upstreams are shown together, with prefixed names.
package struct AggregatePath: Sendable {
  package let path: String
  /// Their names, in the order that lists have.
  package let servers: [String]

  package init(path: String, servers: [String]) {
    self.path = path
    self.servers = servers
  }
}

package struct GatewayConfiguration: Sendable {
  package let host: String
  /// 0: any that is free.
  package let port: Int
  package var upstreams: [Upstream]
  package let callers: CallerRule
  /// What `Host` may say beside the address that is listened on.
  package var hosts: [String] = []
  /// Origins of pages that may call, beside our own.
  package var origins: [String] = []
  /// How long requests may take to end once we are told to, in milliseconds.
  package var drainTime: UInt64 = 10_000
  package var limits = HTTPLimits()
  /// Nil: clients speak without TLS.
  package var certificate: ServerCertificate?
  /// For `https:` upstreams; without it there can be none.
  package var trust: UpstreamTrust?
  /// Event loops, each on a thread of its own; nil: as many as there are cores. At most `GatewayConfiguration.mostLoops`.
  package var loops: Int?
  /// What is kept of requests for those who write down what became of them.
  package var recording = Recording.nothing
  /// Where approvals are asked for; nil: what needs one is refused.
  package var approvals: ApprovalDesk?
  /// Tells people that somebody waits for their approval; called on an event loop, returns at once.
  package var askPeople: @Sendable (Approval) -> Void = { _ in }
  /// Of all loops: a request may come on another than the one before.
  package var handles = HandleSeal.random()
  /// Several upstreams at one path more; nil: there is none.
  package var aggregate: AggregatePath?
  /// Seals cursors of the aggregate.
  let cursorKey = randomBytes(32)

  package static let mostLoops = 64

  package init(host: String, port: Int, upstreams: [Upstream], callers: CallerRule) {
    self.host = host
    self.port = port
    self.upstreams = upstreams
    self.callers = callers
  }
}
