package import Bytecode
package import JSON
internal import Messages
internal import Schemas

/// The tools of a program as its snapshots pin them, made ready for requests that are replayed. A server that is replayed offers exactly these,
/// but for those of which the recording says that they had drifted.
package final class ReplayedTools: Sendable {
  struct Tool: Sendable {
    let validator: ArgumentValidator
    let output: OutputSchema?
    /// The filter that withholds its description.
    let withheldBy: String?
  }

  let tools: [Tool]

  /// - Parameter definition: of a tool, as the snapshot has it.
  package init(_ policies: PolicyStore, definition: (ToolID) -> Value?) {
    let filters = policies.inForce.filters
    let program = filters.program
    var filter = MessageFilter(filters)
    var validation = ValidationScratch()
    tools = program.tools.indices.map { index in
      let tool = ToolID(UInt32(index))
      let info = program.tool(tool)
      guard let value = definition(tool) else {
        return Tool(validator: ArgumentValidator(inputSchema: nil), output: nil, withheldBy: nil)
      }
      let document = ReplayedTools.list(of: value)
      let element = document.member(document.root, "tools").flatMap { document.firstChild($0) } ?? document.root
      var withheldBy: String?
      if !program.filters.isEmpty {
        let filtered = filter.apply(
          document, .result(of: .toolsList, document.root), of: .server(info.server), in: .of2025November, validation: &validation)
        withheldBy = filtered.withheld.first.map { program.filters[$0.block.filter].name }
      }
      return Tool(
        validator: ArgumentValidator(inputSchema: value["inputSchema"], refinement: info.refinement),
        output: OutputSchema(document, element),
        withheldBy: withheldBy)
    }
  }

  private static func list(of definition: Value) -> Document {
    guard let document = try? Document(parsing: write(.object([Value.Member("tools", .array([definition]))]))) else {
      preconditionFailure("what the writer writes, the parser reads")
    }
    return document
  }
}
