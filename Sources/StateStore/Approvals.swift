package import Approvals
package import Digests
internal import Enforcement
internal import GRDB

extension StateStore: ApprovalStore {
  package func file(_ request: ApprovalRequest, at moment: Int64) throws(ApprovalFault) -> FiledApproval {
    try changing { database in
      let (gone, isEarlier) = moment.subtractingReportingOverflow(ApprovalLimits.kept)
      try database.execute(sql: "DELETE FROM approvals WHERE deadline < ?", arguments: [isEarlier ? .min : gone])
      let same = try StateStore.approvals(database, "WHERE subject = ? AND approvers = ?", [request.subject.hex, request.group])
      if let open = same.open(request.subject, request.group, at: moment) { return .success(FiledApproval(open, isNew: false)) }
      let pending = try Int.fetchOne(
        database, sql: "SELECT count(*) FROM approvals WHERE decision IS NULL AND deadline > ?", arguments: [moment])
      guard pending ?? 0 < ApprovalLimits.pending else { return .failure(.tooMany) }
      let approval = Approval(request, identifier: Approval.newIdentifier(), asked: moment)
      try StateStore.insert(approval, database)
      let act = Act(actor: request.caller, moment: moment)
      try StateStore.audit(database, act, "approval.ask", approval.identifier, "\(request.target), of \(request.group)")
      return .success(FiledApproval(approval, isNew: true))
    }
  }

  package func approvals() throws(ApprovalFault) -> [Approval] {
    do throws(StoreError) {
      return try read { try StateStore.approvals($0, "", []) }
    } catch {
      throw .unavailable(error.description)
    }
  }

  package func decide(
    _ identifier: String, _ decision: Approval.Decision, by person: String, at moment: Int64
  ) throws(ApprovalFault) -> Approval {
    try changing { database in
      guard var approval = try StateStore.approvals(database, "WHERE identifier = ?", [identifier]).first else {
        return .failure(.unknown)
      }
      do throws(ApprovalFault) {
        try approval.decide(decision, by: person, at: moment)
      } catch {
        return .failure(error)
      }
      try database.execute(
        sql: "UPDATE approvals SET decision = ?, decidedBy = ?, decided = ?, deadline = ? WHERE identifier = ?",
        arguments: [decision.rawValue, person, moment, approval.deadline, identifier])
      try StateStore.audit(database, Act(actor: person, moment: moment), "approval.\(decision.rawValue)", identifier)
      return .success(approval)
    }
  }

  package func use(_ subject: Digest, groups: [String], at moment: Int64) throws(ApprovalFault) -> [Approval]? {
    // Most calls that are asked about come for the first time: they need no right to write.
    let isApproved: Bool
    do throws(StoreError) {
      isApproved = try read { try !StateStore.approved($0, subject, at: moment).isEmpty }
    } catch {
      throw .unavailable(error.description)
    }
    guard isApproved, !groups.isEmpty else { return nil }
    return try changing { database in
      let approved = try StateStore.approved(database, subject, at: moment)
      var used = groups.compactMap { group in approved.first { $0.request.group == group } }
      guard used.count == groups.count else { return .success(nil) }
      for index in used.indices {
        try used[index].use(at: moment)
        try database.execute(sql: "UPDATE approvals SET used = ? WHERE identifier = ?", arguments: [moment, used[index].identifier])
        let act = Act(actor: used[index].request.caller, moment: moment)
        try StateStore.audit(database, act, "approval.use", used[index].identifier)
      }
      return .success(used)
    }
  }

  private static func approved(_ database: Database, _ subject: Digest, at moment: Int64) throws -> [Approval] {
    try approvals(database, "WHERE subject = ?", [subject.hex]).filter { $0.state(at: moment) == .approved }
  }

  /// In one transaction; with a fault nothing has changed. A store that cannot be used approves nothing.
  private func changing<Value>(_ body: (Database) throws -> Result<Value, ApprovalFault>) throws(ApprovalFault) -> Value {
    let result: Result<Value, ApprovalFault>
    do throws(StoreError) {
      result = try write(body)
    } catch {
      throw .unavailable(error.description)
    }
    return try result.get()
  }

  /// - Parameter clause: of this file only.
  private static func approvals(
    _ database: Database, _ clause: String, _ arguments: [any DatabaseValueConvertible]
  ) throws -> [Approval] {
    try Row.fetchAll(
      database, sql: "SELECT * FROM approvals \(clause) ORDER BY asked, number", arguments: StatementArguments(arguments)
    ).map { row in
      guard let subject = Digest(hex: row["subject"]) else {
        throw StoreError(.damaged, "the state is damaged: an approval is about nothing", help: "put it back from a backup")
      }
      let request = ApprovalRequest(
        subject: subject, group: row["approvers"], rules: try list(row["rules"]) ?? [], reason: row["reason"], caller: row["caller"],
        target: row["target"], arguments: row["arguments"], within: row["within"])
      let decision = (row["decision"] as String?).flatMap { Approval.Decision(rawValue: $0) }
      let outcome = decision.map { Approval.Outcome(decision: $0, by: row["decidedBy"], moment: row["decided"]) }
      return Approval(request, identifier: row["identifier"], asked: row["asked"], outcome: outcome, used: row["used"])
    }
  }

  private static func insert(_ approval: Approval, _ database: Database) throws {
    let request = approval.request
    try database.execute(
      sql: """
        INSERT INTO approvals (identifier, subject, approvers, rules, reason, caller, target, arguments, within, asked, deadline)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        approval.identifier, request.subject.hex, request.group, column(request.rules), request.reason, request.caller,
        request.target, request.arguments, request.within, approval.asked, approval.deadline,
      ])
  }
}
