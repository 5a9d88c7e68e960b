/// Appends the scheme of an absolute URL in lower case. False, and nothing appended, when the text is none, or is one that readers could
/// disagree about: with white space, control characters or backslashes anywhere.
package func appendScheme(_ url: Span<UInt8>, to out: inout [UInt8]) -> Bool {
  guard let end = schemeEnd(url), isUnambiguous(url) else { return false }
  for index in 0..<end { out.append(Ascii.lowered(url[index])) }
  return true
}

/// Appends the host of an absolute URL: lower case, without a trailing dot, addresses in their shortest form (IPv6 in brackets).
///
/// False, and nothing appended, when the text is no `scheme://host…` URL, or when readers could disagree about its host: two `@`, an empty or
/// odd port, percent-escapes or letters outside ASCII in the host, empty or overlong labels, numbers that are no address.
package func appendHost(_ url: Span<UInt8>, to out: inout [UInt8]) -> Bool {
  guard let authority = Authority(of: url) else { return false }
  let length = out.count
  if appendHostName(url.extracting(authority.host), to: &out) { return true }
  out.removeSubrange(length...)
  return false
}

/// Where the parts between `//` and the path stand in a URL. The host is not looked into.
struct Authority {
  let scheme: Range<Int>
  let hasUserInformation: Bool
  let host: Range<Int>
  /// Its digits; nil when there are none, and no colon.
  let port: Range<Int>?

  /// Nil for what is no `scheme://host…` URL, and for what readers could disagree about.
  init?(of url: Span<UInt8>) {
    guard let scheme = schemeEnd(url), isUnambiguous(url) else { return nil }
    let start = scheme &+ 3
    guard start < url.count, url[scheme &+ 1] == Ascii.slash, url[scheme &+ 2] == Ascii.slash else { return nil }
    var end = start
    var host = start
    var ats = 0
    while end < url.count, url[end] != Ascii.slash, url[end] != UInt8(ascii: "?"), url[end] != UInt8(ascii: "#") {
      if url[end] == UInt8(ascii: "@") {
        ats &+= 1
        host = end &+ 1
      }
      end &+= 1
    }
    guard ats <= 1, host < end else { return nil }
    var digits = end
    while digits > host, Ascii.isDigit(url[digits &- 1]) { digits &-= 1 }
    self.scheme = 0..<scheme
    hasUserInformation = ats > 0
    guard digits > host, url[digits &- 1] == Ascii.colon else {
      self.host = host..<end
      port = nil
      return
    }
    guard (1...5).contains(end &- digits), number(url, digits..<end) <= 65_535 else { return nil }
    self.host = host..<digits &- 1
    port = digits..<end
  }
}

/// The value of at most five digits.
func number(_ text: Span<UInt8>, _ digits: Range<Int>) -> Int {
  var value = 0
  for index in digits { value = value &* 10 &+ Int(text[index] &- UInt8(ascii: "0")) }
  return value
}

/// Appends the normal form of a host as it stands in a URL or a policy, without a port.
package func appendHostName(_ host: Span<UInt8>, to out: inout [UInt8]) -> Bool {
  guard !host.isEmpty else { return false }
  if host[0] == UInt8(ascii: "[") {
    guard host.count > 2, host[host.count &- 1] == UInt8(ascii: "]") else { return false }
    return appendIPv6(host.extracting(1..<host.count &- 1), to: &out)
  }
  // A name in DNS may end with the dot of the root, which changes nothing.
  let count = host[host.count &- 1] == Ascii.dot ? host.count &- 1 : host.count
  guard count > 0, count <= 253 else { return false }
  var label = 0
  var lastLabel = 0
  for index in 0..<count {
    switch host[index] {
    case Ascii.dot:
      if label == 0 { return false }
      label = 0
      lastLabel = index &+ 1
    case let byte where Ascii.isLetter(byte) || Ascii.isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_"):
      label &+= 1
      if label > 63 { return false }
    default: return false
    }
  }
  if label == 0 { return false }
  let name = host.extracting(0..<count)
  if endsInNumber(name, lastLabel) { return appendIPv4(name, to: &out) }
  for index in name.indices { out.append(Ascii.lowered(name[index])) }
  return true
}

/// Whether a host is one of a policy's: the same, or below one that begins with `*.`.
package func isHost(_ host: Span<UInt8>, _ pattern: Span<UInt8>) -> Bool {
  guard pattern.count > 2, pattern[0] == UInt8(ascii: "*") else { return areEqual(host, pattern) }
  let suffix = pattern.extracting(1..<pattern.count)
  return host.count > suffix.count && hasSuffix(host, suffix)
}

private func schemeEnd(_ url: Span<UInt8>) -> Int? {
  guard !url.isEmpty, Ascii.isLetter(url[0]) else { return nil }
  for index in 1..<url.count {
    switch url[index] {
    case Ascii.colon: return index
    case UInt8(ascii: "+"), UInt8(ascii: "-"), Ascii.dot: continue
    case let byte where Ascii.isLetter(byte) || Ascii.isDigit(byte): continue
    default: return nil
    }
  }
  return nil
}

private func isUnambiguous(_ url: Span<UInt8>) -> Bool {
  for index in url.indices {
    let byte = url[index]
    if byte <= 0x20 || byte == 0x7F || byte == Ascii.backslash { return false }
  }
  return true
}
