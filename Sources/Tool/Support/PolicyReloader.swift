import Analysis
import Bytecode
import Digests
import Enforcement
import Evidence
import Foundation
import Logging
import Observation
import Semantics
import Synchronization
import Text

/// Puts another policy in the place of the one in force: read, checked, compiled and tested whole, or not at all. One at a time, from any
/// thread.
final class PolicyReloader: Sendable {
  private let source: any PolicySource
  /// That a policy has to declare.
  private let servers: [String]
  /// The one that everybody is; nil: credentials say who calls.
  private let agent: String?
  private let store: PolicyStore
  private let status: PolicyStatus
  private let logger: Logger
  private let isTested: Bool
  /// Told of a policy before it is in force.
  private let adopt: @Sendable (CheckedPolicies, Program) -> Void
  private let current: Mutex<CheckedPolicies>

  /// - Parameter isTested: whether a policy whose tests or proofs fail is refused.
  init(
    _ policies: CheckedPolicies, from source: any PolicySource, servers: [String], agent: String?, store: PolicyStore, status: PolicyStatus,
    isTested: Bool, logger: Logger, adopt: @escaping @Sendable (CheckedPolicies, Program) -> Void
  ) {
    self.source = source
    self.servers = servers
    self.store = store
    self.status = status
    self.agent = agent
    self.isTested = isTested
    self.adopt = adopt
    self.logger = logger
    current = Mutex(policies)
    status.note(
      PolicyStatus.Reload(
        time: Observer.now, trigger: "start", isRefused: false, summary: "as the gate began", fingerprint: store.program.fingerprint.hex))
  }

  /// - Parameter trigger: `signal`, `file` or `admin`.
  @discardableResult
  func reload(_ trigger: String) -> PolicyStatus.Reload { reload(trigger) { try source.candidate() } }

  /// - Parameters:
  ///   - trigger: `bundle`, or one of those.
  ///   - known: not said again when it is refused for the same reason.
  ///   - candidate: throws why there is none.
  @discardableResult
  func reload(
    _ trigger: String, unlessRefusedFor known: String? = nil, _ candidate: () throws -> PolicyCandidate
  ) -> PolicyStatus.Reload {
    current.withLock { current in
      let before = store.program.fingerprint.hex
      let outcome: PolicyStatus.Reload
      do {
        let candidate = try candidate()
        let policies = try candidate.policies()
        try check(policies)
        let program = try candidate.program(of: policies)
        if isTested { try test(policies, program) }
        let comparison = compare(current, policies)
        try candidate.take()
        adopt(policies, program)
        store.replace(with: program)
        current = policies
        let after = program.fingerprint.hex
        let summary = PolicyReloader.summary(comparison, before, after)
        outcome = PolicyStatus.Reload(time: Observer.now, trigger: trigger, isRefused: false, summary: summary, fingerprint: after)
        logger.notice(
          "the policy was reloaded",
          metadata: candidate.details.merging(
            ["by": "\(trigger)", "before": "\(before)", "fingerprint": "\(after)", "change": "\(summary)"]) { $1 })
      } catch {
        let reason = (error as? Complaint)?.message ?? "\(error)"
        outcome = PolicyStatus.Reload(time: Observer.now, trigger: trigger, isRefused: true, summary: reason, fingerprint: before)
        if reason == known { return outcome }
        logger.error(
          "the policy was not reloaded; the one before stays in force",
          metadata: ["by": "\(trigger)", "reason": "\(reason)", "fingerprint": "\(before)"])
      }
      status.note(outcome)
      return outcome
    }
  }

  /// Whether a file of the policy in force has other contents by now. Packs have no file; without one of its own a policy could not be read
  /// again, and would stay as it is.
  var isBehind: Bool {
    current.withLock {
      $0.files.contains { file in FileManager.default.contents(atPath: file.path).map { !$0.elementsEqual(file.bytes) } ?? false }
    }
  }

  /// Folders in which something may change that a reload would see.
  ///
  /// - Parameter paths: of policies, and folders of them.
  func folders(_ paths: [String]) -> Set<String> {
    let files = current.withLock { $0.files.map(\.path) }
    let given = paths.filter { (try? FileManager.default.contentsOfDirectory(atPath: $0)) != nil }
    let below = given.flatMap { root in
      (FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []).map { FilePath.joined(root, $0) }
        .filter { (try? FileManager.default.contentsOfDirectory(atPath: $0)) != nil }
    }
    let around = files.map { FilePath.folder(of: $0) }.map { $0.isEmpty ? "." : $0 }
    return Set(given + below + around)
  }

  private func check(_ policies: CheckedPolicies) throws {
    let declared = policies.servers.map(\.name)
    if let missing = servers.first(where: { !declared.contains($0) }) {
      throw Complaint("the policy declares no server `\(missing)` any more")
    }
    if let agent, !policies.agents.contains(where: { $0.name == agent }) {
      throw Complaint("the policy declares no agent `\(agent)` any more")
    }
  }

  private func test(_ policies: CheckedPolicies, _ program: Program) throws {
    var runner = TestRunner(CallJudge(policies, program))
    let now = Moment(milliseconds: Observer.now)
    if let failed = policies.tests.map({ runner.run($0, start: now) }).first(where: { !$0.passed }) {
      throw Complaint("its test \"\(failed.title)\" fails")
    }
    if let failed = ProofReport(policies, program).failures.first { throw PolicyCandidate.complaint([failed], policies.files) }
  }

  /// `2 WIDER, 1 NARROWER; 14 EQUAL`
  private static func summary(_ comparison: Comparison, _ before: String, _ after: String) -> String {
    if comparison.isEmpty { return before == after ? "nothing changed" : "other words, the same decisions" }
    let directions = comparison.targets.map(\.direction) + comparison.settings.map(\.direction)
    let kinds: [Comparison.Direction] = [.wider, .narrower, .mixed, .unknown]
    let parts = kinds.compactMap { kind -> String? in
      let count = directions.count { $0 == kind }
      return count > 0 ? "\(count) \(kind.rawValue)" : nil
    }
    let names =
      comparison.targets.prefix(3).map { "\($0.target) \($0.direction.rawValue)" }
      + comparison.settings.prefix(3).map {
        "\($0.kind) \($0.name) \($0.direction.rawValue)"
      }
    return "\(parts.joined(separator: ", ")) (\(names.joined(separator: ", "))); \(comparison.equalTargets) EQUAL"
  }
}
