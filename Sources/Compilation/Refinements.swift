internal import Bytecode
internal import JSON
internal import Patterns
internal import Semantics
internal import Text

extension Refinement {
  init(_ refinement: CheckedPolicies.Refinement, of tool: Snapshot.Tool) throws(Rejected) {
    var residues: [Residue] = []
    var defaults: [Default] = []
    for field in refinement.fields {
      let path = field.path.names
      if field.isAbsent { residues.append(Residue(path: path, test: .absent)) }
      if let value = field.defaultValue {
        defaults.append(Default(path: path, value: Value(value), replacesNull: field.isNullable))
      }
      for constraint in field.constraints {
        guard let test = try Residue.Test(constraint, at: field.range) else { continue }
        residues.append(Residue(path: path, test: test))
        guard case .text(let text)? = field.defaultValue, let problem = test.problem(Array(text.utf8).span) else { continue }
        // How URLs and paths are read is known here and not to the checker.
        throw Rejected([
          Diagnostic(
            .badDefault, "the default of `\(path.joined(separator: "."))` is not a value it can have",
            at: Diagnostic.Label(field.range, "it \(problem)"),
            help: "choose a default that passes its constraints")
        ])
      }
    }
    self.init(
      inputSchema: narrowedSchema(of: tool.definition["inputSchema"] ?? .object([]), by: refinement), defaults: defaults, residues: residues
    )
  }
}

extension Refinement.Residue.Test {
  /// Nil when JSON Schema says it.
  fileprivate init?(_ constraint: Constraint, at range: SourceRange) throws(Rejected) {
    switch constraint {
    case .url(let schemes, let hosts, let ports):
      self = .url(
        URLRule(
          schemes: schemes.map { Array($0.utf8) },
          hosts: try hosts?.map { host throws(Rejected) in Array(try normalHost(host, at: range).utf8) }, ports: ports,
          text: constraint.sentence ?? ""))
    case .path(let under, let except):
      self = .path(
        PathRule(folders: under.map { Array($0.utf8) }, exceptions: except.map { PathGlob($0) }, text: constraint.sentence ?? ""))
    case .matches(let pattern, nil):
      self = .matches(try compiled(pattern, at: range), source: pattern.source)
    case .between, .step, .oneOf, .matches, .length, .withoutControlCharacters: return nil
    }
  }
}

extension ArgumentPath {
  /// Refinements and keys of sessions lead through objects only.
  var names: [String] {
    steps.map { step in
      guard case .member(let name) = step else { preconditionFailure("the path goes through no list") }
      return name
    }
  }
}

extension Value {
  init(_ constant: Constant) {
    switch constant {
    case .text(let text): self = .string(text)
    case .number(let number): self = .number(number)
    case .boolean(let boolean): self = .boolean(boolean)
    }
  }
}

extension Constraint {
  /// For a model, what JSON Schema cannot say; nil when it can.
  var sentence: String? {
    switch self {
    case .url(let schemes, let hosts, let ports):
      let names = hosts.map { $0.map(\.text).joined(separator: " or ") } ?? "a public name, no address"
      let port = ports.isEmpty ? "no port but the scheme's own" : "port \(ports.map(String.init).joined(separator: " or "))"
      return "Must be a URL; scheme: \(schemes.joined(separator: " or ")); host: \(names); \(port); no user name."
    case .path(let under, let except):
      let exceptions = except.isEmpty ? "" : ", except \(except.joined(separator: ", "))"
      return "Must be a plain path in \(under.joined(separator: " or "))\(exceptions), without `..`."
    case .matches(let pattern, nil): return "Must match the regular expression /\(pattern.source)/ as a whole."
    case .between, .step, .oneOf, .matches, .length, .withoutControlCharacters: return nil
    }
  }
}

extension HostPattern {
  fileprivate var text: String {
    switch self {
    case .exactly(let name): name
    case .below(let name): "*." + name
    }
  }
}
