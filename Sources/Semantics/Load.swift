internal import RulePacks
internal import Syntax
package import Text

/// Reads the named policies, everything they `use` and every snapshot they pin. Paths in a file are relative to that file.
///
/// Always gives what could be read; the diagnostics, sorted, say what could not.
package func load(_ roots: [String], reader: some FileReader) -> Diagnosed<Sources> {
  var loader = Loader(reader: reader)
  for root in roots { loader.loadRoot(root) }
  return loader.finish()
}

private struct Loader<Reader: FileReader> {
  let reader: Reader
  var files: [Sources.File] = []
  var indices: [String: Int] = [:]
  var packs: [String: Int] = [:]
  var snapshots: [Snapshot] = []
  var snapshotIndices: [String: Int?] = [:]
  /// Empty stand-ins for roots that could not be read, so that their diagnostics have a place.
  var absent: [SourceFile] = []
  var diagnostics: [Diagnostic] = []
  /// The files being loaded, outermost first: what a cycle runs through.
  var chain: [Int] = []
  var nextID: UInt16 = 0
  /// Said once; files that are left out may be many.
  var hasSaidFull = false

  init(reader: Reader) { self.reader = reader }

  mutating func loadRoot(_ path: String) {
    if let problem = FilePath.problem(path) {
      if hasRoom { diagnostics.append(badPath(problem, at: standIn(for: path), help: "name policy files, or folders of them")) }
      return
    }
    let path = FilePath.normalised(path)
    guard indices[path] == nil else { return }
    do throws(FileProblem) {
      let bytes = try reader.contents(of: path)
      guard hasRoom else {
        if !hasSaidFull { reportFull(at: standIn(for: path)) }
        return
      }
      add(path, bytes)
    } catch {
      guard hasRoom else {
        if !hasSaidFull { reportFull(at: standIn(for: path)) }
        return
      }
      diagnostics.append(cannotRead(path, error, at: standIn(for: path), named: path))
    }
  }

  private mutating func takeID() -> SourceFile.ID {
    defer { nextID += 1 }
    return SourceFile.ID(nextID)
  }

  private var hasRoom: Bool { files.count + absent.count < LoadLimits.files }

  /// A place for a diagnostic about a file that was not read.
  private mutating func standIn(for path: String) -> SourceRange {
    let file = SourceFile(id: takeID(), path: path, bytes: [])
    absent.append(file)
    return SourceRange(file: file.id, lower: 0, upper: 0)
  }

  private mutating func reportFull(at range: SourceRange) {
    hasSaidFull = true
    diagnostics.append(
      Diagnostic(
        .tooManyFiles, "more than \(LoadLimits.files) files in one policy", at: .init(range, "one too many"),
        help: "split the policy into sets that are checked on their own"))
  }

  private mutating func add(_ path: String, _ bytes: [UInt8], isPack: Bool = false) {
    let parsed = parse(SourceFile(id: takeID(), path: path, bytes: bytes))
    diagnostics += parsed.diagnostics
    let index = files.count
    if !isPack { indices[path] = index }
    files.append(Sources.File(tree: parsed.value, uses: [], snapshots: [:], lost: parsed.value.lost, isPack: isPack))
    chain.append(index)
    for declaration in parsed.value.declarations {
      switch declaration.kind {
      case .use(let use):
        switch use.source {
        case .file(let literal): follow(literal, from: index)
        case .pack(let name): if !reaches(name, from: index) { files[index].lost = .any }
        }
      case .server(let server):
        if let snapshot = snapshot(server.snapshot, from: path) { files[index].snapshots[server.snapshot.range.lower] = snapshot }
      default: break
      }
    }
    chain.removeLast()
  }

  private mutating func follow(_ literal: StringLiteral, from index: Int) {
    if !reaches(literal, from: index) { files[index].lost = .any }
  }

  /// Reads what a file uses, unless that is read already; false: it cannot be, which has been reported.
  private mutating func reaches(_ literal: StringLiteral, from index: Int) -> Bool {
    if let problem = FilePath.problem(literal.value) {
      diagnostics.append(badPath(problem, at: literal.range, help: "name a policy file: `use \"./access.sally\"`"))
      return false
    }
    let path = FilePath.resolve(literal.value, from: files[index].path)
    if let known = indices[path] {
      if let start = chain.firstIndex(of: known) {
        report(cycle: Array(chain[start...]) + [known], at: literal.range)
      } else {
        files[index].uses.append(known)
      }
      return true
    }
    guard hasRoom else {
      if !hasSaidFull { reportFull(at: literal.range) }
      return false
    }
    do throws(FileProblem) {
      let bytes = try reader.contents(of: path)
      let next = files.count
      files[index].uses.append(next)
      add(path, bytes)
      return true
    } catch {
      diagnostics.append(cannotRead(path, error, at: literal.range, named: literal.value))
      return false
    }
  }

  /// Takes in a pack, unless it is in already; false: there is none, which has been reported.
  private mutating func reaches(_ name: DottedName, from index: Int) -> Bool {
    let start = "sally."
    if let known = packs[name.text] {
      files[index].uses.append(known)
      return true
    }
    guard name.text.hasPrefix(start), let bytes = RulePacks.text(of: String(name.text.dropFirst(start.count))) else {
      let names = RulePacks.names.map { start + $0 }
      let near = nearest(to: name.text, among: names)
      diagnostics.append(
        Diagnostic(
          .fileNotFound, "there is no pack `\(name.text)`", at: .init(name.range, "no such pack"),
          help: near.map { "did you mean `\($0)`?" }
            ?? "packs are \(listed(names, most: 12)); a file of yours stands in quotes: `use \"./x.sally\"`",
          fixes: near.map { [.init(title: "write `\($0)`", edits: [.init(name.range, $0)])] } ?? []))
      return false
    }
    guard hasRoom else {
      if !hasSaidFull { reportFull(at: name.range) }
      return false
    }
    packs[name.text] = files.count
    files[index].uses.append(files.count)
    add(name.text, bytes, isPack: true)
    return true
  }

  private mutating func report(cycle: [Int], at range: SourceRange) {
    let paths = cycle.map { files[$0].path }
    let message = cycle.count == 2 ? "a file uses itself" : "files use each other in a circle"
    diagnostics.append(
      Diagnostic(
        .useCycle, message, at: .init(range, "closes the circle"),
        help: "the circle is \(paths.map { "`\($0)`" }.joined(separator: " -> ")); move what both sides need into a file of its own"))
  }

  private mutating func snapshot(_ literal: StringLiteral, from base: String) -> Int? {
    if let problem = FilePath.problem(literal.value) {
      diagnostics.append(badPath(problem, at: literal.range, help: "name the file that `sallyport snapshot -o FILE -- COMMAND` writes"))
      return nil
    }
    let path = FilePath.resolve(literal.value, from: base)
    if let known = snapshotIndices[path] { return known }
    var index: Int?
    do throws(FileProblem) {
      let bytes = try reader.contents(of: path)
      do throws(SnapshotProblem) {
        snapshots.append(try Snapshot(path: path, bytes: bytes))
        index = snapshots.count - 1
      } catch {
        diagnostics.append(error.diagnostic(at: literal.range, path: path))
      }
    } catch {
      diagnostics.append(cannotRead(path, error, at: literal.range, named: literal.value, isSnapshot: true))
    }
    snapshotIndices[path] = .some(index)
    return index
  }

  private func badPath(_ problem: (message: String, label: String), at range: SourceRange, help: String) -> Diagnostic {
    Diagnostic(.badPath, problem.message, at: .init(range, range.lower == range.upper ? "" : problem.label), help: help)
  }

  private func cannotRead(
    _ path: String, _ problem: FileProblem, at range: SourceRange, named: String, isSnapshot: Bool = false
  ) -> Diagnostic {
    switch problem {
    case .missing:
      let near = nearest(to: FilePath.name(of: path), among: reader.neighbours(of: path).sorted())
      let suggestion = near.map { "did you mean `\(FilePath.folder(of: named))\($0)`?" }
      let advice = isSnapshot ? "make it with `sallyport snapshot -o \(path) -- COMMAND`" : nil
      return Diagnostic(
        .fileNotFound, "there is no file `\(path)`", at: .init(range, range.lower == range.upper ? "" : "no such file"),
        help: suggestion ?? advice,
        fixes: near.map { replacement in
          range.lower == range.upper
            ? [] : [.init(title: "name the file that is there", edits: [.init(range, "\"\(FilePath.folder(of: named))\(replacement)\"")])]
        } ?? [])
    case .isFolder:
      return Diagnostic(
        .fileUnreadable, "`\(path)` is a folder", at: .init(range, ""), help: "name a file: `\(path)/…`")
    case .unreadable(let reason):
      return Diagnostic(.fileUnreadable, "cannot read `\(path)`: \(reason)", at: .init(range, ""))
    }
  }

  func finish() -> Diagnosed<Sources> {
    let sources = Sources(
      loaded: files, snapshots: snapshots, isComplete: !diagnostics.contains { $0.severity == .error },
      files: (files.map(\.tree.file) + absent).sorted { $0.id < $1.id })
    return Diagnosed(sources, sorted(diagnostics))
  }
}

enum LoadLimits {
  /// A policy of a thousand files is a mistake in a `use` line; identifiers of files have 16 bits.
  static let files = 1_000
}

/// By file, place and code, so that the same input always reads the same.
func sorted(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
  diagnostics.enumerated().sorted { left, right in
    let (a, b) = (left.element, right.element)
    if a.primary.range != b.primary.range { return a.primary.range < b.primary.range }
    if a.code.number != b.code.number { return a.code.number < b.code.number }
    return left.offset < right.offset
  }.map(\.element)
}
