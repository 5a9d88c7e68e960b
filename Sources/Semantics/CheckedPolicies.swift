package import JSON
package import Text

/// Policies that are known to mean something: every name resolved, every test typed. Only `check` makes one, so what is compiled was checked.
package struct CheckedPolicies: Sendable {
  /// The loaded files; a `SourceRange` in any of the types below points into one of them.
  package let files: [SourceFile]
  package let layers: [Layer]
  package let servers: [Server]
  package let scopes: [Scope]
  package let agents: [Agent]
  /// Grants, denies and asks of all files in order of file and place; `Rule.number` is the index here.
  package private(set) var rules: [Rule]
  /// Of every refined tool, in order of the tools.
  package let refinements: [Refinement]
  /// In order of file and place; those of packs too.
  package let patternSets: [PatternSet]
  /// In order of file and place.
  package let filters: [Filter]
  /// In order of file and place.
  package private(set) var limits: [Limit]
  /// What one call of a tool costs; of tools that are absent, 1.
  package let costs: [ToolReference: Number]
  /// In order of file and place.
  package let labels: [Label]
  package let labelEvents: [LabelEvent]
  /// Empty: a session is its principal's.
  package let sessionKey: [SessionKeyPart]
  /// What the uses of each claim say of its type; a claim that is only asked for its presence is absent here.
  package let claims: [ClaimPath: ClaimType]
  /// Tests and the rows of tables, in order of file and place.
  package let tests: [Test]
  /// In order of file and place.
  package let proofs: [Proof]

  init(_ parts: Parts) {
    files = parts.files
    layers = parts.layers
    servers = parts.servers
    scopes = parts.scopes
    agents = parts.agents
    rules = parts.rules
    patternSets = parts.patternSets
    filters = parts.filters
    limits = parts.limits
    costs = parts.costs
    labels = parts.labels
    labelEvents = parts.labelEvents
    sessionKey = parts.sessionKey
    refinements = parts.refinements
    claims = parts.claims
    tests = parts.tests
    proofs = parts.proofs
  }

  /// The same with other rules or limits in the places of its own: still typed by the same snapshots and claims.
  ///
  /// - Precondition: as many rules, of the same numbers; conditions are made of tests that `check` has seen.
  package func replacing(rules: [Rule]? = nil, limits: [Limit]? = nil) -> CheckedPolicies {
    var copy = self
    if let rules { copy.rules = rules }
    if let limits { copy.limits = limits }
    return copy
  }

  package func tool(_ reference: ToolReference) -> Snapshot.Tool { servers[reference.server].snapshot.tools[reference.tool] }

  package func prompt(_ reference: PromptReference) -> Snapshot.Prompt { servers[reference.server].snapshot.prompts[reference.prompt] }

  /// What the checker has gathered; of this module only.
  struct Parts {
    var files: [SourceFile] = []
    var layers: [Layer] = []
    var servers: [Server] = []
    var scopes: [Scope] = []
    var agents: [Agent] = []
    var rules: [Rule] = []
    var patternSets: [PatternSet] = []
    var filters: [Filter] = []
    var limits: [Limit] = []
    var costs: [ToolReference: Number] = [:]
    var labels: [Label] = []
    var labelEvents: [LabelEvent] = []
    var sessionKey: [SessionKeyPart] = []
    var refinements: [Refinement] = []
    var claims: [ClaimPath: ClaimType] = [:]
    var tests: [Test] = []
    var proofs: [Proof] = []
  }
}

extension CheckedPolicies {
  /// Every layer that contains at least one grant must grant a call; any deny of any layer denies; any ask asks.
  package struct Layer: Hashable, Sendable {
    /// The `policy` name of a file that says `as layer`; nil for the layer all other files form together.
    package let name: String?
    package let hasGrants: Bool

    package init(name: String?, hasGrants: Bool) {
      self.name = name
      self.hasGrants = hasGrants
    }
  }

  package struct Server: Sendable {
    package let name: String
    package let snapshot: Snapshot
    package let outputMismatch: OutputMismatch
    package let range: SourceRange

    package init(name: String, snapshot: Snapshot, outputMismatch: OutputMismatch, range: SourceRange) {
      self.name = name
      self.snapshot = snapshot
      self.outputMismatch = outputMismatch
      self.range = range
    }

    func replacing(input: ObjectShape, ofTool index: Int) -> Server {
      var snapshot = snapshot
      snapshot.tools[index].input = input
      return Server(name: name, snapshot: snapshot, outputMismatch: outputMismatch, range: range)
    }
  }

  package struct Scope: Sendable {
    package let name: String
    /// The text for a consent screen.
    package let documentation: [String]
    package let annotations: [Annotation]
    /// What it opens itself and through everything it implies.
    package let opens: Targets
    /// Indices into `CheckedPolicies.scopes`: what it implies itself.
    package let implies: [Int]
    /// Whether `any of` names it, as a group of targets.
    package internal(set) var isGroup = false
    package let range: SourceRange

    package init(
      name: String, documentation: [String], annotations: [Annotation], opens: Targets, implies: [Int], range: SourceRange
    ) {
      self.name = name
      self.documentation = documentation
      self.annotations = annotations
      self.opens = opens
      self.implies = implies
      self.range = range
    }
  }

  package struct Agent: Sendable {
    package let name: String
    /// Over claims only.
    package let condition: Condition
    /// Claims the condition fixes by equality in its outermost conjunction: what a caller named as this agent by its operator has.
    package let fixedClaims: [ClaimPath: Constant]
    package let range: SourceRange

    package init(name: String, condition: Condition, fixedClaims: [ClaimPath: Constant], range: SourceRange) {
      self.name = name
      self.condition = condition
      self.fixedClaims = fixedClaims
      self.range = range
    }
  }

  package struct Rule: Sendable {
    package enum Kind: Sendable {
      case grant(Grant)
      case deny
      case ask(Ask)
    }

    package struct Grant: Sendable {
      /// An index into `CheckedPolicies.scopes`.
      package let scope: Int
      package let grantees: Grantees
      /// Milliseconds since 1970-01-01T00:00:00Z of the first moment that is too late.
      package let until: Int64?

      package init(scope: Int, grantees: Grantees, until: Int64?) {
        self.scope = scope
        self.grantees = grantees
        self.until = until
      }
    }

    package enum Grantees: Hashable, Sendable {
      /// Every caller, also one that is no declared agent.
      case anyone
      /// Indices into `CheckedPolicies.agents`; at least one.
      case agents([Int])
    }

    package struct Ask: Sendable {
      package let approvers: String
      package let withinMilliseconds: Int64

      package init(approvers: String, withinMilliseconds: Int64) {
        self.approvers = approvers
        self.withinMilliseconds = withinMilliseconds
      }
    }

    package let number: Int
    package let name: String
    package let kind: Kind
    /// For a grant: what its scope opens.
    package let targets: Targets
    /// `.constant(true)` when the rule has none.
    package let condition: Condition
    package let because: String?
    /// Evaluated and logged, not enforced; never on a grant.
    package let isShadow: Bool
    /// An index into `CheckedPolicies.layers`.
    package let layer: Int
    package let documentation: [String]
    package let annotations: [Annotation]
    package let nameRange: SourceRange
    package let range: SourceRange

    package init(
      number: Int, name: String, kind: Kind, targets: Targets, condition: Condition, because: String?, isShadow: Bool, layer: Int,
      documentation: [String], annotations: [Annotation], nameRange: SourceRange, range: SourceRange
    ) {
      self.number = number
      self.name = name
      self.kind = kind
      self.targets = targets
      self.condition = condition
      self.because = because
      self.isShadow = isShadow
      self.layer = layer
      self.documentation = documentation
      self.annotations = annotations
      self.nameRange = nameRange
      self.range = range
    }
  }

  /// `@sensitive`, `@owner("payments-sec")`, carried to logs and reports.
  package struct Annotation: Hashable, Sendable {
    package let name: String
    package let arguments: [JSON.Value]

    package init(name: String, arguments: [JSON.Value]) {
      self.name = name
      self.arguments = arguments
    }
  }
}

/// A tool of a server's snapshot, by index.
package struct ToolReference: Hashable, Comparable, Sendable {
  package let server: Int
  package let tool: Int

  package init(server: Int, tool: Int) {
    self.server = server
    self.tool = tool
  }

  package static func < (left: ToolReference, right: ToolReference) -> Bool { (left.server, left.tool) < (right.server, right.tool) }
}

/// A prompt of a server's snapshot, by index.
package struct PromptReference: Hashable, Comparable, Sendable {
  package let server: Int
  package let prompt: Int

  package init(server: Int, prompt: Int) {
    self.server = server
    self.prompt = prompt
  }

  package static func < (left: PromptReference, right: PromptReference) -> Bool {
    (left.server, left.prompt) < (right.server, right.prompt)
  }
}

/// What a rule speaks of. Globs over tools and prompts are expanded against the snapshots; resources are not enumerable, their globs stay.
package struct Targets: Hashable, Sendable {
  package struct Resource: Hashable, Sendable {
    package let server: Int
    package let uri: Glob

    package init(server: Int, uri: Glob) {
      self.server = server
      self.uri = uri
    }
  }

  /// Sorted, without duplicates.
  package var tools: [ToolReference]
  package var resources: [Resource]
  /// Sorted, without duplicates.
  package var prompts: [PromptReference]

  package init(tools: [ToolReference] = [], resources: [Resource] = [], prompts: [PromptReference] = []) {
    self.tools = tools
    self.resources = resources
    self.prompts = prompts
  }

  package var isEmpty: Bool { tools.isEmpty && resources.isEmpty && prompts.isEmpty }
}
