package import Bytecode
package import Enforcement
package import Filters
internal import JSON
internal import Schemas

/// Makes of arguments, and of other texts that callers chose, what may be written down: secrets and personal data taken out with the same
/// patterns that policies use, members named like secrets hidden, everything short.
package struct ArgumentRedactor: ~Copyable {
  /// Bytes of a value that is looked at; of a longer one only the size is told.
  private static let longestValue = 2_048
  /// Bytes of a name and its value as they are shown.
  private static let longestShown = 256
  private static let hidden = "[hidden]"

  private let sanitiser: Sanitiser
  private let selection: Selection?
  private var scratch = SanitiserScratch()

  /// - Parameter sets: whose every match is taken out, however it is hidden.
  package init(patterns: [FilterPattern], sets: [PatternSetInfo]) throws(SanitiserError) {
    let filters = sets.enumerated().map { number, set in
      let clause = FilterClause(
        set: number, patterns: Array(set.patterns), isScored: false, content: .redact(.standard), labels: LabelSet(), because: nil)
      return FilterInfo(
        name: set.name, file: "", line: 1, isShadow: false, isConfidential: false, places: .text, transforms: .all, clauses: [clause])
    }
    sanitiser = try Sanitiser(patterns: patterns, sets: sets, filters: filters, key: .random())
    selection = sanitiser.selection(of: filters.indices, in: .text)
  }

  /// As JSON in ASCII.
  package mutating func shown(_ arguments: RecordedArguments) -> [UInt8] {
    var members: [Value.Member] = []
    for index in arguments.indices {
      let name = ArgumentRedactor.text(arguments.name(index))
      members.append(shown(name, arguments.value(index), size: arguments.size(index)))
    }
    // Once more as a whole: what is apart in two members may be found together.
    let all = text(String(decoding: write(.object(members)), as: UTF8.self))
    guard let value = try? Value(parsing: Array(all.utf8)), case .object = value else {
      return Array("\"\(ArgumentRedactor.hidden)\"".utf8)
    }
    return ArgumentRedactor.ascii(all)
  }

  private mutating func shown(_ name: String, _ value: Span<UInt8>, size: Int) -> Value.Member {
    let unseen = "[\(size) bytes]"
    let plainName = text(name)
    guard !value.isEmpty, value.count <= ArgumentRedactor.longestValue,
      let parsed = try? Value(parsing: ArgumentRedactor.bytes(value))
    else { return Value.Member(plainName, .string(unseen)) }
    if Redaction.isSensitive(name: name) { return Value.Member(plainName, .string(ArgumentRedactor.hidden)) }
    let member = write(.object([Value.Member(name, ArgumentRedactor.hiding(parsed))]))
    let clean = text(String(decoding: member, as: UTF8.self))
    guard clean.utf8.count <= ArgumentRedactor.longestShown else { return Value.Member(plainName, .string(unseen)) }
    guard case .object(let members)? = try? Value(parsing: Array(clean.utf8)), let only = members.first else {
      return Value.Member(plainName, .string(ArgumentRedactor.hidden))
    }
    return only
  }

  /// A text that callers chose, as it may be written down.
  package mutating func text(_ text: String) -> String {
    guard let selection else { return ArgumentRedactor.hidden }
    scratch.beginMessage()
    let bytes = Array(text.utf8)
    let nowhere: [UInt8] = []
    switch sanitiser.inspect(bytes.span, under: selection, from: nowhere.span, scratch: &scratch) {
    case .clean: return text
    case .rewritten: return String(decoding: scratch.output, as: UTF8.self)
    case .blocked, .undecided: return ArgumentRedactor.hidden
    }
  }

  /// Values of members whose names say that they are secret, at any depth.
  private static func hiding(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      .object(
        members.map { member in
          Value.Member(
            member.name, Redaction.isSensitive(name: member.name) ? .string(hidden) : hiding(member.value))
        })
    case .array(let elements): .array(elements.map { hiding($0) })
    case .null, .boolean, .number, .string: value
    }
  }

  private static func bytes(_ span: Span<UInt8>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(span.count)
    for index in span.indices { bytes.append(span[index]) }
    return bytes
  }

  private static func text(_ span: Span<UInt8>) -> String { String(decoding: bytes(span), as: UTF8.self) }

  /// Nothing in a log moves the cursor of whoever reads it, or changes the direction of what follows.
  private static func ascii(_ json: String) -> [UInt8] {
    var bytes: [UInt8] = []
    for unit in json.utf16 {
      if unit >= 0x20, unit < 0x7F {
        bytes.append(UInt8(unit))
      } else {
        let digits = String(unit, radix: 16)
        bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
      }
    }
    return bytes
  }
}

extension FilterTransforms {
  fileprivate static let all: FilterTransforms = [
    .unicode, .invisible, .control, .terminal, .markup, .base64, .hexadecimal, .percent, .entities, .rot13, .leet, .spaced,
  ]
}
