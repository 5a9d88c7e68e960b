import Foundation
package import Testing

/// One file beside a test and the file that says what should come of it.
package struct GoldenCase: Sendable, CustomTestStringConvertible {
  package let input: String
  package let golden: String

  package init(input: String, golden: String) {
    self.input = input
    self.golden = golden
  }

  package var testDescription: String { (input as NSString).lastPathComponent }
  package var name: String { (testDescription as NSString).deletingPathExtension }

  /// The input's bytes; a case that cannot be read is a broken checkout.
  package var bytes: [UInt8] {
    guard let data = FileManager.default.contents(atPath: input) else { fatalError("cannot read \(input)") }
    return Array(data)
  }

  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Compares with the golden file; `ACCEPT=1` writes it instead.
  package func expect(_ actual: String, sourceLocation: SourceLocation = #_sourceLocation) {
    if ProcessInfo.processInfo.environment["ACCEPT"] == "1" {
      #expect(FileManager.default.createFile(atPath: golden, contents: Data(actual.utf8)), sourceLocation: sourceLocation)
      return
    }
    guard let data = FileManager.default.contents(atPath: golden) else {
      Issue.record("\(golden) is missing; run with ACCEPT=1 to write it", sourceLocation: sourceLocation)
      return
    }
    let expected = String(decoding: data, as: UTF8.self)
    #expect(actual == expected, "differs from \(golden); ACCEPT=1 rewrites it", sourceLocation: sourceLocation)
  }
}

/// The files of a folder beside the calling test, sorted by name; at least one, or the test would pass by testing nothing.
package func goldenCases(in folder: String, ending: String, golden: String = ".out", beside file: String = #filePath) -> [GoldenCase] {
  let directory = ((file as NSString).deletingLastPathComponent as NSString).appendingPathComponent(folder)
  let names = ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter { $0.hasSuffix(ending) }.sorted()
  precondition(!names.isEmpty, "no \(ending) files in \(directory)")
  return names.map { name in
    let path = (directory as NSString).appendingPathComponent(name)
    return GoldenCase(input: path, golden: (path as NSString).deletingPathExtension + golden)
  }
}
