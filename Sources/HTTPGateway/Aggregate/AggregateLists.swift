internal import Approvals
internal import Digests
internal import JSON
internal import Messages

/// What a member said to a request that went to several.
struct AggregatePart {
  let member: AggregateMember
  /// The whole response; nil: none that can be used.
  let response: Value?
  /// As it came.
  let step: ReplyStep
}

/// Lists of several members as one.
enum AggregateLists {
  /// The member that holds the elements, and what of each is a name; nil: the method lists nothing.
  static func shape(_ method: Method?) -> (list: String, name: String, kind: AggregateNames.Kind)? {
    switch method {
    case .toolsList: ("tools", "name", .name)
    case .promptsList: ("prompts", "name", .name)
    case .resourcesList: ("resources", "uri", .uri)
    case .resourceTemplatesList: ("resourceTemplates", "uriTemplate", .uri)
    case .tasksList: ("tasks", "taskId", .name)
    default: nil
    }
  }

  /// - Parameters:
  ///   - cursor: what goes into `nextCursor`, from the cursors of those that have more.
  ///   - isPartial: whether some member could not say anything.
  static func merge(
    _ parts: [AggregatePart], _ shape: (list: String, name: String, kind: AggregateNames.Kind), isPartial: Bool,
    cursor: ([String: String]) -> String
  ) -> Value {
    var elements: [Value] = []
    var cursors: [String: String] = [:]
    var lifetime: Number?
    var isModern = false
    for part in parts {
      guard let result = part.response?["result"], let list = result[shape.list]?.elements else { continue }
      let prefix = String(decoding: shape.kind == .name ? part.member.prefix : part.member.scheme, as: UTF8.self)
      elements += list.map { element in
        guard let members = element.members else { return element }
        return .object(
          members.map { member in
            guard member.name == shape.name, let text = member.value.string else { return member }
            return Value.Member(member.name, .string(prefix + text))
          })
      }
      if let next = result["nextCursor"]?.string { cursors[part.member.site.upstream.name] = next }
      if result["resultType"] != nil { isModern = true }
      if let own = result["ttlMs"]?.number { lifetime = lifetime.map { min($0, own) } ?? own }
    }
    var members = [Value.Member(shape.list, .array(elements))]
    if !cursors.isEmpty { members.append(Value.Member("nextCursor", .string(cursor(cursors)))) }
    if isModern {
      members.append(Value.Member("resultType", "complete"))
      // What is missing may be there again soon.
      members.append(Value.Member("ttlMs", .number(isPartial ? Number(0) : lifetime ?? Number(0))))
      members.append(Value.Member("cacheScope", "private"))
    }
    return .object(members)
  }

  /// What several servers can do as what one can.
  static func capabilities(_ parts: [AggregatePart]) -> Value {
    var members: [Value.Member] = []
    for part in parts {
      for own in part.response?["result"]?["capabilities"]?.members ?? [] {
        guard let place = members.firstIndex(where: { $0.name == own.name }) else {
          members.append(own)
          continue
        }
        let known = members[place].value.members ?? []
        let more = (own.value.members ?? []).filter { one in !known.contains { $0.name == one.name && $0.value == one.value } }
        members[place].value = .object(known.filter { one in !more.contains { $0.name == one.name } } + more)
      }
    }
    return .object(members)
  }

  /// What each says of itself, under its name.
  static func instructions(_ parts: [AggregatePart]) -> Value.Member? {
    let texts = parts.compactMap { part in
      part.response?["result"]?["instructions"]?.string.map { "\(part.member.site.upstream.name): \($0)" }
    }
    return texts.isEmpty ? nil : Value.Member("instructions", .string(texts.joined(separator: "\n\n")))
  }
}

/// Cursors of an aggregate: those of its members in an envelope that only the caller who was given it can use, for the same list.
struct AggregateCursors: Sendable {
  private static let prefix = "sallyport.cursor.1."
  private static let codeLength = 32
  private let key: [UInt8]

  init(key: [UInt8]) { self.key = key }

  func seal(_ cursors: [String: String], _ method: Method, of caller: Caller) -> String {
    let members = cursors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { Value.Member($0.key, .string($0.value)) }
    let payload = write(.object(members), .compact)
    return AggregateCursors.prefix + Hexadecimal.text(payload + code(of: payload, method, caller))
  }

  /// By the member's name; nil: not one of ours for this.
  func open(_ text: String, _ method: Method, of caller: Caller) -> [String: String]? {
    guard text.hasPrefix(AggregateCursors.prefix),
      let bytes = Hexadecimal.bytes(text.utf8.dropFirst(AggregateCursors.prefix.utf8.count)), bytes.count > AggregateCursors.codeLength
    else { return nil }
    let payload = Array(bytes.dropLast(AggregateCursors.codeLength))
    guard areEqualInConstantTime(Array(bytes.suffix(AggregateCursors.codeLength)), code(of: payload, method, caller)),
      let members = (try? Value(parsing: payload))?.members
    else { return nil }
    return Dictionary(members.compactMap { member in member.value.string.map { (member.name, $0) } }) { first, _ in first }
  }

  private func code(of payload: [UInt8], _ method: Method, _ caller: Caller) -> [UInt8] {
    hmacSHA256(key: key, (caller.principal.bytes + Array(method.name.utf8) + [0] + payload).span)
  }
}
