import Authentication
import Credentials
import Foundation
import Testing

@Suite struct SecretTests {
  @Test func aFileIsReadAgainWhenItWasChanged() throws {
    let file = try TemporarySecret("first\n")
    let credential = UpstreamCredential(.bearer, from: .file(file.path))
    #expect(try shown(credential) == "Authorization: Bearer first")
    try file.write("second")
    #expect(try shown(credential) == "Authorization: Bearer second")
    // Of the same length, in the same place, within the same second.
    for text in ["third1", "third2", "third3"] {
      try file.write(text)
      #expect(try shown(credential) == "Authorization: Bearer \(text)")
    }
  }

  @Test func aFileThatGoesAwayTakesItsSecretWithIt() throws {
    let file = try TemporarySecret("first")
    let credential = UpstreamCredential(.header("X-Api-Key"), from: .file(file.path))
    #expect(try shown(credential) == "X-Api-Key: first")
    try FileManager.default.removeItem(atPath: file.path)
    #expect(throws: SecretFault.self) { try credential.header() }
    try file.write("second")
    #expect(try shown(credential) == "X-Api-Key: second")
  }

  /// Nothing that could end a header line, or that nobody meant.
  @Test(arguments: ["", "\n", " ", "a b", "a\r\nX: y", "a\nb", "a\u{0}", "ü", "\u{7F}"])
  func whatIsNoSecretIsRefused(_ text: String) throws {
    let file = try TemporarySecret(text)
    #expect(throws: SecretFault.unfit(.file(file.path))) { try UpstreamCredential(.bearer, from: .file(file.path)).header() }
  }

  @Test func aLongFileIsNoSecret() throws {
    let file = try TemporarySecret(String(repeating: "x", count: 16_384))
    #expect(throws: Never.self) { try SecretReader(.file(file.path)).secret() }
    try file.write(String(repeating: "x", count: 16_385))
    #expect(throws: SecretFault.unfit(.file(file.path))) { try SecretReader(.file(file.path)).secret() }
  }

  @Test func aVariableIsRead() throws {
    let name = "SALLYPORT_TEST_\(UUID().uuidString.prefix(8))"
    #expect(throws: SecretFault.unset(name)) { try SecretReader(.environment(name)).secret() }
    unsafe setenv(name, "from-the-environment", 1)
    defer { unsafe unsetenv(name) }
    #expect(try shown(UpstreamCredential(.bearer, from: .environment(name))) == "Authorization: Bearer from-the-environment")
  }

  @Test func nothingOfItIsPrinted() throws {
    let file = try TemporarySecret("tell-nobody")
    let credential = UpstreamCredential(.bearer, from: .file(file.path))
    let header = try credential.header()
    var dumped = ""
    dump(credential, to: &dumped)
    dump(header, to: &dumped)
    for text in ["\(credential)", "\(header)", String(reflecting: credential), dumped] { #expect(!text.contains("tell-nobody")) }
    try file.write("tell nobody")
    #expect(throws: SecretFault.self) { try credential.header() }
    do { _ = try credential.header() } catch { #expect(!"\(error)".contains("nobody") && "\(error)".contains(file.path)) }
  }

  private func shown(_ credential: UpstreamCredential) throws -> String {
    let (name, value) = try credential.header()
    return name + ": " + value.reveal { String(decoding: $0, as: UTF8.self) }
  }
}
