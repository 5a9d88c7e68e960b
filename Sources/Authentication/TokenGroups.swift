internal import Credentials
internal import JSON

/// Groups that a token says its subject is in. What is not plainly a list of names is no group at all: who may approve is never guessed.
enum TokenGroups {
  /// More than any person is in; a token that says more says nothing.
  static let most = 128
  /// Bytes of a name.
  static let longest = 256

  /// - Parameter claim: a member of the token's claims: a text, or a list of texts.
  static func read(_ token: VerifiedToken, _ claim: String) -> [String] {
    // A token of a client alone speaks for nobody who could decide.
    guard token.subject != nil, let value = token.claims[claim] else { return [] }
    let names: [String?] = value.string.map { [$0] } ?? value.elements?.map { $0.string } ?? []
    guard names.count <= most, names.allSatisfy({ $0.map { !$0.isEmpty && $0.utf8.count <= longest } ?? false }) else { return [] }
    return names.compactMap(\.self)
  }
}
