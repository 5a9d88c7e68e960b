import ArgumentParser

/// Part of the interface; listed in every `--help` that can end with them and in docs/cli.md.
extension ExitCode {
  /// The verb did its work and found something: a diagnostic, a difference, drift.
  static let findings = ExitCode(1)
  /// The command line, or a file it names, is wrong.
  static let usage = ExitCode(2)
  /// A policy does not compile.
  static let policyRejected = ExitCode(3)
  /// A test or a proof failed, or there was none.
  static let testsFailed = ExitCode(4)
  /// A change widens what is allowed without the required approval.
  static let widening = ExitCode(5)
  /// A replay decided something differently.
  static let replayChanged = ExitCode(6)
  /// A defect of ours.
  static let internalError = ExitCode(70)
}

/// What stops a verb, said to a person on standard error.
struct Complaint: Error {
  let message: String
  let help: String?
  let exitCode: ExitCode

  init(_ message: String, help: String? = nil, exitCode: ExitCode = .usage) {
    self.message = message
    self.help = help
    self.exitCode = exitCode
  }
}
