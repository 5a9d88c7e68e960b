import Credentials
import JSON
import Testing

@Suite struct ChallengeTests {
  private let resource: ResourceIdentifier

  init() throws { resource = try ResourceIdentifier("https://gate.example/mcp") }

  @Test func namesNoErrorWhenNoTokenCame() {
    #expect(
      Challenge.missing.header(resource) == #"Bearer resource_metadata="https://gate.example/.well-known/oauth-protected-resource/mcp""#)
    #expect(Challenge.missing.status == 401)
  }

  @Test func namesAllScopesAtOnce() throws {
    let scopes = try ["b.write", "a.read", "b.write"].map { try #require(ScopeName($0)) }
    #expect(
      Challenge.insufficientScope.header(resource, scopes: scopes)
        == #"Bearer error="insufficient_scope", error_description="the access token does not have all scopes that this call needs", "#
        + #"scope="a.read b.write", resource_metadata="https://gate.example/.well-known/oauth-protected-resource/mcp""#)
    #expect(Challenge.insufficientScope.status == 403)
  }

  @Test(arguments: TokenFault.allCases)
  func tellsTheCallerLittle(_ fault: TokenFault) {
    let header = Challenge.token(fault).header(resource)
    #expect(header.hasPrefix(#"Bearer error="invalid_token", error_description="the access token "#))
    #expect(header.utf8.allSatisfy { (0x20...0x7E).contains($0) } && Challenge.token(fault).status == 401)
    // Which key, which check: for the log only.
    for word in ["key", "signature", "algorithm", "issuer", "revoked", "sub"] { #expect(!fault.publicDescription.contains(word)) }
  }

  @Test(arguments: AuthorizationHeader.Fault.allCases)
  func aBadRequestIsSaidToBeOne(_ fault: AuthorizationHeader.Fault) {
    #expect(Challenge.badRequest(fault).status == 400)
    #expect(Challenge.badRequest(fault).header(resource).hasPrefix(#"Bearer error="invalid_request", error_description="the "#))
  }

  /// RFC 6749 section 3.3: nothing that could end a quoted text is a scope.
  @Test(arguments: ["", " ", "a b", "a\"b", "a\\b", "a\r\nX: y", "ü", "a\u{7F}", "\u{0}"])
  func whatCouldBreakTheHeaderIsNoScope(_ text: String) { #expect(ScopeName(text) == nil) }

  /// Every parameter is read back as it was meant, by the grammar of RFC 9110 section 11.2.
  @Test func canBeReadBack() throws {
    let odd = try #require(ScopeName("!#$%&'()*+,-./:;<=>?@[]^_`{|}~"))
    let header = Challenge.token(.expired).header(try ResourceIdentifier("https://gate.example/it's,a=path;(1)"), scopes: [odd])
    let parameters = try #require(read(header))
    #expect(parameters.map(\.name) == ["error", "error_description", "scope", "resource_metadata"])
    #expect(parameters[2].value == odd.text)
    #expect(parameters[3].value == "https://gate.example/.well-known/oauth-protected-resource/it's,a=path;(1)")
  }

  private func read(_ header: String) -> [(name: String, value: String)]? {
    var rest = Substring(header)
    guard rest.hasPrefix("Bearer ") else { return nil }
    rest.removeFirst(7)
    var found: [(name: String, value: String)] = []
    while let end = rest.firstRange(of: "=\"") {
      let name = String(rest[..<end.lowerBound])
      rest = rest[end.upperBound...]
      var value = ""
      while let character = rest.popFirst(), character != "\"" { value.append(character == "\\" ? rest.popFirst() ?? "?" : character) }
      found.append((name, value))
      if rest.isEmpty { return found }
      guard rest.hasPrefix(", ") else { return nil }
      rest.removeFirst(2)
    }
    return nil
  }

  @Test(
    arguments: [
      ([], nil), (["Bearer abc"], "abc"), (["bearer   a.b-c_d~e+f/g=="], "a.b-c_d~e+f/g=="), (["BEARER x"], "x"),
    ] as [([String], String?)])
  func theTokenIsFound(_ lines: [String], _ token: String?) throws {
    #expect(try AuthorizationHeader.token(lines.map { Array($0.utf8) }).map { String(decoding: $0, as: UTF8.self) } == token)
  }

  @Test(
    arguments: [
      (["Bearer a", "Bearer b"], .several), (["Bearer a", "Bearer a"], .several), (["Basic YTpi"], .notBearer), ([""], .notBearer),
      (["Bearer"], .malformed), (["Bearer "], .malformed), (["Bearer a b"], .malformed), (["Bearer a,b"], .malformed),
      (["Bearer =a"], .malformed),
      (["Bearer a=b"], .malformed), (["Bearer a\u{0}"], .malformed), (["Bearer\ta"], .notBearer), (["Bearer ü"], .malformed),
      (["Bearera b"], .notBearer),
      (["DPoP a"], .notBearer),
    ] as [([String], AuthorizationHeader.Fault)])
  func whatIsNoTokenIsSaidToBeNone(_ lines: [String], _ fault: AuthorizationHeader.Fault) {
    #expect(throws: fault) { try AuthorizationHeader.token(lines.map { Array($0.utf8) }) }
  }
}

@Suite struct ProtectedResourceTests {
  /// RFC 9728 section 2: the members and their types.
  @Test func isWhatTheStandardSays() throws {
    let resource = ProtectedResource(
      try ResourceIdentifier("https://gate.example/mcp"), authorizationServers: [try WebAddress("https://login.example/realm")],
      scopes: [try #require(ScopeName("a.read"))], name: "Tickets \"ß\"", documentation: try WebAddress("https://gate.example/docs"))
    #expect(
      try Value(parsing: resource.document) == [
        "resource": "https://gate.example/mcp", "authorization_servers": ["https://login.example/realm"],
        "bearer_methods_supported": ["header"],
        "scopes_supported": ["a.read"], "resource_name": "Tickets \"ß\"", "resource_documentation": "https://gate.example/docs",
      ])
  }

  @Test func membersWithoutValuesAreLeftOut() throws {
    let resource = ProtectedResource(
      try ResourceIdentifier("https://gate.example"), authorizationServers: [try WebAddress("https://login.example")])
    let names = try #require(try Value(parsing: resource.document).members?.map(\.name))
    #expect(names == ["resource", "authorization_servers", "bearer_methods_supported"])
  }

  @Test(arguments: [
    ("https://gate.example", "/.well-known/oauth-protected-resource"),
    ("https://gate.example/mcp", "/.well-known/oauth-protected-resource/mcp"),
    ("https://gate.example:8443/a/b", "/.well-known/oauth-protected-resource/a/b"),
    ("http://127.0.0.1:9/x", "/.well-known/oauth-protected-resource/x"),
  ])
  func theMetadataIsBetweenHostAndPath(_ text: String, _ path: String) throws {
    let identifier = try ResourceIdentifier(text)
    #expect(identifier.metadataPath == path && identifier.metadataAddress == identifier.address.origin + path)
  }

  @Test(
    arguments: [
      ("https://gate.example/", .notCanonical("https://gate.example")),
      ("https://Gate.example/mcp", .notCanonical("https://gate.example/mcp")),
      ("https://gate.example:443/mcp", .notCanonical("https://gate.example/mcp")),
      ("https://gate.example/mcp//", .notCanonical("https://gate.example/mcp")),
      ("http://gate.example", .address(.plain)), ("https://gate.example/mcp#x", .address(.fragment)),
      ("https://gate.example/mcp?x", .query),
      ("gate.example", .address(.noScheme)),
    ] as [(String, ResourceIdentifier.Fault)])
  func onlyTheCanonicalFormIsAccepted(_ text: String, _ fault: ResourceIdentifier.Fault) {
    #expect(throws: fault) { try ResourceIdentifier(text) }
  }
}
