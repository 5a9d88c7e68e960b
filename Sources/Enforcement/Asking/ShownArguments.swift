internal import Bytecode
internal import Decision
internal import Filters
internal import JSON

/// The arguments of a call as a person who decides on it gets to see them: without what the filters of its results would take out of a text,
/// and cut where they are long. Bounded whatever the call is.
struct ShownArguments: ~Copyable {
  /// Bytes of one text, values and members, levels: what a person reads before deciding.
  private static let longestText = 512
  private static let mostValues = 128
  private static let deepest = 8

  private let sanitiser: Sanitiser?
  private let selection: Selection?
  private let document: Document
  private var scratch = SanitiserScratch()
  private var values = 0

  /// JSON.
  static func text(of call: Call, _ filters: ProgramFilters) -> String {
    let (document, arguments, readers): (Document, Node?, Readers)
    switch call {
    case .tool(let tool, let holder, let node): (document, arguments, readers) = (holder, node, filters.readers(of: tool))
    case .prompt(let prompt, let holder, let node): (document, arguments, readers) = (holder, node, filters.readers(of: prompt))
    case .resource: return "{}"
    }
    guard let arguments else { return "{}" }
    var shown = ShownArguments(document, readers, filters)
    return String(decoding: write(shown.value(arguments, depth: 0), .compact), as: UTF8.self)
  }

  private init(_ document: Document, _ readers: Readers, _ filters: ProgramFilters) {
    self.document = document
    sanitiser = filters.sanitiser
    selection = sanitiser.flatMap { $0.selection(of: readers.filters, in: [.text, .structured, .prompt]) }
  }

  private mutating func value(_ node: Node, depth: Int) -> Value {
    values += 1
    guard values <= Self.mostValues, depth < Self.deepest else { return "…" }
    switch document.kind(node) {
    case .null: return .null
    case .boolean: return .boolean(document.boolean(node) ?? false)
    case .string: return .string(shown(document.text(node) ?? []))
    case .number: return document.source(node).count > Self.longestText ? "…" : number(node)
    case .array: return .array(document.elements(node).prefix(Self.mostValues).map { value($0, depth: depth + 1) })
    case .object:
      return .object(
        document.members(node).prefix(Self.mostValues).map { key, member in
          Value.Member(shown(document.text(key) ?? []), value(member, depth: depth + 1))
        })
    }
  }

  /// A number that is somebody's is found like a text.
  private mutating func number(_ node: Node) -> Value {
    let digits = Array(document.bytes[document.source(node)])
    let text = shown(digits)
    return text.utf8.elementsEqual(digits) ? Value(document, node) : .string(text)
  }

  private mutating func shown(_ text: [UInt8]) -> String {
    var text = text
    if let sanitiser, let selection {
      switch sanitiser.inspect(text.span, under: selection, from: Span(), scratch: &scratch) {
      case .clean: break
      case .rewritten: text = scratch.output
      case .blocked, .undecided: return "[withheld]"
      }
    }
    guard text.count > Self.longestText else { return String(decoding: text, as: UTF8.self) }
    return String(decoding: text.prefix(Self.longestText), as: UTF8.self) + "… (\(text.count) bytes)"
  }
}
