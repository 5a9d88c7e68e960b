package import Bytecode
package import JSON

/// What a call comes to. Rules are named by number; `Program.rule` knows the rest. Where several rules would do, the one with the smallest
/// name is reported, so the answer does not depend on the order of files and declarations.
package enum Verdict: Equatable, Sendable {
  case allow(Grounds)
  case deny(Denial)
  /// Granted, but a person has to agree first.
  case ask(Question)
}

package struct Grounds: Equatable, Sendable {
  /// The grant; with several layers, the one with the smallest name among those that the layers found.
  package let grant: RuleNumber
}

package struct Question: Equatable, Sendable {
  package let ask: RuleNumber
  package let grant: RuleNumber
}

package enum Denial: Equatable, Sendable {
  case byRule(RuleNumber)
  /// The default: in some layer no grant allows it.
  case noGrant
  /// The rules allow it, or would ask, but no scope that the caller's credential is bound to opens it.
  case outOfScope
  /// An argument that rules read is not what the tool's snapshot says.
  case invalidArgument(FieldNumber, Misfit)

  package enum Misfit: Equatable, Sendable {
    /// Required, and not there.
    case missing
    /// Of another JSON type.
    case wrongType
  }
}

/// What is to be decided. Arguments are a node of the document; nil, or JSON null, for a call without any.
package enum Call: Sendable {
  case tool(ToolID, Document, arguments: Node?)
  case prompt(PromptID, Document, arguments: Node?)
  /// The URI's bytes as the client sent them, JSON escapes resolved.
  case resource(ServerID, uri: [UInt8])
}

/// What may be listed.
package enum Target: Hashable, Sendable {
  case tool(ToolID)
  case prompt(PromptID)
  case resource(ServerID, uri: [UInt8])
  /// RFC 6570.
  case resourceTemplate(ServerID, uriTemplate: [UInt8])
}
