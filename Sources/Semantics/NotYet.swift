internal import Syntax
internal import Text

/// What the language has and this version does not carry out. Each is parsed, formatted and checked for its names, then refused: a rule that
/// is accepted and ignored is worse than none.
enum LaterFeature: String, CaseIterable {
  case prove
}

extension LaterFeature {
  /// An issue that carries a feature out takes its line away.
  static let refused: Set<LaterFeature> = [
    .prove
  ]
}

extension Checker {
  mutating func reportLater(_ feature: LaterFeature, _ range: SourceRange) {
    guard LaterFeature.refused.contains(feature) else { return }
    report(
      .notSupportedYet, "`\(feature.rawValue)` is not supported yet", range, "read, but not carried out",
      help: "this version would not do what it says, so it refuses; remove it until a version that does")
  }

  /// Whole declarations that are not carried out.
  mutating func reportNotSupported() {
    for loaded in sources.loaded {
      for declaration in loaded.tree.declarations {
        guard let feature = declaration.kind.laterFeature else { continue }
        reportLater(feature, declaration.keyword)
      }
    }
  }
}

extension Declaration.Kind {
  fileprivate var laterFeature: LaterFeature? {
    switch self {
    case .prove: .prove
    case .use, .cost, .limit, .patterns, .filter, .label, .mark, .clear, .session, .refine, .edition, .policy, .server, .scope, .agent,
      .grant, .deny,
      .ask,
      .set, .test, .table:
      nil
    }
  }
}
