import Bytecode
import Evidence
import JSON
import Semantics

/// How a live server differs from its snapshot.
struct Drift {
  enum Change: String { case added, removed, changed }

  struct Item {
    /// `tool`, `resource`, `resource template`, `prompt` or `instructions`.
    let kind: String
    let name: String
    let change: Change
    let before: Value?
    let after: Value?
    /// Names of patterns of the shipped packs that find something in what is offered now.
    var findings: [String] = []
  }

  private(set) var items: [Item]

  /// - Parameter pinned: the snapshot file as JSON; a list it does not have is not compared.
  init(pinned: Value, live: Snapshot.Contents) {
    let lists: [(kind: String, list: String, key: String, live: [Value])] = [
      ("tool", "tools", "name", live.tools), ("resource", "resources", "uri", live.resources),
      ("resource template", "resourceTemplates", "uriTemplate", live.resourceTemplates), ("prompt", "prompts", "name", live.prompts),
    ]
    var items: [Item] = []
    for list in lists {
      guard let before = pinned[list.list]?.elements else { continue }
      items += differences(list.kind, key: list.key, before: before, after: list.live)
    }
    let instructions = pinned["instructions"]?.string
    if pinned["sallyport"] != nil, instructions != live.instructions {
      let change: Change = instructions == nil ? .added : live.instructions == nil ? .removed : .changed
      items.append(
        Item(
          kind: "instructions", name: "", change: change, before: instructions.map(Value.string), after: live.instructions.map(Value.string)
        ))
    }
    self.items = items
  }

  /// Looks into everything that was added or changed.
  mutating func look(with scanner: TextScanner) {
    for index in items.indices {
      guard let after = items[index].after else { continue }
      items[index].findings = Set(texts(after).flatMap { scanner.hits(in: Array($0.utf8).span, at: .description) }.map(\.rule)).sorted()
    }
  }

  /// A title for each item, and under it what was found in it and the lines of its definition that are new or gone.
  func human(colour: Bool) -> String {
    items.map { item in
      let title = "\(item.kind) \(item.name)".trimmingSuffix { $0 == " " }
      let lines = item.change == .removed ? "" : lineDifference(item.before, item.after, colour: colour)
      let findings = item.findings.map { "  ! matches \($0)\n" }.joined()
      return "\(title): \(item.change.rawValue)\n\(findings)\(lines)"
    }.joined()
  }

  var json: Value {
    .array(
      items.map { item in
        [
          "kind": .string(item.kind), "name": .string(item.name), "change": .string(item.change.rawValue), "before": item.before ?? .null,
          "after": item.after ?? .null, "findings": .array(item.findings.map(Value.string)),
        ]
      })
  }
}

/// Every string in a definition, names included: a model reads all of it.
private func texts(_ value: Value) -> [String] {
  switch value {
  case .string(let text): [text]
  case .array(let elements): elements.flatMap(texts)
  case .object(let members): members.flatMap { [$0.name] + texts($0.value) }
  case .null, .boolean, .number: []
  }
}

private func differences(_ kind: String, key: String, before: [Value], after: [Value]) -> [Drift.Item] {
  func byName(_ values: [Value]) -> [String: Value] {
    Dictionary(values.compactMap { value in value[key]?.string.map { ($0, value) } }, uniquingKeysWith: { first, _ in first })
  }
  let (old, new) = (byName(before), byName(after))
  return Set(old.keys).union(new.keys).sorted().compactMap { name in
    switch (old[name], new[name]) {
    case (let before?, let after?) where Snapshot.digest(of: before) != Snapshot.digest(of: after):
      Drift.Item(kind: kind, name: name, change: .changed, before: before, after: after)
    case (let before?, nil): Drift.Item(kind: kind, name: name, change: .removed, before: before, after: nil)
    case (nil, let after?): Drift.Item(kind: kind, name: name, change: .added, before: nil, after: after)
    default: nil
    }
  }
}

/// Lines of both, indented, with `-` and `+` before those that only one has and a line of context around them.
private func lineDifference(_ before: Value?, _ after: Value?, colour: Bool) -> String {
  func lines(_ value: Value?) -> [String] {
    value.map { String(decoding: write($0, .pretty), as: UTF8.self).split(separator: "\n").map { escaped(String($0)) } } ?? []
  }
  let (old, new) = (lines(before), lines(after))
  let difference = new.difference(from: old)
  var removed: Set<Int> = []
  var inserted: Set<Int> = []
  for change in difference {
    switch change {
    case .remove(let offset, _, _): removed.insert(offset)
    case .insert(let offset, _, _): inserted.insert(offset)
    }
  }
  var merged: [(mark: String, line: String)] = []
  var (left, right) = (0, 0)
  while left < old.count || right < new.count {
    if removed.contains(left) {
      merged.append(("-", old[left]))
      left += 1
    } else if inserted.contains(right) {
      merged.append(("+", new[right]))
      right += 1
    } else {
      merged.append((" ", old[left]))
      left += 1
      right += 1
    }
  }
  let near = merged.indices.filter { index in
    merged[max(0, index - 1)...min(merged.count - 1, index + 1)].contains { $0.mark != " " }
  }
  return near.map { index in
    let (mark, line) = merged[index]
    let text = "  \(mark) \(line)"
    guard colour, mark != " " else { return text + "\n" }
    return "\u{1B}[\(mark == "-" ? "31" : "32")m\(text)\u{1B}[0m\n"
  }.joined()
}

/// A server's text must not be able to rewrite the terminal of the person who reviews it.
private func escaped(_ line: String) -> String {
  line.unicodeScalars.reduce(into: "") { out, scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: out += "\\u{\(String(scalar.value, radix: 16))}"
    default: out.unicodeScalars.append(scalar)
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(_ drops: (Character) -> Bool) -> String {
    var text = self[...]
    while let last = text.last, drops(last) { text.removeLast() }
    return String(text)
  }
}
