internal import Bytecode

/// Finds what `strip` takes out of texts.
enum Stripping {
  /// Adds edits for everything that is to go from a text, in order.
  static func find(in text: Span<UInt8>, _ strips: FilterTransforms, leaf: Int32, _ edits: inout [SanitiserScratch.Edit]) {
    guard !strips.isEmpty, hasWork(text) else { return }
  }

  /// Whether any byte could begin something to take out: none of plain ASCII text does.
  static func hasWork(_ text: Span<UInt8>) -> Bool {
    for index in text.indices {
      switch text[index] {
      case 0...8, 0x0B...0x1F, 0x3C, 0x7F...: return true
      default: continue
      }
    }
    return false
  }
}
