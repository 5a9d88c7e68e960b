/// Why a schema was refused. Nothing is ever validated against a schema that could not be read whole.
package struct SchemaError: Error, Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// `$schema` names a dialect that is not among the five, nor a supplied metaschema.
    case unknownDialect(String)
    /// A metaschema requires a vocabulary that this validator does not know: what it would assert cannot be guessed (JSON Schema Core 8.1.2.1).
    case unknownVocabulary(String)
    /// `$ref` and its kin lead to a document that was not supplied, or to a place that does not exist.
    case unresolvedReference(String)
    /// A keyword has a value that its dialect does not allow.
    case malformed(keyword: String, expected: String)
    /// A regular expression outside ECMA-262's unicode syntax, or one that cannot be executed.
    case pattern(String, problem: String)
    /// Two schemas of one document claim the same address.
    case duplicateIdentifier(String)
    /// A schema applies itself to the same value without end.
    case endlessReference
    /// A limit of ``SchemaBounds``, by name.
    case tooLarge(limit: String, allowed: Int)
  }

  package let reason: Reason
  /// JSON Pointer of the schema object at fault, within its document.
  package let pointer: String

  package init(_ reason: Reason, at pointer: String) {
    self.reason = reason
    self.pointer = pointer
  }

  /// One line for people: lower case, without a full stop.
  package var message: String {
    let place = pointer.isEmpty ? "the schema" : "the schema at `\(pointer)`"
    switch reason {
    case .unknownDialect(let name):
      return "\(place) declares the dialect `\(name)`, which is not known; known are draft-04, draft-06, draft-07, 2019-09 and 2020-12"
    case .unknownVocabulary(let name): return "\(place) requires the vocabulary `\(name)`, which is not known"
    case .unresolvedReference(let target):
      return "\(place) refers to `\(target)`, which is not in the schema; references are never fetched from the network"
    case .malformed(let keyword, let expected): return "\(place) has a `\(keyword)` that is not \(expected)"
    case .pattern(let pattern, let problem): return "\(place) has the regular expression `\(pattern)`: \(problem)"
    case .duplicateIdentifier(let name): return "\(place) claims the address `\(name)`, which another schema has"
    case .endlessReference: return "\(place) applies itself to the same value without end"
    case .tooLarge(let limit, let allowed): return "\(place) is too large: more than \(allowed) \(limit)"
    }
  }
}
