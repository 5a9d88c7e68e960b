internal import Credentials
internal import Fetching
internal import JSON
internal import Synchronization

/// The keys of one issuer: what `KeyCache` advises, carried out. At most one fetch is under way; who needs its answer waits in a bounded line.
final class KeySource: Sendable {
  /// What to check with, or that there is nothing to check with for so many seconds.
  enum Answer: Sendable {
    case keys(KeySet)
    case unavailable(retry: Int64)
  }

  typealias Waiter = @Sendable (Answer) -> Void

  private struct State {
    var cache: KeyCache
    var waiters: [Waiter] = []
    var fault: IssuerFault?
  }

  private static let mostWaiters = 1_000

  private let name: String
  private let locator: MetadataLocator
  private let configured: WebAddress?
  private let documents: any DocumentSource
  private let clock: AuthenticationClock
  private let report: @Sendable (AuthenticationEvent) -> Void
  private let state: Mutex<State>

  init(
    _ settings: IssuerSettings, keys: WebAddress?, _ documents: any DocumentSource, _ clock: AuthenticationClock,
    _ report: @escaping @Sendable (AuthenticationEvent) -> Void
  ) {
    name = settings.name.text
    configured = keys
    locator = MetadataLocator(settings.name, documents, clock)
    self.documents = documents
    self.clock = clock
    self.report = report
    state = Mutex(State(cache: KeyCache(settings.keys)))
  }

  var condition: (KeyCache.Condition, IssuerFault?) { state.withLock { ($0.cache.condition(now: clock.steady()), $0.fault) } }

  /// Keys to check a token with.
  ///
  /// - Returns: nil: `waiter` is called, once, from another thread.
  func keys(_ waiter: @escaping Waiter) -> Answer? { ask(waiter) { cache, now in cache.advice(now: now) } }

  /// Keys to check a token with whose key is not among those there are.
  func keysAfterUnknown(_ waiter: @escaping Waiter) -> Answer? { ask(waiter) { cache, now in cache.adviceOnUnknownKey(now: now) } }

  private func ask(_ waiter: @escaping Waiter, _ advise: @Sendable (inout KeyCache, Int64) -> KeyCache.Advice) -> Answer? {
    let now = clock.steady()
    var isDue = false
    var isCrowded = false
    let answer: Answer? = state.withLock { state in
      switch advise(&state.cache, now) {
      case .use(let keys, let due):
        isDue = due
        return .keys(keys)
      case .unavailable(let retry): return .unavailable(retry: retry)
      case .wait(let due):
        isDue = due
        isCrowded = state.waiters.count >= KeySource.mostWaiters
        guard !isCrowded else { return .unavailable(retry: 1) }
        state.waiters.append(waiter)
        return nil
      }
    }
    if isCrowded { report(.crowded(issuer: name)) }
    if isDue { fetch() }
    return answer
  }

  private func fetch() {
    guard configured == nil else { return fetchKeys(configured, Budget(clock)) }
    // Kept alive by what is under way: a waiter is always answered.
    locator.metadata { result, budget in
      switch result {
      case .success(let metadata): self.fetchKeys(metadata.keys, budget)
      case .failure(let fault): self.end(.failure(fault))
      }
    }
  }

  private func fetchKeys(_ address: WebAddress?, _ budget: Budget) {
    guard let address, let deadline = budget.deadline else { return end(.failure(.tooSlow)) }
    documents.fetch(FetchRequest(address, mostBytes: KeySource.mostBytes, deadline: deadline)) { result in
      switch result {
      case .failure(let fault): self.end(.failure(.fetching(address, fault)))
      case .success(let document):
        guard let keys = (try? Value(parsing: document.bytes)).flatMap(KeySet.init) else { return self.end(.failure(.noKeySet(address))) }
        self.end(.success((keys, document.freshness)))
      }
    }
  }

  /// A key of 8,192 bits with a chain of certificates takes some 10 KB; a set seldom has ten.
  private static let mostBytes = 1 << 18

  private func end(_ result: Result<(KeySet, Int64?), IssuerFault>) {
    let now = clock.steady()
    let (waiters, answer, condition) = state.withLock { state in
      switch result {
      case .success(let (keys, freshness)):
        state.cache.succeeded(keys, freshness: freshness, now: now)
        state.fault = nil
      case .failure(let fault):
        state.cache.failed(now: now)
        state.fault = fault
      }
      defer { state.waiters = [] }
      return (state.waiters, KeySource.answer(result), state.cache.condition(now: now))
    }
    switch result {
    case .success(let (keys, _)): report(.keysFetched(issuer: name, count: keys.count))
    case .failure(let fault):
      locator.forget()
      report(.keysFailed(issuer: name, fault, condition: condition))
    }
    for waiter in waiters { waiter(answer) }
  }

  /// Who waited had no key that would do: when the fetch failed, nobody knows whether there is one.
  private static func answer(_ result: Result<(KeySet, Int64?), IssuerFault>) -> Answer {
    switch result {
    case .success(let (keys, _)): .keys(keys)
    case .failure: .unavailable(retry: 1)
    }
  }
}
