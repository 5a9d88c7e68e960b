/// How long an answer may be kept, from its header lines (RFC 9111 sections 4.2, 5.1, 5.2).
package struct Freshness {
  private var lifetime: Int64?
  private var age: Int64 = 0
  private var mayNotBeKept = false

  package init() {}

  /// Seconds; nil: the sender does not say.
  package var seconds: Int64? { mayNotBeKept ? 0 : lifetime.map { max(0, $0 - age) } }

  /// - Parameter line: without its end.
  package mutating func read(_ line: String) {
    guard let colon = line.firstIndex(of: ":") else { return }
    let value = line[line.index(after: colon)...].lowercased()
    switch line[..<colon].lowercased() {
    case "age": age = Freshness.number(value[...]) ?? 0
    case "cache-control":
      for directive in value.split(separator: ",") {
        let parts = directive.split(separator: "=", maxSplits: 1).map { $0.trimmed }
        switch parts.first {
        case "no-store", "no-cache": mayNotBeKept = true
        case "max-age":
          // A lifetime that cannot be read is none (section 4.2.1).
          let seconds = parts.count == 2 ? Freshness.number(parts[1]) ?? 0 : 0
          lifetime = min(lifetime ?? .max, seconds)
        default: break
        }
      }
    default: break
    }
  }

  private static func number(_ text: Substring) -> Int64? {
    let digits = text.trimmed.drop { $0 == "\"" }.prefix { $0 != "\"" }
    // Longer ones are "infinite" (section 1.2.2).
    guard !digits.isEmpty, digits.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
    return digits.count > 10 ? 1 << 31 : Int64(digits)
  }
}

extension Substring {
  var trimmed: Substring {
    let start = drop { $0 == " " || $0 == "\t" }
    guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return start[...last]
  }
}
