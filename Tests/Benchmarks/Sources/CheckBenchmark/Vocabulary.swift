/// Words and chance for generated policies: the same seed always makes the same text.
struct Dice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// 0 ..< sides (SplitMix64, whose bias is nothing here).
  mutating func roll(_ sides: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((z ^ (z >> 31)) % UInt64(sides))
  }

  mutating func roll(_ range: ClosedRange<Int>) -> Int { range.lowerBound + roll(range.count) }

  mutating func percent(_ chance: Int) -> Bool { roll(100) < chance }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[roll(elements.count)] }

  /// Distinct elements in their order.
  mutating func pick<Element>(_ count: Int, of elements: [Element]) -> [Element] {
    var indices = Set<Int>()
    while indices.count < min(count, elements.count) { indices.insert(roll(elements.count)) }
    return indices.sorted().map { elements[$0] }
  }
}

enum Vocabulary {
  static let verbs = ["get", "list", "search", "create", "update", "delete", "send", "export", "merge", "archive"]
  static let nouns = [
    "account", "branch", "calendar", "comment", "customer", "dataset", "document", "event", "file", "folder", "invoice", "issue", "label",
    "mailbox", "message", "order", "page", "payment", "pipeline", "project", "pull_request", "release", "repository", "report", "ticket",
  ]
  static let nouns2 = ["", "_batch", "_draft", "_history"]
  static let teams = ["billing", "data", "design", "finance", "growth", "legal", "platform", "research", "sales", "security", "support"]
  static let values = ["open", "closed", "draft", "public", "internal", "secret", "daily", "weekly", "EUR", "USD", "GBP", "high", "low"]
  static let folders = ["src", "docs", "public/assets", "/srv/data", "/home/agents", "reports/2026"]
  static let hosts = ["docs.acme.example", "*.acme.example", "api.partner.example", "*.cdn.example", "status.example"]
  static let words =
    "the agent reads only what its team owns and a person approves what leaves the company or costs money before it is done".split(
      separator: " ")
}
