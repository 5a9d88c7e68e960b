/// Which URLs an argument may be. Read more strictly than `host(…)` reads: what passes is fetched by someone else, whose parser must find the
/// same host that was found here.
///
/// Names are not resolved. A name that a rule admits and that leads to a private address is admitted; a list of hosts is the answer to that.
package struct URLRule: Hashable, Sendable {
  /// In lower case; at least one.
  package let schemes: [[UInt8]]
  /// In normal form, with `*.` before those that stand for everything below; nil: any public name.
  package let hosts: [[UInt8]]?
  /// Empty: the one the scheme stands for.
  package let ports: [Int]
  /// For people: what would pass.
  package let text: String

  package init(schemes: [[UInt8]], hosts: [[UInt8]]?, ports: [Int], text: String) {
    self.schemes = schemes
    self.hosts = hosts
    self.ports = ports
    self.text = text
  }

  /// Why a URL does not pass; nil when it does. Never repeats a part of the URL, which may be a secret.
  package func problem(_ url: Span<UInt8>) -> String? {
    if let problem = spellingProblem(url) { return problem }
    guard let authority = Authority(of: url) else {
      return "is no absolute URL such as `https://host/path`, or one that parsers read differently"
    }
    if authority.hasUserInformation { return "has a user name or password before the host" }
    var scheme: [UInt8] = []
    for index in authority.scheme { scheme.append(Ascii.lowered(url[index])) }
    guard schemes.contains(scheme) else { return "has a scheme that is not permitted" }
    return hostProblem(url.extracting(authority.host)) ?? portProblem(url, authority, scheme)
  }

  /// Only what RFC 3986 lets stand in a URL, and no control characters behind escapes either.
  private func spellingProblem(_ url: Span<UInt8>) -> String? {
    for index in url.indices {
      switch url[index] {
      case 0...0x20, 0x7F...: return "has white space, control characters or letters beyond ASCII; write them percent-encoded"
      case Ascii.backslash: return "has a backslash"
      case Ascii.percent:
        guard let byte = Ascii.escaped(url, index) else { return "has a `%` that begins no escape" }
        if byte < 0x20 || byte == 0x7F { return "has an encoded control character" }
      default: continue
      }
    }
    return nil
  }

  private func hostProblem(_ written: Span<UInt8>) -> String? {
    var host: [UInt8] = []
    guard appendHostName(written, to: &host) else { return "has a host that is no plain name; write international names in Punycode" }
    let isAddress = host[0] == UInt8(ascii: "[") || isIPv4(host.span)
    // One address has many spellings, and a name may end with a dot: only the plain one is read alike everywhere.
    guard isSameIgnoringCase(written, host.span) else { return "has a host in an unusual spelling" }
    guard let hosts else {
      if isAddress { return "has an address for a host; only names are permitted" }
      return isInternal(host.span) ? "has a host of a private network or of the machine itself" : nil
    }
    for pattern in hosts where areEqual(host.span, pattern.span) { return nil }
    if isAddress || isMetadata(host.span) { return "has a host that is not permitted" }
    for pattern in hosts where isHost(host.span, pattern.span) { return nil }
    return "has a host that is not permitted"
  }

  private func portProblem(_ url: Span<UInt8>, _ authority: Authority, _ scheme: [UInt8]) -> String? {
    let usual = defaultPort(scheme)
    var port = usual
    if let digits = authority.port {
      if url[digits.lowerBound] == UInt8(ascii: "0") { return "has a port with a leading zero" }
      port = number(url, digits)
    }
    let isPermitted = ports.isEmpty ? port == usual : port.map(ports.contains) ?? false
    return isPermitted ? nil : "has a port that is not permitted"
  }
}

private func isSameIgnoringCase(_ written: Span<UInt8>, _ normal: Span<UInt8>) -> Bool {
  guard written.count == normal.count else { return false }
  for index in written.indices where Ascii.lowered(written[index]) != normal[index] { return false }
  return true
}

/// Of a host in normal form: whether it is four numbers.
private func isIPv4(_ host: Span<UInt8>) -> Bool {
  guard let last = host.indices.last(where: { host[$0] == Ascii.dot }) else { return false }
  return endsInNumber(host, last &+ 1)
}

/// Ports that a URL without one means (WHATWG URL, "special schemes").
private let defaultPorts = [("http", 80), ("ws", 80), ("https", 443), ("wss", 443), ("ftp", 21)].map { (Array($0.utf8), $1) }

private func defaultPort(_ scheme: [UInt8]) -> Int? { defaultPorts.first { $0.0 == scheme }?.1 }

/// Names that lead to a cloud's own metadata service: whoever reaches it may hold the machine's credentials.
private let metadataNames = ["metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"]
  .map { Array($0.utf8) }

/// Names reserved for what is not the public Internet (RFC 6761, 6762, 8375, 9476; ICANN on `.internal`), and those that container networks use.
private let internalSuffixes = [
  "localhost", "local", "internal", "localdomain", "home.arpa", "lan", "intranet", "corp", "home", "private", "test", "svc", "in-addr.arpa",
  "ip6.arpa",
].map { Array($0.utf8) }

private func isMetadata(_ host: Span<UInt8>) -> Bool { metadataNames.contains { areEqual(host, $0.span) } }

private func isInternal(_ host: Span<UInt8>) -> Bool {
  // A name of one label is looked up in the local domain.
  if isMetadata(host) || !host.indices.contains(where: { host[$0] == Ascii.dot }) { return true }
  return internalSuffixes.contains { suffix in
    hasSuffix(host, suffix.span) && host.count > suffix.count && host[host.count &- suffix.count &- 1] == Ascii.dot
  }
}
