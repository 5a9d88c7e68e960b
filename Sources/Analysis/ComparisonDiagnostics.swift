package import Semantics
package import Text

extension Comparison {
  /// Each change, where the new policy makes it: at the first rule that is new or another, or at the policy's first line.
  package func diagnostics(in new: CheckedPolicies) -> [Diagnostic] {
    let start = SourceRange(file: new.files.first?.id ?? .init(0), lower: 0, upper: 0)
    let targets = targets.map { target in
      let regions = target.regions.map { region in
        "\(region.words): \(region.before) -> \(region.after)" + (region.witness.map { ", shown by: \($0.line)" } ?? "")
      }
      return Diagnostic(
        target.direction == .narrower ? .narrowerPolicy : .widerPolicy, "\(target.target.description) \(target.direction.rawValue)",
        at: .init(target.rules.compactMap(\.after).first ?? start, "changed"), help: regions.isEmpty ? nil : regions.joined(separator: "\n")
      )
    }
    let settings = settings.map { setting in
      Diagnostic(
        setting.direction == .narrower ? .narrowerPolicy : .widerPolicy, "\(setting.kind) \(setting.name) \(setting.direction.rawValue)",
        at: .init(setting.after ?? start, "changed"), help: setting.change)
    }
    return targets + settings
  }
}

extension Comparison.Region {
  /// The calls it is about.
  package var words: String { facts.isEmpty ? "every call" : facts.joined(separator: ", ") }
}
