import Bytecode
import Decision

/// A condition as it was written, with the value of each fact under its test: the form of power assertions.
struct ConditionPicture {
  let colour: Bool

  private struct Note {
    /// In characters, from 0.
    let column: Int
    let text: String
    let isMet: Bool?
  }

  /// Ends with a line break; empty for a rule without a condition.
  func draw(_ trace: RuleTrace, _ info: RuleInfo) -> String {
    let bytes = Array(info.condition.utf8)
    var out = ""
    var start = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      let range = start..<start + line.count
      start = range.upperBound + 1
      let text = String(decoding: line, as: UTF8.self)
      let indent = text.prefix { $0 == " " }.count
      let notes = trace.atoms.compactMap { atom -> Note? in
        let place = info.atoms[atom.atom].range.lowerBound
        guard range.contains(place) else { return nil }
        let column = String(decoding: bytes[range.lowerBound..<place], as: UTF8.self).count - indent
        let mark = atom.isMet.map { $0 ? "✓" : "✗" } ?? "undecided"
        return Note(column: column, text: "\(clipped(atom.value)) \(mark)", isMet: atom.isMet)
      }
      guard !text.allSatisfy({ $0 == " " }) else { continue }
      out += "  \(text.dropFirst(indent))\n" + under(notes.sorted { $0.column < $1.column })
    }
    return out
  }

  /// A value is there to be recognised, not to be read in full.
  private func clipped(_ value: String) -> String { value.count <= 60 ? value : value.prefix(57) + "…" }

  private func under(_ notes: [Note]) -> String {
    guard !notes.isEmpty else { return "" }
    var out = row(notes.map { ($0.column, "│", nil) })
    var waiting = notes
    while !waiting.isEmpty {
      var placed: [(Int, String, Bool?)] = []
      var later: [Note] = []
      var free = Int.max
      // From the right, whatever fits before what is already in this row; the others keep their lines.
      for note in waiting.reversed() {
        if note.column + note.text.count < free {
          placed.append((note.column, note.text, note.isMet))
          free = note.column
        } else {
          placed.append((note.column, "│", nil))
          later.append(note)
          free = note.column
        }
      }
      out += row(placed.reversed())
      waiting = later.reversed()
    }
    return out
  }

  private func row(_ parts: [(column: Int, text: String, isMet: Bool?)]) -> String {
    var line = "  "
    var length = 0
    for part in parts {
      line += String(repeating: " ", count: max(0, part.column - length))
      line += painted(part.text, part.isMet)
      length = max(length, part.column) + part.text.count
    }
    return line + "\n"
  }

  private func painted(_ text: String, _ isMet: Bool?) -> String {
    guard colour, let isMet else { return text }
    return "\u{1B}[\(isMet ? "32" : "31")m\(text)\u{1B}[0m"
  }
}
