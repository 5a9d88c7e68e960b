internal import Credentials
internal import Fetching
internal import Synchronization

/// The time that finding keys or an endpoint may take altogether, however many documents it takes.
struct Budget: Sendable {
  private static let seconds: Int64 = 10

  private let clock: AuthenticationClock
  private let end: Int64

  init(_ clock: AuthenticationClock) {
    self.clock = clock
    end = clock.steady() + Budget.seconds
  }

  /// Milliseconds for the next document; nil when the time is up.
  var deadline: Int? {
    let left = end - clock.steady()
    return left > 0 ? Int(min(left, 5) * 1_000) : nil
  }
}

/// Finds an issuer's metadata and remembers it for a day.
final class MetadataLocator: Sendable {
  typealias Done = @Sendable (Result<IssuerMetadata, IssuerFault>, Budget) -> Void

  private static let life: Int64 = 86_400
  private static let mostBytes = 1 << 17

  private let issuer: WebAddress
  private let documents: any DocumentSource
  private let clock: AuthenticationClock
  private let known = Mutex<(metadata: IssuerMetadata, until: Int64)?>(nil)

  init(_ issuer: WebAddress, _ documents: any DocumentSource, _ clock: AuthenticationClock) {
    self.issuer = issuer
    self.documents = documents
    self.clock = clock
  }

  func metadata(_ done: @escaping Done) {
    let budget = Budget(clock)
    let now = clock.steady()
    if let known = known.withLock({ $0 }), now < known.until { return done(.success(known.metadata), budget) }
    look(IssuerMetadata.addresses(of: issuer)[...], nil, budget, done)
  }

  /// What followed from it did not work: it may have changed.
  func forget() { known.withLock { $0 = nil } }

  /// Tries one address after another while their answers are no metadata of this issuer. What cannot be reached at all ends it: the
  /// others are on the same host.
  ///
  /// - Parameter fault: of an address before. The first that says more than that nothing is there is the one to report.
  private func look(_ addresses: ArraySlice<WebAddress>, _ fault: IssuerFault?, _ budget: Budget, _ done: @escaping Done) {
    guard let address = addresses.first else { return done(.failure(fault ?? .tooSlow), budget) }
    guard let deadline = budget.deadline else { return done(.failure(.tooSlow), budget) }
    documents.fetch(FetchRequest(address, mostBytes: MetadataLocator.mostBytes, deadline: deadline)) { result in
      switch result {
      case .failure(.status(let status)):
        let missing = IssuerFault.fetching(address, .status(status))
        self.look(addresses.dropFirst(), fault ?? missing, budget, done)
      case .failure(let fault): done(.failure(.fetching(address, fault)), budget)
      case .success(let document):
        switch self.read(document) {
        case .success(let metadata): done(.success(metadata), budget)
        case .failure(let error):
          self.look(addresses.dropFirst(), MetadataLocator.graver(fault, .metadata(address, error)), budget, done)
        }
      }
    }
  }

  private func read(_ document: FetchedDocument) -> Result<IssuerMetadata, IssuerMetadata.Fault> {
    do {
      let metadata = try IssuerMetadata(document.bytes, of: issuer)
      let until = clock.steady() + MetadataLocator.life
      known.withLock { $0 = (metadata, until) }
      return .success(metadata)
    } catch {
      return .failure(error)
    }
  }

  private static func graver(_ first: IssuerFault?, _ second: IssuerFault) -> IssuerFault {
    switch first {
    case nil, .fetching(_, .status)?: second
    case let first?: first
    }
  }
}
