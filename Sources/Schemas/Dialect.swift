/// The editions of JSON Schema that are understood.
package enum Dialect: Int, Sendable, Hashable, CaseIterable, Comparable {
  case draft4, draft6, draft7, draft201909, draft202012

  package static func < (left: Dialect, right: Dialect) -> Bool { left.rawValue < right.rawValue }

  /// The address of the metaschema, without an empty fragment.
  package var metaschema: String {
    switch self {
    case .draft4: "http://json-schema.org/draft-04/schema"
    case .draft6: "http://json-schema.org/draft-06/schema"
    case .draft7: "http://json-schema.org/draft-07/schema"
    case .draft201909: "https://json-schema.org/draft/2019-09/schema"
    case .draft202012: "https://json-schema.org/draft/2020-12/schema"
    }
  }

  /// The dialect that `$schema` names; an empty fragment and the http/https difference, both common in real schemas, do not count.
  package init?(naming address: String) {
    let name = Self.normalised(address)
    guard let found = Self.allCases.first(where: { Self.normalised($0.metaschema) == name }) else { return nil }
    self = found
  }

  private static func normalised(_ address: String) -> Substring {
    var rest = address[...]
    if rest.hasSuffix("#") { rest.removeLast() }
    for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { return rest.dropFirst(scheme.count) }
    return rest
  }

  /// The keyword that gives a schema its address.
  var identifierKeyword: String { self == .draft4 ? "id" : "$id" }

  /// Up to draft-07 a `$ref` hides everything beside it.
  var referenceHidesSiblings: Bool { self <= .draft7 }
}

/// Groups of keywords that a metaschema may switch on and off from 2019-09 on.
struct Vocabularies: OptionSet, Sendable, Hashable {
  let rawValue: Int

  static let applicator = Vocabularies(rawValue: 1)
  static let unevaluated = Vocabularies(rawValue: 2)
  static let validation = Vocabularies(rawValue: 4)
  static let formatAssertion = Vocabularies(rawValue: 8)

  static let usual: Vocabularies = [.applicator, .unevaluated, .validation]

  /// What one entry of `$vocabulary` switches on; nil when the vocabulary is not known.
  static func named(_ address: String) -> Vocabularies? {
    switch address {
    case "https://json-schema.org/draft/2019-09/vocab/applicator": [.applicator, .unevaluated]
    case "https://json-schema.org/draft/2020-12/vocab/applicator": .applicator
    case "https://json-schema.org/draft/2020-12/vocab/unevaluated": .unevaluated
    case "https://json-schema.org/draft/2019-09/vocab/validation", "https://json-schema.org/draft/2020-12/vocab/validation": .validation
    case "https://json-schema.org/draft/2020-12/vocab/format-assertion": .formatAssertion
    case "https://json-schema.org/draft/2019-09/vocab/core", "https://json-schema.org/draft/2020-12/vocab/core",
      "https://json-schema.org/draft/2019-09/vocab/format", "https://json-schema.org/draft/2020-12/vocab/format-annotation",
      "https://json-schema.org/draft/2019-09/vocab/content", "https://json-schema.org/draft/2020-12/vocab/content",
      "https://json-schema.org/draft/2019-09/vocab/meta-data", "https://json-schema.org/draft/2020-12/vocab/meta-data":
      []
    default: nil
    }
  }
}

/// A dialect as one schema resource uses it.
struct Language: Sendable, Hashable {
  let dialect: Dialect
  let vocabularies: Vocabularies

  init(_ dialect: Dialect, _ vocabularies: Vocabularies = .usual) {
    self.dialect = dialect
    self.vocabularies = vocabularies
  }
}
