/// A text that equals another only when their scalars are the same, as peers compare. Swift's `String` also equals what is canonically
/// equivalent (U+00E9 and U+0065 U+0301), so it must be no key of a map, and no part of an equality, that decides anything.
package struct ExactText: Hashable, Comparable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  package static func < (left: ExactText, right: ExactText) -> Bool { left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }

  package func hash(into hasher: inout Hasher) {
    for byte in text.utf8 { hasher.combine(byte) }
    // No text contains this byte, so texts one after another hash unlike the same bytes divided otherwise.
    hasher.combine(0xFF as UInt8)
  }
}

extension String {
  package var exact: ExactText { ExactText(self) }
}

extension Sequence<String> {
  package var exact: [ExactText] { map(ExactText.init) }

  /// By bytes, each once: the same whatever order they came in.
  package var distinctInOrder: [String] { Set(map(ExactText.init)).sorted().map(\.text) }

  /// By bytes.
  package var inOrder: [String] { map(ExactText.init).sorted().map(\.text) }
}
