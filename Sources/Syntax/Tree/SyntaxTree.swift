package import Text

/// One parsed file: every token of it, so nothing a person wrote is lost, and the declarations made of them.
package struct SyntaxTree: Sendable {
  package let file: SourceFile
  /// In order and without gaps: joined, their bytes are the file.
  package let tokens: [Token]
  package let declarations: [Declaration]
  /// Where the declarations' parts stand; for formatting.
  package let outline: Outline
  /// What the parser reported and left out, so that nobody reports it again as missing.
  package let lost: LostNames

  package init(file: SourceFile, tokens: [Token], declarations: [Declaration], outline: Outline = .empty, lost: LostNames = .none) {
    self.file = file
    self.tokens = tokens
    self.declarations = declarations
    self.outline = outline
    self.lost = lost
  }
}

/// What declarations that could not be read would have declared.
package enum LostNames: Sendable {
  case some(Set<String>)
  /// The file itself could not be read, or a `use` of it, which would have brought any names.
  case any

  package static let none = LostNames.some([])

  package var isEmpty: Bool { if case .some(let names) = self { names.isEmpty } else { false } }

  package func contain(_ name: String) -> Bool {
    switch self {
    case .some(let names): names.contains(name)
    case .any: true
    }
  }

  mutating func insert(_ name: String) {
    guard case .some(let names) = self else { return }
    self = .some(names.union([name]))
  }
}

/// One declaration with what stands before its keyword.
package struct Declaration: Sendable {
  /// The `///` lines before it, without the slashes and one leading space.
  package let documentation: [String]
  package let annotations: [Annotation]
  /// Where `shadow` stands, when it does.
  package let shadow: SourceRange?
  package let keyword: SourceRange
  package let kind: Kind
  /// From the first annotation or keyword to the last token; documentation is not part of it.
  package let range: SourceRange

  package enum Kind: Sendable {
    case edition(EditionSyntax)
    case policy(PolicySyntax)
    case use(UseSyntax)
    case server(ServerSyntax)
    case scope(ScopeSyntax)
    case agent(AgentSyntax)
    case grant(GrantSyntax)
    case deny(DenySyntax)
    case ask(AskSyntax)
    case refine(RefineSyntax)
    case set(SetSyntax)
    case cost(CostSyntax)
    case limit(LimitSyntax)
    case label(LabelSyntax)
    case mark(MarkSyntax)
    case clear(MarkSyntax)
    case session(SessionSyntax)
    case patterns(PatternsSyntax)
    case filter(FilterSyntax)
    case test(TestSyntax)
    case table(TableSyntax)
    case prove(ProveSyntax)
  }

  package init(
    documentation: [String], annotations: [Annotation], shadow: SourceRange?, keyword: SourceRange, kind: Kind, range: SourceRange
  ) {
    self.documentation = documentation
    self.annotations = annotations
    self.shadow = shadow
    self.keyword = keyword
    self.kind = kind
    self.range = range
  }
}

/// `@sensitive`, `@owner("payments-sec")`.
package struct Annotation: Sendable {
  package let name: Identifier
  package let arguments: [Literal]
  package let range: SourceRange

  package init(name: Identifier, arguments: [Literal], range: SourceRange) {
    self.name = name
    self.arguments = arguments
    self.range = range
  }
}
