internal import JSON

/// How expectations are put into words.
enum Wording {
  static func kinds(_ kinds: KindSet) -> String {
    let nouns = kinds.names.map { name in
      switch name {
      case "null": "null"
      case "integer", "array", "object": "an " + name
      default: "a " + name
      }
    }
    return nouns.isEmpty ? "nothing" : nouns.count == 1 ? nouns[0] : nouns.dropLast().joined(separator: ", ") + " or " + nouns.last!
  }

  /// "`a`, `b` or `c`", and how many more there are.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(most).map { "`\(Redaction.shortened($0))`" }
    let more = names.count > most ? " (\(names.count - most) more)" : ""
    return shown.joined(separator: ", ") + more
  }

  /// - Parameters:
  ///   - values: the first JSON texts, at most `most` of them.
  ///   - count: how many there are.
  static func choice(_ values: [String], of count: Int) -> String {
    let shown = values.map(Redaction.shortened)
    let more = count > shown.count ? " (\(count - shown.count) more)" : ""
    return shown.isEmpty ? "nothing" : count == 1 ? shown[0] : "one of " + shown.joined(separator: ", ") + more
  }

  /// Values and names that are listed.
  static let most = 20

  static func range(_ range: NumberRange) -> String {
    let lower = range.minimum.map { ($0.isExclusive ? "above " : "from ") + $0.value.description }
    let upper = range.maximum.map { ($0.isExclusive ? "below " : range.minimum == nil ? "up to " : "to ") + $0.value.description }
    return "a number " + [lower, upper].compactMap(\.self).joined(separator: range.minimum?.isExclusive == true ? " and " : " ")
  }

  static func count(_ minimum: Int, _ maximum: Int, _ noun: String) -> String {
    if minimum == maximum { return "exactly " + Redaction.counted(minimum, noun) }
    if maximum == .max { return "at least " + Redaction.counted(minimum, noun) }
    if minimum == 0 { return "at most " + Redaction.counted(maximum, noun) }
    return "\(minimum) to \(Redaction.counted(maximum, noun))"
  }
}
