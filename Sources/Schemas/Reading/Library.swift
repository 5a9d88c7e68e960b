internal import JSON

/// A schema object (or boolean) at its place.
struct Site {
  let value: Value
  let resource: Int
  let document: Int
  /// JSON Pointer from the root of its document.
  let pointer: String
}

/// A schema with an address of its own, and what can be named inside it.
struct Resource {
  let address: Address
  let document: Int
  let pointer: String
  let language: Language
  var root = 0
  var anchors: [String: Int] = [:]
  var dynamicAnchors: [String: Int] = [:]
  /// `$recursiveAnchor: true` of 2019-09.
  var recursiveAnchor = false
}

/// Every schema document that one compilation can see: the schema itself, the supplied ones and the metaschemas, read when first named.
struct Library {
  private(set) var sites: [Site] = []
  private(set) var resources: [Resource] = []
  private var documents: [(root: Value, sites: [String: Int])] = []
  private var addresses: [Address: Int] = [:]
  private let supplied: [Address: Value]
  private let fallback: Dialect
  private let bounds: SchemaBounds

  /// - Parameter remotes: documents by the absolute address under which references name them.
  init(remotes: [String: Value], fallback: Dialect, bounds: SchemaBounds) {
    supplied = Dictionary(remotes.map { (Address($0.key).withoutFragment, $0.value) }, uniquingKeysWith: { first, _ in first })
    self.fallback = fallback
    self.bounds = bounds
  }

  /// Reads a document and gives the site of its root.
  mutating func add(_ root: Value, at address: Address, language inherited: Language? = nil) throws(SchemaError) -> Int {
    guard documents.count < bounds.documents else {
      throw SchemaError(.tooLarge(limit: "documents", allowed: bounds.documents), at: "")
    }
    var language = inherited ?? Language(fallback)
    if case .string(let name)? = root["$schema"] { language = try self.language(named: name, at: "") }
    documents.append((root, [:]))
    resources.append(Resource(address: address, document: documents.count - 1, pointer: "", language: language))
    addresses[address] = resources.count - 1
    let reader = SiteReader(document: documents.count - 1, bounds: bounds)
    let site = try reader.read(root, at: "", resource: resources.count - 1, depth: 0, into: &self)
    return site
  }

  /// The site that a reference standing in a resource leads to, and the anchor if it named one.
  mutating func resolve(_ reference: String, from resource: Int, at pointer: String) throws(SchemaError) -> (site: Int, anchor: String?) {
    let target = Address(reference).resolved(against: resources[resource].address)
    let unresolved = SchemaError(.unresolvedReference(reference), at: pointer)
    guard let found = try load(target.withoutFragment) else { throw unresolved }
    guard let fragment = target.fragment, !fragment.isEmpty else { return (resources[found].root, nil) }
    guard let decoded = Address.decoded(fragment: fragment) else { throw unresolved }
    if decoded.hasPrefix("/") {
      let place = resources[found].pointer + decoded
      guard let site = try site(in: resources[found].document, at: place) else { throw unresolved }
      return (site, nil)
    }
    guard let site = resources[found].anchors[decoded] else { throw unresolved }
    return (site, decoded)
  }

  private mutating func load(_ address: Address) throws(SchemaError) -> Int? {
    if let known = addresses[address] { return known }
    guard let document = supplied[address] ?? Metaschemas.document(at: address.text) else { return nil }
    let root = try add(document, at: address)
    // A document whose `$id` differs from where it was found is known under both addresses.
    addresses[address] = sites[root].resource
    return sites[root].resource
  }

  /// The schema at a pointer, also where no keyword of the dialect expects one.
  mutating func site(in document: Int, at pointer: String) throws(SchemaError) -> Int? {
    if let known = documents[document].sites[pointer] { return known }
    var value = documents[document].root
    var prefix = ""
    var resource = documents[document].sites[""].map { sites[$0].resource } ?? 0
    for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      guard let child = value.child(token) else { return nil }
      value = child
      prefix += "/" + token
      if let site = documents[document].sites[prefix] { resource = sites[site].resource }
    }
    let reader = SiteReader(document: document, bounds: bounds)
    return try reader.read(value, at: pointer, resource: resource, depth: 0, into: &self)
  }

  /// The language of a `$schema` value: one of the five dialects, or a supplied metaschema built on one.
  mutating func language(named name: String, at pointer: String, depth: Int = 0) throws(SchemaError) -> Language {
    if let dialect = Dialect(naming: name) { return Language(dialect) }
    guard depth < 4, let metaschema = supplied[Address(name).withoutFragment], case .string(let base)? = metaschema["$schema"] else {
      throw SchemaError(.unknownDialect(name), at: pointer)
    }
    let dialect = try language(named: base, at: pointer, depth: depth + 1).dialect
    guard dialect >= .draft201909, case .object(let entries)? = metaschema["$vocabulary"] else { return Language(dialect) }
    var vocabularies: Vocabularies = []
    for entry in entries {
      if let known = Vocabularies.named(entry.name) {
        vocabularies.formUnion(known)
      } else if entry.value == .boolean(true) {
        throw SchemaError(.unknownVocabulary(entry.name), at: pointer)
      }
    }
    return Language(dialect, vocabularies)
  }

  // MARK: What the reader of sites adds

  mutating func addSite(_ site: Site) throws(SchemaError) -> Int {
    guard sites.count < bounds.subschemas else {
      throw SchemaError(.tooLarge(limit: "subschemas", allowed: bounds.subschemas), at: site.pointer)
    }
    sites.append(site)
    documents[site.document].sites[site.pointer] = sites.count - 1
    if site.pointer == resources[site.resource].pointer { resources[site.resource].root = sites.count - 1 }
    return sites.count - 1
  }

  mutating func addResource(_ resource: Resource) throws(SchemaError) -> Int {
    // The document's own root may repeat the address it was found under.
    if let known = addresses[resource.address], resource.pointer != "" || resources[known].document != resource.document {
      throw SchemaError(.duplicateIdentifier(resource.address.text), at: resource.pointer)
    }
    resources.append(resource)
    addresses[resource.address] = resources.count - 1
    return resources.count - 1
  }

  mutating func addAnchor(_ name: String, site: Int, dynamic: Bool) throws(SchemaError) {
    let resource = sites[site].resource
    guard resources[resource].anchors.updateValue(site, forKey: name) == nil else {
      throw SchemaError(.duplicateIdentifier("#" + name), at: sites[site].pointer)
    }
    if dynamic { resources[resource].dynamicAnchors[name] = site }
  }

  mutating func markRecursiveAnchor(_ resource: Int) { resources[resource].recursiveAnchor = true }
}

extension Value {
  /// The member or element that an escaped token of a JSON Pointer names.
  func child(_ token: Substring) -> Value? {
    switch self {
    case .object:
      guard token.contains("~") else { return self[String(token)] }
      return self[Pointers.unescape(token)]
    case .array(let elements):
      guard let index = Int(token), elements.indices.contains(index), String(index) == token else { return nil }
      return elements[index]
    default: return nil
    }
  }
}

/// The escapes of JSON Pointer (RFC 6901): `~0` and `~1`.
enum Pointers {
  static func escape(_ name: String) -> String {
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
    return name.reduce(into: "") { $0 += $1 == "~" ? "~0" : $1 == "/" ? "~1" : String($1) }
  }

  static func unescape(_ token: Substring) -> String {
    var out = ""
    var rest = token
    while let character = rest.popFirst() {
      guard character == "~", let next = rest.first, next == "0" || next == "1" else {
        out.append(character)
        continue
      }
      out.append(next == "0" ? "~" : "/")
      rest.removeFirst()
    }
    return out
  }
}
