internal import Bytecode
internal import Decision
internal import JSON
internal import Messages

// Task ids and states of the server's on their way through a gate whose requests stand alone (2026-07-28): sealed to the caller on the
// way out, and taken back to what the server gave on the way in.
extension Session {
  static let foreignState = "`requestState` is not one that was given to this caller for this request, or is too old"

  private func binding(_ kind: HandleSeal.Kind, target: [UInt8] = []) -> HandleSeal.Binding {
    HandleSeal.Binding(kind: kind, caller: decider.caller, server: decider.serverName, target: target)
  }

  /// What a state is bound to beside the caller: the same method of the same name. Not the arguments, which servers may let change.
  private func target(_ method: Method, _ name: [UInt8]) -> [UInt8] { Array(method.name.utf8) + [0] + name }

  // MARK: From the client

  /// The request with the server's own state in it. Nil: the state is none that this caller may use here.
  func opened(_ request: Request) -> Request? {
    guard let seal = decider.handles, request.revision.era == .stateless, let node = request.parameter("requestState") else {
      return request
    }
    let name = request.text("name") ?? request.text("uri") ?? []
    guard let text = request.document.text(node),
      let handle = seal.open(text, binding(.state, target: target(request.method, name)), at: request.now.unixMilliseconds)
    else { return nil }
    return replacing(node, with: handle.original, in: request)
  }

  /// A task of an earlier request: of this caller, made by a tool that is still open to it.
  mutating func useSealedTask(_ request: Request, _ seal: HandleSeal, into actions: inout [Action]) {
    guard let node = request.parameter("taskId"), let shown = request.document.text(node) else {
      return refuse(request, .invalidParameters, "`taskId` must be a string", into: &actions)
    }
    guard let handle = seal.open(shown, binding(.task), at: request.now.unixMilliseconds) else {
      return deny(request, Session.unknownTask, into: &actions)
    }
    if let stop = decider.stops.reason(tool: handle.tool) {
      return deny(request, stop.refusal, target: quoted(handle.tool), into: &actions)
    }
    guard let tool = decider.tool(named: handle.tool), decider.mayAllow(.tool(tool), request.now) else {
      return deny(request, decider.notGranted(handle.tool, "tool"), target: quoted(handle.tool), into: &actions)
    }
    adoptTools(at: request.now)
    if live.hasFailed {
      let message = "The server did not tell its tools, so they cannot be held against what was pinned."
      return deny(request, Refusal(.upstreamUnavailable, message), target: quoted(handle.tool), into: &actions)
    }
    // What its result has to be is known by the tools.
    guard live.isKnown else {
      guard canHold(request.inbound) else { return deny(request, Session.tooMany, target: quoted(handle.tool), into: &actions) }
      if live.isUnread { startListing(at: request.now, into: &actions) }
      return hold(request.inbound, request.identifier, into: &actions)
    }
    guard let request = replacing(node, with: handle.original, in: request) else {
      return refuse(request, .invalidParameters, "`taskId` cannot be used", into: &actions)
    }
    forward(
      request, target: decider.name(of: tool), tool: handle.tool, output: live.output(of: tool), shownTask: shown, into: &actions)
  }

  /// A subscription with the server's own names of tasks. Nil: one of them is not this caller's; the tools are noted, so that what the
  /// server tells of the tasks finds its way.
  mutating func openedTasks(of request: Request, _ identifiers: Node) -> Request? {
    guard let seal = decider.handles else { return request }
    var splices = Splices(of: request.document)
    for element in request.document.elements(identifiers) {
      guard let shown = request.document.text(element),
        let handle = seal.open(shown, binding(.task), at: request.now.unixMilliseconds)
      else { return nil }
      let output = decider.tool(named: handle.tool).flatMap { live.isKnown ? live.output(of: $0) : nil }
      tasks.insert(
        Tasks.Entry(identifier: handle.original, tool: handle.tool, output: output, progressToken: nil, shown: shown))
      splices.replace(element, with: quotedText(handle.original))
    }
    return replaced(request, splices.apply())
  }

  private func replacing(_ node: Node, with text: [UInt8], in request: Request) -> Request? {
    var splices = Splices(of: request.document)
    splices.replace(node, with: quotedText(text))
    return replaced(request, splices.apply())
  }

  private func replaced(_ request: Request, _ bytes: [UInt8]) -> Request? {
    guard let document = try? Document(parsing: bytes, limits: .message) else { return nil }
    return request.replacing(Inbound(bytes: bytes, document: document, time: request.inbound.time, batch: request.inbound.batch))
  }

  private func quotedText(_ text: [UInt8]) -> [UInt8] { JSON.write(.string(String(decoding: text, as: UTF8.self))) }

  // MARK: From the server

  /// A result with sealed names in it; nil: there are none.
  func sealed(_ document: Document, _ result: Node, of request: PendingRequest, at time: EventTime) -> [UInt8]? {
    guard let seal = decider.handles, request.revision.era == .stateless, document.kind(result) == .object else { return nil }
    var splices = Splices(of: document)
    if let node = document.member(result, "requestState"), let state = document.text(node) {
      let name = request.method == .toolsCall ? request.tool : request.subject
      let text = seal.seal(
        HandleSeal.Handle(original: state, tool: []), binding(.state, target: target(request.method, name)),
        until: time.unixMilliseconds + Limits.stateLifetimeMilliseconds)
      splices.replace(node, with: JSON.write(.string(text)))
    }
    let holder = document.member(result, "task").flatMap { document.kind($0) == .object ? $0 : nil } ?? result
    if let node = document.member(holder, "taskId"), let task = document.text(node), task.count <= Limits.taskIdentifier {
      switch request.method {
      case .toolsCall:
        let text = seal.seal(
          HandleSeal.Handle(original: task, tool: request.tool), binding(.task),
          until: time.unixMilliseconds + Limits.taskLifetimeMilliseconds)
        splices.replace(node, with: JSON.write(.string(text)))
      case .tasksGet, .tasksUpdate, .tasksCancel: splices.replace(node, with: quotedText(request.shownTask))
      default: break
      }
    }
    return splices.isEmpty ? nil : splices.apply()
  }

  /// What the server says of a task, under the name that the client knows.
  func shown(_ message: [UInt8]) -> [UInt8] {
    guard decider.handles != nil, let document = try? Document(parsing: message, limits: .message),
      let node = document.member(document.root, "params").flatMap({ document.member($0, "taskId") }),
      let shown = document.text(node).flatMap({ tasks.shown(of: $0) })
    else { return message }
    var splices = Splices(of: document)
    splices.replace(node, with: quotedText(shown))
    return splices.apply()
  }
}
