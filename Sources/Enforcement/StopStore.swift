/// Who does something administrative, and when: goes into the audit with it.
package struct Act: Sendable {
  /// A person's name on this machine.
  package let actor: String
  /// Milliseconds since 1970.
  package let moment: Int64

  package init(actor: String, moment: Int64) {
    self.actor = actor
    self.moment = moment
  }
}

/// One administrative act: who did what to what, and when.
package struct AuditLine: Sendable, Equatable {
  /// Milliseconds since 1970.
  package let moment: Int64
  package let actor: String
  /// `key.create`, `key.revoke`, `stop`, …
  package let act: String
  package let object: String
  package let details: String?

  package init(moment: Int64, actor: String, act: String, object: String, details: String?) {
    self.moment = moment
    self.actor = actor
    self.act = act
    self.object = object
    self.details = details
  }
}

/// Something that is stopped.
package struct StopRecord: Sendable, Equatable {
  package let kind: Stops.Kind
  package let name: String
  /// Milliseconds since 1970.
  package let since: Int64
  package let actor: String
  package let because: String?

  package init(kind: Stops.Kind, name: String, since: Int64, actor: String, because: String?) {
    self.kind = kind
    self.name = name
    self.since = since
    self.actor = actor
    self.because = because
  }
}

/// Where operators stop things, for every gate that shares it. Waits for a disk or a server, so it is not for the path of a call.
///
/// What must stay true: a change is there whole or not at all, with its line in the audit.
package protocol StopStore: Sendable {
  /// What is stopped already stays as it was.
  ///
  /// - Returns: false when it was stopped before.
  @discardableResult
  func stop(_ kind: Stops.Kind, _ name: String, because: String?, _ act: Act) throws -> Bool

  /// - Returns: false when it was not stopped.
  @discardableResult
  func resume(_ kind: Stops.Kind, _ name: String, _ act: Act) throws -> Bool

  /// What is stopped, the latest first; of one moment in order of kind and name.
  func stops() throws -> [StopRecord]

  /// All of it, oldest first.
  func audit() throws -> [AuditLine]
}
