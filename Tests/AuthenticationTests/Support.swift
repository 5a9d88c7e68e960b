import Authentication
import Credentials
import Fetching
import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

/// A clock that stands still until it is told.
final class StoppedClock: Sendable {
  private let time: Mutex<(unix: Int64, steady: Int64)>

  init(_ unix: Int64) { time = Mutex((unix, 0)) }

  func advance(_ seconds: Int64) { time.withLock { $0 = ($0.unix + seconds, $0.steady + seconds) } }

  var clock: AuthenticationClock {
    AuthenticationClock(unix: { self.time.withLock { $0.unix } }, steady: { self.time.withLock { $0.steady } })
  }
}

/// What an authenticator said to its log.
final class Journal: Sendable {
  private let state = Mutex([String]())

  var lines: [String] { state.withLock { $0 } }

  func note(_ event: AuthenticationEvent) { state.withLock { $0.append(event.description) } }
}

extension Authenticator {
  func outcome(_ token: String) async -> AuthenticationOutcome {
    await withCheckedContinuation { continuation in check(Array(token.utf8)) { continuation.resume(returning: $0) } }
  }

  /// `accepted`, `unavailable`, or the name of a fault.
  func verdict(_ token: String) async -> String { await outcome(token).word }
}

extension AuthenticationOutcome {
  var word: String {
    switch self {
    case .accepted: "accepted"
    case .refused(let fault): String(describing: fault)
    case .unavailable: "unavailable"
    }
  }

  var caller: AuthenticatedCaller? {
    if case .accepted(let caller) = self { caller } else { nil }
  }
}

/// Tokens and keys of another implementation, made for a fixed moment (CredentialsTests/make-tokens.py).
struct MadeTokens: Sendable {
  struct Case: Sendable, CustomStringConvertible {
    let name: String
    let token: String
    /// A fault, or `good`.
    let expected: String
    var description: String { name }
  }

  let now: Int64
  let issuer: String
  let audience: String
  let keys: String
  let cases: [Case]

  static let read: MadeTokens? = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../CredentialsTests/Cases/tokens.json")
    guard let bytes = try? Data(contentsOf: file), let value = try? Value(parsing: Array(bytes)), let now = value["now"]?.number?.integer,
      let issuer = value["issuer"]?.string, let audience = value["audience"]?.string, let keys = value["keys"],
      let elements = value["cases"]?.elements
    else { return nil }
    let cases = elements.compactMap { element -> Case? in
      guard let name = element["name"]?.string, let token = element["token"]?.string, let expected = element["expect"]?.string else {
        return nil
      }
      return Case(name: name, token: token, expected: expected)
    }
    return MadeTokens(now: Int64(now), issuer: issuer, audience: audience, keys: String(decoding: write(keys), as: UTF8.self), cases: cases)
  }()

  func token(_ name: String) throws -> String { try #require(cases.first { $0.name == name }).token }

  var good: String { get throws { try token("RS256 is accepted") } }

  func requirements() throws -> TokenRequirements { try #require(TokenRequirements(issuer: issuer, audiences: [audience])) }
}

extension AddressPolicy {
  /// This machine, where the tests' servers are.
  static let here = AddressPolicy(allowing: NetworkPrefix.loopback)
}

/// Fails when a log or a header gives away a part of a token or a secret.
func expectNoLeak(of secrets: [String], in texts: [String], sourceLocation: SourceLocation = #_sourceLocation) {
  for secret in secrets {
    for part in secret.split(separator: ".") where part.utf8.count >= 8 {
      for text in texts { #expect(!text.contains(part), "\(text) gives away a secret", sourceLocation: sourceLocation) }
    }
  }
}
