internal import Digests
internal import Foundation
internal import GRDB
internal import JSON

// How values stand in columns.

/// BLOB
func blob(_ bytes: [UInt8]) -> DatabaseValue { Data(bytes).databaseValue }

func bytes(_ blob: Data?) -> [UInt8]? { blob.map { Array($0) } }

/// TEXT: a JSON array of texts, or NULL.
func column(_ list: [String]?) -> String? {
  list.map { String(decoding: JSON.write(.array($0.map(Value.string))), as: UTF8.self) }
}

func list(_ column: String?) throws(StoreError) -> [String]? {
  guard let column else { return nil }
  guard let elements = (try? Value(parsing: Array(column.utf8)))?.elements else {
    throw StoreError(.damaged, "the state is damaged: a list in it is none", help: "put it back from a backup")
  }
  return elements.compactMap(\.string)
}
