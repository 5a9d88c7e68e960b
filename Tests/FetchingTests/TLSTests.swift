import Credentials
import Fetching
import Foundation
import TestSupport
import Testing

/// Certificates, good and bad, shown by OpenSSL's server.
@Suite(
  .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/openssl"), "the openssl program is absent: make test-setup installs it"))
struct TLSTests {
  private let open = AddressPolicy(allowing: NetworkPrefix.loopback)

  @Test func aTrustedCertificateIsEnough() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1,DNS:localhost")
    let fetcher = Fetcher(open, authorities: server.certificate)
    for host in ["127.0.0.1", "localhost"] {
      let document = try await fetcher.answer(FetchRequest(try WebAddress("https://\(host):\(server.port)/keys"))).get()
      #expect(String(decoding: document.bytes, as: UTF8.self).contains("{\"keys\":[]}"))
    }
  }

  @Test func anUntrustedCertificateIsNot() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1")
    #expect(await Fetcher(open).answer(FetchRequest(try WebAddress("https://127.0.0.1:\(server.port)/keys"))) == .failure(.untrusted))
    let other = try TLSServer(name: "IP:127.0.0.1")
    let fetcher = Fetcher(open, authorities: other.certificate)
    #expect(await fetcher.answer(FetchRequest(try WebAddress("https://127.0.0.1:\(server.port)/keys"))) == .failure(.untrusted))
  }

  @Test func aCertificateForAnotherNameIsNot() async throws {
    let server = try TLSServer(name: "DNS:issuer.example")
    let fetcher = Fetcher(open, authorities: server.certificate)
    #expect(await fetcher.answer(FetchRequest(try WebAddress("https://localhost:\(server.port)/keys"))) == .failure(.untrusted))
  }

  @Test func aCertificateThatHasRunOutIsNot() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1", end: "20200201000000Z")
    let fetcher = Fetcher(open, authorities: server.certificate)
    #expect(await fetcher.answer(FetchRequest(try WebAddress("https://127.0.0.1:\(server.port)/keys"))) == .failure(.untrusted))
  }

  @Test func oldTLSIsNotSpoken() async throws {
    let server = try TLSServer(name: "IP:127.0.0.1", options: ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"])
    let fetcher = Fetcher(open, authorities: server.certificate)
    #expect(await fetcher.answer(FetchRequest(try WebAddress("https://127.0.0.1:\(server.port)/keys"))) == .failure(.untrusted))
  }
}

/// `openssl s_server` with a certificate of its own, serving one file; both end with their owner.
private final class TLSServer {
  static let isInstalled = FileManager.default.fileExists(atPath: "/usr/bin/openssl")

  let port: UInt16
  let certificate: String
  private let process = Process()
  private let folder: URL

  /// - Parameters:
  ///   - name: as X.509's `subjectAltName`.
  ///   - end: the certificate's, which begins in 2020.
  init(name: String, end: String = "20991231000000Z", options: [String] = []) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    certificate = folder.appending(path: "certificate.pem").path
    let key = folder.appending(path: "key.pem").path
    try Data("HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{\"keys\":[]}".utf8).write(to: folder.appending(path: "keys"))
    let authority = """
      [ca]
      default_ca = own
      [own]
      database = index
      new_certs_dir = .
      rand_serial = yes
      default_md = sha256
      policy = names
      x509_extensions = extensions
      [names]
      commonName = supplied
      [extensions]
      subjectAltName = \(name)
      """
    try Data(authority.utf8).write(to: folder.appending(path: "authority"))
    try Data().write(to: folder.appending(path: "index"))
    try TLSServer.run(folder, ["req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", "-keyout", key, "-out", "request"])
    try TLSServer.run(
      folder,
      [
        "ca", "-selfsign", "-batch", "-config", "authority", "-startdate", "20200101000000Z", "-enddate", end, "-keyfile", key, "-in",
        "request",
        "-out", certificate, "-notext",
      ])
    // A port that was free a moment ago.
    let probe = try LoopbackServer { _ in .silence }
    port = probe.port
    probe.stop()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = ["s_server", "-accept", "127.0.0.1:\(port)", "-cert", certificate, "-key", key, "-HTTP", "-quiet"] + options
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    for _ in 0..<200 where !TLSServer.answers(port) { usleep(25_000) }
  }

  deinit {
    // It may have inherited a mask that keeps gentler signals from it.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(at: folder)
  }

  private static func answers(_ port: UInt16) -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func run(_ folder: URL, _ arguments: [String]) throws {
    let process = Process()
    process.currentDirectoryURL = folder
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
  }
}
