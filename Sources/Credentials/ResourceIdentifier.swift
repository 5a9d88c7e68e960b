/// What this gate is called where tokens are issued: the `resource` of RFC 8707 and RFC 9728, and so the audience of its tokens. In the
/// canonical form of the MCP authorization specification: scheme and host in lower case, no query, no slash at the end.
package struct ResourceIdentifier: Hashable, Sendable, CustomStringConvertible {
  package enum Fault: Error, Hashable, Sendable {
    case address(WebAddress.Fault)
    /// The canonical form of what was written.
    case notCanonical(String)
    case query
  }

  package let address: WebAddress

  package init(_ text: String) throws(Fault) {
    let address: WebAddress
    do { address = try WebAddress(text) } catch { throw .address(error) }
    guard address.query == nil else { throw .query }
    var path = address.path
    while path.hasSuffix("/") { path.removeLast() }
    let port = address.port.flatMap { $0 == (address.isPlain ? 80 : 443) ? nil : ":\($0)" } ?? ""
    let canonical = (address.isPlain ? "http://" : "https://") + address.host.lowercased() + port + path
    guard canonical == text else { throw .notCanonical(canonical) }
    self.address = address
  }

  package var description: String { address.text }

  /// Where the metadata is: RFC 9728 section 3.1 puts its part between host and path.
  package var metadataPath: String { "/.well-known/oauth-protected-resource" + address.path }

  package var metadataAddress: String { address.origin + metadataPath }
}
