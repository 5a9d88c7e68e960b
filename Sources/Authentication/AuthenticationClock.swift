internal import Glibc

/// Time as authentication needs it, in seconds.
package struct AuthenticationClock: Sendable {
  /// Since 1970: what tokens speak of.
  package let unix: @Sendable () -> Int64
  /// Of a clock that never goes back: how old keys are.
  package let steady: @Sendable () -> Int64

  package init(unix: @escaping @Sendable () -> Int64, steady: @escaping @Sendable () -> Int64) {
    self.unix = unix
    self.steady = steady
  }

  package static let system = AuthenticationClock(
    unix: { AuthenticationClock.seconds(CLOCK_REALTIME) }, steady: { AuthenticationClock.seconds(CLOCK_BOOTTIME) })

  private static func seconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    _ = unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec)
  }
}
