internal import Authentication
internal import Settings
internal import Text

/// `[[upstream]]`
struct UpstreamSection {
  let upstream: Upstream
  /// Of its name.
  let range: SourceRange
}

extension GatewaySettingsReading {
  mutating func upstreams() -> [UpstreamSection] {
    var sections: [UpstreamSection] = []
    var secrets: [SecretSource] = []
    for table in file.tables("upstream") {
      var reader = SettingsReader(table)
      let name = reader.text("name", needed: "the server's name in the policy")
      let path = upstreamPath(&reader)
      let target = target(&reader)
      let audience = reader.text("audience")?.text
      let credential = readUpstreamCredential(&reader)
      if let name, sections.contains(where: { $0.upstream.name.utf8.elementsEqual(name.text.utf8) }) {
        reader.complain(name.range, "the upstream `\(name.text)` stands twice")
      }
      if let credential {
        if secrets.contains(credential.source) {
          reader.complain(
            table.range, "this upstream has the secret of another one", "shared",
            help: "get one of its own: whoever runs the one could call the other with it")
        }
        secrets.append(credential.source)
        if case .process? = target {
          reader.complain(table.range, "a process has no header that could carry a secret", "has a `command`")
        }
      }
      if let name, let target {
        let upstream = Upstream(name: name.text, path: path, target: target, credential: credential, audience: audience)
        if sections.contains(where: { $0.upstream.path.utf8.elementsEqual(upstream.path.utf8) }) {
          reader.complain(name.range, "the path `\(upstream.path)` is another upstream's")
        }
        sections.append(UpstreamSection(upstream: upstream, range: name.range))
      }
      diagnostics += reader.finish()
    }
    return sections
  }

  func aggregate(_ reader: inout SettingsReader, _ upstreams: [UpstreamSection]) -> AggregatePath? {
    if !reader.has("path") { reader.miss("path", "where clients reach all servers together") }
    let path = upstreamPath(&reader)
    let names = upstreams.map(\.upstream.name)
    let servers = reader.texts("servers")
    for (text, range) in servers ?? [] where !names.contains(where: { $0.utf8.elementsEqual(text.utf8) }) {
      reader.complain(
        range, "there is no upstream `\(text)`", help: nearest(to: text, among: names).map { "did you mean `\($0)`?" })
    }
    if let path, upstreams.contains(where: { $0.upstream.path.utf8.elementsEqual(path.utf8) }) {
      reader.complain(about: "path", "the path `\(path)` is an upstream's")
    }
    return path.map { AggregatePath(path: $0, servers: servers?.map(\.text) ?? names) }
  }

  private func upstreamPath(_ reader: inout SettingsReader) -> String? {
    guard let (text, range) = reader.text("path") else { return nil }
    let isPath =
      text.hasPrefix("/") && text.utf8.count > 1 && !text.hasSuffix("/") && !text.hasPrefix("/.well-known")
      && !["/healthz", "/readyz"].contains(text)
      && text.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || [UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ".")].contains(byte)
      }
    guard isPath else {
      reader.complain(
        range, "this is no path that clients can be given", "begins with `/`, of letters, digits, `-`, `_`, `.` and `/`, and is not ours")
      return nil
    }
    return text
  }

  private func target(_ reader: inout SettingsReader) -> Upstream.Target? {
    let url = reader.text("url")
    let words = reader.texts("command")
    let environment = reader.texts("environment")
    switch (url, words) {
    case (let url?, nil):
      if environment != nil { reader.complain(about: "environment", "`environment` goes with `command`") }
      guard let address = UpstreamAddress(url.text) else {
        reader.complain(url.range, "`url` names no server", help: "\"http://HOST:PORT/PATH\"")
        return nil
      }
      return .http(address)
    case (nil, let words?):
      guard !words.isEmpty, words[0].text != "", !words.contains(where: { $0.text.utf8.contains(0) }) else {
        reader.complain(
          about: "command", "`command` is the program and its arguments", help: "`command = [\"mcp-server-time\", \"--local\"]`")
        return nil
      }
      return .process(
        ServerCommand(words: words.map(\.text), environment: environment?.map(\.text) ?? ServerCommand.usualEnvironment))
    case (_?, _?):
      reader.complain(about: "command", "an upstream has a `url` or a `command`, not both")
      return nil
    case (nil, nil):
      if !reader.has("url"), !reader.has("command") {
        reader.miss("url", "where the server listens; or `command`, what starts one that speaks over its standard streams")
      }
      return nil
    }
  }
}
