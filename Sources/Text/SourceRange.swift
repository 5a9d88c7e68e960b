/// A half-open range of byte offsets in one file.
package struct SourceRange: Hashable, Sendable {
  package let file: SourceFile.ID
  package let lower: UInt32
  package let upper: UInt32

  package init(file: SourceFile.ID, lower: UInt32, upper: UInt32) {
    precondition(lower <= upper, "a range that ends before it starts")
    self.file = file
    self.lower = lower
    self.upper = upper
  }

  /// The smallest range that covers both; both must be of one file.
  package func union(_ other: SourceRange) -> SourceRange {
    precondition(file == other.file, "ranges of different files")
    return SourceRange(file: file, lower: min(lower, other.lower), upper: max(upper, other.upper))
  }
}

extension SourceRange: Comparable {
  package static func < (left: SourceRange, right: SourceRange) -> Bool {
    (left.file, left.lower, left.upper) < (right.file, right.lower, right.upper)
  }
}
