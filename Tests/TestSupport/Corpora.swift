import Foundation

/// Test data that is not part of the project: `SALLYPORT_CORPORA`, or `../shared/corpora` beside the checkout.
package enum Corpora {
  package static let directory: String? = {
    let beside = URL(filePath: #filePath).appending(path: "../../../../shared/corpora").standardized.path
    let path = ProcessInfo.processInfo.environment["SALLYPORT_CORPORA"] ?? beside
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  /// A folder of the corpora, or nil when it is absent: such a test is `.enabled(if:)` with a message that says so.
  package static func folder(_ name: String) -> String? {
    guard let path = directory.map({ ($0 as NSString).appendingPathComponent(name) }) else { return nil }
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  package static let absent = "test data is absent: set SALLYPORT_CORPORA to its folder"
}
