/// A moment on both clocks of a store. Buckets go by the one that only goes forward; calendar windows by the other.
package struct QuotaTime: Hashable, Sendable {
  /// From any origin, such as the machine's start.
  package let nanoseconds: Int64
  /// Since 1970-01-01 UTC.
  package let unixMilliseconds: Int64

  package init(nanoseconds: Int64, unixMilliseconds: Int64) {
    self.nanoseconds = nanoseconds
    self.unixMilliseconds = unixMilliseconds
  }
}
