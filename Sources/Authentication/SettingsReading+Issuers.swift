internal import Credentials
internal import Fetching
internal import Settings
internal import Text

extension SettingsReading {
  mutating func issuers(_ file: SettingsFile, _ resource: ResourceIdentifier?, _ policy: AddressPolicy) -> [IssuerSettings] {
    var issuers: [IssuerSettings] = []
    for table in file.tables("issuer") {
      var reader = SettingsReader(table)
      let issuer = issuer(&reader, resource, policy, issuers)
      diagnostics += reader.finish()
      if let issuer { issuers.append(issuer) }
    }
    return issuers
  }

  private func issuer(
    _ reader: inout SettingsReader, _ resource: ResourceIdentifier?, _ policy: AddressPolicy, _ others: [IssuerSettings]
  ) -> IssuerSettings? {
    var name: WebAddress?
    if let (text, range) = reader.text("name", needed: "the authorization server's issuer, as its tokens name it") {
      name = address("name", text, range, &reader, policy)
      if others.contains(where: { $0.name.text == text }) { reader.complain(range, "the issuer `\(text)` stands twice") }
    }
    let kind = kind(&reader, others)
    let own = reader.texts("audiences")
    let requirements = requirements(&reader, name, resource, own)
    let tokens: IssuerSettings.Tokens?
    var keys = KeyCachePolicy()
    var life: Int64 = 30
    switch kind {
    case .signed:
      let address = address("keys", &reader, policy)
      tokens = .signed(keys: address)
      if let oldest = reader.whole("oldest_keys", in: 60...604_800, unit: "seconds") { keys = KeyCachePolicy(oldestKeys: oldest) }
    case .opaque:
      let endpoint = address("endpoint", &reader, policy)
      let client = reader.text("client", needed: "who the gate is to the issuer when it asks about tokens")
      let secret = secret(&reader, needed: "the secret of `client`")
      life = reader.whole("answer_life", in: 0...300, unit: "seconds") ?? 30
      tokens = client.flatMap { client in secret.map { .opaque(endpoint: endpoint, client: client.text, secret: SecretReader($0)) } }
    }
    let groups = reader.text("groups_claim")
    if let groups, groups.text.isEmpty {
      reader.complain(groups.range, "`groups_claim` names no claim", help: "leave it out, or write \"groups\"")
    }
    guard let name, let requirements, let tokens else { return nil }
    return IssuerSettings(
      name, requirements, tokens, keys: keys, introspectionLife: life, groupsClaim: groups?.text, audiences: own?.map(\.text))
  }

  private enum Kind: String, CaseIterable { case signed, opaque }

  private func kind(_ reader: inout SettingsReader, _ others: [IssuerSettings]) -> Kind {
    guard let (text, range) = reader.text("tokens") else { return .signed }
    guard let kind = Kind(rawValue: text) else {
      reader.complain(
        range, "`tokens` is \"signed\" or \"opaque\"", help: "signed ones are checked here, about opaque ones the issuer is asked")
      return .signed
    }
    if kind == .opaque, others.contains(where: { if case .opaque = $0.tokens { true } else { false } }) {
      reader.complain(range, "a second issuer has opaque tokens", "of whom an opaque token is cannot be told")
    }
    return kind
  }

  private func requirements(
    _ reader: inout SettingsReader, _ name: WebAddress?, _ resource: ResourceIdentifier?, _ own: [(text: String, range: SourceRange)]?
  ) -> TokenRequirements? {
    if let own, own.isEmpty { reader.complain(about: "audiences", "`audiences` is empty: no token would be accepted") }
    let algorithms = reader.texts("algorithms")
    for (text, range) in algorithms ?? [] where !TokenRequirements.algorithms.contains(text) {
      reader.complain(
        range, "`\(text)` is no algorithm that tokens may be signed with",
        help: "one of \(TokenRequirements.algorithms.joined(separator: ", "))")
    }
    if let algorithms, algorithms.isEmpty { reader.complain(about: "algorithms", "`algorithms` is empty: no token would be accepted") }
    let leeway = reader.whole("leeway", in: 0...300, unit: "seconds") ?? 60
    let longest = reader.whole("longest_life", in: 60...31_536_000, unit: "seconds")
    guard let name, let resource else { return nil }
    let named = own?.map(\.text) ?? [resource.description] + paths.map { resource.description + $0 }
    return TokenRequirements(
      issuer: name.text, audiences: named + audiences, algorithms: algorithms?.map(\.text), leeway: leeway,
      longestLife: longest)
  }
}
