import Foundation

/// The executables under test, where the build put them: beside the test bundle.
enum Programs {
  static let sallyport = path("sallyport")
  static let stub = path("StubServer")

  private static func path(_ name: String) -> String {
    let bundle = Bundle.main.executableURL ?? URL(filePath: CommandLine.arguments[0])
    return bundle.deletingLastPathComponent().appending(path: name).path
  }

  /// A folder beside this file.
  static func folder(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: name).path
  }

  /// The checkout.
  static let checkout = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path
}

/// A program that ran to its end.
struct Finished {
  let output: String
  let errors: String
  let exitCode: Int32
}

/// Runs a program with everything it reads given beforehand.
///
/// A program that hangs is killed after a minute: far more than any case takes on a busy machine.
func run(
  _ program: String, _ arguments: [String], input: String = "", environment: [String: String] = [:], in folder: String? = nil
) throws -> Finished {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
  if let folder { process.currentDirectoryURL = URL(filePath: folder) }
  let files = try (0..<3).map { _ in try TemporaryFile() }
  try Data(input.utf8).write(to: files[0].url)
  process.standardInput = try FileHandle(forReadingFrom: files[0].url)
  process.standardOutput = try FileHandle(forWritingTo: files[1].url)
  process.standardError = try FileHandle(forWritingTo: files[2].url)
  try process.run()
  let watch = DispatchSource.makeTimerSource()
  watch.setEventHandler { kill(process.processIdentifier, SIGKILL) }
  watch.schedule(deadline: .now() + 60)
  watch.resume()
  process.waitUntilExit()
  watch.cancel()
  return Finished(output: files[1].text, errors: files[2].text, exitCode: process.terminationStatus)
}

/// A file that is gone with its owner.
final class TemporaryFile {
  let url = FileManager.default.temporaryDirectory.appending(path: "sallyport-test-\(UUID().uuidString)")

  init() throws {
    guard FileManager.default.createFile(atPath: url.path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var text: String { String(decoding: (try? Data(contentsOf: url)) ?? Data(), as: UTF8.self) }
}
