internal import JSON

/// Turns the sites that are reachable from the root into subschemas with all references resolved.
///
/// Dynamic references need no stack while validating: what `$dynamicRef` means depends only on the outermost resource that was entered with
/// an anchor of that name, so a subschema is built once for every such scope in which it is reached.
struct GraphBuilder {
  /// For each dynamic anchor, the site of the outermost resource that has it. `$recursiveAnchor` is the anchor without a name.
  struct Scope: Hashable {
    var anchors: [String: Int] = [:]
  }

  private struct Key: Hashable {
    let site: Int
    let scope: Int
  }

  var library: Library
  var patterns = PatternLibrary()
  let bounds: SchemaBounds
  let assertsFormats: Bool
  private(set) var subschemas: [Subschema] = []
  private var indices: [Key: Int] = [:]
  private var pending: [(index: Int, key: Key)] = []
  private var scopes: [Scope] = [Scope()]
  private var scopeIndices: [Scope: Int] = [Scope(): 0]

  init(library: Library, bounds: SchemaBounds, assertsFormats: Bool) {
    self.library = library
    self.bounds = bounds
    self.assertsFormats = assertsFormats
  }

  /// Builds everything reachable from a site; gives the index of its subschema.
  mutating func build(from site: Int) throws(SchemaError) -> Int {
    let root = try subschema(for: site, scope: 0)
    while let next = pending.popLast() {
      let reader = KeywordReader(site: library.sites[next.key.site], index: next.key.site, scope: next.key.scope, builder: self)
      subschemas[next.index] = try reader.read(into: &self)
    }
    return root
  }

  /// The index of the subschema for a site that is entered from a scope.
  mutating func subschema(for site: Int, scope: Int) throws(SchemaError) -> Int {
    let key = Key(site: site, scope: entering(library.sites[site].resource, from: scope))
    if let known = indices[key] { return known }
    guard subschemas.count < bounds.subschemas else {
      throw SchemaError(.tooLarge(limit: "subschemas", allowed: bounds.subschemas), at: library.sites[site].pointer)
    }
    subschemas.append(Subschema())
    indices[key] = subschemas.count - 1
    pending.append((subschemas.count - 1, key))
    return subschemas.count - 1
  }

  private mutating func entering(_ resource: Int, from scope: Int) -> Int {
    let entered = library.resources[resource]
    guard !entered.dynamicAnchors.isEmpty || entered.recursiveAnchor else { return scope }
    var result = scopes[scope]
    for (name, site) in entered.dynamicAnchors where result.anchors[name] == nil { result.anchors[name] = site }
    if entered.recursiveAnchor && result.anchors[""] == nil { result.anchors[""] = entered.root }
    if let known = scopeIndices[result] { return known }
    scopes.append(result)
    scopeIndices[result] = scopes.count - 1
    return scopes.count - 1
  }

  // MARK: References

  mutating func reference(_ text: String, from site: Int, scope: Int) throws(SchemaError) -> Int {
    let place = library.sites[site]
    let target = try library.resolve(text, from: place.resource, at: place.pointer)
    return try subschema(for: target.site, scope: scope)
  }

  /// `$dynamicRef`: as `$ref`, unless it leads to a `$dynamicAnchor`; then the outermost one of that name in scope.
  mutating func dynamicReference(_ text: String, from site: Int, scope: Int) throws(SchemaError) -> Int {
    let place = library.sites[site]
    let target = try library.resolve(text, from: place.resource, at: place.pointer)
    let resource = library.resources[library.sites[target.site].resource]
    if let anchor = target.anchor, resource.dynamicAnchors[anchor] == target.site, let outermost = scopes[scope].anchors[anchor] {
      return try subschema(for: outermost, scope: scope)
    }
    return try subschema(for: target.site, scope: scope)
  }

  /// `$recursiveRef` of 2019-09, whose only value is `#`.
  mutating func recursiveReference(_ text: String, from site: Int, scope: Int) throws(SchemaError) -> Int {
    let place = library.sites[site]
    let target = try library.resolve(text, from: place.resource, at: place.pointer)
    if library.resources[library.sites[target.site].resource].recursiveAnchor, let outermost = scopes[scope].anchors[""] {
      return try subschema(for: outermost, scope: scope)
    }
    return try subschema(for: target.site, scope: scope)
  }
}
