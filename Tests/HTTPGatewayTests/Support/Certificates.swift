import Foundation
import TestSupport

/// Certificates made by `openssl` for one test, in a folder that goes with it.
final class Certificates {
  static let isReady = ["/usr/bin/openssl", "/usr/bin/curl"].allSatisfy(FileManager.default.isExecutableFile)

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func path(_ file: String) -> String { folder.appending(path: file).path }

  /// `NAME.pem` and `NAME.key`, which vouch for themselves.
  func make(_ name: String, for names: String = "DNS:localhost,IP:127.0.0.1", isExpired: Bool = false) throws {
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", path(name + ".key"),
      "-out", path(name + ".pem"), "-subj", "/CN=\(name)", "-addext", "subjectAltName=\(names)")
    if isExpired { try expire(name, names) }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path(name + ".key"))
  }

  /// Makes it one of the year 2020.
  private func expire(_ name: String, _ names: String) throws {
    let configuration = """
      [ca]
      default_ca = d
      [d]
      database = \(path("index.txt"))
      new_certs_dir = \(folder.path)
      policy = p
      default_md = sha256
      rand_serial = yes
      [p]
      commonName = supplied
      [e]
      subjectAltName = \(names)
      [req]
      distinguished_name = n
      [n]
      """
    try Data(configuration.utf8).write(to: folder.appending(path: "ca.cnf"))
    try Data().write(to: folder.appending(path: "index.txt"))
    try openssl(
      "req", "-new", "-config", path("ca.cnf"), "-key", path(name + ".key"), "-subj", "/CN=\(name)", "-out", path(name + ".csr"))
    try openssl(
      "ca", "-batch", "-config", path("ca.cnf"), "-selfsign", "-keyfile", path(name + ".key"), "-in", path(name + ".csr"), "-startdate",
      "20200101000000Z", "-enddate", "20210101000000Z", "-extensions", "e", "-notext", "-out", path(name + ".pem"))
  }

  private func openssl(_ arguments: String...) throws {
    let finished = try Command("/usr/bin/openssl", arguments).finish()
    guard finished.exitCode == 0 else { throw RawClient.Broken(description: finished.text) }
  }
}

/// A program that is talked to over its pipes.
final class Command {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ program: String, _ arguments: [String]) throws {
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    if process.isRunning { process.terminate() }
  }

  func send(_ bytes: [UInt8]) { try? input.fileHandleForWriting.write(contentsOf: bytes) }

  /// Reads until a text has come, or the end.
  func read(until text: String) -> String {
    var all: [UInt8] = []
    while !String(decoding: all, as: UTF8.self).contains(text) {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { break }
      all += data
    }
    return String(decoding: all, as: UTF8.self)
  }

  /// Everything it says until it ends.
  func rest() -> [UInt8] { Array(output.fileHandleForReading.readDataToEndOfFile()) }

  func finish() throws -> (exitCode: Int32, text: String) {
    try input.fileHandleForWriting.close()
    let text = String(decoding: rest(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }
}
