package import Credentials
package import Fetching

/// Why an authorization server could not be asked. For logs: says which address and what to do, nothing of a token or a secret.
package enum IssuerFault: Error, Hashable, Sendable {
  case fetching(WebAddress, FetchFault)
  case metadata(WebAddress, IssuerMetadata.Fault)
  case noKeySet(WebAddress)
  case noIntrospection(WebAddress)
  case noEndpoint
  case noSecret(SecretFault)
  /// Looking for metadata and keys took longer than all of it may.
  case tooSlow
}

extension IssuerFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .fetching(let address, let fault): "\(address): \(fault)"
    case .metadata(let address, let fault): "\(address): \(fault.rawValue)"
    case .noKeySet(let address): "\(address): the answer is no JSON Web Key Set of at most \(KeySet.mostKeys) keys"
    case .noIntrospection(let address): "\(address): the answer is no introspection response"
    case .noEndpoint: "the issuer's metadata names no `introspection_endpoint`; name it under `introspection`"
    case .noSecret(let fault): fault.description
    case .tooSlow: "its metadata and keys did not come in time"
    }
  }
}
