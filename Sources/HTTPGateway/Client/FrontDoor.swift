internal import NIOHTTP1

/// What is asked of a request before its body: that it came to us on purpose. Pages of a browser reach loopback addresses, and a name can
/// be made to point at one (DNS rebinding): `Host` and `Origin` tell.
struct FrontDoor: Sendable {
  /// Lower-case values that `Host` may have.
  let hosts: Set<String>
  /// Lower-case origins beside our own.
  let origins: Set<String>

  init(hosts: some Sequence<String>, origins: some Sequence<String>) {
    self.hosts = Set(hosts.map { $0.lowercased() })
    self.origins = Set(origins.map { $0.lowercased() })
  }

  /// With the port that was bound: names of loopback where that is what we listen on, and what the configuration adds.
  init(listening host: String, port: Int, hosts: [String], origins: [String]) {
    let isLoopback = host == "::1" || host == "localhost" || host.hasPrefix("127.")
    let names = isLoopback ? ["localhost", "127.0.0.1", "[::1]"] : []
    let own = names + [host.contains(":") ? "[\(host)]" : host]
    let withPort = own.flatMap { port == 80 ? [$0, "\($0):80"] : ["\($0):\(port)"] }
    self.init(hosts: withPort + hosts, origins: origins)
  }

  func check(_ head: HTTPRequestHead) throws(HTTPRefusal) {
    let host = head.headers["host"]
    guard host.count == 1 else { throw HTTPRefusal(.badRequest, "a request has one `Host` header") }
    let name = host[0].lowercased()
    guard hosts.contains(name) else { throw HTTPRefusal(.misdirectedRequest, "this gateway does not serve that `Host`") }
    let origin = head.headers["origin"]
    guard origin.isEmpty || origin.count == 1 && (origin[0].lowercased() == "http://\(name)" || origins.contains(origin[0].lowercased()))
    else { throw HTTPRefusal(.forbidden, "requests of this `Origin` are not taken") }
    guard head.version.major == 1, head.version.minor == 1 else {
      throw HTTPRefusal(.httpVersionNotSupported, "requests are HTTP/1.1")
    }
    // What names a length twice, or in two ways, others could cut elsewhere.
    let lengths = head.headers["content-length"]
    let codings = head.headers["transfer-encoding"]
    guard lengths.count + codings.count <= 1, codings.allSatisfy({ $0.lowercased() == "chunked" }) else {
      throw HTTPRefusal(.badRequest, "a request has one length")
    }
    guard head.headers["content-encoding"].isEmpty else { throw HTTPRefusal(.unsupportedMediaType, "bodies are not compressed") }
  }
}
