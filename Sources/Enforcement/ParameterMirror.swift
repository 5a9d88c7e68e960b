internal import JSON

/// An argument that is repeated in the header `Mcp-Param-NAME` of its request. Source: 2026-07-28, `basic/transports/streamable-http`.
package struct ParameterMirror: Hashable, Sendable {
  /// Behind `Mcp-Param-`, as the schema writes it.
  package let header: [UInt8]
  /// Names from the arguments down to the value.
  package let path: [[UInt8]]

  private static let keyword = "x-mcp-header"
  /// Properties inside one another that are looked through; schemas that nest deeper mirror nothing below.
  private static let depth = 16

  /// Of a tool's input schema: annotations are looked for on chains of `properties` alone, as the protocol has it.
  static func all(_ document: Document, inputSchema: Node) -> [ParameterMirror] {
    var found: [ParameterMirror] = []
    collect(document, inputSchema, [], into: &found)
    return found
  }

  private static func collect(_ document: Document, _ schema: Node, _ path: [[UInt8]], into found: inout [ParameterMirror]) {
    guard path.count < depth, document.kind(schema) == .object, let properties = document.member(schema, "properties"),
      document.kind(properties) == .object
    else { return }
    for (key, property) in document.members(properties) where document.kind(property) == .object {
      guard let name = document.text(key) else { continue }
      if let annotation = document.member(property, keyword), let header = document.text(annotation), isToken(header) {
        found.append(ParameterMirror(header: header, path: path + [name]))
      }
      collect(document, property, path + [name], into: &found)
    }
  }

  /// RFC 9110, section 5.6.2.
  private static func isToken(_ text: [UInt8]) -> Bool {
    !text.isEmpty && text.count <= 128
      && text.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: Array("!#$%&'*+-.^_`|~".utf8).contains(byte)
        }
      }
  }
}
