internal import JSON

/// What operators have stopped, and which keys are good: one state of it, as a store has it. Stopping is by name and takes effect on whatever
/// has the name, declared or not.
package struct Stops: Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// By a key's identifier.
    case key
    /// By a token's `jti`.
    case token
    /// By a token's `sub`, whoever issued it.
    case subject
    /// By the policy's name.
    case agent
    /// By the policy's names of server and tool: `bank.transfer`.
    case tool
    /// By the policy's name.
    case server
  }

  /// Who stopped it, and why. For the log; callers are not told.
  package struct Entry: Sendable, Equatable {
    package let actor: String
    package let because: String?

    package init(actor: String, because: String?) {
      self.actor = actor
      self.because = because
    }
  }

  private var entries: [Kind: [ExactText: Entry]] = [:]
  /// Keys that are neither revoked nor expired. Empty while there is no store: then no key is good.
  private let keys: Set<ExactText>
  /// Whether this is the state of now. When it is not, nobody can be told from who was stopped, so everybody is.
  package let isCurrent: Bool

  package init(keys: some Sequence<String> = [], isCurrent: Bool = true) {
    self.init(keys: Set(keys.exact), isCurrent: isCurrent)
  }

  private init(keys: Set<ExactText>, isCurrent: Bool) {
    self.keys = keys
    self.isCurrent = isCurrent
  }

  package mutating func stop(_ kind: Kind, _ name: String, _ entry: Entry) { entries[kind, default: [:]][name.exact] = entry }

  /// What either says. Keys are good that are in the store of either: only one of them keeps keys.
  func union(_ other: Stops) -> Stops {
    var all = Stops(keys: keys.union(other.keys), isCurrent: isCurrent && other.isCurrent)
    all.entries = entries.merging(other.entries) { $0.merging($1) { own, _ in own } }
    return all
  }

  package subscript(kind: Kind, name: String) -> Entry? { entries[kind]?[name.exact] }

  func isGood(key: String) -> Bool { keys.contains(key.exact) }

  /// Names of tools of one server, without it.
  func tools(of server: String) -> [ExactText: Entry] {
    let start = "\(server)."
    let own = (entries[.tool] ?? [:]).compactMap { name, entry in
      name.text.utf8.starts(with: start.utf8)
        ? (String(decoding: name.text.utf8.dropFirst(start.utf8.count), as: UTF8.self).exact, entry) : nil
    }
    return Dictionary(uniqueKeysWithValues: own)
  }
}
