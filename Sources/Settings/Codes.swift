package import Text

// What reading a configuration file reports. Every code has a page in docs/errors/ and a golden case in Tests/SettingsTests/Cases.
extension Diagnostic.Code {
  /// A line that is no setting, table header or comment.
  package static let malformedSetting = Self(.error, 801, "malformed-setting")
  /// A setting or table that nothing reads.
  package static let unknownSetting = Self(.error, 802, "unknown-setting")
  /// A setting whose value is of the wrong kind, out of range, or fits no other setting.
  package static let wrongSetting = Self(.error, 803, "wrong-setting")
  /// A table without a setting that it needs.
  package static let missingSetting = Self(.error, 804, "missing-setting")
}
