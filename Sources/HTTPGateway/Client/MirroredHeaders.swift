internal import Enforcement
internal import JSON
internal import Messages
internal import NIOHTTP1

/// The headers of 2026-07-28 that repeat the body: held against it on the way in, written anew on the way out.
///
/// Decisions rest on the body alone. But a server, or something between, may act on a header, so one that says another thing is a
/// request that two readers understand differently.
enum MirroredHeaders {
  static let version = "mcp-protocol-version"
  static let method = "mcp-method"
  static let name = "mcp-name"
  static let parameterPrefix = "mcp-param-"

  /// The member of `params` that `Mcp-Name` repeats.
  static func named(by method: Method?) -> String? {
    switch method {
    case .toolsCall, .promptsGet: "name"
    case .resourcesRead: "uri"
    case .tasksGet, .tasksUpdate, .tasksCancel: "taskId"
    default: nil
    }
  }

  /// Everything but arguments, whose headers only the tool's schema tells.
  static func check(_ headers: HTTPHeaders, _ document: Document, _ request: Envelope) throws(HTTPRefusal) {
    guard case .request(let identifier, let methodNode, let parameters) = request else { return }
    let stated = headers[method]
    guard stated.count == 1, document.stringEquals(methodNode, Array(stated[0].utf8)) else {
      throw .mismatch("`Mcp-Method` must repeat `method`, once", to: identifier)
    }
    let names = headers[name]
    guard let member = named(by: Method(document, methodNode)) else {
      // Nothing to repeat: then there is no value that it could have.
      guard names.isEmpty else { throw .mismatch("`Mcp-Name` is not for this method", to: identifier) }
      return
    }
    guard let node = parameters.flatMap({ document.member($0, member) }), document.kind(node) == .string else {
      throw HTTPRefusal(.badRequest, "`\(member)` must be a string", code: .invalidParameters, to: identifier)
    }
    guard names.count == 1, let value = MirroredValue.decode(names[0]), document.stringEquals(node, value) else {
      throw .mismatch("`Mcp-Name` must repeat `\(member)`, once", to: identifier)
    }
  }

  /// The arguments of a call whose tool wants them repeated.
  static func check(
    _ headers: HTTPHeaders, _ document: Document, arguments: Node?, _ mirrors: [ParameterMirror], to identifier: Identifier
  ) throws(HTTPRefusal) {
    for mirror in mirrors {
      let header = String(decoding: mirror.header, as: UTF8.self)
      let values = headers[parameterPrefix + header]
      guard let expected = text(document, arguments, mirror) else {
        guard values.isEmpty else { throw .mismatch("`Mcp-Param-\(header)` repeats an argument that is not there", to: identifier) }
        continue
      }
      guard values.count == 1, let value = MirroredValue.decode(values[0]), value == expected || isSameNumber(value, expected) else {
        throw .mismatch("`Mcp-Param-\(header)` must repeat its argument, once", to: identifier)
      }
    }
  }

  /// What is sent with a message to an upstream of this era.
  ///
  /// - Parameter received: the client's headers, of which those that no schema explains pass as they are.
  static func written(
    for document: Document, _ request: Envelope, _ received: HTTPHeaders, mirrors: [ParameterMirror]
  ) -> [(String, String)] {
    var result = [(version, Revision.of2026July.name)]
    guard case .request(_, let methodNode, let parameters) = request else { return result }
    result.append((method, document.string(methodNode) ?? ""))
    let known = Method(document, methodNode)
    if let member = named(by: known), let node = parameters.flatMap({ document.member($0, member) }) {
      result.append((name, MirroredValue.encode(decoded(document, node))))
    }
    guard known == .toolsCall else { return result }
    let arguments = parameters.flatMap { document.member($0, "arguments") }
    let own = mirrors.map { (header: parameterPrefix + String(decoding: $0.header, as: UTF8.self).lowercased(), mirror: $0) }
    for (header, mirror) in own {
      if let value = text(document, arguments, mirror) { result.append((header, MirroredValue.encode(value))) }
    }
    for (header, value) in received where header.lowercased().hasPrefix(parameterPrefix) {
      if !own.contains(where: { $0.header == header.lowercased() }) { result.append((header, value)) }
    }
    return result
  }

  /// The name of the tool that a message calls.
  static func tool(of document: Document, _ request: Envelope) -> (name: [UInt8], arguments: Node?)? {
    guard case .request(_, let methodNode, let parameters?) = request, Method(document, methodNode) == .toolsCall,
      let node = document.member(parameters, "name"), document.kind(node) == .string
    else { return nil }
    return (decoded(document, node), document.member(parameters, "arguments"))
  }

  private static func decoded(_ document: Document, _ node: Node) -> [UInt8] {
    var bytes: [UInt8] = []
    document.decodeString(node, appendingTo: &bytes)
    return bytes
  }

  /// Only texts, whole numbers and truth values are repeated.
  private static func text(_ document: Document, _ arguments: Node?, _ mirror: ParameterMirror) -> [UInt8]? {
    var node = arguments
    for name in mirror.path {
      guard let object = node, document.kind(object) == .object else { return nil }
      node = document.member(object, name)
    }
    guard let node else { return nil }
    switch document.kind(node) {
    case .string: return decoded(document, node)
    case .boolean: return Array((document.boolean(node) == true ? "true" : "false").utf8)
    case .number: return document.isInteger(node) ? Array(document.bytes[document.source(node)]) : nil
    case .null, .array, .object: return nil
    }
  }

  private static func isSameNumber(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard let first = try? Document(parsing: one), let second = try? Document(parsing: other), first.isInteger(first.root),
      second.isInteger(second.root)
    else { return false }
    return first.number(first.root) == second.number(second.root)
  }
}
