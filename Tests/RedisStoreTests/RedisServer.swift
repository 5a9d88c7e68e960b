import Foundation
import Glibc
import StoreKits

@testable import RedisStore

/// A real server of its own, on a socket in a folder of its own, that keeps nothing on disk unless it is told to.
final class RedisServer {
  static let program = ["/usr/bin/redis-server", "/usr/local/bin/redis-server", "/opt/homebrew/bin/redis-server"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  static var isInstalled: Bool {
    // The library beneath writes to sockets that the tests close.
    _ = signal(SIGPIPE, SIG_IGN)
    return program != nil
  }

  private let folder: URL
  private var process = Process()
  /// An identifier of a process that was collected may be another's by now.
  private var isAlive = false
  private let socket: String
  private let arguments: [String]
  var processIdentifier: Int32 { process.processIdentifier }
  let address: RedisAddress

  /// For tests of what a server says and not of how long it takes: on a busy machine it may take longer than a gate would wait.
  var patient: RedisOptions {
    var options = RedisOptions(address: address)
    options.connectMilliseconds = 10_000
    options.commandMilliseconds = 10_000
    return options
  }

  init(arguments: [String] = []) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "sally-redis-\(UInt32.random(in: 0 ... .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    socket = folder.appending(path: "s").path
    address = try RedisAddress("redis+unix://\(socket)")
    self.arguments =
      ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder.path, "--loglevel", "warning"] + arguments
    try start()
  }

  /// With what it has kept, if it was told to keep anything.
  func start() throws {
    try? FileManager.default.removeItem(atPath: socket)
    process = Process()
    process.executableURL = URL(filePath: RedisServer.program ?? "/usr/bin/redis-server")
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    isAlive = true
    let deadline = ContinuousClock.now + .seconds(30)
    // What it has kept is read only after its socket is there.
    while !isReady, ContinuousClock.now < deadline { usleep(10_000) }
  }

  private var isReady: Bool {
    guard var connection = try? RedisConnection(address, connectMilliseconds: 10_000, commandMilliseconds: 10_000),
      let reply = try? connection.command([Array("PING".utf8)])
    else { return false }
    if case .failure(let words) = reply { return !words.hasPrefix("LOADING") }
    return true
  }

  /// As a crash would.
  func kill() {
    guard isAlive else { return }
    Glibc.kill(process.processIdentifier, SIGKILL)
    awaitDeath(of: process.processIdentifier)
    isAlive = false
  }

  /// It is there and answers nothing.
  func freeze() { Glibc.kill(process.processIdentifier, SIGSTOP) }
  func thaw() { Glibc.kill(process.processIdentifier, SIGCONT) }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: folder)
  }
}
