internal import JSON
internal import Messages

/// One upstream among those that an aggregate shows.
struct AggregateMember {
  /// Among the aggregate's.
  let index: Int
  let site: UpstreamSite
  /// Before names of tools and prompts, and ids of tasks.
  let prefix: [UInt8]
  /// Before URIs: a scheme has letters, digits, `+`, `-` and `.` only.
  let scheme: [UInt8]

  init(index: Int, _ site: UpstreamSite) {
    self.index = index
    self.site = site
    prefix = Array("\(site.upstream.name).".utf8)
    scheme = Array((site.upstream.name.replacing("_", with: "-") + ".").utf8)
  }
}

/// Names as clients of an aggregate know them, and as its members do.
struct AggregateNames {
  enum Kind { case name, uri }

  /// Where a request names what it is about; nil: it is about nothing of one member.
  static func place(_ document: Document, _ parameters: Node?, _ method: Method?) -> (node: Node, kind: Kind)? {
    guard let parameters, document.kind(parameters) == .object else { return nil }
    func text(_ object: Node, _ name: String) -> Node? { document.member(object, name).flatMap { document.kind($0) == .string ? $0 : nil } }
    switch method {
    case .toolsCall, .promptsGet: return text(parameters, "name").map { ($0, .name) }
    case .resourcesRead, .subscribe, .unsubscribe: return text(parameters, "uri").map { ($0, .uri) }
    case .tasksGet, .tasksResult, .tasksCancel, .tasksUpdate: return text(parameters, "taskId").map { ($0, .name) }
    case .complete:
      guard let reference = document.member(parameters, "ref"), document.kind(reference) == .object else { return nil }
      return text(reference, "name").map { ($0, .name) } ?? text(reference, "uri").map { ($0, .uri) }
    default: return nil
    }
  }

  /// Whose a name is, and what it is there. The longest prefix counts, for one may begin with another.
  static func resolve(_ text: [UInt8], _ kind: Kind, among members: [AggregateMember]) -> (member: AggregateMember, rest: [UInt8])? {
    let fitting = members.filter { text.starts(with: kind == .name ? $0.prefix : $0.scheme) }
    guard let member = fitting.max(by: { $0.prefix.count < $1.prefix.count }) else { return nil }
    return (member, Array(text.dropFirst(kind == .name ? member.prefix.count : member.scheme.count)))
  }

  /// A message with one text in it replaced.
  static func replacing(_ document: Document, _ node: Node, with text: [UInt8]) -> [UInt8] {
    var splices = Splices(of: document)
    splices.replace(node, with: write(.string(String(decoding: text, as: UTF8.self))))
    return splices.apply()
  }

  /// A member's answer or notification with the names that clients know. The same bytes where there are none in it.
  static func shown(_ message: [UInt8], of member: AggregateMember) -> [UInt8] {
    guard let document = try? Document(parsing: message, limits: .answer), document.kind(document.root) == .object else { return message }
    var splices = Splices(of: document)
    func prefix(_ object: Node, _ name: String, _ prefix: [UInt8]) {
      guard let node = document.member(object, name), document.kind(node) == .string else { return }
      var text: [UInt8] = prefix
      document.decodeString(node, appendingTo: &text)
      splices.replace(node, with: write(.string(String(decoding: text, as: UTF8.self))))
    }
    func blocks(_ node: Node?) {
      guard let node, document.kind(node) == .array else { return }
      for block in document.elements(node) where document.kind(block) == .object {
        guard let type = document.member(block, "type") else { continue }
        if document.stringEquals(type, "resource_link") { prefix(block, "uri", member.scheme) }
        if document.stringEquals(type, "resource"), let resource = document.member(block, "resource"), document.kind(resource) == .object {
          prefix(resource, "uri", member.scheme)
        }
      }
    }
    func result(_ node: Node, depth: Int) {
      guard document.kind(node) == .object, depth < 3 else { return }
      prefix(node, "taskId", member.prefix)
      if let task = document.member(node, "task"), document.kind(task) == .object { prefix(task, "taskId", member.prefix) }
      blocks(document.member(node, "content"))
      if let contents = document.member(node, "contents"), document.kind(contents) == .array {
        for element in document.elements(contents) where document.kind(element) == .object { prefix(element, "uri", member.scheme) }
      }
      if let messages = document.member(node, "messages"), document.kind(messages) == .array {
        for element in document.elements(messages) where document.kind(element) == .object {
          guard let content = document.member(element, "content"), document.kind(content) == .object,
            let type = document.member(content, "type")
          else { continue }
          if document.stringEquals(type, "resource_link") { prefix(content, "uri", member.scheme) }
          if document.stringEquals(type, "resource"), let resource = document.member(content, "resource"),
            document.kind(resource) == .object
          {
            prefix(resource, "uri", member.scheme)
          }
        }
      }
      // Of a task: what its call came to.
      if let inner = document.member(node, "result") { result(inner, depth: depth + 1) }
    }
    if let node = document.member(document.root, "result") { result(node, depth: 0) }
    if let name = document.member(document.root, "method"), let parameters = document.member(document.root, "params"),
      document.kind(parameters) == .object
    {
      switch Method(document, name) {
      case .resourceUpdated: prefix(parameters, "uri", member.scheme)
      case .taskChanged, .taskStatus: result(parameters, depth: 0)
      default: break
      }
    }
    return splices.isEmpty ? message : splices.apply()
  }
}
