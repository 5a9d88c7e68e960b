import Approvals
import ArgumentParser
import Enforcement
import Foundation
import JSON
import RedisStore
import StateStore

struct ApprovalsVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approvals", abstract: "List what waits for a person's approval, approve it or deny it.",
    discussion: """
      Calls that an `ask` rule stops wait here, unless the person at the client decides. Whoever decides must be in the rule's group: the \
      file approvers.json in the state directory says who is (docs/approvals.md).

      Example: sallyport approvals approve ap_0f3c2d9a41b7e856
      """,
    subcommands: [List.self, Approve.self, Deny.self])

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what is waiting, the oldest first.", discussion: "Example: sallyport approvals list --format json")

    @Flag(help: "Also what was decided, used or came to its end in the last week.")
    var all = false

    @Option(help: "human or json.")
    var format = OutputFormat.human

    @OptionGroup var state: StateOptions
    @OptionGroup var shared: SharedStoreAddress

    func run() throws {
      let store = try approvalStore(shared, state)
      let now = act().moment
      let approvals = try faulting { () throws(ApprovalFault) in try store.approvals() }
      let report = ApprovalReport(approvals.filter { all || $0.state(at: now) == .pending }, now: now)
      switch format {
      case .human: Terminal.write(report.human)
      case .json: Terminal.write(write(["approvals": report.json], .pretty) + [UInt8(ascii: "\n")])
      }
    }
  }

  struct Approve: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let the call through, once, when it comes again.",
      discussion: "Look at what it does first: `sallyport approvals list`.\n\nExample: sallyport approvals approve ap_0f3c2d9a41b7e856")

    @Argument(help: "What to approve, as `approvals list` names it.")
    var ids: [String]

    @OptionGroup var state: StateOptions
    @OptionGroup var shared: SharedStoreAddress

    func run() throws { try decide(.approve, ids, shared, state) }
  }

  struct Deny: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Refuse the call, and the same call for as long as it could have been approved.",
      discussion: "Example: sallyport approvals deny ap_0f3c2d9a41b7e856")

    @Argument(help: "What to deny, as `approvals list` names it.")
    var ids: [String]

    @OptionGroup var state: StateOptions
    @OptionGroup var shared: SharedStoreAddress

    func run() throws { try decide(.deny, ids, shared, state) }
  }
}

/// Those before one that cannot be decided are decided.
private func decide(
  _ decision: Approval.Decision, _ identifiers: [String], _ shared: SharedStoreAddress, _ state: StateOptions
) throws {
  let store = try approvalStore(shared, state)
  let person = try userName()
  let approvers = try state.approvers()
  for identifier in identifiers {
    let kept = try faulting { () throws(ApprovalFault) in try store.approvals() }
    guard let approval = kept.first(where: { $0.identifier == identifier }) else { throw complaint(.unknown, identifier) }
    guard approvers.mayDecide(person, for: approval.request.group) else {
      throw Complaint(
        "`\(person)` is not in the group `\(approval.request.group)`, which decides on \(identifier)",
        help: "approvers.json in the state directory says who is")
    }
    let now = act().moment
    _ = try faulting(identifier) { () throws(ApprovalFault) in try store.decide(identifier, decision, by: person, at: now) }
    let what = "\(approval.request.target) for \(approval.request.caller)"
    Terminal.say(decision == .approve ? "approved \(identifier): \(what), once" : "denied \(identifier): \(what)")
  }
}

/// The shared store if one is named, else the state of this machine.
private func approvalStore(_ shared: SharedStoreAddress, _ state: StateOptions) throws -> any ApprovalStore {
  if let client = try shared.client() { return RedisApprovals(client) }
  return try state.store()
}

/// Of whoever runs this program, from the system and not from a variable.
private func userName() throws -> String {
  guard let name = Approvers.currentUser() else {
    throw Complaint("this user has no name on this machine, so nobody can say what they may approve")
  }
  return name
}

private func faulting<Result>(_ identifier: String = "", _ body: () throws(ApprovalFault) -> Result) throws -> Result {
  do {
    return try body()
  } catch {
    throw complaint(error, identifier)
  }
}

private func complaint(_ fault: ApprovalFault, _ identifier: String) -> Complaint {
  switch fault {
  case .unknown: Complaint("nothing of the name `\(identifier)` waits for approval", help: "`sallyport approvals list` shows what does")
  case .decided: Complaint("\(identifier) is decided already", help: "`sallyport approvals list --all` says by whom")
  case .tooLate: Complaint("it is too late to decide on \(identifier)", help: "when the call comes again, it asks again")
  case .tooMany: Complaint("too many approvals are waiting")
  case .unavailable(let reason): Complaint(reason)
  }
}
