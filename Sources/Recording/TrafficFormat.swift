/// The format of recordings (docs/recording.md).
package enum TrafficFormat {
  /// Another number is another format: a reader refuses what it does not know.
  package static let version = 1
  package static let name = "sallyport-traffic"

  /// What the first member of a line, `k`, says that the line is.
  package enum Kind: String, Sendable, CaseIterable {
    case header, policy, tests, caller, call, end, list, note, gap
  }
}

/// How much of arguments and results a recording keeps. Numbers, booleans and texts that the policy or a schema names are kept in any case.
package enum RecordedDetail: String, Sendable, CaseIterable {
  /// Every other text as a digest.
  case digests
  /// Short words in which no pack finds anything as well.
  case typed
  /// Every text in which no pack finds anything, and results.
  case redacted
}
