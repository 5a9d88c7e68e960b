internal import JSON

/// Something wrong with one argument.
struct Violation: Equatable {
  /// A JSON Pointer into the arguments (RFC 6901).
  let path: String
  let message: String
}

/// Holds the arguments of calls to a tool's input schema. Made from the live definition, which is used only while its digest is the pinned
/// one: so it is the snapshot's schema.
struct ArgumentValidator {
  /// Names of the declared properties, and the same without letter case.
  private let properties: [[UInt8]]
  private let folded: [[UInt8]]

  init(_ document: Document, _ definition: Node) {
    var properties: [[UInt8]] = []
    if let schema = document.member(definition, "inputSchema"), let declared = document.member(schema, "properties") {
      for (key, _) in document.members(declared) { properties.append(document.text(key) ?? []) }
    }
    self.properties = properties
    folded = properties.map(ParameterNames.fold)
  }

  /// Nil: nothing is wrong.
  func violations(_ document: Document, _ arguments: Node?) -> [Violation]? {
    guard let arguments else { return nil }
    var next = document.firstChild(arguments)
    while let key = next {
      // A server that matches names without regard to case would read this one where rules have read the declared one.
      if !properties.contains(where: { document.stringEquals(key, $0) }), let text = document.text(key),
        let place = folded.firstIndex(of: ParameterNames.fold(text))
      {
        let declared = String(decoding: properties[place], as: UTF8.self)
        return [Violation(path: "/\(String(decoding: text.prefix(Limits.quotedBytes), as: UTF8.self))", message: "write `\(declared)`")]
      }
      next = document.sibling(after: document.value(of: key), in: arguments)
    }
    return nil
  }
}
