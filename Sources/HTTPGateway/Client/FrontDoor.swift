internal import NIOHTTP1

/// What is asked of a request before its body: that it came to us on purpose. Pages of a browser reach loopback addresses, and a name can
/// be made to point at one (DNS rebinding): `Host` and `Origin` tell.
struct FrontDoor: Sendable {
  /// Lower-case values that `Host` may have.
  let hosts: Set<String>
  /// Lower-case origins beside our own.
  let origins: Set<String>
  /// How our own origins begin.
  private let scheme: String

  init(isSecure: Bool = false, hosts: some Sequence<String>, origins: some Sequence<String>) {
    scheme = isSecure ? "https://" : "http://"
    self.hosts = Set(hosts.map { $0.lowercased() })
    self.origins = Set(origins.map { $0.lowercased() })
  }

  /// With the port that was bound: names of loopback where that is what we listen on, and what the configuration adds.
  init(listening host: String, port: Int, isSecure: Bool = false, hosts: [String], origins: [String]) {
    let isLoopback = host == "::1" || host == "localhost" || host.hasPrefix("127.")
    let names = isLoopback ? ["localhost", "127.0.0.1", "[::1]"] : []
    let own = names + [host.contains(":") ? "[\(host)]" : host]
    let withPort = own.flatMap { port == (isSecure ? 443 : 80) ? [$0, "\($0):\(port)"] : ["\($0):\(port)"] }
    self.init(isSecure: isSecure, hosts: withPort + hosts, origins: origins)
  }

  func check(_ head: HTTPRequestHead) throws(HTTPRefusal) {
    let seen = Seen(head.headers)
    guard let host = seen.host, seen.hosts == 1 else { throw HTTPRefusal(.badRequest, "a request has one `Host` header") }
    // As it is written in most requests, or in other letters.
    let name = hosts.contains(host) ? host : host.lowercased()
    guard hosts.contains(name) else { throw HTTPRefusal(.misdirectedRequest, "this gateway does not serve that `Host`") }
    if let origin = seen.origin?.lowercased() {
      guard seen.origins == 1, origin == scheme + name || origins.contains(origin) else {
        throw HTTPRefusal(.forbidden, "requests of this `Origin` are not taken")
      }
    }
    guard head.version.major == 1, head.version.minor == 1 else {
      throw HTTPRefusal(.httpVersionNotSupported, "requests are HTTP/1.1")
    }
    // What names a length twice, or in two ways, others could cut elsewhere.
    guard seen.lengths <= 1, seen.coding.map({ $0.lowercased() == "chunked" }) ?? true else {
      throw HTTPRefusal(.badRequest, "a request has one length")
    }
    guard !seen.isCompressed else { throw HTTPRefusal(.unsupportedMediaType, "bodies are not compressed") }
  }

  /// What the door asks of headers, found in one pass.
  private struct Seen {
    var host: String?
    var hosts = 0
    var origin: String?
    var origins = 0
    /// Lengths and transfer codings together.
    var lengths = 0
    var coding: String?
    var isCompressed = false

    init(_ headers: HTTPHeaders) {
      for (name, value) in headers {
        switch name.utf8.count {
        case 4 where Seen.isSame(name, "host"):
          host = value
          hosts += 1
        case 6 where Seen.isSame(name, "origin"):
          origin = value
          origins += 1
        case 14 where Seen.isSame(name, "content-length"): lengths += 1
        case 16 where Seen.isSame(name, "content-encoding"): isCompressed = true
        case 17 where Seen.isSame(name, "transfer-encoding"):
          coding = value
          lengths += 1
        default: break
        }
      }
    }

    /// Names of headers are tokens, of which only letters have the bit that is set here.
    private static func isSame(_ name: String, _ lowercase: String) -> Bool {
      name.utf8.elementsEqual(lowercase.utf8) { $0 | 0x20 == $1 }
    }
  }
}
