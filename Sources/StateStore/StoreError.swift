/// Why the store cannot do what was asked. For the operator: texts name files and states, never a key, a digest or the pepper.
package struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Reason: Equatable, Sendable {
    /// There is none at this place.
    case missing
    /// Others could read or change it.
    case exposed
    /// Written by a later version of this program.
    case newer
    /// Not a store of ours, damaged, or its pepper is not the one that its keys were made with.
    case damaged
    /// Another process held it for longer than anyone waits.
    case busy
    /// Nothing in it has this name, or what has it cannot be changed so.
    case refused
    /// The operating system said no.
    case system
  }

  package let reason: Reason
  package let description: String
  /// What to do about it.
  package let help: String?

  package init(_ reason: Reason, _ description: String, help: String? = nil) {
    self.reason = reason
    self.description = description
    self.help = help
  }
}
