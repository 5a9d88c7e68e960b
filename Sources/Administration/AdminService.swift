package import Observation

/// What the administrator's listener answers with. Every closure may be called from its threads.
package struct AdminService: Sendable {
  /// What waits for a person.
  package struct Waiting: Sendable {
    package let identifier: String
    package let agent: String
    package let what: String
    package let group: String
    /// Milliseconds since 1970.
    package let since: Int64

    package init(identifier: String, agent: String, what: String, group: String, since: Int64) {
      self.identifier = identifier
      self.agent = agent
      self.what = what
      self.group = group
      self.since = since
    }
  }

  package let observer: Observer
  /// Whether new work is taken.
  package let isReady: @Sendable () -> Bool
  /// Reads the policy again; waits until it is in force or refused.
  package let reload: @Sendable () -> PolicyStatus.Reload
  /// Of approvals, the oldest first; nil: none are kept here.
  package let waiting: @Sendable () -> [Waiting]?
  /// What whoever reloads has to show; nil: nobody reloads from here.
  package let token: [UInt8]?

  package init(
    observer: Observer, isReady: @escaping @Sendable () -> Bool, reload: @escaping @Sendable () -> PolicyStatus.Reload,
    waiting: @escaping @Sendable () -> [Waiting]?, token: [UInt8]?
  ) {
    self.observer = observer
    self.isReady = isReady
    self.reload = reload
    self.waiting = waiting
    self.token = token
  }
}
