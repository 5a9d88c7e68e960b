import ArgumentParser
import Bytecode
import Compilation
import Foundation
import Semantics
import Syntax
import Text

/// Policies and snapshots on a disk.
struct DiskReader: FileReader {
  /// Nothing a person writes is larger, in bytes; a device or a mistaken path is.
  private static let largest = 64 << 20

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let type = fileType(path) else { throw .missing }
    if type == .typeDirectory { throw .isFolder }
    guard let handle = FileHandle(forReadingAtPath: path) else { throw .unreadable("permission denied") }
    let data: Data
    do { data = try handle.read(upToCount: Self.largest + 1) ?? Data() } catch { throw .unreadable("the disk cannot be read") }
    if data.count > Self.largest { throw .unreadable("larger than \(Self.largest >> 20) MiB") }
    return Array(data)
  }

  func neighbours(of path: String) -> [String] {
    let folder = FilePath.folder(of: path)
    return (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
  }
}

/// Of the file that a path leads to, through links; nil when there is none.
private func fileType(_ path: String) -> FileAttributeType? {
  let target = URL(filePath: path).resolvingSymlinksInPath().path
  return (try? FileManager.default.attributesOfItem(atPath: target))?[.type] as? FileAttributeType
}

/// What the paths on a command line stand for: a folder for every `.sally` file under it, in the order of their names.
func policyFiles(_ paths: [String]) throws -> [String] {
  try files(paths, endingIn: ".sally", help: "name policy files, or folders of them")
}

/// The same of labelled corpora.
func corpusFiles(_ paths: [String]) throws -> [String] { try files(paths, endingIn: ".jsonl", help: "name corpora, or folders of them") }

private func files(_ paths: [String], endingIn suffix: String, help: String) throws -> [String] {
  try paths.flatMap { path -> [String] in
    guard !path.isEmpty else { throw Complaint("a path is empty", help: help) }
    guard fileType(path) == .typeDirectory else { return [path] }
    let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    let files = names.filter { $0.hasSuffix(suffix) && !$0.split(separator: "/").contains { $0.hasPrefix(".") } }.sorted()
    guard !files.isEmpty else { throw Complaint("there is no `\(suffix)` file under `\(path)`") }
    return files.map { FilePath.joined(path, $0) }
  }
}

/// The outcome of reading and checking policies, for verbs that report it themselves.
struct LoadedPolicies {
  let files: [SourceFile]
  /// Nil when there are errors.
  let policies: CheckedPolicies?
  let sources: Sources
  /// Of loading and checking, each sorted by file and place.
  let diagnostics: [Diagnostic]
}

func loadPolicies(_ paths: [String]) throws -> LoadedPolicies { loadPolicies(try policyFiles(paths), reader: DiskReader()) }

/// - Parameter now: for warnings about what has ended; nil: time plays no part.
func loadPolicies(_ files: [String], reader: some FileReader, now: MomentLiteral? = nil) -> LoadedPolicies {
  let loaded = load(files, reader: reader)
  let checked = check(loaded.value, options: CheckOptions(now: now))
  let diagnostics = loaded.diagnostics + checked.diagnostics
  let hasErrors = diagnostics.contains { $0.severity == .error }
  return LoadedPolicies(
    files: loaded.value.files, policies: hasErrors ? nil : checked.value, sources: loaded.value, diagnostics: diagnostics)
}

/// The policies, or every diagnostic on standard error and exit code 3.
func requirePolicies(_ paths: [String]) throws -> CheckedPolicies { try require(loadPolicies(paths)) }

/// The same of files that are not on the disk.
func requirePolicies(_ files: [String], reader: some FileReader) throws -> CheckedPolicies {
  try require(loadPolicies(files, reader: reader))
}

private func require(_ loaded: LoadedPolicies) throws -> CheckedPolicies {
  if let policies = loaded.policies { return policies }
  let report = DiagnosticReport(loaded.diagnostics, files: loaded.files)
  Terminal.write(report.human(colour: Terminal.hasColour(.errors)), to: .errors)
  throw Complaint("the policy does not compile", exitCode: .policyRejected)
}

/// The program that decides, or the compiler's diagnostics and exit code 3.
func compiled(_ policies: CheckedPolicies) throws -> Program {
  do {
    return try compile(policies, generation: 1)
  } catch {
    let report = DiagnosticReport(error.diagnostics, files: policies.files)
    Terminal.write(report.human(colour: Terminal.hasColour(.errors)), to: .errors)
    throw Complaint("the policy does not compile", exitCode: .policyRejected)
  }
}
