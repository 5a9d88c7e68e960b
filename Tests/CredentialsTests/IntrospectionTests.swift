import Credentials
import Testing

@Suite struct IntrospectionTests {
  private let requirements: TokenRequirements
  private let good =
    #""active":true,"iss":"https://issuer.example","aud":"https://gate.example/mcp","sub":"u","client_id":"c","exp":2000,"scope":"a b""#

  init() throws {
    requirements = try #require(TokenRequirements(issuer: "https://issuer.example", audiences: ["https://gate.example/mcp"], leeway: 0))
  }

  @Test func readsAGoodAnswer() throws {
    let token = try Introspection.read(Array("{\(good),\"token_type\":\"Bearer\"}".utf8), requirements, now: 1_000)
    #expect(token.subject == "u" && token.client == "c" && token.scopes == ["a", "b"] && token.expiry == 2_000)
  }

  /// RFC 7662 section 2.2: the issuer need not name itself.
  @Test func theIssuerMayBeLeftOut() throws {
    let text = good.replacing(#""iss":"https://issuer.example","#, with: "")
    #expect(try Introspection.read(Array("{\(text)}".utf8), requirements, now: 1_000).issuer == "https://issuer.example")
  }

  @Test(
    arguments: [
      (#"{"active":false}"#, .token(.inactive)), (#"{}"#, .malformed), ("", .malformed), ("null", .malformed), ("[true]", .malformed),
      (#"{"active":"true"}"#, .malformed), (#"{"active":1}"#, .malformed), (#"{"active":false,"active":true}"#, .malformed),
      (#"{"active":true}"#, .token(.wrongAudience)), (#"{GOOD,"active":false}"#, .malformed),
      (#"{GOOD,"token_type":"refresh_token"}"#, .token(.wrongType)), (#"{GOOD,"token_type":7}"#, .token(.wrongType)),
      (#"{GOOD,"token_type":"DPoP"}"#, .token(.wrongType)), (#"{GOOD,"nbf":1001}"#, .token(.notYetValid)),
    ] as [(String, IntrospectionFault)])
  func aBadAnswerIsNone(_ text: String, _ fault: IntrospectionFault) {
    let text = text.replacing("GOOD", with: good)
    #expect(throws: fault) { try Introspection.read(Array(text.utf8), requirements, now: 1_000) }
  }

  @Test(
    arguments: [
      (#""aud":"https://gate.example/mcp""#, #""aud":"https://other.example""#, .wrongAudience),
      (#""aud":"https://gate.example/mcp","#, "", .wrongAudience), (#""exp":2000"#, #""exp":1000"#, .expired),
      (#","exp":2000"#, "", .noExpiry), (#""iss":"https://issuer.example""#, #""iss":"https://issuer.example/""#, .wrongIssuer),
      (#""sub":"u","client_id":"c","#, "", .noSubject), (#""scope":"a b""#, #""scope":{}"#, .malformedClaim),
    ] as [(String, String, TokenFault)])
  func claimsAreCheckedAsThoseOfASignedToken(_ old: String, _ new: String, _ fault: TokenFault) {
    let text = good.replacing(old, with: new)
    #expect(text != good)
    #expect(throws: IntrospectionFault.token(fault)) { try Introspection.read(Array("{\(text)}".utf8), requirements, now: 1_000) }
  }

  @Test func theFormHoldsTheTokenAndNothingElse() {
    let form = Introspection.form(Array("a+b/c=&token_type_hint=x\r\n".utf8)).reveal { String(decoding: $0, as: UTF8.self) }
    #expect(form == "token_type_hint=access_token&token=a%2Bb%2Fc%3D%26token_type_hint%3Dx%0D%0A")
  }

  /// RFC 6749 section 2.3.1: both are encoded before they are joined.
  @Test(arguments: [
    ("desk", "secret", "Basic ZGVzazpzZWNyZXQ="), ("a:b", "c", "Basic YSUzQWI6Yw=="), ("a", "ü/", "Basic YTolQzMlQkMlMkY="),
    ("ab", "cd", "Basic YWI6Y2Q="), ("ab", "cde", "Basic YWI6Y2Rl"),
  ])
  func theClientSaysWhoItIs(_ client: String, _ secret: String, _ expected: String) {
    let value = Introspection.authorization(client: client, secret: Secret(Array(secret.utf8)))
    #expect(value.reveal { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test func aSecretCannotBePrinted() {
    let secret = Secret(Array("tell-nobody".utf8))
    var dumped = ""
    dump(["x": secret], to: &dumped)
    let holder = (secret, [secret], Optional(secret))
    for text in ["\(secret)", String(describing: secret), String(reflecting: secret), "\(holder)", String(reflecting: holder), dumped] {
      #expect(!text.contains("tell-nobody") && !text.contains("116"), "\(text)")
    }
  }
}
