internal import Bytecode
internal import Decision
internal import JSON
internal import Messages

// Lists on their way to the client: what the caller could not use anyway is taken out.
extension Session {
  /// Takes out what the caller could not use anyway. Nil: the result is no list.
  mutating func filter(
    _ list: ListKind, _ document: Document, _ result: Node, of request: PendingRequest, at time: EventTime
  ) -> Splices? {
    guard let elements = document.member(result, list.member), document.kind(elements) == .array else { return nil }
    var splices = Splices(of: document)
    keepOnly(
      [list.member, "nextCursor", "_meta"] + (request.revision.era == .stateless ? ["resultType", "ttlMs", "cacheScope"] : []), &splices,
      document, result)
    var shown: [Node] = []
    for element in document.elements(elements) {
      if isOpen(list, document, element, at: time) { shown.append(element) }
      if shown.last != element {
        splices.removeElement(element, of: elements)
      } else if list == .tools {
        showNarrowed(document, element, &splices)
      }
    }
    noteListed(list, document, elements, shown: shown, at: time)
    if request.revision.era == .stateless { restrictCaching(&splices, document, result) }
    return splices
  }

  /// What a tool takes here is what the policy has made of it.
  private func showNarrowed(_ document: Document, _ element: Node, _ splices: inout Splices) {
    guard let name = document.member(element, "name").flatMap({ document.text($0) }), let tool = decider.tool(named: name),
      let refinement = decider.program.tool(tool).refinement
    else { return }
    let schema = write(refinement.inputSchema)
    if let own = document.member(element, "inputSchema") {
      splices.replace(own, with: schema)
    } else {
      splices.insertMember("inputSchema", schema, atEndOf: element)
    }
  }

  private mutating func isOpen(_ list: ListKind, _ document: Document, _ element: Node, at time: EventTime) -> Bool {
    guard let key = document.member(element, list.key).flatMap({ document.text($0) }) else { return false }
    // A tool is told by its digest; of the others, some clients would read the second of two such names.
    if list != .tools, names.hasTwin(document, element) { return false }
    switch list {
    case .tools:
      guard let tool = decider.tool(named: key) else { return false }
      guard decider.program.tool(tool).digest == ToolDigest.digest(document, element) else {
        live.noteDrift(of: tool)
        shared?.forget()
        return false
      }
      if live.isKnown, live.standing(of: tool) != .asPinned { return false }
      return decider.mayAllow(.tool(tool), time)
    case .prompts:
      guard let prompt = decider.prompt(named: key) else { return false }
      return decider.mayAllow(.prompt(prompt), time)
    case .resources: return decider.mayAllowResource(key, time)
    case .resourceTemplates: return decider.mayAllowTemplate(key, time)
    }
  }

  /// A list that was filtered for one caller must not be kept for others, nor for long.
  private func restrictCaching(_ splices: inout Splices, _ document: Document, _ result: Node) {
    if let scope = document.member(result, "cacheScope") {
      if !document.stringEquals(scope, "private") { splices.replace(scope, with: Array(#""private""#.utf8)) }
    } else {
      splices.insertMember("cacheScope", Array(#""private""#.utf8), atEndOf: result)
    }
    guard let lifetime = document.member(result, "ttlMs") else { return }
    let longest = Number(Limits.listLifetimeMilliseconds)
    guard let number = document.number(lifetime), number <= longest else {
      return splices.replace(lifetime, with: Array(longest.description.utf8))
    }
  }

  /// Takes out the tasks that no call on this connection made. Nil: the result is no list.
  func filterTasks(_ document: Document, _ result: Node) -> Splices? {
    guard let list = document.member(result, "tasks"), document.kind(list) == .array else { return nil }
    var splices = Splices(of: document)
    keepOnly(["tasks", "nextCursor", "_meta"], &splices, document, result)
    for element in document.elements(list) {
      guard let task = document.member(element, "taskId").flatMap({ document.text($0) }), tasks.tool(of: task) != nil else {
        splices.removeElement(element, of: list)
        continue
      }
    }
    return splices
  }

  /// A client that matches names without regard to case could read a second list beside the filtered one.
  private func keepOnly(_ names: [String], _ splices: inout Splices, _ document: Document, _ result: Node) {
    for member in document.members(result) where !names.contains(where: { document.stringEquals(member.key, $0) }) {
      splices.removeMember(member.key, of: result)
    }
  }
}
