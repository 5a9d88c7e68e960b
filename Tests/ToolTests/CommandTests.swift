import Foundation
import TestSupport
import Testing

/// Verbs as a person types them. A case is a folder: `args` with one argument a line, the files it works on, and what must come of it:
/// `stdout`, `stderr` and `exit`; a missing one is empty, or 0.
///
/// `$SALLYPORT` stands for the program and `$STUB` for the stub server, in arguments and in what is printed.
@Suite struct CommandTests {
  static let cases: [String] = {
    let folder = Programs.folder("Cases")
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
    precondition(!names.isEmpty, "no cases in \(folder)")
    return names
  }()

  private static let expectations: Set<String> = ["args", "stdout", "stderr", "exit"]

  @Test(arguments: cases)
  func prints(name: String) throws {
    let folder = URL(filePath: Programs.folder("Cases")).appending(path: name)
    let work = FileManager.default.temporaryDirectory.appending(path: "sallyport-case-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: work) }
    try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
    for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) where !Self.expectations.contains(file) {
      try FileManager.default.copyItem(at: folder.appending(path: file), to: work.appending(path: file))
    }
    let arguments = try String(contentsOf: folder.appending(path: "args"), encoding: .utf8).split(separator: "\n").map(String.init).map {
      argument in
      argument.replacing("$SALLYPORT", with: Programs.sallyport).replacing("$STUB", with: Programs.stub)
    }
    let finished = try run(Programs.sallyport, arguments, environment: ["NO_COLOR": "1", "COLUMNS": "100"], in: work.path)
    expect(readable(finished.output), in: folder.appending(path: "stdout"))
    expect(readable(finished.errors), in: folder.appending(path: "stderr"))
    expect(finished.exitCode == 0 ? "" : "\(finished.exitCode)\n", in: folder.appending(path: "exit"))
  }

  private func readable(_ text: String) -> String {
    text.replacing(Programs.sallyport, with: "$SALLYPORT").replacing(Programs.stub, with: "$STUB")
  }

  private func expect(_ actual: String, in file: URL) {
    if ProcessInfo.processInfo.environment["ACCEPT"] == "1" {
      if actual.isEmpty { try? FileManager.default.removeItem(at: file) } else { try? Data(actual.utf8).write(to: file) }
      return
    }
    let expected = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    #expect(actual == expected, "differs from \(file.path); ACCEPT=1 rewrites it")
  }
}
