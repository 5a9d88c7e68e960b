internal import Bytecode
internal import Digests
internal import JSON
internal import Messages
internal import Schemas

/// How a pinned tool stands to what the server offers now.
enum Standing {
  case absent
  case asPinned
  case drifted
  /// A filter of the policy does not let its description pass.
  case withheld
}

/// What the server offers under its tools' names, as the gate itself has read it.
///
/// What must stay true: a tool is `asPinned` only if the last complete reading had it once, with the digest that the policy's snapshot
/// pins, and nothing said since that it changed.
struct LiveTools {
  struct Definition {
    let name: [UInt8]
    let digest: Digest
    let output: OutputSchema?
    let validator: ArgumentValidator
    let mirrors: [ParameterMirror]
    /// Why its description must not be shown.
    var block: FilteredMessage.Block?
  }

  private enum State {
    case unread
    /// Since when, on the clock of `EventTime.nanoseconds`; further pages and new beginnings do not count anew.
    case reading(Identifier, since: UInt64)
    /// The server would not say; calls that wait are answered, the next one tries again.
    case failed
    case known
  }

  private var state = State.unread
  private var draft: [Definition] = []
  private var pages = 0
  private var restarts = 0
  private var cursors: Set<[UInt8]> = []

  private var definitions: [Definition] = []
  /// By `ToolID`.
  private var standings: [Standing] = []
  /// By `ToolID`: an index into `definitions`; -1 for none.
  private var places: [Int] = []
  /// By `ToolID`: of tools that are as pinned and that the policy refines.
  private var refined: [Int: ArgumentValidator] = [:]
  /// By `ToolID`: of tools whose description is withheld.
  private(set) var blocks: [Int: FilteredMessage.Block] = [:]

  var isKnown: Bool {
    if case .known = state { return true }
    return false
  }
  var isReading: Bool { reading != nil }
  var isUnread: Bool {
    if case .unread = state { return true }
    return false
  }
  var hasFailed: Bool {
    if case .failed = state { return true }
    return false
  }
  /// The id of the request that waits for the server.
  var reading: Identifier? {
    guard case .reading(let identifier, _) = state else { return nil }
    return identifier
  }
  /// When the reading under way is given up.
  var deadline: UInt64? {
    guard case .reading(_, let since) = state else { return nil }
    return since &+ Limits.listWaitNanoseconds
  }

  func standing(of tool: ToolID) -> Standing {
    standings.indices.contains(Int(tool.index)) ? standings[Int(tool.index)] : .absent
  }

  /// What is wrong with the arguments of a call of a tool that is as pinned; nil: nothing.
  func problems(
    of tool: ToolID, _ document: Document, _ arguments: Node?, scratch: inout ValidationScratch
  ) -> [ArgumentProblem]? {
    validator(of: tool).problems(document, arguments, scratch: &scratch)
  }

  /// Of a tool that is as pinned.
  private func validator(of tool: ToolID) -> ArgumentValidator {
    precondition(standing(of: tool) == .asPinned, "only such a tool's schema is the one that rules were written for")
    return refined[Int(tool.index)] ?? definitions[places[Int(tool.index)]].validator
  }

  /// Of what the server offers under its name; nil: nothing.
  func digest(of tool: ToolID) -> Digest? {
    let place = places.indices.contains(Int(tool.index)) ? places[Int(tool.index)] : -1
    return place < 0 ? nil : definitions[place].digest
  }

  /// Of a tool that is as pinned.
  func name(of tool: ToolID) -> [UInt8] {
    precondition(standing(of: tool) == .asPinned, "only such a tool has a live definition")
    return definitions[places[Int(tool.index)]].name
  }

  /// What results of a tool that is as pinned have to be; nil: anything.
  func output(of tool: ToolID) -> OutputSchema? {
    precondition(standing(of: tool) == .asPinned, "only such a tool's schema is the one that was reviewed")
    return definitions[places[Int(tool.index)]].output
  }

  /// Whether a denial may have `structuredContent`: not when the client may hold it to an output schema.
  func takesStructuredDenial(_ name: [UInt8]) -> Bool {
    isKnown && !definitions.contains { $0.name == name && $0.output != nil }
  }

  /// Of a tool by its name, whether it is open or not; none when there is no such tool.
  func mirrors(ofTool name: [UInt8]) -> [ParameterMirror] { definitions.first { $0.name == name }?.mirrors ?? [] }

  // MARK: Reading

  /// A page was asked for; the first begins a new reading.
  mutating func asked(_ identifier: Identifier, isFirst: Bool, at nanoseconds: UInt64) {
    var begin = nanoseconds
    if case .reading(_, let since) = state { begin = since }
    if isFirst {
      draft = []
      pages = 0
      cursors = []
    }
    state = .reading(identifier, since: begin)
  }

  /// What a page comes to.
  enum Page {
    case done
    case more(cursor: [UInt8])
    case unusable
  }

  /// - Parameter withheld: elements of the page that must not be shown.
  mutating func take(
    _ document: Document, _ result: Node, withheld: [(element: Node, block: FilteredMessage.Block)] = []
  ) -> Page {
    pages += 1
    guard pages <= Limits.listPages, let tools = document.member(result, "tools"), document.kind(tools) == .array else {
      return .unusable
    }
    for element in document.elements(tools) {
      guard draft.count < Limits.listedTools, var definition = Definition(document, element) else { return .unusable }
      definition.block = withheld.first { $0.element == element }?.block
      draft.append(definition)
    }
    guard let next = document.member(result, "nextCursor"), !document.isNull(next) else { return .done }
    // A cursor seen before would lead in a circle.
    guard let cursor = document.text(next), cursors.insert(cursor).inserted else { return .unusable }
    return .more(cursor: cursor)
  }

  mutating func finish(with decider: borrowing Decider) {
    definitions = draft
    draft = []
    restarts = 0
    state = .known
    bind(to: decider)
  }

  mutating func fail() {
    draft = []
    restarts = 0
    state = .failed
  }

  /// After the calls that waited were answered.
  mutating func permitRetry() {
    if case .failed = state { state = .unread }
  }

  /// The server says its tools changed.
  ///
  /// - Returns: true when the reading under way is worthless and must begin again.
  mutating func invalidate() -> Bool {
    switch state {
    case .reading:
      restarts += 1
      return true
    case .known: state = .unread
    case .unread, .failed: break
    }
    return false
  }

  var hasRestartedTooOften: Bool { restarts > Limits.listRestarts }

  mutating func forget() { state = .unread }

  // MARK: Against the pinned tools

  /// Another program pins other tools: compares anew, without asking the server.
  mutating func bind(to decider: borrowing Decider) {
    let program = decider.program
    standings = Array(repeating: .absent, count: program.tools.count)
    places = Array(repeating: -1, count: program.tools.count)
    refined = [:]
    blocks = [:]
    for (place, definition) in definitions.enumerated() {
      guard let tool = decider.tool(named: definition.name) else { continue }
      let index = Int(tool.index)
      // The same name twice: whichever the server means, it is not what was pinned.
      let isPinned = places[index] < 0 && definition.digest == program.tools[index].digest
      standings[index] = isPinned ? definition.block == nil ? .asPinned : .withheld : .drifted
      if let block = definition.block { blocks[index] = block }
      places[index] = place
      if isPinned, let refinement = program.tools[index].refinement { refined[index] = definition.validator.refined(by: refinement) }
    }
  }

  /// A tool was seen with another definition outside a reading of ours: closed until the next one says otherwise.
  mutating func noteDrift(of tool: ToolID) {
    if standings.indices.contains(Int(tool.index)) { standings[Int(tool.index)] = .drifted }
  }
}

extension LiveTools.Definition {
  init?(_ document: Document, _ element: Node) {
    guard document.kind(element) == .object, let name = document.member(element, "name").flatMap({ document.text($0) }) else { return nil }
    self.name = name
    digest = ToolDigest.digest(document, element)
    output = OutputSchema(document, element)
    validator = ArgumentValidator(document, element)
    mirrors = document.member(element, "inputSchema").map { ParameterMirror.all(document, inputSchema: $0) } ?? []
  }
}

/// What pins a tool: SHA-256 over the canonical JSON of its whole definition without `_meta`, as a snapshot has it.
enum ToolDigest {
  static func digest(_ document: Document, _ definition: Node) -> Digest {
    guard case .object(let members) = Value(document, definition) else { return sha256(canonicalBytes(of: document, definition)) }
    return sha256(write(.object(members.filter { $0.name != "_meta" }), .canonical))
  }
}
