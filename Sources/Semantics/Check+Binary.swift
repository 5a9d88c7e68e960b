internal import Syntax
internal import Text

private typealias Filter = CheckedPolicies.Filter

// What filters say of pictures, sound and files.
extension Checker {
  mutating func lower(_ written: FilterSyntax.Binary, _ actions: CheckedPolicies.Filter.Actions) -> CheckedPolicies.Filter.Binary? {
    let types = written.types.map { ($0, mediaRange($0)) }
    var known: [String: SourceRange] = [:]
    for case (let literal, let type?) in types {
      if let first = known[type] {
        report(
          .duplicateElement, "`\(type)` stands here twice", literal.range, "again", also: [.init(first, "the first is here")],
          help: "remove one of them")
      }
      known[type] = known[type] ?? literal.range
    }
    var bytes: Int?
    if let size = written.longerThan {
      bytes = positiveSize(size)
      if bytes == nil { return nil }
    }
    guard types.allSatisfy({ $0.1 != nil }) else { return nil }
    return .init(isExcept: written.isExcept, types: known.keys.sorted(), longerThan: bytes, actions: actions)
  }

  /// A filter reads binary content where it stands, and one content has one end.
  mutating func checkBinary(
    _ filter: FilterSyntax, _ binaries: [(binary: CheckedPolicies.Filter.Binary, range: SourceRange)],
    _ places: Set<CheckedPolicies.Filter.Place>
  ) {
    let holders: [Filter.Place] = [.text, .resource, .prompt, .request]
    if places.isDisjoint(with: holders) {
      report(
        .neverHolds, "filter `\(filter.name.text)` reads no place that can hold binary content", binaries[0].range, "never there",
        help: "it stands in \(listed(holders.map(\.rawValue)))")
    }
    for (index, (binary, range)) in binaries.enumerated() {
      if let first = binaries[..<index].first(where: { $0.binary.isOfSame(as: binary) }) {
        reportClash("filter `\(filter.name.text)` says twice what happens to this content", range, first.range)
      } else if let wide = binaries.enumerated().first(where: { $0.offset != index && $0.element.binary.overrides(binary) })?.element {
        report(
          .neverHolds, "nothing is left to this clause of filter `\(filter.name.text)`", range, "does nothing",
          also: [.init(wide.range, "blocks all of it")], help: "remove it, or make the other one narrower")
      }
    }
  }

  /// Of what one content is; nil: reported.
  mutating func mediaType(_ literal: StringLiteral) -> String? {
    guard let type = mediaRange(literal) else { return nil }
    if !type.hasSuffix("/*") { return type }
    report(.badText, "`\(literal.value)` is no single type", literal.range, "many types", help: "write one, as in `\"image/png\"`")
    return nil
  }

  /// `image/*` or `image/png` (RFC 6838, section 4.2), in lower case; nil: reported.
  private mutating func mediaRange(_ literal: StringLiteral) -> String? {
    let text = literal.value.lowercased()
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, isRestrictedName(parts[0]), parts[1] == "*" || isRestrictedName(parts[1]) else {
      let isParametered = text.contains(";")
      report(
        .badText, "`\(literal.value)` is no media type", literal.range, "no type",
        help: text == "*/*" || text == "*"
          ? "leave the type out to speak of all binary content: `binary -> block`"
          : isParametered ? "leave the parameters out" : "write `\"image/png\"`, or `\"image/*\"` for all images")
      return nil
    }
    let kinds = ["application", "audio", "example", "font", "haptics", "image", "message", "model", "multipart", "text", "video"]
    if kinds.contains(String(parts[0])) || parts[0].hasPrefix("x-") { return text }
    let near = suggestion(for: String(parts[0]), among: kinds)
    report(
      .unknownChoice, "media types begin with \(listed(kinds, most: 12)), not `\(parts[0])`", literal.range, "unknown",
      help: near.map { "did you mean `\($0)/\(parts[1])`?" }, fixes: replacement(near.map { "\"\($0)/\(parts[1])\"" }, literal.range))
    return nil
  }

  private func isRestrictedName(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 127, isLetterOrDigit(first) else { return false }
    return text.utf8.allSatisfy { isLetterOrDigit($0) || "!#$&-^_.+".utf8.contains($0) }
  }

  private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension CheckedPolicies.Filter.Binary {
  fileprivate func isOfSame(as other: Self) -> Bool {
    (isExcept, types, longerThan) == (other.isExcept, other.types, other.longerThan)
  }

  /// Whether it blocks everything that the other one speaks of, and sets the labels that the other one sets.
  fileprivate func overrides(_ other: Self) -> Bool {
    actions.content == .block && Set(other.actions.labels).isSubset(of: actions.labels) && (longerThan ?? 0) <= (other.longerThan ?? 0)
      && holdsTypes(of: other)
  }

  private func holdsTypes(of other: Self) -> Bool {
    if types.isEmpty { return true }
    if other.types.isEmpty { return false }
    switch (isExcept, other.isExcept) {
    case (false, false): return other.types.allSatisfy { type in types.contains { $0.holds(type) } }
    case (true, true): return types.allSatisfy { type in other.types.contains { $0.holds(type) } }
    case (true, false): return !other.types.contains { type in types.contains { $0.holds(type) || type.holds($0) } }
    // What is not named has no end.
    case (false, true): return false
    }
  }
}

extension String {
  /// Of media ranges: whether each type of the other is one of this.
  fileprivate func holds(_ other: String) -> Bool { self == other || hasSuffix("/*") && other.hasPrefix(dropLast()) }
}
