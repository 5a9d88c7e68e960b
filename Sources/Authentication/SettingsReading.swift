internal import Credentials
internal import Fetching
package import Settings
package import Text

/// Reads who may call out of a configuration file. Every mistake is named at its place; with one, there are no settings.
///
/// - Parameters:
///   - paths: of the resources behind the gate; each is a resource of its own, named by the gate's identifier and its path.
///   - audiences: further names that tokens may be issued for.
package func readAuthentication(
  _ file: SettingsFile, paths: [String] = [], audiences: [String] = []
) -> (settings: AuthenticationSettings?, diagnostics: [Diagnostic]) {
  var reading = SettingsReading(paths: paths, audiences: audiences)
  let settings = reading.settings(file)
  let diagnostics = reading.diagnostics.sorted { $0.primary.range < $1.primary.range }
  return (diagnostics.isEmpty ? settings : nil, diagnostics)
}

/// What the gate shows to an upstream: `secret_file` or `secret_environment`, and perhaps `header`. Nil: nothing, or it is wrong.
package func readUpstreamCredential(_ reader: inout SettingsReader) -> UpstreamCredential? {
  let header = reader.text("header")
  if let header, !isHeaderName(header.text) {
    reader.complain(
      header.range, "this is no name of a header that may be set",
      "letters, digits and `-`; `Authorization` is what is meant without it")
  }
  let source = SettingsReading.secret(&reader)
  if source == nil, header != nil, !reader.has("secret_file"), !reader.has("secret_environment") {
    reader.miss("secret_file", "what the header carries; a client's token is never passed on")
  }
  return source.map { UpstreamCredential(header.map { .header($0.text) } ?? .bearer, from: $0) }
}

/// Of those that carry a request on its way, none may be set.
private func isHeaderName(_ text: String) -> Bool {
  let taken = [
    "authorization", "host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "expect", "cookie",
    "content-type", "content-encoding", "accept", "last-event-id",
  ]
  let isName = text.utf8.allSatisfy {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      || $0 == UInt8(ascii: "-")
  }
  return isName && !text.isEmpty && !taken.contains(text.lowercased()) && !text.lowercased().hasPrefix("mcp-")
}

struct SettingsReading {
  let paths: [String]
  let audiences: [String]
  var diagnostics: [Diagnostic] = []

  mutating func settings(_ file: SettingsFile) -> AuthenticationSettings? {
    let (addresses, authorities) = network(file)
    guard let table = file.tables("resource").first else {
      let start = SourceRange(file: file.source.id, lower: 0, upper: 0)
      diagnostics.append(
        Diagnostic(
          .missingSetting, "the table `resource` is missing", at: .init(start, "nowhere in this file"),
          help: "write `[resource]` and `identifier = \"https://…\"`: what this gate is called where tokens are issued"))
      return nil
    }
    var reader = SettingsReader(table)
    let identifier = identifier(&reader)
    let scopes = scopes(&reader)
    let name = reader.text("name")?.text
    let stepUp = StepUpSettings(
      bindsScopes: reader.boolean("scopes_bind") ?? true, isStatus: isStatus("insufficient_scope", &reader) ?? true,
      isStatusBefore: isStatus("insufficient_scope_earlier", &reader) ?? false)
    let documentation = address("documentation", &reader, addresses)
    diagnostics += reader.finish()
    let issuers = issuers(file, identifier, addresses)
    if issuers.isEmpty && file.tables("issuer").isEmpty {
      diagnostics.append(
        Diagnostic(
          .missingSetting, "no issuer is trusted", at: .init(table.range, "nobody could call"),
          help: "write `[[issuer]]` and `name = \"https://…\"`: the authorization server's issuer, as its tokens name it"))
    }
    guard let identifier, !issuers.isEmpty, diagnostics.isEmpty else { return nil }
    return AuthenticationSettings(
      resource: ProtectedResource(
        identifier, authorizationServers: issuers.map(\.name), scopes: scopes, name: name, documentation: documentation),
      addresses: addresses, authorities: authorities, issuers: issuers, stepUp: stepUp)
  }

  // MARK: Resource and network

  private mutating func identifier(_ reader: inout SettingsReader) -> ResourceIdentifier? {
    guard let (text, range) = reader.text("identifier", needed: "the address that clients connect to, for which tokens are issued") else {
      return nil
    }
    do {
      return try ResourceIdentifier(text)
    } catch {
      switch error {
      case .address(let fault): reader.complain(range, "`identifier` is no address: \(fault.rawValue)")
      case .query: reader.complain(range, "`identifier` has a query, which the name of a resource has not")
      case .notCanonical(let canonical):
        reader.complain(range, "`identifier` is not in the one form that clients and issuers compare", help: "write \"\(canonical)\"")
      }
      return nil
    }
  }

  private mutating func scopes(_ reader: inout SettingsReader) -> [ScopeName] {
    (reader.texts("scopes") ?? []).compactMap { text, range in
      guard let scope = ScopeName(text) else {
        reader.complain(range, "this is no scope", "of printable ASCII without spaces, quotation marks and backslashes")
        return nil
      }
      return scope
    }
  }

  private func isStatus(_ name: String, _ reader: inout SettingsReader) -> Bool? {
    guard let (text, range) = reader.text(name) else { return nil }
    guard text == "status" || text == "result" else {
      reader.complain(range, "`\(name)` is \"status\" or \"result\"", help: "403 with a challenge, or a result that says what is missing")
      return nil
    }
    return text == "status"
  }

  private mutating func network(_ file: SettingsFile) -> (AddressPolicy, String?) {
    guard let table = file.tables("network").first else { return (AddressPolicy(), nil) }
    var reader = SettingsReader(table)
    var exceptions: [NetworkPrefix] = []
    for (text, range) in reader.texts("networks") ?? [] {
      if text == "loopback" {
        exceptions += NetworkPrefix.loopback
      } else if let prefix = NetworkPrefix(text) {
        exceptions.append(prefix)
      } else {
        reader.complain(
          range, "this is no network", "not `loopback`, an address, or an address and a length",
          help: "write \"loopback\", \"10.1.0.0/16\" or \"fd12::/16\"; bits beyond the length are nought")
      }
    }
    let authorities = SettingsReading.path("authorities", &reader)
    diagnostics += reader.finish()
    return (AddressPolicy(allowing: exceptions), authorities)
  }

  // MARK: Parts

  func secret(_ reader: inout SettingsReader, needed: String) -> SecretSource? {
    if !reader.has("secret_file"), !reader.has("secret_environment") { reader.miss("secret_file", needed) }
    return SettingsReading.secret(&reader)
  }

  static func secret(_ reader: inout SettingsReader) -> SecretSource? {
    let file = path("secret_file", &reader)
    let variable = reader.text("secret_environment")
    if reader.has("secret_file"), reader.has("secret_environment") {
      reader.complain(about: "secret_environment", "a secret comes from `secret_file` or `secret_environment`, not from both")
    }
    return file.map(SecretSource.file) ?? variable.map { SecretSource.environment($0.text) }
  }

  static func path(_ name: String, _ reader: inout SettingsReader) -> String? {
    guard let (text, range) = reader.text(name) else { return nil }
    guard text.hasPrefix("/"), !text.utf8.contains(0) else {
      reader.complain(
        range, "`\(name)` is a path from the root", "does not begin with `/`",
        help: "where a relative path leads depends on where the gate is started")
      return nil
    }
    return text
  }

  func address(_ name: String, _ reader: inout SettingsReader, _ policy: AddressPolicy) -> WebAddress? {
    guard let (text, range) = reader.text(name) else { return nil }
    return address(name, text, range, &reader, policy)
  }

  func address(_ name: String, _ text: String, _ range: SourceRange, _ reader: inout SettingsReader, _ policy: AddressPolicy) -> WebAddress?
  {
    do {
      let address = try WebAddress(text)
      guard !address.isPlain || policy.allowsLoopback else {
        reader.complain(
          range, "`\(name)` is on this machine, which is not connected to", "plain HTTP",
          help: "add `networks = [\"loopback\"]` under `[network]`")
        return nil
      }
      return address
    } catch {
      reader.complain(range, "`\(name)` is no address: \(error.rawValue)")
      return nil
    }
  }
}
