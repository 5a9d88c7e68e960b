package import JSON

/// One end of a connection.
package enum Party: String, Sendable {
  case client
  case server

  package var other: Party { self == .client ? .server : .client }
}

/// Every method and notification of the protocol, in all revisions known here. What is not listed does not exist.
///
/// Source: `schema/REVISION/schema.ts` of the specification's repository; the tasks extension's methods from SEP-2663.
package enum Method: UInt8, CaseIterable, Sendable {
  // The frequent ones first: a look-up goes through in this order.
  case toolsCall
  case progress
  case resourcesRead
  case message
  case toolsList
  case promptsGet
  case promptsList
  case resourcesList
  case resourceTemplatesList
  case ping
  case initialize
  case discover
  case initialized
  case cancelled
  case complete
  case setLevel
  case subscribe
  case unsubscribe
  case listen
  case tasksGet
  case tasksResult
  case tasksList
  case tasksCancel
  case tasksUpdate
  case createMessage
  case elicit
  case rootsList
  case rootsListChanged
  case resourceUpdated
  case resourcesListChanged
  case toolsListChanged
  case promptsListChanged
  case elicitationComplete
  case taskStatus
  case acknowledged
  case taskChanged

  package var name: String {
    switch self {
    case .toolsCall: "tools/call"
    case .progress: "notifications/progress"
    case .resourcesRead: "resources/read"
    case .message: "notifications/message"
    case .toolsList: "tools/list"
    case .promptsGet: "prompts/get"
    case .promptsList: "prompts/list"
    case .resourcesList: "resources/list"
    case .resourceTemplatesList: "resources/templates/list"
    case .ping: "ping"
    case .initialize: "initialize"
    case .discover: "server/discover"
    case .initialized: "notifications/initialized"
    case .cancelled: "notifications/cancelled"
    case .complete: "completion/complete"
    case .setLevel: "logging/setLevel"
    case .subscribe: "resources/subscribe"
    case .unsubscribe: "resources/unsubscribe"
    case .listen: "subscriptions/listen"
    case .tasksGet: "tasks/get"
    case .tasksResult: "tasks/result"
    case .tasksList: "tasks/list"
    case .tasksCancel: "tasks/cancel"
    case .tasksUpdate: "tasks/update"
    case .createMessage: "sampling/createMessage"
    case .elicit: "elicitation/create"
    case .rootsList: "roots/list"
    case .rootsListChanged: "notifications/roots/list_changed"
    case .resourceUpdated: "notifications/resources/updated"
    case .resourcesListChanged: "notifications/resources/list_changed"
    case .toolsListChanged: "notifications/tools/list_changed"
    case .promptsListChanged: "notifications/prompts/list_changed"
    case .elicitationComplete: "notifications/elicitation/complete"
    case .taskStatus: "notifications/tasks/status"
    case .acknowledged: "notifications/subscriptions/acknowledged"
    case .taskChanged: "notifications/tasks"
    }
  }

  /// Notifications have no id and no answer.
  package var isNotification: Bool {
    switch self {
    case .progress, .message, .initialized, .cancelled, .rootsListChanged, .resourceUpdated, .resourcesListChanged, .toolsListChanged,
      .promptsListChanged, .elicitationComplete, .taskStatus, .acknowledged, .taskChanged:
      true
    default: false
    }
  }

  /// The revisions in which a party may send this.
  private func revisions(from sender: Party) -> ClosedRange<Revision>? {
    let handshake = Revision.of2024November...Revision.of2025November
    let all = Revision.of2024November...Revision.of2026July
    let tasks = Revision.of2025November...Revision.of2025November
    let stateless = Revision.of2026July...Revision.of2026July
    switch (self, sender) {
    case (.toolsCall, .client), (.toolsList, .client), (.resourcesRead, .client), (.resourcesList, .client),
      (.resourceTemplatesList, .client), (.promptsGet, .client), (.promptsList, .client), (.complete, .client), (.cancelled, _),
      (.progress, .server), (.message, .server), (.resourceUpdated, .server), (.resourcesListChanged, .server),
      (.toolsListChanged, .server), (.promptsListChanged, .server):
      return all
    case (.ping, _), (.initialize, .client), (.initialized, .client), (.setLevel, .client), (.subscribe, .client),
      (.unsubscribe, .client), (.progress, .client), (.rootsListChanged, .client), (.createMessage, .server), (.rootsList, .server):
      return handshake
    case (.elicit, .server): return .of2025June ... .of2025November
    case (.tasksGet, .client), (.tasksCancel, .client): return .of2025November ... .of2026July
    case (.tasksGet, .server), (.tasksCancel, .server), (.tasksResult, _), (.tasksList, _), (.taskStatus, _),
      (.elicitationComplete, .server):
      return tasks
    case (.discover, .client), (.listen, .client), (.tasksUpdate, .client), (.acknowledged, .server), (.taskChanged, .server):
      return stateless
    default: return nil
    }
  }

  package func exists(from sender: Party, in revision: Revision) -> Bool {
    revisions(from: sender)?.contains(revision) ?? false
  }

  /// The method that a string names, or nil.
  package init?(_ document: Document, _ node: Node) {
    for method in Method.allCases where document.stringEquals(node, method.name) {
      self = method
      return
    }
    return nil
  }
}
