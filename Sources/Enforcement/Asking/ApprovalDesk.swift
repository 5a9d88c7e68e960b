package import Approvals
internal import Digests
internal import JSON

/// Where a gate takes what a person has to decide.
package struct ApprovalDesk: Sendable {
  let store: any ApprovalStore
  let seal: RequestSeal
  /// Groups that the person at the client is in, by the word of the operator. Nobody is unless it is said: a client that belongs to the agent
  /// would agree to everything.
  private var groupsAtClient: Set<ExactText>

  /// - Parameter seal: of this gate; what was sealed with another is refused.
  package init(store: any ApprovalStore, seal: RequestSeal = .random(), groupsAtClient: [String] = []) {
    self.store = store
    self.seal = seal
    self.groupsAtClient = Set(groupsAtClient.map(\.exact))
  }

  /// The same, where a person in more groups is at the client.
  package func joined(by groups: [String]) -> ApprovalDesk {
    guard !groups.isEmpty else { return self }
    var desk = self
    desk.groupsAtClient.formUnion(groups.map(\.exact))
    return desk
  }

  /// What waits for a person, the oldest first; nil when the store cannot be read.
  ///
  /// - Parameter moment: milliseconds since 1970.
  package func waiting(at moment: Int64) -> [Approval]? {
    guard let all = try? store.approvals() else { return nil }
    return all.filter { $0.state(at: moment) == .pending }.sorted { $0.asked < $1.asked }
  }

  /// Whether the person at the client may decide what is asked.
  func isForClient(_ asked: Asked) -> Bool { asked.names.allSatisfy { groupsAtClient.contains($0.exact) } }
}

/// A request that people have approved, which it may be once.
struct Approved {
  let subject: Digest
  /// Who agreed.
  let groups: [String]
  /// Identifiers and people, for the log.
  let words: String

  init(_ used: [Approval], _ subject: Digest) {
    self.subject = subject
    groups = used.map(\.request.group)
    words = used.map { "\($0.identifier) by \($0.outcome?.by ?? "nobody")" }.joined(separator: ", ")
  }

  func covers(_ subject: Digest, _ asked: Asked) -> Bool {
    self.subject == subject && asked.names.allSatisfy { name in groups.contains { $0.utf8.elementsEqual(name.utf8) } }
  }
}

/// What rules want to be approved before a call is made.
struct Asked {
  /// One group, with the rules that name it.
  struct Group {
    let name: String
    /// In order of name.
    fileprivate(set) var rules: [String]
    fileprivate(set) var reason: String?
    /// The shortest of the rules', in milliseconds.
    fileprivate(set) var within: Int64
  }

  /// In order of name; each of them has to agree.
  private(set) var groups: [Group] = []
  /// Whether the caller is not to know the rules and who has to agree.
  private(set) var isConfidential = false

  var names: [String] { groups.map(\.name) }
  /// The rule that is reported.
  var rule: String? { groups.flatMap(\.rules).min { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
  var reason: String? { isConfidential ? nil : groups.lazy.compactMap(\.reason).first }
  var within: Int64 { groups.map(\.within).min() ?? 0 }

  mutating func add(rule: String, of group: String, reason: String?, within: Int64, isConfidential: Bool) {
    if isConfidential { self.isConfidential = true }
    guard let place = groups.firstIndex(where: { $0.name.utf8.elementsEqual(group.utf8) }) else {
      groups.append(Group(name: group, rules: [rule], reason: reason, within: within))
      groups.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
      return
    }
    if !groups[place].rules.contains(rule) { groups[place].rules.append(rule) }
    groups[place].reason = groups[place].reason ?? reason
    groups[place].within = min(groups[place].within, within)
  }
}
