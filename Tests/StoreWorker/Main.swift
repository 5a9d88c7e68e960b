import Approvals
import Credentials
import Digests
import Enforcement
import Foundation
import RedisStore
import StateStore

/// Works on a store until it is killed. Each line it says is something that the store has acknowledged: what was done, and to which key.
///
/// `StoreWorker DIR SEED`
@main enum StoreWorker {
  static func main() throws {
    let seed = UInt64(CommandLine.arguments[2]) ?? 1
    if let address = try? RedisAddress(CommandLine.arguments[1]) { return try SharedWorker.run(address, seed: seed) }
    let store = try StateStore(making: StateDirectory(CommandLine.arguments[1]))
    var random = Generator(state: seed)
    var own: [String] = []
    var asked: [Approval] = []
    var approved: [Approval] = []
    while true {
      let act = Act(actor: "worker", moment: Int64(Date.now.timeIntervalSince1970 * 1_000))
      switch own.isEmpty ? 0 : random.next() % 9 {
      case 0, 1:
        var request = KeyRequest()
        request.owner = "owner"
        request.tags = ["a", "b"]
        let key = try store.createKey(request, act).identifier
        own.append(key)
        say("create \(key)")
      case 2:
        let old = own.removeLast()
        let new = try store.rotateKey(old, overlap: 1_000_000, act).identifier
        own.append(new)
        say("rotate \(old) \(new)")
      case 3:
        let key = own.removeLast()
        try store.revokeKey(key, because: "test", act)
        say("revoke \(key)")
      case 4:
        let key = own[Int(random.next() % UInt64(own.count))]
        if try store.stop(.key, key, because: nil, act) { say("stop \(key)") }
      case 5:
        let request = ApprovalRequest(
          subject: sha256(randomBytes(8)), group: "leads", rules: ["large"], reason: nil, caller: "clerk", target: "bank.transfer",
          arguments: "{}", within: 1_000_000)
        let approval = try store.file(request, at: act.moment).approval
        asked.append(approval)
        say("ask \(approval.identifier)")
      case 6:
        guard let approval = asked.popLast() else { continue }
        approved.append(try store.decide(approval.identifier, .approve, by: "ann", at: act.moment))
        say("approve \(approval.identifier)")
      case 7:
        guard let approval = approved.popLast() else { continue }
        guard let used = try store.use(approval.request.subject, groups: ["leads"], at: act.moment) else { fatalError("not approved") }
        say("use \(used[0].identifier)")
      default:
        let key = own[Int(random.next() % UInt64(own.count))]
        if try store.resume(.key, key, act) { say("resume \(key)") }
      }
    }
  }

  /// One write a line: it is there whole or not at all.
  static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

/// SplitMix64.
struct Generator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
