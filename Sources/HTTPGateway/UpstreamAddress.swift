/// Where the gateway listens: `HOST:PORT`.
package struct ListenAddress: Hashable, Sendable {
  package let host: String
  package let port: Int

  package init?(_ text: String) {
    guard let (host, port) = UpstreamAddress.split(text, defaultPort: nil), let port else { return nil }
    self.host = host
    self.port = port
  }

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  package var isLoopback: Bool {
    host == "::1" || host == "localhost" || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
  }
}

/// Where an upstream listens: the parts of an `http:` or `https:` URL.
package struct UpstreamAddress: Hashable, Sendable {
  package let isSecure: Bool
  package let host: String
  package let port: Int
  /// With the leading slash, and the query if there is one.
  package let target: String

  /// What follows the scheme must be a host, perhaps a port, and a path of visible ASCII; anything that could be read in two ways, as
  /// users and fragments can, is refused.
  package init?(_ text: String) {
    isSecure = text.hasPrefix("https://")
    let scheme = isSecure ? "https://" : "http://"
    guard text.hasPrefix(scheme), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains(where: { "#@\\\"<>".contains($0) })
    else { return nil }
    let rest = text.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard let (host, port) = UpstreamAddress.split(authority, defaultPort: isSecure ? 443 : 80), let port else { return nil }
    let path = String(rest.dropFirst(authority.count))
    self.host = host
    self.port = port
    target = path.isEmpty ? "/" : path.hasPrefix("/") ? path : "/" + path
  }

  /// For the `Host` header.
  package var authority: String { (host.contains(":") ? "[\(host)]" : host) + (port == (isSecure ? 443 : 80) ? "" : ":\(port)") }

  /// `host`, `host:port` or `[v6]:port`. A missing port is the default, which may be nil.
  static func split(_ authority: some StringProtocol, defaultPort: Int?) -> (host: String, port: Int?)? {
    let text = String(authority)
    let host: Substring
    let rest: Substring
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else { return nil }
      host = text[text.index(after: text.startIndex)..<end]
      rest = text[text.index(after: end)...]
      guard host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
    } else {
      host = text.prefix { $0 != ":" }
      rest = text.dropFirst(host.count)
    }
    guard !host.isEmpty else { return nil }
    if rest.isEmpty { return (String(host), defaultPort) }
    guard rest.first == ":", let port = Int(rest.dropFirst()), (0...65_535).contains(port), rest.dropFirst().allSatisfy(\.isNumber) else {
      return nil
    }
    return (String(host), port)
  }
}
