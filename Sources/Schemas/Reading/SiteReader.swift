internal import JSON

/// Walks a schema document where its dialect expects schemas, and enters every schema, address and anchor into the library.
struct SiteReader {
  let document: Int
  let bounds: SchemaBounds

  /// Gives the site of the value. Values that are no schema become sites too: whoever applies one finds the error, with its place.
  func read(_ value: Value, at pointer: String, resource: Int, depth: Int, into library: inout Library) throws(SchemaError) -> Int {
    guard depth < bounds.nesting else {
      throw SchemaError(.tooLarge(limit: "levels of nesting", allowed: bounds.nesting), at: pointer)
    }
    guard case .object(let members) = value else {
      return try library.addSite(Site(value: value, resource: resource, document: document, pointer: pointer))
    }
    let entered = try enter(value, at: pointer, resource: resource, into: &library)
    let site = try library.addSite(Site(value: value, resource: entered.resource, document: document, pointer: pointer))
    if let anchor = entered.anchor { try library.addAnchor(anchor, site: site, dynamic: false) }
    let dialect = library.resources[entered.resource].language.dialect
    try names(of: value, site: site, dialect: dialect, into: &library)
    for member in members {
      let place = pointer + "/" + Pointers.escape(member.name)
      try children(member.name, member.value, at: place, resource: entered.resource, dialect: dialect, depth: depth + 1, into: &library)
    }
    return site
  }

  /// The resource that a schema object belongs to: a new one when it has an address of its own.
  private func enter(
    _ value: Value, at pointer: String, resource: Int, into library: inout Library
  ) throws(SchemaError) -> (resource: Int, anchor: String?) {
    let outer = library.resources[resource]
    var language = outer.language
    if case .string(let name)? = value["$schema"], pointer != "" { language = try library.language(named: name, at: pointer) }
    if language.dialect.referenceHidesSiblings, value["$ref"] != nil { return (resource, nil) }
    guard case .string(let text)? = value[language.dialect.identifierKeyword] else { return (resource, nil) }
    let identifier = Address(text)
    var anchor = identifier.fragment.flatMap { $0.isEmpty ? nil : $0 }
    if anchor != nil, language.dialect > .draft7 {
      throw SchemaError(.malformed(keyword: "$id", expected: "an address without a fragment"), at: pointer)
    }
    if anchor?.hasPrefix("/") == true { anchor = nil }
    if text.hasPrefix("#") { return (resource, anchor) }
    let address = identifier.withoutFragment.resolved(against: outer.address)
    let new = Resource(address: address, document: document, pointer: pointer, language: language)
    return (try library.addResource(new), anchor)
  }

  private func names(of value: Value, site: Int, dialect: Dialect, into library: inout Library) throws(SchemaError) {
    guard dialect >= .draft201909 else { return }
    if case .string(let name)? = value["$anchor"] { try library.addAnchor(name, site: site, dynamic: false) }
    if dialect == .draft202012 {
      if case .string(let name)? = value["$dynamicAnchor"] { try library.addAnchor(name, site: site, dynamic: true) }
    } else if value["$recursiveAnchor"] == .boolean(true) {
      library.markRecursiveAnchor(library.sites[site].resource)
    }
  }

  private func children(
    _ keyword: String, _ value: Value, at place: String, resource: Int, dialect: Dialect, depth: Int, into library: inout Library
  ) throws(SchemaError) {
    switch Self.shape(of: keyword, in: dialect) {
    case .none: return
    case .schema: _ = try read(value, at: place, resource: resource, depth: depth, into: &library)
    case .schemas:
      if case .array(let elements) = value {
        for (index, element) in elements.enumerated() {
          _ = try read(element, at: "\(place)/\(index)", resource: resource, depth: depth, into: &library)
        }
      } else if keyword == "items" {
        _ = try read(value, at: place, resource: resource, depth: depth, into: &library)
      }
    case .namedSchemas:
      guard case .object(let members) = value else { return }
      for member in members {
        // `dependencies` holds lists of names beside schemas.
        if case .array = member.value { continue }
        let place = place + "/" + Pointers.escape(member.name)
        _ = try read(member.value, at: place, resource: resource, depth: depth, into: &library)
      }
    }
  }

  private enum Shape { case none, schema, schemas, namedSchemas }

  private static func shape(of keyword: String, in dialect: Dialect) -> Shape {
    switch keyword {
    case "not", "additionalProperties": .schema
    case "allOf", "anyOf", "oneOf": .schemas
    case "properties", "patternProperties", "definitions": .namedSchemas
    case "items": dialect == .draft202012 ? .schema : .schemas
    case "additionalItems": dialect == .draft202012 ? .none : .schema
    case "dependencies": .namedSchemas
    case "contains", "propertyNames": dialect >= .draft6 ? .schema : .none
    case "if", "then", "else": dialect >= .draft7 ? .schema : .none
    case "$defs", "dependentSchemas": dialect >= .draft201909 ? .namedSchemas : .none
    case "unevaluatedItems", "unevaluatedProperties", "contentSchema": dialect >= .draft201909 ? .schema : .none
    case "prefixItems": dialect == .draft202012 ? .schemas : .none
    default: .none
    }
  }
}
