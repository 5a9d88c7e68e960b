internal import Digests
package import Enforcement
internal import Synchronization

/// Labels of sessions that several gateways share: a set of names for each session, which ends when the session was idle for long.
///
/// What must stay true: without an answer nothing is known of a session; a change that the server did not hear of is told to it before anything
/// else is asked; a server that begins anew is given back what this gateway knows.
package final class RedisLabels: SharedLabels {
  /// After so long without a call a session's labels are forgotten, in milliseconds: thirty days.
  package static let idleMilliseconds: Int64 = 30 * 86_400_000
  /// Sessions whose labels are remembered, to be given back to a server that has lost them.
  private static let mostKnown = 65_536

  private struct Known {
    var names: [String]
    /// The server's beginning at which this was so.
    var epoch: String
  }

  private struct Change {
    let key: SessionKey
    var clears: [String] = []
    var sets: [String] = []
  }

  private struct State {
    var known: [SessionKey: Known] = [:]
    var epoch: String?
    /// In the order in which they were made. While there is one, no call of a session is let through, so there are at most as many as calls were in
    /// flight when the server went.
    var unsent: [Change] = []
  }

  private let client: RedisClient
  private let prefix: String
  private let idleMilliseconds: Int64
  /// Held while the server is asked, so that changes reach it in their order.
  private let state = Mutex(State())

  private static let script = RedisScript(StateScript.labels)

  package init(_ client: RedisClient, prefix: String = "sallyport", idleMilliseconds: Int64 = RedisLabels.idleMilliseconds) {
    self.client = client
    self.prefix = prefix
    self.idleMilliseconds = idleMilliseconds
  }

  package func labels(of key: SessionKey) -> [String]? {
    var changes = [Change(key: key)]
    if key.thread != nil { changes.append(Change(key: SessionKey(principal: key.principal, thread: nil))) }
    return answer { state throws(RedisFault) in
      let sets = try self.exchange(changes, &state)
      return sets.dropFirst().reduce(sets[0]) { all, more in all + more.filter { !all.contains($0) } }
    }
  }

  package func apply(sets: [String], clears: [String], to key: SessionKey) -> [String]? {
    let change = Change(key: key, clears: clears, sets: sets)
    return answer { state throws(RedisFault) in
      do throws(RedisFault) {
        return try self.exchange([change], &state)[0]
      } catch {
        state.unsent.append(change)
        throw error
      }
    }
  }

  private func answer(_ body: (inout State) throws(RedisFault) -> [String]) -> [String]? {
    var lost = false
    defer { if lost { client.note(.lost("labels")) } }
    return state.withLock { state in
      let before = state.epoch
      defer { lost = before != nil && before != state.epoch }
      do throws(RedisFault) { return try body(&state) } catch { return nil }
    }
  }

  /// What was not sent before, and then this.
  ///
  /// - Returns: of each key its labels.
  private func exchange(_ changes: [Change], _ state: inout State) throws(RedisFault) -> [[String]] {
    while !state.unsent.isEmpty {
      _ = try send([state.unsent[0]], &state)
      state.unsent.removeFirst()
    }
    return try send(changes, &state)
  }

  private func send(_ changes: [Change], _ state: inout State) throws(RedisFault) -> [[String]] {
    var arguments = [randomBytes(8).map { String($0, radix: 16) }.joined(), "\(idleMilliseconds)"]
    for change in changes {
      let known = state.known[change.key]
      arguments.append(known?.epoch ?? "")
      for names in [known?.names ?? [], change.clears, change.sets] { arguments += ["\(names.count)"] + names }
    }
    let keys = [Array("\(prefix):{labels}:epoch".utf8)] + changes.map { name(of: $0.key) }
    let reply = try client.run(Self.script, keys: keys, arguments.map { Array($0.utf8) })
    guard case .list(let list) = reply, list.count == 1 + changes.count, let epoch = list[0].string else {
      throw RedisFault(reply)
    }
    state.epoch = epoch
    var sets: [[String]] = []
    for (change, element) in zip(changes, list.dropFirst()) {
      guard case .list(let members) = element else { throw RedisFault(reply) }
      let names = members.compactMap(\.string)
      sets.append(names)
      remember(names, of: change.key, at: epoch, &state)
    }
    return sets
  }

  private func remember(_ names: [String], of key: SessionKey, at epoch: String, _ state: inout State) {
    if names.isEmpty {
      state.known[key] = nil
      return
    }
    // Which one goes is no matter: the server still has it.
    if state.known[key] == nil, state.known.count >= Self.mostKnown { state.known.remove(at: state.known.startIndex) }
    state.known[key] = Known(names: names, epoch: epoch)
  }

  private func name(of key: SessionKey) -> [UInt8] { Array("\(prefix):{labels}:\(sha256(key.bytes).hex)".utf8) }
}

extension RedisFault {
  /// Of an answer that is none.
  init(_ reply: RedisReply) {
    if case .failure(let words) = reply { self.init(description: words) } else { self.init(description: "an answer that makes no sense") }
  }
}
