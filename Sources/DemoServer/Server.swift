internal import JSON

/// JSON-RPC and MCP: one message in, at most one answer out.
struct Server {
  private static let handshakeRevisions = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
  private static let statelessRevision = "2026-07-28"

  private let company: Company

  init(company: Company) { self.company = company }

  /// What goes wrong with a request; becomes a JSON-RPC error.
  struct Failure: Error {
    let code: Int64
    let message: String
    var data: Value?

    static func invalidParams(_ message: String) -> Failure { Failure(code: -32602, message: message) }
  }

  func answer(_ bytes: [UInt8]) -> Value? {
    guard let message = try? Value(parsing: bytes) else { return error(.null, Failure(code: -32700, message: "parse error")) }
    // Notifications and answers ask for nothing.
    guard let id = message["id"], let method = message["method"]?.string else { return nil }
    do throws(Failure) {
      return ["jsonrpc": "2.0", "id": id, "result": try result(of: method, message["params"] ?? [:])]
    } catch {
      return self.error(id, error)
    }
  }

  private func error(_ id: Value, _ failure: Failure) -> Value {
    var error: [Value.Member] = [.init("code", .number(Number(failure.code))), .init("message", .string(failure.message))]
    if let data = failure.data { error.append(.init("data", data)) }
    return ["jsonrpc": "2.0", "id": id, "error": .object(error)]
  }

  private func result(of method: String, _ params: Value) throws(Failure) -> Value {
    if method == "initialize" { return initialize(params) }
    guard let revision = params["_meta"]?["io.modelcontextprotocol/protocolVersion"]?.string else {
      if method == "ping" { return [:] }
      return try serve(method, params)
    }
    guard revision == Self.statelessRevision else {
      let data: Value = ["supported": [.string(Self.statelessRevision)], "requested": .string(revision)]
      throw Failure(code: -32022, message: "unsupported protocol version", data: data)
    }
    var members: [Value.Member] = [.init("resultType", "complete")]
    members += try serve(method, params).members ?? []
    if method.hasSuffix("/list") || method == "server/discover" || method == "resources/read" {
      members += [.init("ttlMs", 60_000), .init("cacheScope", "public")]
    }
    return .object(members)
  }

  private func initialize(_ params: Value) -> Value {
    let asked = params["protocolVersion"]?.string ?? ""
    let agreed = Self.handshakeRevisions.contains(asked) ? asked : Self.handshakeRevisions[0]
    return [
      "protocolVersion": .string(agreed), "capabilities": company.capabilities, "serverInfo": company.information,
      "instructions": .string(company.instructions),
    ]
  }

  private func serve(_ method: String, _ params: Value) throws(Failure) -> Value {
    switch method {
    case "server/discover":
      return [
        "supportedVersions": [.string(Self.statelessRevision)], "capabilities": company.capabilities,
        "instructions": .string(company.instructions), "_meta": ["io.modelcontextprotocol/serverInfo": company.information],
      ]
    case "tools/list": return ["tools": company.tools]
    case "resources/list": return ["resources": company.resources]
    case "resources/templates/list": return ["resourceTemplates": company.resourceTemplates]
    case "prompts/list": return ["prompts": company.prompts]
    case "tools/call":
      guard let name = params["name"]?.string else { throw .invalidParams("name is missing") }
      return try company.call(name, params["arguments"] ?? [:])
    case "resources/read":
      guard let uri = params["uri"]?.string else { throw .invalidParams("uri is missing") }
      return try company.read(uri)
    case "prompts/get":
      guard let name = params["name"]?.string else { throw .invalidParams("name is missing") }
      return try company.prompt(name, params["arguments"] ?? [:])
    default: throw Failure(code: -32601, message: "unknown method")
    }
  }
}
