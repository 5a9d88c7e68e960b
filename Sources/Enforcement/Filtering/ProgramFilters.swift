package import Bytecode
package import Decision
package import Filters
internal import Messages

/// The filters of a program made ready, and which of them read what. Immutable, so every connection may use them at once.
package final class ProgramFilters: Sendable {
  package let program: Program
  /// Nil when the program's filters cannot be made ready: then nothing that one of them reads passes.
  let sanitiser: Sanitiser?
  private let ofTools: [Readers]
  private let ofPrompts: [Readers]
  private let ofServers: [Readers]
  /// By server: whether any filter of resources reads something.
  private let haveResources: [Bool]

  /// - Parameter key: what pseudonyms and enclosures are made with; keep it over reloads, and equal values stay equal.
  package init(_ program: Program, key: SanitiserKey = .random()) {
    self.program = program
    let sanitiser = program.filters.isEmpty ? nil : try? Sanitiser(program, key: key)
    self.sanitiser = sanitiser
    var known: [[Int]: Readers] = [:]
    func readers(_ filters: [Int]) -> Readers {
      if let readers = known[filters] { return readers }
      let readers = Readers(filters, program, sanitiser)
      known[filters] = readers
      return readers
    }
    ofServers = program.servers.map { readers($0.filters.filter { !program.filters[$0].places.isDisjoint(with: .serverWide) }) }
    haveResources = program.servers.map { !$0.resourceFilters.isEmpty }
    ofTools = program.tools.map { readers($0.filters) }
    ofPrompts = program.prompts.map { readers($0.filters) }
  }

  func readers(of tool: ToolID) -> Readers { ofTools[Int(tool.index)] }
  func readers(of prompt: PromptID) -> Readers { ofPrompts[Int(prompt.index)] }
  func readers(of server: ServerID) -> Readers { ofServers[Int(server.index)] }

  /// Whether nothing that comes from a server could be looked at by a filter of a tool, prompt or of the server as a whole.
  func hasFiltersOfResources(_ server: ServerID) -> Bool { haveResources[Int(server.index)] }

  /// The filters that would read the answer to a call, errors included: indices into `Program.filters`, ascending.
  package func filters(ofAnswerTo call: Call) -> [Int] {
    let (candidates, places): ([Int], FilterPlaces) =
      switch call {
      case .tool(let tool, _, _): (readers(of: tool).filters, [.text, .structured, .error])
      case .prompt(let prompt, _, _): (readers(of: prompt).filters, [.prompt, .error])
      case .resource(let server, let uri): (filters(of: uri, server) + readers(of: server).filters, [.resource, .error])
      }
    return Set(candidates).filter { !program.filters[$0].places.isDisjoint(with: places) }.sorted()
  }

  /// Filters of a resource: of its contents, and of what lists say of it.
  func filters(of uri: [UInt8], _ server: ServerID) -> [Int] {
    let filters = program.servers[Int(server.index)].resourceFilters
    if filters.isEmpty { return [] }
    let canonical = CanonicalURI(uri)
    var budget = MatchBudget()
    // A glob that cannot be told in time touches.
    return filters.filter { filter in filter.globs.contains { $0.touches(canonical, &budget) } }.map(\.filter)
  }
}

/// The filters that read what belongs to one tool, prompt, resource or server, by place.
final class Readers: Sendable {
  /// Ascending.
  let filters: [Int]
  /// By place: nil when none reads it.
  private let selections: [Selection?]
  /// Those of structured content that read parts of it only.
  let partial: [Int]
  /// Of the others that read structured content.
  let whole: [Int]
  /// Those that speak of binary content.
  let ofBinaries: [Int]
  /// Whether any reads something that comes from a server.
  let readOutputs: Bool
  /// The first filter of a place, where filters cannot be used.
  private let unusable: [Int?]

  init(_ filters: [Int], _ program: Program, _ sanitiser: Sanitiser?) {
    self.filters = filters
    func reading(_ place: FilterPlaces) -> [Int] { filters.filter { !program.filters[$0].places.isDisjoint(with: place) } }
    partial = reading(.structured).filter { !program.filters[$0].structuredPaths.isEmpty }
    whole = reading(.structured).filter { program.filters[$0].structuredPaths.isEmpty }
    readOutputs = !reading(.outputs).isEmpty
    ofBinaries = filters.filter { !program.filters[$0].binaries.isEmpty }
    let places = TextPlace.allCases.map(FilterPlaces.init)
    selections = places.map { place in sanitiser.flatMap { $0.selection(of: filters, in: place) } }
    unusable = places.map { sanitiser == nil ? reading($0).first : nil }
  }

  func selection(of place: TextPlace) -> Selection? { selections[Int(place.rawValue)] }

  /// A filter that should read a place and cannot.
  func unusable(in place: TextPlace) -> Int? { unusable[Int(place.rawValue)] }
}

extension FilterPlaces {
  init(_ place: TextPlace) {
    self =
      switch place {
      case .text: .text
      case .resource: .resource
      case .structured: .structured
      case .description: .description
      case .error: .error
      case .prompt: .prompt
      case .instructions: .instructions
      case .completion: .completion
      case .message: .message
      case .request: .request
      case .arguments: .arguments
      }
  }
}
