package import JSON
internal import Signatures

/// The public keys of an authorization server (RFC 7517), as far as they can check signatures here.
package struct KeySet: Sendable {
  struct Key: Sendable {
    let identifier: String?
    let key: PublicKey
    /// Nil: any that goes with the form of the key.
    let algorithm: SignatureAlgorithm?

    func serves(_ algorithm: SignatureAlgorithm) -> Bool {
      algorithm.keyForm == key.form && (self.algorithm.map { $0 == algorithm } ?? true)
    }
  }

  let keys: [Key]

  package var count: Int { keys.count }

  /// More would be no key set of an authorization server.
  package static let mostKeys = 100

  /// Keys for other purposes, of unknown types or not well formed are passed over (RFC 7517 section 5): one of them must not shut the others
  /// out. Symmetric keys are always passed over.
  ///
  /// - Returns: nil when it is no key set, or has too many keys.
  package init?(_ value: Value) {
    guard let elements = value["keys"]?.elements, elements.count <= KeySet.mostKeys else { return nil }
    keys = elements.compactMap(Key.init)
  }

  /// The keys that could have signed a token. Without an identifier only a single fitting key is meant: trying all of them would make one
  /// key answer for another.
  func candidates(for algorithm: SignatureAlgorithm, identifier: String?) -> Candidates {
    let fitting = keys.filter { $0.serves(algorithm) }
    guard let identifier else {
      return fitting.count == 1 ? .one(fitting[0].key) : fitting.isEmpty ? .none : .several
    }
    let named = keys.filter { key in key.identifier.map { $0.utf8.elementsEqual(identifier.utf8) } ?? false }
    if named.isEmpty { return .none }
    let both = named.filter { $0.serves(algorithm) }
    return both.isEmpty ? .unsuited : both.count == 1 ? .one(both[0].key) : .several
  }

  enum Candidates {
    case one(PublicKey)
    case several, none
    /// There is a key of that name, for something else.
    case unsuited
  }
}

extension KeySet.Key {
  init?(_ value: Value) {
    // RFC 7517 sections 4.2 and 4.3: what a key says it is for.
    if let use = value["use"], use.string != "sig" { return nil }
    if let operations = value["key_ops"] {
      guard let list = operations.elements, list.contains("verify") else { return nil }
    }
    if let name = value["kid"] {
      guard let text = name.string else { return nil }
      identifier = text
    } else {
      identifier = nil
    }
    if let name = value["alg"] {
      guard let known = name.string.flatMap(SignatureAlgorithm.init) else { return nil }
      algorithm = known
    } else {
      algorithm = nil
    }
    guard let key = PublicKey(value), algorithm.map({ $0.keyForm == key.form }) ?? true else { return nil }
    self.key = key
  }
}

extension PublicKey {
  /// From a JSON Web Key: RFC 7518 section 6, RFC 8037 section 2.
  init?(_ value: Value) {
    func bytes(_ name: String) -> [UInt8]? { value[name]?.string.flatMap { Base64URL.decode($0.utf8) } }
    switch value["kty"]?.string {
    case "RSA":
      guard let modulus = bytes("n"), let exponent = bytes("e") else { return nil }
      self.init(modulus: modulus, exponent: exponent)
    case "EC":
      guard let curve = value["crv"]?.string.flatMap(Curve.init), let x = bytes("x"), let y = bytes("y") else { return nil }
      self.init(curve, x: x, y: y)
    case "OKP":
      guard value["crv"]?.string == "Ed25519", let x = bytes("x") else { return nil }
      self.init(ed25519: x)
    default: return nil
    }
  }
}
