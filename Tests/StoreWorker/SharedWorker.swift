import Approvals
import Digests
import Enforcement
import Foundation
import RedisStore

/// Works on a server's stops and approvals until it is killed, or the server is. Each line it says was acknowledged.
///
/// `StoreWorker redis+unix:///path SEED`
enum SharedWorker {
  static func run(_ address: RedisAddress, seed: UInt64) throws {
    var options = RedisOptions(address: address)
    options.commandMilliseconds = 5_000
    let client = RedisClient(options)
    let (stops, store) = (RedisStops(client), RedisApprovals(client))
    var random = Generator(state: seed)
    var asked: [Approval] = []
    var approved: [Approval] = []
    while true {
      let act = Act(actor: "worker", moment: Int64(Date.now.timeIntervalSince1970 * 1_000))
      // Of this worker alone.
      let name = "\(seed)-\(random.next() % 5)"
      switch random.next() % 6 {
      case 0: if try stops.stop(.subject, name, because: nil, act) { StoreWorker.say("stop \(name)") }
      case 1: if try stops.resume(.subject, name, act) { StoreWorker.say("resume \(name)") }
      case 2, 3:
        let request = ApprovalRequest(
          subject: sha256(randomBytes(8)), group: "leads", rules: ["large"], reason: nil, caller: "clerk", target: "bank.transfer",
          arguments: "{}", within: 1_000_000)
        guard asked.count < 50 else { continue }
        let approval = try store.file(request, at: act.moment).approval
        asked.append(approval)
        StoreWorker.say("ask \(approval.identifier)")
      case 4:
        guard let approval = asked.popLast() else { continue }
        approved.append(try store.decide(approval.identifier, .approve, by: "ann", at: act.moment))
        StoreWorker.say("approve \(approval.identifier)")
      default:
        guard let approval = approved.popLast() else { continue }
        guard let used = try store.use(approval.request.subject, groups: ["leads"], at: act.moment) else { fatalError("not approved") }
        StoreWorker.say("use \(used[0].identifier)")
      }
    }
  }
}
