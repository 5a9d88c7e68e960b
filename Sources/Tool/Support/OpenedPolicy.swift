import Bytecode
import Logging
import Semantics

/// What a gate begins with.
struct OpenedPolicy {
  let source: any PolicySource
  let policies: CheckedPolicies
  let program: Program
  /// Nil: policy files.
  private let bundle: BundleSource?
  /// Why what is at the bundle's place is not in force, but what was taken before.
  private let refusal: Complaint?

  /// Policy files, or the bundle: what is at its place, else the last that was taken.
  ///
  /// - Parameter check: whether a policy fits what the gate is told otherwise.
  init(
    files: [String], bundle options: BundleOptions, _ state: StateOptions, _ logger: Logger, check: (CheckedPolicies) throws -> Void
  ) throws {
    guard let bundle = try options.open(state) else {
      source = PolicyFiles(paths: files)
      policies = try requirePolicies(files)
      try check(policies)
      program = try compiled(policies)
      self.bundle = nil
      refusal = nil
      return
    }
    source = bundle
    self.bundle = bundle
    do {
      (policies, program) = try OpenedPolicy.take(try bundle.candidate(), logger, check)
      refusal = nil
    } catch let complaint as Complaint {
      guard let kept = try bundle.kept() else { throw complaint }
      (policies, program) = try OpenedPolicy.take(kept, logger, check)
      refusal = complaint
    }
  }

  private static func take(
    _ candidate: PolicyCandidate, _ logger: Logger, _ check: (CheckedPolicies) throws -> Void
  ) throws -> (CheckedPolicies, Program) {
    let policies = try candidate.policies()
    try check(policies)
    let program = try candidate.program(of: policies)
    try candidate.take()
    logger.notice("the bundle was taken", metadata: candidate.details)
    return (policies, program)
  }

  /// Looks for newer bundles from now on, if it is one.
  func begin(_ reloader: PolicyReloader) { if let bundle { BundlePull(bundle, reloader).begin(after: refusal) } }

  func end() { bundle?.end() }
}
