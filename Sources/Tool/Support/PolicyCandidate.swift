import Bytecode
import Compilation
import Digests
import Logging
import Semantics
import Text

/// A policy as it was read, before anybody has said that it may come into force.
struct PolicyCandidate {
  let loaded: LoadedPolicies
  /// Of the program that it has to make; nil: whatever it makes.
  var fingerprint: String?
  /// For the log.
  var details: Logger.Metadata = [:]
  /// To be called once nothing speaks against it any more, and before it is in force. Throws when it may not be after all.
  var take: () throws -> Void = {}

  func policies() throws -> CheckedPolicies {
    guard let policies = loaded.policies else { throw PolicyCandidate.complaint(loaded.diagnostics, loaded.files) }
    return policies
  }

  func program(of policies: CheckedPolicies) throws -> Program {
    let program: Program
    do {
      program = try Compilation.compile(policies, generation: 1)
    } catch {
      throw PolicyCandidate.complaint(error.diagnostics, policies.files)
    }
    // Packs are part of this program, so what they make of it is compared with what was signed.
    guard fingerprint.map({ $0 == program.fingerprint.hex }) ?? true else { throw Complaint.otherPolicy }
    return program
  }

  /// The first error with its place, in one line; `sallyport check` shows them all.
  static func complaint(_ diagnostics: [Diagnostic], _ files: [SourceFile]) -> Complaint {
    let errors = diagnostics.filter { $0.severity == .error }
    guard let first = errors.first else { return Complaint("the policy does not compile", exitCode: .policyRejected) }
    let more = errors.count > 1 ? ", and \(errors.count - 1) more" : ""
    let range = first.primary.range
    guard let file = files.first(where: { $0.id == range.file }) else {
      return Complaint("\(first.message)\(more)", exitCode: .policyRejected)
    }
    let place = file.position(at: range.lower)
    return Complaint("\(file.path):\(place.line):\(place.column): \(first.message)\(more)", exitCode: .policyRejected)
  }
}

extension Complaint {
  static let otherPolicy = Complaint(
    "this version of sallyport makes another policy of the bundle than the one that built it",
    help: "build it anew with version \(Version.current), look at `sallyport diff`, and sign it", exitCode: .policyRejected)
}

/// Where a gate's policy is read, again and again.
protocol PolicySource: Sendable {
  /// What is there now.
  func candidate() throws -> PolicyCandidate
}

/// Files and folders.
struct PolicyFiles: PolicySource {
  let paths: [String]

  func candidate() throws -> PolicyCandidate { PolicyCandidate(loaded: try loadPolicies(paths)) }
}
