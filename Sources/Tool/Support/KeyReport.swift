import Credentials
import JSON

/// Keys for people and programs: everything but the keys.
struct KeyReport {
  private let keys: [KeyRecord]
  private let now: Int64

  init(_ keys: [KeyRecord], now: Int64) {
    self.keys = keys
    self.now = now
  }

  /// A table, one key a line.
  var human: String {
    guard !keys.isEmpty else { return "no keys\n" }
    let heads = ["ID", "OWNER", "STATE", "SCOPES", "SERVERS", "TAGS", "CREATED", "LAST USED"]
    return table(
      [heads]
        + keys.map { key in
          [
            key.identifier, key.owner ?? "-", state(of: key), listed(key.scopes, "any"), listed(key.servers, "any"), listed(key.tags, "-"),
            written(key.created), key.lastUsed.map(written) ?? "never",
          ]
        })
  }

  var json: Value {
    .array(
      keys.map { key in
        [
          "id": .string(key.identifier), "owner": key.owner.map(Value.string) ?? .null, "scopes": json(key.scopes),
          "servers": json(key.servers), "tags": json(key.tags), "created": .string(written(key.created)), "expires": json(key.expires),
          "revoked": json(key.revoked), "replaces": key.replaces.map(Value.string) ?? .null, "lastUsed": json(key.lastUsed),
          "good": .boolean(key.fault(at: now) == nil),
        ]
      })
  }

  /// One line on a key that is good.
  func summary(of key: KeyRecord) -> String {
    [
      "for \(key.owner ?? "nobody in particular")", state(of: key), "scopes \(listed(key.scopes, "any"))",
      "servers \(listed(key.servers, "any"))",
    ].joined(separator: ", ")
  }

  private func state(of key: KeyRecord) -> String {
    switch key.fault(at: now) {
    case .revoked: "revoked"
    case .expired: "expired"
    default: key.expires.map { "good until \(written($0))" } ?? "good"
    }
  }

  private func listed(_ names: [String]?, _ none: String) -> String {
    guard let names, !names.isEmpty else { return none }
    return names.joined(separator: ",")
  }

  private func json(_ names: [String]?) -> Value { names.map { .array($0.map(Value.string)) } ?? .null }

  private func json(_ moment: Int64?) -> Value { moment.map { .string(written($0)) } ?? .null }
}

/// Rows of the same number of cells, in columns.
func table(_ rows: [[String]]) -> String {
  let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
  return rows.map { row in
    let line = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed()) + "\n"
  }.joined()
}
