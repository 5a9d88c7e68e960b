/// The place of a server among a program's servers.
package struct ServerID: Hashable, Sendable {
  package let index: UInt32
  package init(_ index: UInt32) { self.index = index }
}

/// The place of a tool among a program's tools (of all servers).
package struct ToolID: Hashable, Sendable {
  package let index: UInt32
  package init(_ index: UInt32) { self.index = index }
}

/// The place of a prompt among a program's prompts (of all servers).
package struct PromptID: Hashable, Sendable {
  package let index: UInt32
  package init(_ index: UInt32) { self.index = index }
}

/// The place of a rule among a program's rules. Rules are sorted by name, so the smaller number is the smaller name and no number
/// depends on files or on the order of declarations.
package struct RuleNumber: Hashable, Comparable, Sendable {
  package let index: UInt32
  package init(_ index: UInt32) { self.index = index }

  package static func < (left: RuleNumber, right: RuleNumber) -> Bool { left.index < right.index }
}

/// The place of an argument's name among those that rules read: `Program.fields`.
package struct FieldNumber: Hashable, Sendable {
  package let index: UInt32
  package init(_ index: UInt32) { self.index = index }
}

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z. The core never asks for it: it is an argument.
package struct Moment: Hashable, Comparable, Sendable {
  package let milliseconds: Int64
  package init(milliseconds: Int64) { self.milliseconds = milliseconds }

  package static func < (left: Moment, right: Moment) -> Bool { left.milliseconds < right.milliseconds }
}
