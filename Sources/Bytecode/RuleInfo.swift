package import Digests

/// What is known of a rule beside its code: for answers, logs and explanations.
package struct RuleInfo: Sendable {
  package enum Kind: Hashable, Sendable {
    case grant(scope: String)
    case deny
    case ask(approvers: String, withinMilliseconds: Int64)
  }

  package let number: RuleNumber
  package let name: String
  package let kind: Kind
  package let because: String?
  package let isShadow: Bool
  /// The layer's name; nil for the one that all files without a layer form.
  package let layer: String?
  /// As the person named it.
  package let file: String
  /// Of its name, from 1.
  package let line: Int
  package let annotations: [Annotation]
  /// The source of its condition; empty when it has none.
  package let condition: String
  /// In order of place; instructions point here.
  package let atoms: [Atom]

  /// What this rule is called and tests is for its operators only: no answer to a caller tells it.
  package var isConfidential: Bool { annotations.contains { $0.name == "confidential" } }

  /// Whether a `not` stands in the condition outside its tests.
  package var hasOuterNegation: Bool {
    var text = Array(condition.utf8)
    for atom in atoms { for place in atom.range where text.indices.contains(place) { text[place] = UInt8(ascii: " ") } }
    return String(decoding: text, as: UTF8.self).split { !$0.isLetter }.contains("not")
  }

  /// `@owner("payments-sec")`
  package struct Annotation: Hashable, Sendable {
    package let name: String
    /// JSON text of each.
    package let arguments: [String]

    package init(name: String, arguments: [String]) {
      self.name = name
      self.arguments = arguments
    }
  }

  /// One test as the person wrote it.
  package struct Atom: Hashable, Sendable {
    /// Its source: `args.amount <= 200.00`.
    package let text: String
    /// Bytes of `condition`.
    package let range: Range<Int>
    /// Whether it reads arguments, so that the caller can do something about it.
    package let readsArguments: Bool
    /// Whether it counts as met when the test is false: an odd number of `not` stands around it.
    package let isNegated: Bool

    package init(text: String, range: Range<Int>, readsArguments: Bool, isNegated: Bool) {
      self.text = text
      self.range = range
      self.readsArguments = readsArguments
      self.isNegated = isNegated
    }
  }

  package init(
    number: RuleNumber, name: String, kind: Kind, because: String?, isShadow: Bool, layer: String?, file: String, line: Int,
    annotations: [Annotation], condition: String, atoms: [Atom]
  ) {
    self.number = number
    self.name = name
    self.kind = kind
    self.because = because
    self.isShadow = isShadow
    self.layer = layer
    self.file = file
    self.line = line
    self.annotations = annotations
    self.condition = condition
    self.atoms = atoms
  }
}

/// A server as the policy declares it.
package struct ServerInfo: Sendable {
  package let name: String
  /// Where a tool's name is looked up.
  package let tools: Names.Space
  package let prompts: Names.Space
  /// Rules on resources of this server.
  package let resources: [ResourceRule]
  /// Whether results that do not fit their tool's output schema pass all the same, and are logged.
  package let passesMismatchedOutput: Bool
  /// Of texts that belong to no tool, prompt or resource that the filter speaks of: indices into `Program.filters`, ascending. Each reads only
  /// those of its places.
  package let filters: [Int]
  /// Of contents and descriptions of resources, in order of filter.
  package let resourceFilters: [ResourceFilter]
  /// What reading resources does to labels: all that apply do.
  package let resourceLabels: [ResourceLabels]
  /// On resources: all that apply do.
  package let resourceLimits: [ResourceLimit]

  package init(
    name: String, tools: Names.Space, prompts: Names.Space, resources: [ResourceRule], passesMismatchedOutput: Bool = false,
    filters: [Int] = [], resourceFilters: [ResourceFilter] = [], resourceLabels: [ResourceLabels] = [], resourceLimits: [ResourceLimit] = []
  ) {
    self.name = name
    self.tools = tools
    self.prompts = prompts
    self.resources = resources
    self.passesMismatchedOutput = passesMismatchedOutput
    self.filters = filters
    self.resourceFilters = resourceFilters
    self.resourceLabels = resourceLabels
    self.resourceLimits = resourceLimits
  }
}

/// A tool or prompt as the snapshot pins it.
package struct PinnedInfo: Sendable {
  package let server: ServerID
  package let name: String
  /// A live definition with another digest has drifted.
  package let digest: Digest
  /// Nil when no rule speaks of it: closed to everyone.
  package let plan: Plan?
  /// Of a tool that policies refine.
  package let refinement: Refinement?
  /// Of its arguments, results, messages and description: indices into `Program.filters`, ascending. Each reads only its places.
  package let filters: [Int]
  /// What its results do to labels.
  package let labels: LabelChange
  package let limited: LimitedUse

  package init(
    server: ServerID, name: String, digest: Digest, plan: Plan?, refinement: Refinement? = nil, filters: [Int] = [],
    labels: LabelChange = LabelChange(), limited: LimitedUse = LimitedUse()
  ) {
    self.server = server
    self.name = name
    self.digest = digest
    self.plan = plan
    self.refinement = refinement
    self.filters = filters
    self.labels = labels
    self.limited = limited
  }
}

/// A declared agent.
package struct AgentInfo: Sendable {
  package let name: String
  /// Over shared slots that are claims; nil when it never holds.
  package let chain: Chain?
  /// What a caller named as this agent by its operator says of itself.
  package let fixed: Identity

  package init(name: String, chain: Chain?, fixed: Identity) {
    self.name = name
    self.chain = chain
    self.fixed = fixed
  }
}

/// A rule on the resources whose URI matches one of its globs.
package struct ResourceRule: Sendable {
  package enum Effect: Hashable, Sendable {
    /// In the layer with this place among the layers that contain grants.
    case grant(layer: Int)
    case deny, ask, shadow
  }

  package let effect: Effect
  package let planned: PlannedRule
  package let globs: [URIGlob]

  package init(effect: Effect, planned: PlannedRule, globs: [URIGlob]) {
    self.effect = effect
    self.planned = planned
    self.globs = globs
  }
}
