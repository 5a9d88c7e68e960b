import Foundation
import Glibc

/// Where results and talk go: results to standard output, everything else to standard error.
enum Terminal {
  enum Stream {
    case output, errors

    fileprivate var handle: FileHandle { self == .output ? .standardOutput : .standardError }
    fileprivate var number: Int32 { self == .output ? STDOUT_FILENO : STDERR_FILENO }
  }

  static func write(_ text: String, to stream: Stream = .output) { write(Array(text.utf8), to: stream) }

  /// A reader that has gone away is not our trouble.
  static func write(_ bytes: [UInt8], to stream: Stream = .output) { try? stream.handle.write(contentsOf: Data(bytes)) }

  static func say(_ line: String) { write(line + "\n", to: .errors) }

  /// Whether a person looks at it who has not asked for plain text (https://no-color.org).
  static func hasColour(_ stream: Stream) -> Bool {
    let environment = ProcessInfo.processInfo.environment
    return isatty(stream.number) == 1 && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
  }

  /// `code` is an SGR parameter such as `1;31`.
  static func painted(_ text: String, _ code: String, on stream: Stream = .output) -> String {
    hasColour(stream) ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  static func complain(_ message: String, help: String? = nil) {
    say("\(painted("error", "1;31", on: .errors)): \(message)")
    if let help { say("  = help: \(help)") }
  }
}
