import Foundation
import Gateway
import Glibc
import JSON

/// A client of a running gate: raw messages in, raw messages out, and what the gate writes to standard error.
struct GateClient: ~Copyable {
  private static let patience = Duration.seconds(60)

  private var connection: ServerConnection
  private let errorFile: TemporaryFile
  /// Kept open: the log stream writes to its descriptor.
  private let errorHandle: FileHandle
  let processIdentifier: Int32

  /// - Parameter server: the command behind the gate.
  init(policy: String = Programs.folder("Fixtures/stub.sally"), agent: String = "tester", server: [String]) throws {
    try self.init(command: [Programs.sallyport, "wrap", "--policy", policy, "--agent", agent, "--"] + server)
  }

  /// - Parameter command: that becomes the gate.
  init(command: [String]) throws {
    let file = try TemporaryFile()
    let handle = try FileHandle(forWritingTo: file.url)
    let opened = try ServerConnection(starting: command, limit: 64 << 20, log: LogStream(descriptor: handle.fileDescriptor))
    connection = opened
    errorFile = file
    errorHandle = handle
    processIdentifier = connection.processIdentifier
  }

  mutating func send(_ message: String) { connection.send(Array(message.utf8)) }

  /// A call of the stub's tool in the stateless era.
  mutating func call(_ id: Int, text: String = "hi") {
    let meta = #""_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"#
    send(#"{"jsonrpc":"2.0","id":\#(id),"method":"tools/call","params":{"name":"echo","arguments":{"text":"\#(text)"},\#(meta)}}"#)
  }

  mutating func receive() throws -> Value { try Value(parsing: try connection.receive(until: .now + Self.patience)) }

  /// Takes the next message without reading it, which in a build for debugging would take longest of all.
  mutating func skip() throws { _ = try connection.receive(until: .now + Self.patience) }

  /// The text of the next answer, and its id.
  mutating func receiveText() throws -> (id: Int?, text: String) {
    let answer = try receive()
    return (answer["id"]?.number?.integer, answer["result"]?["content"]?[0]?["text"]?.string ?? "")
  }

  /// Waits until something is written to standard error.
  mutating func waitForErrors(containing text: String) throws {
    let deadline = ContinuousClock.now + Self.patience
    while !errors.contains(text) {
      guard ContinuousClock.now < deadline else { throw ServerConnection.Failure.timedOut }
      connection.pump(until: .now + .milliseconds(20))
    }
  }

  var errors: String { errorFile.text }

  func signal(_ number: Int32) { kill(processIdentifier, number) }

  /// Closes the gate's input and waits for its end.
  consuming func close() -> (status: ExitStatus?, errors: String) {
    let file = errorFile
    let handle = errorHandle
    let status = connection.close()
    withExtendedLifetime(handle) {}
    return (status, file.text)
  }

  /// Waits for an end that has another reason than us.
  consuming func end() -> (status: ExitStatus?, errors: String) {
    while (try? receive()) != nil {}
    return close()
  }
}

extension Value {
  /// The gate's structured denial in an answer to a call.
  var denialCode: String? { self["result"]?["_meta"]?["com.sallyport/denial"]?["code"]?.string }
}
