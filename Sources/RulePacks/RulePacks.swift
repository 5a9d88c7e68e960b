private import CPacks

/// The packs of `rules/`, which are part of the program: a policy says `use sally.NAME`.
package enum RulePacks {
  /// In order of name.
  package static let names: [String] = (0..<pack_count()).map { pack in
    String(decoding: (0..<pack_name_length(pack)).map { pack_name_byte(pack, $0) }, as: UTF8.self)
  }

  /// The text of a pack, a policy file in UTF-8; nil when there is none of this name.
  package static func text(of name: String) -> [UInt8]? {
    guard let pack = names.firstIndex(of: name).map(Int32.init) else { return nil }
    return (0..<pack_length(pack)).map { pack_byte(pack, $0) }
  }
}
