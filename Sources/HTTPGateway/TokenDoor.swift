internal import Authentication
internal import Credentials
internal import Digests
internal import NIOHTTP1

/// What stands in front of one upstream where access tokens are taken: which are for it, and what is said to whoever brings none.
struct TokenDoor {
  let resource: ProtectedResource
  private let audience: TokenAudience
  private let settings: StepUpSettings

  init(_ rule: TokenRule, _ upstream: Upstream) { self.init(rule, path: upstream.path, audience: upstream.audience) }

  init(_ rule: TokenRule, path: String, audience: String?) {
    resource = rule.settings.resource(at: path)
    self.audience = rule.settings.audience(at: path, only: audience)
    settings = rule.settings.stepUp
  }

  func accepts(_ caller: AuthenticatedCaller) -> Bool { audience.accepts(caller.token) }

  func refusal(_ challenge: Challenge) -> HTTPRefusal {
    let message =
      switch challenge {
      case .missing: "a credential is needed: `Authorization: Bearer`"
      case .badRequest(let fault): fault.rawValue
      case .token(let fault): fault.publicDescription
      case .insufficientScope: "the access token does not have all scopes that this call needs"
      }
    var refusal = HTTPRefusal(HTTPResponseStatus(statusCode: challenge.status), message)
    let scopes = if case .missing = challenge { resource.scopes } else { [ScopeName]() }
    refusal.headers = [.init(name: "www-authenticate", value: challenge.header(resource.identifier, scopes: scopes))]
    return refusal
  }

  /// What goes with an answer that refuses a call for want of scopes; nil: nothing, it is an answer like any other.
  ///
  /// - Parameter scopes: all that the call needs.
  func stepUp(_ scopes: [String], isStateless: Bool) -> (name: String, value: String)? {
    guard isStateless ? settings.isStatus : settings.isStatusBefore else { return nil }
    let names = scopes.compactMap { ScopeName($0) }
    guard !names.isEmpty else { return nil }
    return ("www-authenticate", Challenge.insufficientScope.header(resource.identifier, scopes: names))
  }
}

/// Recognises the bearers of access tokens, for one event loop.
final class TokenReader {
  private let authenticator: Authenticator
  private let bindsScopes: Bool
  /// By the token's digest: making a caller takes longer than finding one.
  private var callers: [Digest: (authenticated: AuthenticatedCaller, caller: Caller)] = [:]
  private static let most = 4_096

  init(_ rule: TokenRule) {
    authenticator = rule.authenticator
    bindsScopes = rule.settings.stepUp.bindsScopes
  }

  /// Nil: the token has to be checked.
  func known(_ token: [UInt8]) -> AuthenticatedCaller? { authenticator.known(token) }

  func check(_ token: [UInt8], _ done: @escaping @Sendable (AuthenticationOutcome) -> Void) { authenticator.check(token, done) }

  /// - Parameter authenticated: for this very request: what is remembered here says nothing of whether a token is still good.
  func caller(_ authenticated: AuthenticatedCaller) -> Caller {
    // An issuer that was asked again may say something else of the same token.
    if let known = callers[authenticated.digest], known.authenticated === authenticated { return known.caller }
    if callers.count >= TokenReader.most { callers = [:] }
    let caller = Caller(authenticated, bindsScopes: bindsScopes)
    callers[authenticated.digest] = (authenticated, caller)
    return caller
  }
}
