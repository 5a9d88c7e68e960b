import Bytecode
import Semantics

/// Packs that are looked for without being asked for, and where.
enum ShippedPack: String, CaseIterable {
  case injection, toolpoison, arguments

  private var places: FilterPlaces {
    switch self {
    case .injection: .outputs
    // Many of its sentences are harmless in a document.
    case .toolpoison: .description
    case .arguments: .arguments
    }
  }

  /// - Parameter name: of a set of a pack, such as `sally.injection`.
  static func place(ofSet name: String) -> FilterPlaces {
    allCases.first { name == "sally.\($0)" || name.hasPrefix("sally.\($0).") }?.places ?? FilterPlaces.outputs
  }
}

/// The packs that hold the named sets, or those that are looked for without being asked for.
///
/// - Parameter names: of packs and their sets: `arguments`, `arguments.sql`.
func shippedPacks(_ names: [String]) throws -> CheckedPolicies {
  let packs = names.isEmpty ? ShippedPack.allCases.map(\.rawValue) : Set(names.map { String($0.prefix { $0 != "." }) }).sorted()
  for pack in packs {
    guard !pack.isEmpty, pack.utf8.allSatisfy({ (0x61...0x7A).contains($0) }) else { throw Complaint("`\(pack)` is no pack") }
  }
  return try requirePolicies(["packs.sally"], reader: PackReader(packs: packs))
}

/// Whether a set of patterns is meant by the name of a pack, or of a set of one.
func isSet(_ set: String, of name: String) -> Bool { set == "sally.\(name)" || set.hasPrefix("sally.\(name).") }

/// Gives one policy that uses packs and does nothing else.
private struct PackReader: FileReader {
  let packs: [String]

  func contents(of path: String) throws(FileProblem) -> [UInt8] {
    guard path == "packs.sally" else { throw .missing }
    return Array("policy packs\n\(packs.map { "use sally.\($0)\n" }.joined())".utf8)
  }

  func neighbours(of path: String) -> [String] { [] }
}
