import Bundles
import Credentials
import Digests
import Dispatch
import Fetching
import Logging
import Semantics
import Signatures
import StateStore
import Synchronization

/// A signed policy in a file or at an address. What may come into force is what a trusted key has signed, not older than what was taken before,
/// and makes the program that was signed.
final class BundleSource: PolicySource {
  enum Place: Sendable {
    case file(String)
    case web(WebAddress, Fetcher)
  }

  /// Bytes as they were found.
  struct Found {
    let bytes: [UInt8]
    let tag: EntityTag?
  }

  /// What was taken last, so that it is not fetched or read again.
  private struct Taken {
    let digest: Digest
    let tag: EntityTag?
  }

  /// Milliseconds for fetching a bundle whole.
  private static let patience = 15_000

  /// Milliseconds between two looks.
  let interval: Int64
  private let place: Place
  private let trusted: [PublicKey]
  private let store: StateStore
  private let taken = Mutex<Taken?>(nil)

  init(_ place: Place, trusting keys: [PublicKey], store: StateStore, interval: Int64) {
    self.place = place
    trusted = keys
    self.store = store
    self.interval = interval
  }

  func candidate() throws -> PolicyCandidate {
    guard let found = try look(evenIfUnchanged: true) else { throw BundleSource.refusal("it was not sent") }
    return try candidate(of: found)
  }

  /// Reads or fetches it.
  ///
  /// - Returns: nil when it is what was taken last.
  func look(evenIfUnchanged: Bool) throws -> Found? {
    let taken = evenIfUnchanged ? nil : taken.withLock { $0 }
    let found: Found
    switch place {
    case .file(let path): found = Found(bytes: try BundleSource.contents(path), tag: nil)
    case .web(let address, let fetcher):
      let request = FetchRequest(
        address, contentType: "*/*", known: taken?.tag, mostBytes: PolicyBundle.largest, deadline: BundleSource.patience)
      switch BundleSource.wait({ fetcher.fetch(request, $0) }) {
      case .success(let document): found = Found(bytes: document.bytes, tag: document.tag)
      case .failure(.unchanged): return nil
      case .failure(let fault): throw BundleSource.refusal("\(fault)")
      }
    }
    return taken?.digest == sha256(found.bytes) ? nil : found
  }

  /// What becomes of the bytes: the signature first, then the serial, and what they compile to.
  func candidate(of found: Found) throws -> PolicyCandidate {
    let newest = try complaining { () throws(StoreError) in try store.newestBundle(signedBy: identifiers) }
    let (bundle, key): (PolicyBundle, String)
    do throws(BundleFault) {
      (bundle, key) = try SignedBundle.read(found.bytes, trusting: trusted, leastSerial: newest?.serial ?? 1)
    } catch {
      throw BundleSource.refusal("\(error)")
    }
    let record = BundleRecord(key: key, serial: bundle.serial, fingerprint: bundle.fingerprint, document: found.bytes)
    return PolicyCandidate(
      loaded: loadPolicies(bundle.roots, reader: BundleReader(bundle)), fingerprint: bundle.fingerprint,
      details: ["serial": "\(bundle.serial)", "key": "\(key)"],
      take: { [self] in
        try take(record)
        taken.withLock { $0 = Taken(digest: sha256(found.bytes), tag: found.tag) }
      })
  }

  /// The last one that was taken, checked like any other; nil: there is none.
  func kept() throws -> PolicyCandidate? {
    let newest = try complaining { () throws(StoreError) in try store.newestBundle(signedBy: identifiers) }
    return try newest.map { try candidate(of: Found(bytes: $0.document, tag: nil)) }
  }

  /// From here on nothing older can be taken, whatever happens to this process.
  private func take(_ record: BundleRecord) throws {
    let other = try complaining { () throws(StoreError) in try store.take(record, trusting: identifiers, act()) }
    guard let other else { return }
    let fault: BundleFault =
      other.serial == record.serial ? .reused(serial: record.serial) : .rollback(serial: record.serial, least: other.serial)
    throw BundleSource.refusal("\(fault)")
  }

  func end() { if case .web(_, let fetcher) = place { fetcher.stop() } }

  private var identifiers: [String] { trusted.map { SignedBundle.identifier(of: $0) } }

  private static func refusal(_ reason: String) -> Complaint {
    Complaint("the bundle is not taken: \(reason)", exitCode: .policyRejected)
  }

  private static func contents(_ path: String) throws -> [UInt8] {
    do throws(FileProblem) {
      return try DiskReader().contents(of: path)
    } catch {
      throw refusal("cannot read `\(path)`: \(describe(error))")
    }
  }

  private typealias Outcome = Result<FetchedDocument, FetchFault>

  private static func wait(_ begin: (@escaping @Sendable (Outcome) -> Void) -> Void) -> Outcome {
    let done = DispatchSemaphore(value: 0)
    let outcome = Mutex<Outcome>(.failure(.stopped))
    begin { result in
      outcome.withLock { $0 = result }
      done.signal()
    }
    done.wait()
    return outcome.withLock { $0 }
  }
}
