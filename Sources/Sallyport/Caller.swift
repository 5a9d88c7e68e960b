internal import Bytecode
internal import Enforcement
internal import JSON

/// Who makes a call.
public struct Caller: Sendable {
  /// What a token or a key says of its bearer.
  public enum Claim: Sendable, Hashable, ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    case text(String)
    case number(Int64)
    case boolean(Bool)
    case list([Claim])
    /// Of claims below this one: `token.realm.team` is `["realm": .claims(["team": "platform"])]`.
    case claims([String: Claim])

    public init(stringLiteral value: String) { self = .text(value) }
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    public init(integerLiteral value: Int64) { self = .number(value) }
  }

  let identity: Identity

  /// What its token can be stopped by.
  var marks: CredentialMarks? {
    func text(_ name: String) -> String? { identity.claims[ClaimPath(root: .token, path: [name])]?.string }
    let (token, subject) = (text("jti"), text("sub"))
    return token == nil && subject == nil ? nil : CredentialMarks(token: token, subject: subject)
  }

  /// Nobody that the policy declares; only grants to `any agent` reach it.
  public static let anyone = Caller(identity: Identity(caller: .anyone))

  /// The agent of this name, on the word of whoever runs the program. A name that the policy does not declare is nobody's.
  public static func agent(_ name: String) -> Caller { Caller(identity: Identity(caller: .named(name))) }

  /// The agents whose conditions hold for these claims. Verify the token or the key first: what stands here is believed.
  ///
  /// - Parameter scopes: names of the policy's scopes that the credential is bound to: it is good for what these open and nothing else. Nil: it is
  ///   not bound.
  public static func verified(token: [String: Claim] = [:], key: [String: Claim] = [:], scopes: [String]? = nil) -> Caller {
    var claims: [ClaimPath: Value] = [:]
    add(token, under: .token, [], to: &claims)
    add(key, under: .key, [], to: &claims)
    return Caller(identity: Identity(caller: .verified, claims: claims, scopes: scopes))
  }

  private static func add(
    _ members: [String: Claim], under root: ClaimPath.Root, _ path: [String], to claims: inout [ClaimPath: Value]
  ) {
    for (name, claim) in members {
      if case .claims(let inner) = claim {
        add(inner, under: root, path + [name], to: &claims)
      } else {
        claims[ClaimPath(root: root, path: path + [name])] = claim.value
      }
    }
  }
}

extension Caller.Claim {
  fileprivate var value: Value {
    switch self {
    case .text(let text): .string(text)
    case .number(let number): .number(Number(number))
    case .boolean(let boolean): .boolean(boolean)
    case .list(let elements): .array(elements.map(\.value))
    case .claims(let members): .object(members.map { Value.Member($0.key, $0.value.value) })
    }
  }
}
