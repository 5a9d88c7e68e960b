internal import Glibc

/// Raises the number of files and sockets that this process may have open to what it may raise it to.
///
/// A server started from a shell has a soft limit of 1,024 by old custom, for programs that use `select`; this one does not.
///
/// - Returns: how many it may have now.
package func raiseDescriptorLimit() -> Int {
  var limit = rlimit()
  guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
  let before = limit.rlim_cur
  limit.rlim_cur = limit.rlim_max
  guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return Int(clamping: before) }
  return Int(clamping: limit.rlim_cur)
}
