import Foundation
import Gateway

/// Waits for changes of policy files and of snapshots, and reloads once they have come to rest.
///
/// Folders are watched, not files: editors put a new file in the place of the old one, and configuration maps a new folder.
final class PolicyWatch: Sendable {
  /// How long nothing has to happen before what happened counts as done, in milliseconds.
  private static let rest: Int32 = 250
  /// At most so long are changes waited out that never end.
  private static let longest: TimeInterval = 5

  private let folders: FolderWatch
  private let reloader: PolicyReloader
  private let paths: [String]

  init(_ reloader: PolicyReloader, _ paths: [String]) throws {
    folders = try FolderWatch()
    self.reloader = reloader
    self.paths = paths
    do {
      try watchFolders()
    } catch {
      throw Complaint("the policy files cannot be watched: \(error)")
    }
  }

  func begin() {
    Thread.detachNewThread { [self] in
      // What was changed since it was read for the start, and before anybody watched.
      if reloader.isBehind { reloader.reload("file") }
      while true { wait() }
    }
  }

  private func watchFolders() throws {
    for folder in reloader.folders(paths) { try folders.add(folder) }
  }

  private func wait() {
    var changes = folders.wait(-1)
    var isOfInterest = PolicyWatch.isOfInterest(changes)
    let end = Date.now.addingTimeInterval(PolicyWatch.longest)
    while Date.now < end {
      changes = folders.wait(PolicyWatch.rest)
      if changes.isEmpty { break }
      if PolicyWatch.isOfInterest(changes) { isOfInterest = true }
    }
    guard isOfInterest else { return }
    reloader.reload("file")
    // There may be other folders now. One that cannot be watched is no reason to stop.
    try? watchFolders()
  }

  /// Whether something happened to what policies are made of. `..data` is what configuration maps are changed by.
  private static func isOfInterest(_ changes: FolderWatch.Changes) -> Bool {
    changes.areMore || changes.names.contains { $0.hasSuffix(".sally") || $0.hasSuffix(".json") || $0.hasPrefix("..data") }
  }
}
