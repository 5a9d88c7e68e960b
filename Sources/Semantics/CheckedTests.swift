package import JSON
package import Text

extension CheckedPolicies {
  /// A `test`, or one row of a `table`.
  package struct Test: Sendable {
    package enum Origin: Hashable, Sendable {
      case test
      /// The row's number, from 1.
      case table(row: Int)
    }

    /// The title of the test or table.
    package let name: String
    package let origin: Origin
    package let steps: [TestStep]
    /// The title's place, or the row's.
    package let range: SourceRange

    package init(name: String, origin: Origin, steps: [TestStep], range: SourceRange) {
      self.name = name
      self.origin = origin
      self.steps = steps
      self.range = range
    }
  }

  package indirect enum TestStep: Sendable {
    /// Replaces the caller of what follows; before the first one the caller is no declared agent and has no claims.
    case caller(TestCaller)
    /// Milliseconds since 1970-01-01T00:00:00Z.
    case at(Int64)
    case call(TestCall)
    /// What the server answers to the last call: a text, or a value that a tool gives as structured content.
    case result(JSON.Value, SourceRange)
    /// The server fails instead of answering the last call.
    case failure(SourceRange)
    /// What a person says to the last call, which was asked about.
    ///
    /// - group: nil: everybody who is asked says so.
    case decision(approves: Bool, group: String?, SourceRange)
    /// The clock moves on.
    case wait(milliseconds: Int64)
    /// Binary content that begins like what it says it is.
    case binaryResult(type: String, bytes: Int, SourceRange)
    /// Speaks of the last call before it.
    case expect(Expectation)
    /// The clock moves on by `everyMilliseconds` after each round.
    case repeated(count: Int, everyMilliseconds: Int64, [TestStep])
  }

  package struct TestCaller: Sendable {
    /// An index into `CheckedPolicies.agents`; nil: none of them.
    package let agent: Int?
    /// What the test gives, over the claims the agent's condition fixes (already in here).
    package let claims: [ClaimPath: JSON.Value]
    package let range: SourceRange

    package init(agent: Int?, claims: [ClaimPath: JSON.Value], range: SourceRange) {
      self.agent = agent
      self.claims = claims
      self.range = range
    }
  }

  package struct TestCall: Sendable {
    package enum Target: Hashable, Sendable {
      case tool(ToolReference)
      case resource(server: Int, uri: String)
      case prompt(PromptReference)
    }

    package let target: Target
    /// An object, not checked against the tool's schema: a test may expect its rejection.
    package let arguments: JSON.Value
    package let range: SourceRange

    package init(target: Target, arguments: JSON.Value, range: SourceRange) {
      self.target = target
      self.arguments = arguments
      self.range = range
    }
  }

  package struct Expectation: Sendable {
    package enum Kind: Hashable, Sendable {
      /// Rule numbers; nil: any.
      case allow(by: Int?)
      case deny(Denial)
      case ask(by: Int?)
      /// A limit's name, nil: any; and until when, nil: whenever.
      case limited(by: String?, retryAfterMilliseconds: Int64?)
      /// Whether the target of the last call is in the list the caller sees.
      case listed(Bool)
      /// Whether a text of what passes of the last answer holds this.
      case output(contains: String, negated: Bool)
      /// Names of labels: whether the session has all of them or, negated, none.
      case session(has: [String], negated: Bool)
    }

    package enum Denial: Hashable, Sendable {
      case anyReason
      case byRule(Int)
      /// The name of a filter.
      case byFilter(String)
      /// No grant allows it.
      case byDefault
      /// Such as `INVALID_ARGUMENT`.
      case code(String)
    }

    package let kind: Kind
    package let range: SourceRange

    package init(_ kind: Kind, range: SourceRange) {
      self.kind = kind
      self.range = range
    }
  }
}
