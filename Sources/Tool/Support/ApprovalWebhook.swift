import Approvals
import Credentials
import Fetching
import Foundation
import JSON
import Logging
import Synchronization

/// Tells a service of the operator's about approvals that wait: one POST each, on a thread of its own. Whatever becomes of it decides nothing.
final class ApprovalWebhook: Sendable {
  private let address: WebAddress
  private let logger: Logger
  private let fetcher = Mutex<Fetcher?>(nil)

  /// - Parameter text: an `https` address, or an `http` one of this machine.
  init(_ text: String, logger: Logger) throws {
    do throws(WebAddress.Fault) {
      address = try WebAddress(text)
    } catch {
      // Not shown: addresses of webhooks are often secrets by themselves.
      throw Complaint("the address of the approvals' webhook cannot be used: \(error.rawValue)")
    }
    self.logger = logger
  }

  /// Starts the thread; what is told before is not sent.
  func begin() {
    fetcher.withLock { $0 = Fetcher(.operators) }
  }

  func end() { fetcher.withLock { $0?.stop() } }

  func tell(_ approval: Approval) {
    let document = Secret(write(ApprovalReport.value(approval, now: approval.asked), .compact))
    let request = FetchRequest(address, document: document, mostBytes: 1 << 16, deadline: 10_000)
    let identifier = approval.identifier
    fetcher.withLock { fetcher in
      fetcher?.fetch(request) { [logger] result in
        guard case .failure(let fault) = result else { return }
        logger.warning("the webhook was not told of an approval", metadata: ["approval": "\(identifier)", "why": "\(fault)"])
      }
    }
  }
}
