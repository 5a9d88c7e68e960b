import Foundation
import JSON
import Testing

/// Other people's engines, as Tests/Oracles/setup has installed them.
enum Oracles {
  private static let folder = URL(filePath: #filePath).appending(path: "../../Oracles").standardized.path
  private static let python = folder + "/.venv-oracles/bin/python"

  static let isReady = FileManager.default.isExecutableFile(atPath: python)
  static let absent: Comment = "the solver and Cedar are absent: make test-setup installs them"

  /// What a script of that folder says to a JSON document.
  static func answer(_ script: String, _ question: Value) throws -> Value {
    let temporary = FileManager.default.temporaryDirectory.appending(path: "oracle-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: temporary) }
    try Data(write(question)).write(to: temporary)
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = [folder + "/" + script]
    process.standardInput = try FileHandle(forReadingFrom: temporary)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return try Value(parsing: Array(bytes))
  }
}
