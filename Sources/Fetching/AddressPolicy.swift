/// Which addresses may be connected to: those of the public internet, and what the operator adds.
///
/// Asked about every address at the moment of connecting. A name that resolves to one address while it is looked at and to another while it
/// is used (DNS rebinding) gains nothing.
package struct AddressPolicy: Hashable, Sendable {
  /// Networks within the ranges that are otherwise closed.
  package let exceptions: [NetworkPrefix]

  package init(allowing exceptions: [NetworkPrefix] = []) { self.exceptions = exceptions }

  package func allows(_ address: NetworkAddress) -> Bool {
    if exceptions.contains(where: { $0.contains(address) }) { return true }
    let isClosed = AddressPolicy.closed.contains { $0.contains(address) }
    return !isClosed && (address.bytes.count == 4 || AddressPolicy.open.contains { $0.contains(address) })
  }

  /// Whether plain HTTP may be used, which only ever goes to this machine.
  package var allowsLoopback: Bool {
    exceptions.contains { exception in NetworkPrefix.loopback.contains { exception.contains($0.address) } }
  }

  /// What has been given out of IPv6 (RFC 4291 section 2.4).
  private static let open = NetworkPrefix.table("2000::/3")

  /// IANA's registries of special-purpose addresses (RFC 6890), but for those that are reachable from everywhere.
  private static let closed = NetworkPrefix.table(
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8",
    // Link-local, where clouds hand out credentials.
    "169.254.0.0/16",
    "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    // A public address that every machine of one cloud reaches its host at.
    "168.63.129.16",
    // Tunnels that end at whatever IPv4 address is inside (RFC 3056, RFC 4380), and what no server has.
    "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
}
