import Bundles
import Foundation
import JSON
import Signatures
import Testing

@Suite struct BundleTests {
  // Made with `openssl genpkey -algorithm ed25519`, for these tests only.
  static let pem = """
    -----BEGIN PRIVATE KEY-----
    MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
    -----END PRIVATE KEY-----

    """
  static let key = SigningKey(pem: Array(pem.utf8))!
  static let other = SigningKey(
    pem: Array(pem.replacingOccurrences(of: "MC4CAQAwBQYDK2VwBCIEIJ1h", with: "MC4CAQAwBQYDK2VwBCIEIJ1i").utf8))!

  static let bundle = PolicyBundle(
    serial: 7, created: 1_796_000_000_000, fingerprint: "f0f0", roots: ["a.sally"],
    files: [.init(path: "a.sally", text: "edition 1\nserver s from \"s.json\"\n"), .init(path: "s.json", text: "{\"tools\":[]}")])
  static let signed = SignedBundle.write(bundle, key)!

  /// RFC 8032, section 7.1, test 1: the public half of the secret key above.
  @Test func theKeyIsTheOneOfTheStandard() {
    let known: [UInt8] = [
      0xD7, 0x5A, 0x98, 0x01, 0x82, 0xB1, 0x0A, 0xB7, 0xD5, 0x4B, 0xFE, 0xD3, 0xC9, 0x64, 0x07, 0x3A, 0x0E, 0xE1, 0x72, 0xF3, 0xDA, 0xA6,
      0x23, 0x25, 0xAF, 0x02, 0x1A, 0x68, 0xF7, 0x07, 0x51, 0x1A,
    ]
    #expect(Self.key.publicKey == PublicKey(ed25519: known))
    #expect(Self.key.signature(of: [])?.prefix(4) == [0xE5, 0x56, 0x43, 0x00])
  }

  @Test func whatIsWrittenIsRead() throws {
    let (bundle, key) = try SignedBundle.read(Self.signed, trusting: [Self.other.publicKey, Self.key.publicKey])
    #expect(bundle.serial == 7 && bundle.files == Self.bundle.files && bundle.roots == ["a.sally"] && bundle.fingerprint == "f0f0")
    #expect(key == SignedBundle.identifier(of: Self.key.publicKey))
  }

  /// Whatever byte is changed or left out, nothing is taken.
  @Test func noByteCanBeChanged() {
    for index in Self.signed.indices {
      var changed = Self.signed
      changed[index] ^= 1
      #expect(throws: BundleFault.self, "byte \(index)") { try SignedBundle.read(changed, trusting: [Self.key.publicKey]) }
      #expect(throws: BundleFault.self, "cut at \(index)") {
        try SignedBundle.read(Array(Self.signed[..<index]), trusting: [Self.key.publicKey])
      }
    }
  }

  @Test func onlyTrustedKeysCount() {
    #expect(throws: BundleFault.signature) { try SignedBundle.read(Self.signed, trusting: [Self.other.publicKey]) }
    #expect(throws: BundleFault.signature) { try SignedBundle.read(Self.signed, trusting: []) }
  }

  @Test func anOlderOneIsRefused() throws {
    #expect(throws: BundleFault.rollback(serial: 7, least: 8)) {
      try SignedBundle.read(Self.signed, trusting: [Self.key.publicKey], leastSerial: 8)
    }
    #expect(try SignedBundle.read(Self.signed, trusting: [Self.key.publicKey], leastSerial: 7).bundle.serial == 7)
  }

  /// A signature of the same bytes without what they are a bundle for.
  @Test func aSignatureOfAnotherKindIsNone() throws {
    let payload = Self.signed.prefix { $0 != UInt8(ascii: "\n") }
    let signature = try #require(Self.key.signature(of: Array(payload)))
    let hex = signature.map { String(format: "%02x", $0) }.joined()
    let forged = Array(payload) + Array("\n{\"key\":\"x\",\"ed25519\":\"\(hex)\"}\n".utf8)
    #expect(throws: BundleFault.signature) { try SignedBundle.read(forged, trusting: [Self.key.publicKey]) }
  }

  @Test(arguments: [
    "", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", "-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1h\n-----END PRIVATE KEY-----\n", "nothing of the kind",
  ])
  func whatIsNoKeyIsRefused(text: String) {
    #expect(SigningKey(pem: Array(text.utf8)) == nil)
    #expect(PublicKey(ed25519PEM: Array(text.utf8)) == nil)
  }
}
