package import Text

extension CheckedPolicies {
  /// Something that a session is known for.
  package struct Label: Hashable, Sendable {
    package let name: String
    package let meaning: String
    package let range: SourceRange
  }

  /// What does something to a label.
  package struct LabelEvent: Hashable, Sendable {
    package enum Event: Hashable, Sendable {
      case approval
      /// The answer to a call of one of these.
      case use(of: Targets)
    }

    package let label: String
    /// Otherwise it is cleared.
    package let sets: Bool
    package let event: Event
  }

  /// What tells one session from another.
  package enum SessionKeyPart: Hashable, Sendable {
    case claim(ClaimPath)
    /// Through objects only.
    case argument(ArgumentPath)
  }
}
