/// Just enough of media types (RFC 9110, sections 8.3 and 12.5.1) to tell what a message is and what its sender can read.
package enum MediaTypes {
  /// Whether every value names one type, parameters aside; UTF-8 is the only charset.
  package static func isType(_ values: [String], _ type: String) -> Bool {
    guard values.count == 1 else { return false }
    if values[0] == type { return true }
    let parts = values[0].lowercased().split(separator: ";", omittingEmptySubsequences: false).map(trimmed)
    guard parts.first == type else { return false }
    return parts.dropFirst().allSatisfy { part in
      guard part.hasPrefix("charset=") else { return true }
      return ["utf-8", "\"utf-8\""].contains(part.dropFirst("charset=".count))
    }
  }

  /// Whether `Accept` lists a type, itself or by a range. One that is absent lists nothing: clients of the protocol must send it.
  package static func accepts(_ values: [String], _ type: String) -> Bool {
    // As the official SDKs write it: the rest takes longer than a decision.
    if values.count == 1, values[0] == usual { return usual.hasPrefix(type) || usual.hasSuffix(type) }
    let family = type.prefix { $0 != "/" } + "/*"
    return values.joined(separator: ",").lowercased().split(separator: ",").contains { element in
      let parts = element.split(separator: ";").map(trimmed)
      guard let range = parts.first, range == type || range == family || range == "*/*" else { return false }
      return !parts.dropFirst().contains { $0 == "q=0" || $0.hasPrefix("q=0.") && $0.dropFirst(4).allSatisfy { $0 == "0" } }
    }
  }

  private static let usual = "application/json, text/event-stream"

  private static func trimmed(_ text: Substring) -> String {
    var part = text[...]
    while part.first == " " || part.first == "\t" { part.removeFirst() }
    while part.last == " " || part.last == "\t" { part.removeLast() }
    return String(part)
  }
}
