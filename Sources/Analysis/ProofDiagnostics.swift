internal import Semantics
package import Text

extension ProofOutcome {
  /// Nil when it is proved.
  ///
  /// - Parameter answer: what the engine says to the witness, such as `allow by small_refunds`; nil: it was not asked.
  package func diagnostic(answer: String?) -> Diagnostic? {
    let name = proof.name
    switch finding {
    case .proved: return nil
    case .refuted(let target, let witness?, _):
      let said = answer ?? "allowed"
      let doubt =
        witness.isConfirmed
        ? "" : "\nwhether such a call exists could not be shown: its texts would have to be paths or URLs in an unusual spelling"
      return Diagnostic(
        .refutedProof, "`\(name)` is not so: a call of `\(target.description)` is not denied",
        at: .init(proof.nameRange, "refuted: \(said)"),
        help:
          "close what lets this call through; as a test:\n\(witness.test(named: "counter-example of \(name)", expecting: "deny"))\(doubt)")
    case .refuted(let target, nil, let agent):
      return Diagnostic(
        .refutedProof, "`\(name)` is not so: every call of `\(target.description)`\(agent.map { " by \($0)" } ?? "") is denied",
        at: .init(proof.nameRange, "refuted: there is no such call"),
        help: "grant what is meant to be possible, or look for the deny that takes it away")
    case .tooLarge(let target):
      return Diagnostic(
        .undecidedProof, "`\(name)` could not be decided", at: .init(proof.nameRange, "too many cases"),
        help: "the conditions on `\(target.description)` are too many, or too long, to be looked at together; nothing is said of it")
    case .unknown(let target):
      return Diagnostic(
        .undecidedProof, "`\(name)` could not be decided", at: .init(proof.nameRange, "speaks of addresses with several meanings"),
        help: "no address of `\(target.description)` was found that shows the contrary, and that there is none could not be shown; "
          + "denies whose pattern begins with a whole scheme and host are easier to tell")
    }
  }

  /// The call that refutes it.
  package var witness: Witness? { if case .refuted(_, let witness, _) = finding { witness } else { nil } }
}
