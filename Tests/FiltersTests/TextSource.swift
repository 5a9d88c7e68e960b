import Foundation
import TestSupport

/// Texts of the labelled corpora, and random ones.
enum TextSource {
  /// The `text` of every line of every file, or of one.
  static func labelled(_ only: String? = nil) throws -> [[UInt8]] {
    guard let folder = Corpora.folder("labelled") else { return [] }
    var texts: [[UInt8]] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() where name == only ?? name && name.hasSuffix(".jsonl")
    {
      let file = try String(contentsOfFile: (folder as NSString).appendingPathComponent(name), encoding: .utf8)
      for line in file.split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        if let text = object?["text"] as? String { texts.append(Array(text.utf8)) }
      }
    }
    return texts
  }

  /// Every file under folders of the corpora that is UTF-8, in order of path.
  static func files(under folders: [String]) -> [[UInt8]] {
    folders.compactMap(Corpora.folder).flatMap { folder in
      (FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []).sorted().compactMap { name -> [UInt8]? in
        guard name.hasSuffix(".json"), let data = FileManager.default.contents(atPath: folder + "/" + name) else { return nil }
        return String(data: data, encoding: .utf8) == nil ? nil : Array(data)
      }
    }
  }

  /// Pieces that patterns are made of, glued together, with the letters that fold in unusual ways.
  static func random(_ generator: inout SeededGenerator) -> [UInt8] {
    let pieces = [
      "ignore", "IGNORE", "ignor", "all", "previous", "instructions", " ", " ", "\n", "\t", "1", "12", "123", "-", ".", "@", "a", "b", "s",
      "k", "\u{17F}", "\u{212A}", "é", "É", "я",
      "😀", "_", "foo", "Foo", "bar", "foobar", "oba", "000-00-0000", "x@y.zz", "://", "<", ">", "end",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...30, using: &generator) { text += pieces.randomElement(using: &generator) ?? "" }
    return Array(text.utf8)
  }
}
