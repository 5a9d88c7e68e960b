internal import JSON
internal import Syntax
internal import Text

/// What a target was written as; globs over servers mean different servers in files that see different ones.
struct TargetKey: Hashable {
  let isPrompt: Bool
  let server: ExactText
  let name: ExactText
  let file: Int?
}

extension Checker {
  /// Snapshots of servers, and their names for looking up.
  mutating func checkServers() {
    for server in declared.servers {
      let file = sources.loaded[server.file]
      // A snapshot that could not be read was reported by `load`; an empty one stands in for it.
      let snapshot = file.snapshots[server.syntax.snapshot.range.lower].map { sources.snapshots[$0] }
      parts.servers.append(
        .init(
          name: server.syntax.name.text, snapshot: snapshot ?? .unread, outputMismatch: outputMismatch(server.declaration),
          range: server.syntax.name.range))
      tools.append(Dictionary(uniqueKeysWithValues: (snapshot?.tools ?? []).enumerated().map { ($1.name.exact, $0) }))
      prompts.append(Dictionary(uniqueKeysWithValues: (snapshot?.prompts ?? []).enumerated().map { ($1.name.exact, $0) }))
    }
  }

  /// Everything the targets speak of; nil when one of them is wrong, which has been reported.
  mutating func resolve(_ targets: [Target], from file: Int) -> Targets? {
    if targets.count == 1 { return resolve(targets[0], from: file) }
    var all = Targets()
    var isGood = true
    for target in targets {
      if let resolved = resolve(target, from: file) { all.formUnion(resolved) } else { isGood = false }
    }
    return isGood ? all : nil
  }

  mutating func resolve(_ target: Target, from file: Int) -> Targets? {
    switch target.kind {
    case .tool(let server, let name): return resolve(server, name, target.range, isPrompt: false, from: file)
    case .prompt(let server, let name): return resolve(server, name, target.range, isPrompt: true, from: file)
    case .resource(let server, let uri): return resolve(server, uri, from: file)
    case .scope(let name):
      guard let symbol = find(name, .scope, from: file) else { return nil }
      parts.scopes[symbol.index].isGroup = true
      return parts.scopes[symbol.index].opens
    }
  }

  private mutating func resolve(
    _ server: Identifier, _ name: Identifier, _ range: SourceRange, isPrompt: Bool, from file: Int
  ) -> Targets? {
    let isServerGlob = server.text.utf8.contains(UInt8(ascii: "*"))
    let key = TargetKey(isPrompt: isPrompt, server: server.text.exact, name: name.text.exact, file: isServerGlob ? file : nil)
    if isServerGlob, let known = expanded[key] { return known }
    guard let servers = servers(server, from: file) else { return nil }
    if let known = expanded[key] { return known }
    let isNameGlob = name.text.utf8.contains(UInt8(ascii: "*"))
    var found = Targets()
    for index in servers {
      let table = isPrompt ? prompts[index] : tools[index]
      if !isNameGlob {
        if let item = table[name.text.exact] { found.append(item, of: index, isPrompt: isPrompt) }
        continue
      }
      let names = isPrompt ? parts.servers[index].snapshot.prompts.map(\.name) : parts.servers[index].snapshot.tools.map(\.name)
      for (item, candidate) in names.enumerated() where matches(candidate, glob: name.text) {
        found.append(item, of: index, isPrompt: isPrompt)
      }
    }
    if found.isEmpty {
      // Without its snapshot nothing can be said of a server's tools.
      if servers.contains(where: { parts.servers[$0].snapshot.isUnread }) { return nil }
      reportNothing(server, name, range, servers, isPrompt: isPrompt, isGlob: isServerGlob || isNameGlob)
      return nil
    }
    expanded[key] = found
    return found
  }

  /// The servers a name or glob stands for.
  private mutating func servers(_ name: Identifier, from file: Int) -> [Int]? {
    guard name.text.utf8.contains(UInt8(ascii: "*")) else { return find(name, .server, from: file).map { [$0.index] } }
    let visible = visibleNames(.server, from: file).filter { matches($0, glob: name.text) }
    let indices = visible.compactMap { symbols[SymbolKind.server.rawValue][$0]?.index }.sorted()
    if indices.isEmpty {
      report(
        .emptyGlob, "no server is called `\(name.text)`", name.range, "matches no server",
        help: "`*` stands for the servers this file or one it uses declares")
      return nil
    }
    return indices
  }

  private mutating func reportNothing(
    _ server: Identifier, _ name: Identifier, _ range: SourceRange, _ servers: [Int], isPrompt: Bool, isGlob: Bool
  ) {
    let noun = isPrompt ? "prompt" : "tool"
    let labels = servers.prefix(3).map { index in
      let snapshot = parts.servers[index].snapshot
      let count = isPrompt ? snapshot.prompts.count : snapshot.tools.count
      return Diagnostic.Label(parts.servers[index].range, "its snapshot lists \(counted(count, noun))")
    }
    if isGlob {
      report(
        .emptyGlob, "`\(server.text).\(name.text)` matches no \(noun)", range, "matches nothing", also: labels,
        help: "a rule that speaks of nothing would look like protection and be none; name what is there, or remove the target")
      return
    }
    let snapshot = parts.servers[servers[0]].snapshot
    let names = isPrompt ? snapshot.prompts.map(\.name) : snapshot.tools.map(\.name)
    let near = suggestion(for: name.text, among: names)
    var help = near.map { "did you mean `\(server.text).\($0)`?" }
    if help == nil, isPrompt, !snapshot.listsEverything {
      help = "`\(snapshot.path)` is a plain list of tools; `sallyport snapshot` also pins prompts"
    } else if help == nil, !names.isEmpty {
      help = "its \(noun)s are \(listed(names, most: 12))"
    }
    report(
      isPrompt ? .unknownPrompt : .unknownTool, "no \(noun) `\(name.text)` in server `\(server.text)`", range, "no such \(noun)",
      also: labels, help: help, fixes: replacement(near, name.range))
  }

  private mutating func resolve(_ server: Identifier, _ uri: StringLiteral, from file: Int) -> Targets? {
    guard let servers = servers(server, from: file) else { return nil }
    let glob = Glob(uri.value)
    guard !uri.value.isEmpty else {
      report(.badText, "a resource's address is empty", uri.range, "no address", help: "`\"**\"` stands for all resources of the server")
      return nil
    }
    let known = servers.map { parts.servers[$0].snapshot }.filter { !$0.isUnread }
    if !known.isEmpty, known.allSatisfy({ $0.listsEverything && !$0.offersResource(like: glob) }) {
      let labels = servers.prefix(3).map { index in
        let snapshot = parts.servers[index].snapshot
        let resources = counted(snapshot.resources.count, "resource")
        return Diagnostic.Label(
          parts.servers[index].range, "its snapshot lists \(resources) and \(counted(snapshot.resourceTemplates.count, "template"))")
      }
      let uris = known.flatMap { $0.resources.map(\.uri) + $0.resourceTemplates.map(\.uriTemplate) }
      report(
        .emptyGlob, "`\(uri.value)` matches no resource of server `\(server.text)`", uri.range, "matches nothing", also: labels,
        help: suggestion(for: uri.value, among: uris).map { "did you mean `\($0)`?" } ?? "`*` stands for characters but `/`, `**` for any")
      return nil
    }
    return Targets(resources: servers.map { .init(server: $0, uri: glob) })
  }
}

extension Targets {
  fileprivate mutating func append(_ index: Int, of server: Int, isPrompt: Bool) {
    if isPrompt {
      prompts.append(PromptReference(server: server, prompt: index))
    } else {
      tools.append(ToolReference(server: server, tool: index))
    }
  }

  mutating func formUnion(_ other: Targets) {
    tools = merged(tools, other.tools)
    prompts = merged(prompts, other.prompts)
    for resource in other.resources where !resources.contains(resource) { resources.append(resource) }
  }
}

/// Both sorted without duplicates, and so is the result.
private func merged<Element: Comparable>(_ left: [Element], _ right: [Element]) -> [Element] {
  if left.isEmpty { return right }
  if right.isEmpty { return left }
  var out: [Element] = []
  out.reserveCapacity(left.count + right.count)
  var (i, j) = (0, 0)
  while i < left.count, j < right.count {
    if left[i] == right[j] {
      out.append(left[i])
      i += 1
      j += 1
    } else if left[i] < right[j] {
      out.append(left[i])
      i += 1
    } else {
      out.append(right[j])
      j += 1
    }
  }
  return out + left[i...] + right[j...]
}

/// Whether `*`, standing for any characters, can make the glob the name.
package func matches(_ name: String, glob: String) -> Bool {
  let text = Array(name.utf8)
  let pattern = Array(glob.utf8)
  var (t, p) = (0, 0)
  var retry: (text: Int, pattern: Int)?
  while t < text.count {
    if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
      retry = (t, p)
      p += 1
    } else if p < pattern.count, pattern[p] == text[t] {
      t += 1
      p += 1
    } else if let last = retry {
      retry = (last.text + 1, last.pattern)
      t = last.text + 1
      p = last.pattern + 1
    } else {
      return false
    }
  }
  return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
}

extension Snapshot {
  /// Stands in for one that could not be read.
  static let unread = Snapshot(path: "")

  var isUnread: Bool { path.isEmpty }

  /// Whether some resource it lists, or one its templates could make, matches.
  fileprivate func offersResource(like glob: Glob) -> Bool {
    resources.contains { glob.overlaps(Glob(literal: $0.uri)) }
      || resourceTemplates.contains { glob.overlaps(Glob(template: $0.uriTemplate)) }
  }
}
