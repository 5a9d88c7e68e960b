import Credentials
import Testing

@Suite struct WebAddressTests {
  @Test(arguments: [
    "https://a.example", "https://a.example/", "https://a.example:8443/x/y?z=1&w=%20", "https://xn--bcher-kva.example/",
    "https://[2001:db8::1]/",
    "https://192.0.2.1", "http://localhost", "http://127.0.0.1:8080/x", "http://[::1]:1/", "https://a.example?x=/?",
  ])
  func isRead(_ text: String) throws {
    let address = try WebAddress(text)
    #expect(address.text == text && address.isPlain == text.hasPrefix("http:"))
    #expect(text == address.origin + address.path + (address.query.map { "?\($0)" } ?? ""))
  }

  @Test(
    arguments: [
      ("", .noScheme), ("a.example", .noScheme), ("ftp://a.example", .noScheme), ("HTTPS://a.example", .noScheme),
      ("file:///etc/passwd", .noScheme),
      ("https:/a.example", .noScheme), ("http://a.example", .plain), ("http://127.0.0.2", .plain),
      ("http://localhost.evil.example", .plain),
      ("http://LOCALHOST", .plain), ("https://", .badHost), ("https:///x", .badHost), ("https://user@a.example", .badHost),
      ("https://a.example@evil.example", .badHost), ("https://user:pass@a.example", .badPort), ("https://a b", .badHost),
      ("https://ä.example", .badHost), ("https://a.example\\@evil.example", .badHost), ("https://[::1", .badHost),
      ("https://[fe80::1%25eth0]", .badHost),
      ("https://[::1]x", .badHost), ("https://%61.example", .badHost), ("https://a.example:0", .badPort), ("https://a.example:", .badPort),
      ("https://a.example:65536", .badPort), ("https://a.example:-1", .badPort), ("https://a.example:1:2", .badPort),
      ("https://a.example/#x", .fragment),
      ("https://a.example/\u{0}", .badCharacter), ("https://a.example/ ", .badCharacter), ("https://a.example/\r\nX: y", .badCharacter),
      ("https://a.example/%", .badCharacter), ("https://a.example/%2", .badCharacter), ("https://a.example/%zz", .badCharacter),
      ("https://a.example/\"", .badCharacter), ("https://a.example/ü", .badCharacter), ("https://a.example/\\x", .badCharacter),
      ("https://a.example/" + String(repeating: "x", count: 2_048), .tooLong),
    ] as [(String, WebAddress.Fault)])
  func isRefused(_ text: String, _ fault: WebAddress.Fault) { #expect(throws: fault) { try WebAddress(text) } }

  @Test(arguments: [
    (
      "https://a.example",
      ["https://a.example/.well-known/oauth-authorization-server", "https://a.example/.well-known/openid-configuration"]
    ),
    (
      "https://a.example:1/realm/",
      [
        "https://a.example:1/.well-known/oauth-authorization-server/realm", "https://a.example:1/.well-known/openid-configuration/realm",
        "https://a.example:1/realm/.well-known/openid-configuration",
      ]
    ),
  ])
  func metadataIsLookedForWhereItMayBe(_ issuer: String, _ expected: [String]) throws {
    #expect(IssuerMetadata.addresses(of: try WebAddress(issuer)).map(\.text) == expected)
  }

  @Test(
    arguments: [
      (#"{"issuer":"https://a.example","jwks_uri":"https://b.example/keys"}"#, nil),
      (#"{"issuer":"https://a.example","jwks_uri":"https://b.example/keys","introspection_endpoint":"https://a.example/i"}"#, nil),
      (#"{"issuer":"https://a.example/","jwks_uri":"https://b.example/keys"}"#, .otherIssuer),
      (#"{"issuer":"https://A.example","jwks_uri":"https://b.example/keys"}"#, .otherIssuer),
      (#"{"jwks_uri":"https://b.example/keys"}"#, .otherIssuer),
      (#"{"issuer":["https://a.example"],"jwks_uri":"https://b.example"}"#, .otherIssuer),
      (#"{"issuer":"https://evil.example","issuer":"https://a.example","jwks_uri":"https://b.example/keys"}"#, .malformed),
      (#"{"issuer":"https://a.example"}"#, .noKeys), (#"{"issuer":"https://a.example","jwks_uri":"file:///etc/passwd"}"#, .noKeys),
      (#"{"issuer":"https://a.example","jwks_uri":"http://127.0.0.1/keys"}"#, .noKeys),
      (#"{"issuer":"https://a.example","jwks_uri":7}"#, .noKeys),
      (#"{"issuer":"https://a.example","jwks_uri":"https://b.example","introspection_endpoint":"http://localhost/"}"#, .badIntrospection),
      ("<!doctype html>", .malformed), ("[]", .malformed), ("", .malformed),
    ] as [(String, IssuerMetadata.Fault?)])
  func metadataIsOfItsIssuer(_ text: String, _ fault: IssuerMetadata.Fault?) throws {
    let issuer = try WebAddress("https://a.example")
    guard let fault else {
      #expect(try IssuerMetadata(Array(text.utf8), of: issuer).keys.text == "https://b.example/keys")
      return
    }
    #expect(throws: fault) { try IssuerMetadata(Array(text.utf8), of: issuer) }
  }
}
