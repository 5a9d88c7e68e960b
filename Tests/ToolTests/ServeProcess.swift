import Foundation
import Glibc

/// A process that listens on a port of this machine, until it is told to end.
final class ServeProcess {
  struct Silent: Error, CustomStringConvertible {
    let description: String
  }

  private static let patience = 60.0

  let port: Int
  let folder: String
  private let process: Process
  private let log: TemporaryFile

  private init(_ command: [String], port: Int?, folder: String = "") throws {
    let log = try TemporaryFile()
    let process = Process()
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardError = try FileHandle(forWritingTo: log.url)
    process.standardOutput = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    try process.run()
    self.process = process
    self.log = log
    self.folder = folder
    if let port {
      self.port = port
      try ServeProcess.wait {
        ServeProcess.isListening(port)
      } else: {
        log.text
      }
    } else {
      try ServeProcess.wait {
        ServeProcess.port(in: log.text) != nil
      } else: {
        log.text
      }
      self.port = ServeProcess.port(in: log.text) ?? 0
    }
  }

  /// An SDK's server, which is told its port.
  static func server(_ command: [String]) throws -> ServeProcess {
    let port = try freePort()
    return try ServeProcess(command + [String(port)], port: port)
  }

  /// The gate, which says its port.
  static func gate(folder: String, upstream: String, options: [String] = []) throws -> ServeProcess {
    let command =
      [
        Programs.sallyport, "serve", "--policy", folder, "--agent", "assistant", "--upstream", upstream, "--listen", "127.0.0.1:0",
      ] + options
    return try ServeProcess(command, port: nil, folder: folder)
  }

  /// The same, as a file says.
  static func gate(folder: String, configuration: String, options: [String] = []) throws -> ServeProcess {
    let file = folder + "/serve.toml"
    try Data(configuration.utf8).write(to: URL(filePath: file))
    return try ServeProcess([Programs.sallyport, "serve", "--config", file] + options, port: nil, folder: folder)
  }

  /// The gate with these arguments and no others.
  static func gate(folder: String, arguments: [String]) throws -> ServeProcess {
    try ServeProcess([Programs.sallyport, "serve"] + arguments, port: nil, folder: folder)
  }

  /// The gate with these arguments, in front of an upstream of the stub's tools.
  static func gate(policy: String, upstream: String, _ arguments: [String]) throws -> ServeProcess {
    let command = [
      Programs.sallyport, "serve", "--policy", policy, "--agent", "tester", "--upstream", "stub=\(upstream)", "--listen", "127.0.0.1:0",
    ]
    return try ServeProcess(command + arguments, port: nil, folder: policy)
  }

  var processIdentifier: Int32 { process.processIdentifier }
  var errors: String { log.text }

  /// Waits until the log says so.
  func wait(saying text: String) throws {
    try ServeProcess.wait {
      self.log.text.contains(text)
    } else: {
      self.log.text
    }
  }

  /// Of the administration's listener.
  func adminPort() throws -> Int {
    let mark = #""at":"127.0.0.1:"#
    try wait(saying: mark)
    let text = log.text
    guard let place = text.range(of: mark), let port = Int(text[place.upperBound...].prefix { $0.isNumber }) else {
      throw Silent(description: text)
    }
    return port
  }

  /// Ends in order.
  @discardableResult
  func terminate() -> Int32 {
    kill(process.processIdentifier, SIGTERM)
    process.waitUntilExit()
    return process.terminationStatus
  }

  func reload(saying text: String) throws {
    kill(process.processIdentifier, SIGHUP)
    try ServeProcess.wait {
      self.log.text.contains(text)
    } else: {
      self.log.text
    }
  }

  func end() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private static func wait(_ isDone: () -> Bool, else text: () -> String) throws {
    let deadline = Date.now.addingTimeInterval(patience)
    while !isDone() {
      guard Date.now < deadline else { throw Silent(description: text()) }
      usleep(20_000)
    }
  }

  private static func port(in log: String) -> Int? {
    guard let place = log.range(of: #""address":"127.0.0.1:"#) else { return nil }
    return Int(log[place.upperBound...].prefix { $0.isNumber })
  }

  static func freePort() throws -> Int {
    try withSocket { socket, address in
      var address = address
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let done = unsafe withUnsafeMutablePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
        }
      }
      guard done else { throw Silent(description: "no free port") }
      return Int(UInt16(bigEndian: address.sin_port))
    }
  }

  private static func isListening(_ port: Int) -> Bool {
    let outcome = try? withSocket { socket, address in
      var address = address
      address.sin_port = UInt16(port).bigEndian
      return unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        }
      }
    }
    return outcome ?? false
  }

  private static func withSocket<R>(_ body: (Int32, sockaddr_in) throws -> R) throws -> R {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return try body(socket, address)
  }
}
