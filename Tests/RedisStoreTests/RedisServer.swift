import Foundation
import Glibc
import RedisStore

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
  private let socket: String
  private let arguments: [String]
  var processIdentifier: Int32 { process.processIdentifier }
  let address: RedisAddress

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
    let deadline = ContinuousClock.now + .seconds(30)
    while !FileManager.default.fileExists(atPath: socket), ContinuousClock.now < deadline { usleep(10_000) }
  }

  /// As a crash would.
  func kill() {
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// It is there and answers nothing.
  func freeze() { Glibc.kill(process.processIdentifier, SIGSTOP) }
  func thaw() { Glibc.kill(process.processIdentifier, SIGCONT) }

  deinit {
    Glibc.kill(process.processIdentifier, SIGKILL)
    try? FileManager.default.removeItem(at: folder)
  }
}
