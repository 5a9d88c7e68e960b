internal import JSON

/// The metaschemas of the five dialects: what `$ref` may lead to without anybody supplying it. They are texts until one is named.
enum Metaschemas {
  static func document(at address: String) -> Value? {
    let text =
      draft202012[address] ?? draft201909[address] ?? draft7[address] ?? draft6[address] ?? draft4[address]
    guard let text else { return nil }
    guard let value = try? Value(parsing: Array(text.utf8)) else { preconditionFailure("an embedded metaschema is not JSON") }
    return value
  }
}
