package import Text

/// A run of bytes the lexer took as one thing. White space and comments are tokens too, so a file is exactly its tokens.
package struct Token: Hashable, Sendable {
  package enum Kind: UInt8, Sendable {
    case whitespace
    /// `// …`
    case comment
    /// `/// …`
    case documentation
    case word
    case number
    case moment
    case duration
    case size
    case string
    case regex
    /// One of `{ } ( ) [ ] , : . .. = == != < <= > >= | -> * @ -`
    case punctuation
    /// Bytes that are no token; a diagnostic has been reported.
    case unknown

    /// White space and comments: what the parser passes over.
    package var isTrivia: Bool { self == .whitespace || self == .comment || self == .documentation }
  }

  package let kind: Kind
  package let range: SourceRange

  package init(_ kind: Kind, _ range: SourceRange) {
    self.kind = kind
    self.range = range
  }
}
