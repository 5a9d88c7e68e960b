import Authentication
import Credentials
import Digests
import Fetching
import Foundation
import JSON

/// `TokenBenchmark`: microseconds to check a signed token by algorithm, and nanoseconds to find one that was checked before.
/// `TokenBenchmark count RUNS`: only finds a remembered token, so many times, for counting instructions.
@main enum Main {
  static let now: Int64 = 1_800_000_000

  static func main() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../CredentialsTests/Cases/tokens.json")
    let table = try Value(parsing: Array(Data(contentsOf: file)))
    guard let issuer = table["issuer"]?.string, let audience = table["audience"]?.string, let document = table["keys"],
      let keys = KeySet(document), let requirements = TokenRequirements(issuer: issuer, audiences: [audience])
    else { throw Failure.noTokens }
    func token(_ name: String) throws -> [UInt8] {
      guard let text = table["cases"]?.elements?.first(where: { $0["name"]?.string == name })?["token"]?.string else {
        throw Failure.noTokens
      }
      return Array(text.utf8)
    }
    let remembered = try remember(token("RS256 is accepted"), issuer, requirements, document)
    if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "count", let runs = Int(CommandLine.arguments[2]) {
      _ = try remembered(runs)
      return
    }
    let verifier = TokenVerifier(requirements)
    for algorithm in ["RS256", "PS256", "ES256", "ES384", "EdDSA"] {
      let token = try token("\(algorithm) is accepted")
      let time = try median(runs: 2_000) { runs in
        for _ in 0..<runs { _ = try verifier.verify(token, with: keys, now: now) }
      }
      print("verify \(algorithm), \(token.count) bytes: \(String(format: "%.1f", time / 1_000)) us")
    }
    print("remembered, \(try token("RS256 is accepted").count) bytes: \(Int(try median(runs: 200_000) { _ = try remembered($0) })) ns")
    let digested = try token("RS256 is accepted")
    print("of that, the digest: \(Int(try median(runs: 200_000) { for _ in 0..<$0 { _ = sha256(digested) } })) ns")
  }

  /// - Returns: finds the token, so many times, in an authenticator that knows it.
  static func remember(_ token: [UInt8], _ issuer: String, _ requirements: TokenRequirements, _ keys: Value) throws -> (Int) throws -> Int {
    let settings = IssuerSettings(try WebAddress(issuer), requirements, .signed(keys: try WebAddress("https://issuer.example/keys")))
    let clock = AuthenticationClock(unix: { now }, steady: { 0 })
    let authenticator = Authenticator([settings], Canned(document: write(keys)), clock: clock) { _ in }
    authenticator.check(token) { _ in }
    guard authenticator.known(token) != nil else { throw Failure.notRemembered }
    return { runs in
      var found = 0
      for _ in 0..<runs where authenticator.known(token) != nil { found += 1 }
      guard found == runs else { throw Failure.notRemembered }
      return found
    }
  }

  /// Nanoseconds a run, of nine samples.
  static func median(runs: Int, _ body: (Int) throws -> Void) throws -> Double {
    try body(runs / 10)
    let samples = try (0..<9).map { _ in
      let start = ContinuousClock.now
      try body(runs)
      return (ContinuousClock.now - start) / .nanoseconds(1) / Double(runs)
    }
    return samples.sorted()[4]
  }
}

struct Canned: DocumentSource {
  let document: [UInt8]

  func fetch(_ request: FetchRequest, _ done: @escaping @Sendable (Result<FetchedDocument, FetchFault>) -> Void) {
    done(.success(FetchedDocument(bytes: document)))
  }
}

enum Failure: Error { case noTokens, notRemembered }
