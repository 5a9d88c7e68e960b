internal import Bytecode
internal import Compilation
internal import Foundation
internal import Semantics
internal import Text

/// Policies that were read, checked and compiled: what a `Judge` or a `GuardedSession` decides by. Costs nothing to copy.
public struct Policy: Sendable {
  let program: Program
  let policies: CheckedPolicies

  /// What `sallyport check` warns of.
  public let warnings: [PolicyError.Problem]

  /// Policies on the disk, with all they `use` and every snapshot they pin.
  public init(contentsOf paths: [String]) throws(PolicyError) {
    try self.init(paths, reader: Disk())
  }

  /// Policies in memory.
  ///
  /// - Parameters:
  ///   - roots: paths of the policies to begin with.
  ///   - files: the text of each policy and snapshot by its path; `use` and `from` name paths relative to the file they stand in.
  public init(_ roots: [String], in files: [String: String]) throws(PolicyError) {
    try self.init(roots, reader: Memory(files: files))
  }

  private init(_ roots: [String], reader: some FileReader) throws(PolicyError) {
    let loaded = load(roots, reader: reader)
    let checked = check(loaded.value)
    let found = loaded.diagnostics + checked.diagnostics
    guard let policies = checked.value, !found.contains(where: { $0.severity == .error }) else {
      throw PolicyError(found, files: loaded.value.files)
    }
    self.policies = policies
    warnings = found.map { PolicyError.Problem($0, files: loaded.value.files) }
    do {
      program = try compile(policies, generation: 1)
    } catch {
      throw PolicyError(error.diagnostics, files: policies.files)
    }
  }

  /// Names of the declared servers and agents.
  public var servers: [String] { policies.servers.map(\.name) }
  public var agents: [String] { policies.agents.map(\.name) }
}

/// Why policies cannot be used. `description` is what `sallyport check` prints.
public struct PolicyError: Error, Sendable, CustomStringConvertible {
  public struct Problem: Sendable, Hashable {
    /// Stable, with a page in the project's `docs/errors`: `E0104`.
    public let code: String
    public let message: String
    /// As it was named when the policies were read.
    public let path: String
    /// From 1.
    public let line: Int
  }

  public let problems: [Problem]
  public let description: String

  init(_ diagnostics: [Diagnostic], files: [SourceFile]) {
    problems = diagnostics.map { Problem($0, files: files) }
    description = Renderer(files: files).render(diagnostics)
  }
}

extension PolicyError.Problem {
  init(_ diagnostic: Diagnostic, files: [SourceFile]) {
    let file = files.first { $0.id == diagnostic.primary.range.file }
    self.init(
      code: "\(diagnostic.code)".prefix { $0 != " " }.description, message: diagnostic.message, path: file?.path ?? "",
      line: file?.position(at: diagnostic.primary.range.lower).line ?? 1)
  }
}

private struct Disk: FileReader {
  /// Nothing a person writes is larger, in bytes; a device or a mistaken path is.
  private static let largest = 64 << 20

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    let target = URL(filePath: path).resolvingSymlinksInPath().path
    guard let type = (try? FileManager.default.attributesOfItem(atPath: target))?[.type] as? FileAttributeType else { throw .missing }
    if type == .typeDirectory { throw .isFolder }
    guard let handle = FileHandle(forReadingAtPath: path) else { throw .unreadable("permission denied") }
    guard let data = try? handle.read(upToCount: Self.largest + 1) else { throw .unreadable("the disk cannot be read") }
    if data.count > Self.largest { throw .unreadable("larger than \(Self.largest >> 20) MiB") }
    return Array(data)
  }

  func neighbours(of path: String) -> [String] {
    let folder = FilePath.folder(of: path)
    return (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []
  }
}

private struct Memory: FileReader {
  let files: [String: String]

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard let text = files[path] else { throw .missing }
    return Array(text.utf8)
  }

  func neighbours(of path: String) -> [String] { files.keys.sorted() }
}
