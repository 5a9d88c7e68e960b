internal import Digests
internal import JSON
internal import Text

/// Why a file is no snapshot.
enum SnapshotProblem: Error {
  case notJSON(JSON.ParseError)
  /// Where (such as `tools[3].name`) and what is wrong, for people.
  case shape(place: String, message: String)
  /// Of what list, what name, and whether the digest is there at all.
  case edited(list: String, name: String, isDigestMissing: Bool)

  func diagnostic(at range: SourceRange, path: String) -> Diagnostic {
    switch self {
    case .notJSON(let error):
      return Diagnostic(
        .snapshotNotJSON, "`\(path)` is not JSON", at: .init(range, error.message),
        help: "make it again with `sallyport snapshot -o \(path) -- COMMAND`")
    case .shape(let place, let message):
      return Diagnostic(
        .snapshotShape, "`\(path)` is no snapshot of a server", at: .init(range, "\(place): \(message)"),
        help: "a snapshot is what `sallyport snapshot` writes, or a whole `tools/list` result")
    case .edited(let list, let name, let isDigestMissing):
      let what = isDigestMissing ? "has no digest" : "does not have the digest the file says"
      return Diagnostic(
        .snapshotEdited, "`\(path)` was changed after it was taken", at: .init(range, "`\(name)` in `\(list)` \(what)"),
        help: "the live server would not match it either; take it again with `sallyport snapshot -o \(path) -- COMMAND`")
    }
  }
}

extension Snapshot {
  init(path: String, bytes: [UInt8]) throws(SnapshotProblem) {
    let document: Document
    do throws(JSON.ParseError) {
      document = try Document(parsing: bytes, limits: .snapshot)
    } catch {
      throw .notJSON(error)
    }
    let reader = SnapshotReader(document: document)
    let isOwnFormat = try reader.readsOwnFormat()
    self.path = path
    digest = sha256(bytes)
    listsEverything = isOwnFormat
    tools = try reader.items("tools", named: "name", isRequired: true) { item throws(SnapshotProblem) in
      guard let schema = document.member(item.node, "inputSchema"), document.kind(schema) == .object else {
        throw .shape(place: item.place, message: "tool `\(item.name)` has no `inputSchema` object")
      }
      let definition = Value(document, item.node)
      return Tool(
        name: item.name, digest: Snapshot.digest(of: definition), definition: definition, input: ObjectShape(schema: schema, of: document))
    }
    prompts = try reader.items("prompts", named: "name") { item in
      let definition = Value(document, item.node)
      return Prompt(
        name: item.name, digest: Snapshot.digest(of: definition), definition: definition,
        input: ObjectShape(promptArguments: document.member(item.node, "arguments"), of: document))
    }
    resources = try reader.items("resources", named: "uri") { item in
      Resource(uri: item.name, digest: Snapshot.digest(of: Value(document, item.node)))
    }
    resourceTemplates = try reader.items("resourceTemplates", named: "uriTemplate") { item in
      ResourceTemplate(uriTemplate: item.name, digest: Snapshot.digest(of: Value(document, item.node)))
    }
    guard isOwnFormat else { return }
    try reader.verify("tools", tools.map { ($0.name, $0.digest) })
    try reader.verify("prompts", prompts.map { ($0.name, $0.digest) })
    try reader.verify("resources", resources.map { ($0.uri, $0.digest) })
    try reader.verify("resourceTemplates", resourceTemplates.map { ($0.uriTemplate, $0.digest) })
  }
}

private struct SnapshotReader {
  struct Item {
    let node: Node
    let name: String
    /// Such as `tools[3]`.
    let place: String
  }

  let document: Document

  /// Whether it is our own format; throws unless it is that or a whole `tools/list` result.
  func readsOwnFormat() throws(SnapshotProblem) -> Bool {
    let root = document.root
    guard document.kind(root) == .object else { throw .shape(place: "the file", message: "is no JSON object") }
    guard let mark = document.member(root, "sallyport") else {
      guard document.member(root, "nextCursor") == nil else {
        throw .shape(place: "nextCursor", message: "this is only one page of a list")
      }
      return false
    }
    guard document.stringEquals(mark, "snapshot") else { throw .shape(place: "sallyport", message: "must be \"snapshot\"") }
    guard let version = document.member(root, "version"), document.number(version) == Number("1") else {
      throw .shape(place: "version", message: "must be 1; a newer sallyport may have written it")
    }
    return true
  }

  func items<Element>(
    _ list: String, named key: String, isRequired: Bool = false, _ make: (Item) throws(SnapshotProblem) -> Element
  ) throws(SnapshotProblem) -> [Element] {
    guard let array = document.member(document.root, list) else {
      if isRequired { throw .shape(place: "the file", message: "has no `\(list)`") }
      return []
    }
    guard document.kind(array) == .array else { throw .shape(place: list, message: "must be an array") }
    var seen: Set<ExactText> = []
    var made: [Element] = []
    for node in document.elements(array) {
      let place = "\(list)[\(made.count)]"
      guard let name = document.member(node, key).flatMap(document.string), !name.isEmpty else {
        throw .shape(place: place, message: "has no `\(key)`")
      }
      guard seen.insert(name.exact).inserted else { throw .shape(place: place, message: "a second `\(name)`") }
      made.append(try make(Item(node: node, name: name, place: place)))
    }
    return made
  }

  /// Digests are optional as a whole: a file without them was written by hand and says so openly.
  func verify(_ list: String, _ digests: [(name: String, digest: Digest)]) throws(SnapshotProblem) {
    guard let all = document.member(document.root, "digests") else { return }
    let said = document.member(all, list).map { Array(document.members($0)) } ?? []
    let nodes = Dictionary(
      said.compactMap { key, value in document.string(key).map { ($0.exact, value) } }, uniquingKeysWith: { first, _ in first })
    for (name, digest) in digests {
      guard let node = nodes[name.exact] else { throw .edited(list: list, name: name, isDigestMissing: true) }
      guard document.stringEquals(node, digest.hex) else { throw .edited(list: list, name: name, isDigestMissing: false) }
    }
    guard nodes.count > digests.count else { return }
    let listed = Set(digests.map(\.name.exact))
    for name in said.compactMap({ document.string($0.key) }) where !listed.contains(name.exact) {
      throw .shape(place: "digests.\(list)", message: "`\(name)` is not listed in `\(list)`")
    }
  }
}

extension DocumentLimits {
  /// A server of a thousand tools has a list of a few megabytes.
  fileprivate static let snapshot = DocumentLimits(bytes: 64 << 20, values: 8 << 20)
}
