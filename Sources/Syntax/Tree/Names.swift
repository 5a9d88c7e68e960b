package import Text

/// One word: a letter or `_`, then letters, digits, `_` and `-`.
package struct Identifier: Hashable, Sendable {
  package let text: String
  package let range: SourceRange

  package init(_ text: String, _ range: SourceRange) {
    self.text = text
    self.range = range
  }
}

/// Words joined by dots: `repo.read`, `acme.access`.
package struct DottedName: Hashable, Sendable {
  /// Never empty.
  package let parts: [Identifier]

  package init(_ parts: [Identifier]) {
    precondition(!parts.isEmpty, "a name has at least one part")
    self.parts = parts
  }

  package var text: String { parts.map(\.text).joined(separator: ".") }
  package var range: SourceRange { parts[0].range.union(parts[parts.count - 1].range) }
}

/// What a rule speaks of.
package struct Target: Sendable {
  package enum Kind: Sendable {
    /// `github.get_issue`, `github.get_*`, `*.*`. Each part is a name or a glob in which `*` stands for any characters.
    case tool(server: Identifier, name: Identifier)
    /// `resource docs "file:///handbook/**"`
    case resource(server: Identifier, uri: StringLiteral)
    /// `prompt docs.review`; the name may be a glob.
    case prompt(server: Identifier, name: Identifier)
    /// `any of repo.write`: everything the scope opens, itself or through what it implies.
    case scope(DottedName)
  }

  package let kind: Kind
  package let range: SourceRange

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

package struct StringLiteral: Hashable, Sendable {
  /// With escapes resolved.
  package let value: String
  package let range: SourceRange

  package init(_ value: String, _ range: SourceRange) {
    self.value = value
    self.range = range
  }
}

/// `/…/i`. The source is kept as written, slashes within it unescaped.
package struct RegexLiteral: Hashable, Sendable {
  package let source: String
  /// Letters after the closing slash; only `i` means something.
  package let flags: String
  package let range: SourceRange

  package init(source: String, flags: String, range: SourceRange) {
    self.source = source
    self.flags = flags
    self.range = range
  }
}

/// A value as written.
package struct Literal: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    case string(String)
    /// The digits without `_`: `-0.01`, `5000.00`. JSON number syntax without an exponent.
    case number(String)
    case boolean(Bool)
    /// A bare word: `fri`, `clear`.
    case word(String)
    case moment(MomentLiteral)
    /// `15m`, `2s`, `500ms`, `1h`, `7d`, in milliseconds.
    case duration(milliseconds: Int64)
    /// `64KiB`, `1MiB`, in bytes.
    case size(bytes: Int64)
  }

  package let kind: Kind
  package let range: SourceRange

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}

/// A day, or a moment in UTC: `2027-03-31`, `2026-11-18T10:00:00Z`. Always a date that exists.
package struct MomentLiteral: Hashable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z; for a day, of its first moment.
  package let milliseconds: Int64
  package let isDay: Bool

  package init(milliseconds: Int64, isDay: Bool) {
    self.milliseconds = milliseconds
    self.isDay = isDay
  }
}
