internal import Credentials
internal import Digests
internal import Fetching
internal import Synchronization

/// Asks one issuer about tokens that only it can read. One question a token at a time; answers are kept for a short while, good and bad ones
/// apart, so that made-up tokens do not push out good ones.
final class Introspector: Sendable {
  enum Answer: Sendable {
    case token(Result<VerifiedToken, TokenFault>)
    case unavailable(retry: Int64)
  }

  typealias Waiter = @Sendable (Answer) -> Void

  private struct State {
    /// By token.
    var waiters: [Digest: [Waiter]] = [:]
    var waiting = 0
    var refused = TokenCache<TokenFault>(capacity: Introspector.mostRefused)
    var nextAttempt: Int64 = .min
    var fault: IssuerFault?
  }

  private static let mostWaiters = 1_000
  private static let mostRefused = 10_000
  private static let mostBytes = 1 << 16
  /// Seconds for which a refusal is remembered, and for which nothing is asked after a failure.
  private static let refusalLife: Int64 = 10
  private static let pause: Int64 = 1

  private let settings: IssuerSettings
  private let endpoint: WebAddress?
  private let client: String
  private let secret: SecretReader
  private let locator: MetadataLocator
  private let documents: any DocumentSource
  private let clock: AuthenticationClock
  private let report: @Sendable (AuthenticationEvent) -> Void
  private let state = Mutex(State())

  init(
    _ settings: IssuerSettings, _ endpoint: WebAddress?, _ client: String, _ secret: SecretReader, _ documents: any DocumentSource,
    _ clock: AuthenticationClock, _ report: @escaping @Sendable (AuthenticationEvent) -> Void
  ) {
    self.settings = settings
    self.endpoint = endpoint
    self.client = client
    self.secret = secret
    locator = MetadataLocator(settings.name, documents, clock)
    self.documents = documents
    self.clock = clock
    self.report = report
  }

  var fault: IssuerFault? { state.withLock { $0.fault } }

  /// - Returns: nil: `waiter` is called, once, from another thread.
  func ask(_ token: [UInt8], _ digest: Digest, _ waiter: @escaping Waiter) -> Answer? {
    let unix = clock.unix()
    let now = clock.steady()
    var isFirst = false
    var isCrowded = false
    let answer: Answer? = state.withLock { state in
      if let fault = state.refused.answer(to: digest, generation: 0, now: unix) { return .token(.failure(fault)) }
      guard now >= state.nextAttempt else { return .unavailable(retry: state.nextAttempt - now) }
      isCrowded = state.waiting >= Introspector.mostWaiters
      guard !isCrowded else { return .unavailable(retry: 1) }
      isFirst = state.waiters[digest] == nil
      state.waiters[digest, default: []].append(waiter)
      state.waiting += 1
      return nil
    }
    if isCrowded { report(.crowded(issuer: settings.name.text)) }
    if isFirst { locate(token, digest) }
    return answer
  }

  private func locate(_ token: [UInt8], _ digest: Digest) {
    if let endpoint { return send(token, digest, endpoint, Budget(clock)) }
    locator.metadata { result, budget in
      switch result {
      case .failure(let fault): self.end(digest, .failure(fault))
      case .success(let metadata):
        guard let endpoint = metadata.introspection else { return self.end(digest, .failure(.noEndpoint)) }
        self.send(token, digest, endpoint, budget)
      }
    }
  }

  private func send(_ token: [UInt8], _ digest: Digest, _ endpoint: WebAddress, _ budget: Budget) {
    guard let deadline = budget.deadline else { return end(digest, .failure(.tooSlow)) }
    let authorization: Secret
    do {
      authorization = Introspection.authorization(client: client, secret: try secret.secret())
    } catch {
      return end(digest, .failure(.noSecret(error)))
    }
    let request = FetchRequest(
      endpoint, form: Introspection.form(token), authorization: authorization, mostBytes: Introspector.mostBytes, deadline: deadline)
    documents.fetch(request) { result in
      switch result {
      case .failure(let fault): self.end(digest, .failure(.fetching(endpoint, fault)))
      case .success(let document): self.end(digest, self.read(document, endpoint))
      }
    }
  }

  private func read(_ document: FetchedDocument, _ endpoint: WebAddress) -> Result<Result<VerifiedToken, TokenFault>, IssuerFault> {
    do {
      return .success(.success(try Introspection.read(document.bytes, settings.requirements, now: clock.unix())))
    } catch {
      return switch error {
      case .malformed: .failure(.noIntrospection(endpoint))
      case .token(let fault): .success(.failure(fault))
      }
    }
  }

  private func end(_ digest: Digest, _ result: Result<Result<VerifiedToken, TokenFault>, IssuerFault>) {
    let unix = clock.unix()
    let now = clock.steady()
    let (waiters, answer) = state.withLock { state in
      let waiters = state.waiters.removeValue(forKey: digest) ?? []
      state.waiting -= waiters.count
      switch result {
      case .failure(let fault):
        state.nextAttempt = now + Introspector.pause
        state.fault = fault
        return (waiters, Answer.unavailable(retry: Introspector.pause))
      case .success(let verdict):
        state.fault = nil
        if case .failure(let fault) = verdict {
          state.refused.put(fault, for: digest, expiry: unix + Introspector.refusalLife, generation: 0)
        }
        return (waiters, Answer.token(verdict))
      }
    }
    if case .failure(let fault) = result {
      locator.forget()
      report(.introspectionFailed(issuer: settings.name.text, fault))
    }
    for waiter in waiters { waiter(answer) }
  }
}
