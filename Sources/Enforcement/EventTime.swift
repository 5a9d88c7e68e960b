internal import Bytecode

/// When something happened, on both clocks. The core never asks for the time: whoever carries messages reads it and passes it in.
package struct EventTime: Hashable, Sendable {
  /// Milliseconds since 1970-01-01 UTC: the clock facts of the policy, and the log.
  package let unixMilliseconds: Int64
  /// Nanoseconds of a clock that only goes forward, from any origin: latencies.
  package let nanoseconds: UInt64

  package init(unixMilliseconds: Int64, nanoseconds: UInt64) {
    self.unixMilliseconds = unixMilliseconds
    self.nanoseconds = nanoseconds
  }

  var moment: Moment { Moment(milliseconds: unixMilliseconds) }
}
