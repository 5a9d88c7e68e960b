import Foundation
import Observation

/// Looks at the source of a bundle again and again, and puts what is new there in force, or says once why not.
final class BundlePull: Sendable {
  /// Milliseconds: after failures the looks are further and further apart, up to this.
  private static let longest: Int64 = 900_000

  private let source: BundleSource
  private let reloader: PolicyReloader

  init(_ source: BundleSource, _ reloader: PolicyReloader) {
    self.source = source
    self.reloader = reloader
  }

  /// - Parameter refusal: why the gate did not begin with what is at the source.
  func begin(after refusal: Complaint?) {
    let refused = refusal.map { refusal in reloader.reload("bundle") { throw refusal } }
    Thread.detachNewThread { [self] in
      var reason = refused?.summary
      var failures = refused == nil ? 0 : 1
      while true {
        Thread.sleep(forTimeInterval: pause(failures))
        reason = look(reason)
        failures = reason == nil ? 0 : failures + 1
      }
    }
  }

  /// - Parameter reason: why the last look brought nothing into force.
  /// - Returns: the same of this look; nil: what is at the source is in force.
  private func look(_ reason: String?) -> String? {
    let found: BundleSource.Found?
    do {
      // What was refused is tried whole: it may have been the disk's fault.
      found = try source.look(evenIfUnchanged: reason != nil)
    } catch {
      return reloader.reload("bundle", unlessRefusedFor: reason) { throw error }.summary
    }
    guard let found else { return nil }
    let outcome = reloader.reload("bundle", unlessRefusedFor: reason) { try source.candidate(of: found) }
    return outcome.isRefused ? outcome.summary : nil
  }

  /// Seconds to the next look; never the same for two gates, so that they do not all come at once.
  private func pause(_ failures: Int) -> Double {
    let longer = min(source.interval << Int64(min(failures, 10)), max(source.interval, BundlePull.longest))
    return Double(failures == 0 ? source.interval : longer) / 1_000 * Double.random(in: 0.9...1.1)
  }
}
