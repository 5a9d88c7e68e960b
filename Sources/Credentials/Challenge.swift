/// Why a request is turned away for want of a good token, as HTTP says it: a status and the value of `WWW-Authenticate` (RFC 6750 section 3,
/// RFC 9728 section 5.1).
package enum Challenge: Hashable, Sendable {
  /// No token came along. RFC 6750 section 3.1: no error is named then.
  case missing
  /// The request carries a token in a way that cannot be right.
  case badRequest(AuthorizationHeader.Fault)
  case token(TokenFault)
  /// The token is good, but not for this. Names all that the call needs, so that one more step is enough.
  case insufficientScope

  package var status: Int {
    switch self {
    case .missing, .token: 401
    case .badRequest: 400
    case .insufficientScope: 403
    }
  }

  /// The value of the header: printable ASCII, whatever it is made of.
  ///
  /// - Parameter scopes: what the call needs, or what a client should ask for at first. Sorted and named once each.
  package func header(_ resource: ResourceIdentifier, scopes: [ScopeName] = []) -> String {
    var parameters: [(String, String)] = []
    switch self {
    case .missing: break
    case .badRequest(let fault): parameters += [("error", "invalid_request"), ("error_description", fault.rawValue)]
    case .token(let fault): parameters += [("error", "invalid_token"), ("error_description", fault.publicDescription)]
    case .insufficientScope:
      parameters += [
        ("error", "insufficient_scope"), ("error_description", "the access token does not have all scopes that this call needs"),
      ]
    }
    if !scopes.isEmpty { parameters.append(("scope", Set(scopes).sorted().map(\.text).joined(separator: " "))) }
    parameters.append(("resource_metadata", resource.metadataAddress))
    return "Bearer " + parameters.map { "\($0)=\(Challenge.quoted($1))" }.joined(separator: ", ")
  }

  /// RFC 9110 section 5.6.4. What is no printable ASCII cannot come in here today; if it ever does, it must not end the line.
  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": out += "\\\(scalar)"
      case " "..."~": out.unicodeScalars.append(scalar)
      default: out += "?"
      }
    }
    return out + "\""
  }
}
