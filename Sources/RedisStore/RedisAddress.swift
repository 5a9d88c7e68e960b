/// Where a server is: `redis://host:port/database`, `redis+unix:///path/of.sock?database`. Secrets are no part of it.
package struct RedisAddress: Hashable, Sendable, CustomStringConvertible {
  enum Endpoint: Hashable, Sendable {
    case host(String, port: Int)
    case socket(String)
  }

  let endpoint: Endpoint
  let database: Int

  /// Why a text is no address that may be used.
  package enum Fault: Error, Equatable, Sendable {
    case notAnAddress
    /// Flags are seen by everybody on the machine.
    case holdsSecret
    /// The library beneath has no TLS.
    case needsTLS
  }

  package init(_ text: String) throws(Fault) {
    if text.hasPrefix("rediss:") { throw .needsTLS }
    if text.hasPrefix("redis+unix://") {
      let parts = text.dropFirst("redis+unix://".count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
      guard let path = parts.first, path.hasPrefix("/"), path.utf8.count < 100 else { throw .notAnAddress }
      endpoint = .socket(String(path))
      database = try RedisAddress.database(parts.count > 1 ? parts[1] : "")
      return
    }
    guard text.hasPrefix("redis://") else { throw .notAnAddress }
    let rest = text.dropFirst("redis://".count)
    if rest.contains("@") { throw .holdsSecret }
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard var host = parts.first, !rest.contains(where: { $0 == "?" || $0 == "#" || $0.isWhitespace }) else { throw .notAnAddress }
    var port = 6_379
    if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") {
      guard let number = Int(host[host.index(after: colon)...]), (1...65_535).contains(number) else { throw .notAnAddress }
      port = number
      host = host[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw .notAnAddress }
    endpoint = .host(String(host), port: port)
    database = try RedisAddress.database(parts.count > 1 ? parts[1] : "")
  }

  private static func database(_ text: Substring) throws(Fault) -> Int {
    if text.isEmpty { return 0 }
    guard let number = Int(text), (0...65_535).contains(number) else { throw .notAnAddress }
    return number
  }

  package var description: String {
    switch endpoint {
    case .host(let name, let port): "redis://\(name.contains(":") ? "[\(name)]" : name):\(port)/\(database)"
    case .socket(let path): "redis+unix://\(path)?\(database)"
    }
  }
}
