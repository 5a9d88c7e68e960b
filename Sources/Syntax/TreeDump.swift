internal import Text

/// A tree as text, one node a line, without ranges: for golden files, and to compare what two texts mean.
///
/// It reflects over the tree's types, so that a field added to them cannot be forgotten here.
package func dump(_ tree: SyntaxTree) -> String {
  var out = ""
  for declaration in tree.declarations { dump(declaration, label: nil, indent: 0, into: &out) }
  return out
}

private func dump(_ value: Any, label: String?, indent: Int, into out: inout String) {
  let prefix = String(repeating: "  ", count: indent) + (label.map { "\($0): " } ?? "")
  if let leaf = leaf(value) {
    out += "\(prefix)\(leaf)\n"
    return
  }
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .optional:
    guard let wrapped = mirror.children.first?.value else { return }
    // A range is where something stands; that it is there at all is what it means.
    if wrapped is SourceRange { out += "\(prefix)yes\n" } else { dump(wrapped, label: label, indent: indent, into: &out) }
  case .enum:
    guard let payload = mirror.children.first else {
      out += "\(prefix)\(value)\n"
      return
    }
    let name = payload.label ?? ""
    let inner = Mirror(reflecting: payload.value)
    if inner.displayStyle == .tuple {
      out += "\(prefix)\(name)\n"
      dumpChildren(inner, indent: indent + 1, into: &out)
    } else if payload.value is SourceRange {
      out += "\(prefix)\(name)\n"
    } else if let leaf = leaf(payload.value) {
      out += "\(prefix)\(name) \(leaf)\n"
    } else {
      out += "\(prefix)\(name)\n"
      dump(payload.value, label: nil, indent: indent + 1, into: &out)
    }
  case .collection:
    guard !mirror.children.isEmpty else { return }
    out += "\(prefix)\(mirror.children.count)\n"
    for child in mirror.children { dump(child.value, label: "-", indent: indent + 1, into: &out) }
  default:
    if label != nil {
      out += "\(prefix)\(mirror.subjectType)\n"
      dumpChildren(mirror, indent: indent + 1, into: &out)
    } else {
      dumpChildren(mirror, indent: indent, into: &out)
    }
  }
}

private func dumpChildren(_ mirror: Mirror, indent: Int, into out: inout String) {
  for child in mirror.children where !(child.value is SourceRange) {
    let isPositional = child.label?.hasPrefix(".") ?? true
    dump(child.value, label: isPositional ? "-" : child.label, indent: indent, into: &out)
  }
}

/// What takes one line.
private func leaf(_ value: Any) -> String? {
  switch value {
  case let name as Identifier: "`\(name.text)`"
  case let name as DottedName: "`\(name.text)`"
  case let string as StringLiteral: quoted(string.value)
  case let literal as Literal: "\(literal.kind)"
  case let regex as RegexLiteral: "/\(regex.source)/\(regex.flags)"
  case let string as String: quoted(string)
  case is Bool, is Int64, is Int: "\(value)"
  default: nil
  }
}

private func quoted(_ text: String) -> String { "\"" + text.unicodeScalars.map { $0.escaped(asASCII: false) }.joined() + "\"" }
