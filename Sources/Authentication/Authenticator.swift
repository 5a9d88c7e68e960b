package import Credentials
internal import Digests
package import Fetching
internal import Synchronization

/// Who is calling, by bearer token: checks a token against the issuers that are trusted, and remembers what was found good.
///
/// For an event loop: `known` answers at once and never waits; `check` answers through a callback, which may come from the fetcher's thread.
/// Whatever goes wrong, nobody gets in.
package final class Authenticator: Sendable {
  private enum Issuer: Sendable {
    case signed(IssuerSettings, KeySource)
    case opaque(IssuerSettings, Introspector)

    var settings: IssuerSettings {
      switch self {
      case .signed(let settings, _), .opaque(let settings, _): settings
      }
    }

    var isOpaque: Bool { if case .opaque = self { true } else { false } }
  }

  /// What a health check or a person wants to know of an issuer.
  package struct Health: Sendable {
    package let issuer: String
    /// Of its keys; nil: it is asked about every token.
    package let keys: KeyCache.Condition?
    /// Why it could not be asked the last time.
    package let fault: IssuerFault?
  }

  /// Tokens that are remembered: some tens of megabytes.
  package static let usualCapacity = 20_000

  private let issuers: [Issuer]
  private let clock: AuthenticationClock
  private let revocations: any RevocationList
  private let report: @Sendable (AuthenticationEvent) -> Void
  private let cache: Mutex<TokenCache<AuthenticatedCaller>>

  /// - Parameters:
  ///   - issuers: with names that differ; at most one of them with opaque tokens, which do not say whose they are.
  ///   - report: called from any thread; must not wait.
  package init(
    _ issuers: [IssuerSettings], _ documents: any DocumentSource, clock: AuthenticationClock = .system,
    revocations: any RevocationList = NoRevocations(), capacity: Int = Authenticator.usualCapacity,
    report: @escaping @Sendable (AuthenticationEvent) -> Void
  ) {
    precondition(Set(issuers.map(\.name.text)).count == issuers.count, "an issuer is trusted twice")
    self.clock = clock
    self.revocations = revocations
    self.report = report
    cache = Mutex(TokenCache(capacity: capacity))
    self.issuers = issuers.map { settings in
      switch settings.tokens {
      case .signed(let keys): .signed(settings, KeySource(settings, keys: keys, documents, clock, report))
      case .opaque(let endpoint, let client, let secret):
        .opaque(settings, Introspector(settings, endpoint, client, secret, documents, clock, report))
      }
    }
    precondition(self.issuers.count(where: \.isOpaque) <= 1, "whose an opaque token is cannot be told")
  }

  package var health: [Health] {
    issuers.map { issuer in
      switch issuer {
      case .signed(let settings, let keys):
        let (condition, fault) = keys.condition
        return Health(issuer: settings.name.text, keys: condition, fault: fault)
      case .opaque(let settings, let introspector): return Health(issuer: settings.name.text, keys: nil, fault: introspector.fault)
      }
    }
  }

  /// Whom a token was found to be of before; nil: `check` has to look. The token's end and revocations are minded each time.
  package func known(_ token: [UInt8]) -> AuthenticatedCaller? {
    let digest = sha256(token)
    let generation = revocations.generation
    let now = clock.unix()
    return cache.withLock { $0.answer(to: digest, generation: generation, now: now) }
  }

  /// Calls back once: from this thread when everything is at hand, else from another.
  package func check(_ token: [UInt8], _ done: @escaping @Sendable (AuthenticationOutcome) -> Void) {
    guard token.count <= TokenRequirements.longestToken else { return refuse(nil, .tooLong, done) }
    if let caller = known(token) { return done(.accepted(caller)) }
    switch issuer(of: token) {
    case .failure(let fault): refuse(nil, fault, done)
    case .success(.signed(let settings, let keys)): checkSignature(token, settings, keys, done)
    case .success(.opaque(let settings, let introspector)):
      let digest = sha256(token)
      let end: Introspector.Waiter = { answer in
        switch answer {
        case .unavailable(let retry): done(.unavailable(retry: retry))
        case .token(.failure(let fault)): self.refuse(settings, fault, done)
        case .token(.success(let verified)): self.accept(verified, digest, settings, done)
        }
      }
      if let answer = introspector.ask(token, digest, end) { end(answer) }
    }
  }

  /// Only among those that are trusted: what the token says of its issuer is checked again with its signature.
  private func issuer(of token: [UInt8]) -> Result<Issuer, TokenFault> {
    let name = TokenVerifier.issuerNamed(by: token)
    if let name {
      let trusted = issuers.first { $0.settings.name.text.utf8.elementsEqual(name.utf8) }
      if let trusted { return .success(trusted) }
    }
    // The only one there is says best what is wrong with the token.
    if issuers.count == 1, case .signed = issuers[0] { return .success(issuers[0]) }
    // Nobody is told a token that says it is another's.
    guard name == nil else { return .failure(.wrongIssuer) }
    return issuers.first { $0.isOpaque }.map(Result.success) ?? .failure(.malformed)
  }

  private func checkSignature(
    _ token: [UInt8], _ settings: IssuerSettings, _ source: KeySource, _ done: @escaping @Sendable (AuthenticationOutcome) -> Void
  ) {
    let verifier = TokenVerifier(settings.requirements)
    // With keys that are as new as can be had: nothing more is fetched for this token.
    let last: KeySource.Waiter = { answer in
      switch answer {
      case .unavailable(let retry): done(.unavailable(retry: retry))
      case .keys(let keys): self.end(self.verify(token, verifier, keys), token, settings, done)
      }
    }
    switch source.keys(last) {
    case nil: break
    case .unavailable(let retry)?: done(.unavailable(retry: retry))
    case .keys(let keys)?:
      let result = verify(token, verifier, keys)
      guard case .failure(.unknownKey) = result else { return end(result, token, settings, done) }
      if let answer = source.keysAfterUnknown(last) { last(answer) }
    }
  }

  private func verify(_ token: [UInt8], _ verifier: TokenVerifier, _ keys: KeySet) -> Result<VerifiedToken, TokenFault> {
    do {
      return .success(try verifier.verify(token, with: keys, now: clock.unix()))
    } catch {
      return .failure(error)
    }
  }

  private func end(
    _ result: Result<VerifiedToken, TokenFault>, _ token: [UInt8], _ settings: IssuerSettings,
    _ done: @escaping @Sendable (AuthenticationOutcome) -> Void
  ) {
    switch result {
    case .failure(let fault): refuse(settings, fault, done)
    case .success(let verified): accept(verified, sha256(token), settings, done)
    }
  }

  private func accept(
    _ token: VerifiedToken, _ digest: Digest, _ settings: IssuerSettings, _ done: @escaping @Sendable (AuthenticationOutcome) -> Void
  ) {
    // Before asking: what is revoked meanwhile makes the answer old.
    let generation = revocations.generation
    switch revocations.standing(of: token) {
    case .revoked: return refuse(settings, .revoked, done)
    case .unknown:
      report(.revocationsUnknown)
      return done(.unavailable(retry: 1))
    case .good: break
    }
    var expiry = token.expiry
    if case .opaque = settings.tokens { expiry = min(expiry, clock.unix() + settings.introspectionLife) }
    let caller = AuthenticatedCaller(token, digest, goodUntil: expiry, groupsClaim: settings.groupsClaim)
    cache.withLock { $0.put(caller, for: digest, expiry: expiry, generation: generation) }
    done(.accepted(caller))
  }

  private func refuse(_ settings: IssuerSettings?, _ fault: TokenFault, _ done: @Sendable (AuthenticationOutcome) -> Void) {
    report(.refused(issuer: settings?.name.text, fault))
    done(.refused(fault))
  }
}
