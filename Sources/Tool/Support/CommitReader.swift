import Foundation
import Semantics

/// Files of a commit, read through git: nothing is checked out.
struct CommitReader: FileReader {
  private let commit: String
  private let path: String

  /// - Parameter place: `COMMIT:PATH`, the path from where the command runs; empty for all.
  init(_ place: String) throws {
    let parts = place.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    commit = String(parts[0])
    path = parts.count > 1 ? String(parts[1]) : ""
    // A name that begins with a dash would be read as an option.
    guard !commit.isEmpty, !commit.hasPrefix("-"), git(["rev-parse", "--verify", "--quiet", "\(commit)^{commit}"]) != nil else {
      throw Complaint("git knows no commit `\(commit)`", help: "name a path, or a commit and a path: `main:policies/`")
    }
  }

  /// The policies under the path, in order of name.
  func policyFiles() throws -> [String] {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    if folder.hasSuffix(".sally") { return [folder] }
    let listed = git(["ls-tree", "-r", "-z", "--name-only", commit, "--", folder.isEmpty ? "." : folder]) ?? []
    let names = listed.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    let files = names.filter { $0.hasSuffix(".sally") && !$0.split(separator: "/").contains { $0.hasPrefix(".") } }.sorted()
    guard !files.isEmpty else { throw Complaint("there is no `.sally` file under `\(folder)` in `\(commit)`") }
    return files
  }

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let bytes = git(["show", "\(commit):./\(path)"]) else { throw .missing }
    return bytes
  }

  func neighbours(of path: String) -> [String] {
    let folder = FilePath.folder(of: path)
    let listed = git(["ls-tree", "-z", "--name-only", commit, "--", folder.isEmpty ? "." : folder + "/"]) ?? []
    return listed.split(separator: 0).map { String(decoding: $0, as: UTF8.self).split(separator: "/").last.map(String.init) ?? "" }
  }
}

/// What git prints; nil when it fails.
private func git(_ arguments: [String]) -> [UInt8]? {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["git"] + arguments
  let output = Pipe()
  process.standardOutput = output
  process.standardError = FileHandle.nullDevice
  process.standardInput = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
  process.waitUntilExit()
  return process.terminationStatus == 0 ? Array(data) : nil
}
