package import JSON
package import Recording

/// One line of a recording, read.
package struct RecordedLine {
  package let kind: TrafficFormat.Kind
  package let document: Document

  /// Nil: none that this version knows.
  package init?(_ document: Document) {
    guard document.kind(document.root) == .object, let first = document.member(document.root, Names.kind),
      let range = document.stringBytes(first),
      let kind = TrafficFormat.Kind(rawValue: String(decoding: document.bytes[range], as: UTF8.self))
    else { return nil }
    self.kind = kind
    self.document = document
  }

  /// Looked up in every line.
  enum Names {
    static let kind = MemberName("k")
    static let number = MemberName("n")
    static let resumes = MemberName("resumes")
    static let policy = MemberName("p")
    static let caller = MemberName("c")
    static let time = MemberName("t")
    static let nanoseconds = MemberName("ns")
    static let method = MemberName("m")
    static let outcome = MemberName("out")
    static let rule = MemberName("rule")
    static let code = MemberName("code")
    static let by = MemberName("by")
    static let fits = MemberName("fits")
    static let approval = MemberName("approval")
    static let subject = MemberName("on")
    static let live = MemberName("live")
    static let arguments = MemberName("args")
    static let masked = MemberName("masked")
    static let yes = MemberName("yes")
    static let no = MemberName("no")
    static let undecided = MemberName("undecided")
    static let labels = MemberName("labels")
    static let found = MemberName("found")
    static let shadow = MemberName("shadow")
    static let set = MemberName("set")
    static let done = MemberName("done")
    static let answer = MemberName("answer")
    static let agent = MemberName("agent")
    static let limits = MemberName("limits")
  }

  func node(_ name: MemberName) -> Node? { document.member(document.root, name) }
  func text(_ name: MemberName) -> String? { node(name).flatMap { document.string($0) } }
  func flag(_ name: MemberName) -> Bool? { node(name).flatMap { document.boolean($0) } }

  func integer(_ name: MemberName) -> Int64? {
    guard let node = node(name), let fixed = document.fixed(node) else { return nil }
    var value = fixed.coefficient
    for _ in 0..<max(0, fixed.exponent) {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      if overflow { return nil }
      value = product
    }
    return fixed.exponent < 0 ? nil : value
  }

  func texts(_ name: MemberName) -> [String] {
    node(name).map { document.kind($0) == .array ? document.elements($0).compactMap { document.string($0) } : [] } ?? []
  }

  func integers(_ name: MemberName) -> [Int] {
    guard let node = node(name), document.kind(node) == .array else { return [] }
    return document.elements(node).compactMap { document.fixed($0).flatMap { $0.exponent == 0 ? Int($0.coefficient) : nil } }
  }
}
