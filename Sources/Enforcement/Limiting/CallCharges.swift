package import Bytecode
package import Decision
internal import Digests
internal import JSON
package import Quotas

/// Works out what the calls of one connection take, under one program. What calls of a tool have in common is worked out once.
package struct CallCharges: ~Copyable {
  package let ledger: LimitLedger
  private let caller: LimitedCaller
  /// By tool, from its first call on.
  private var templates: [[Template]]
  /// Of limits that are enforced, of the last call.
  package private(set) var charges: [Charge] = []
  /// By charge: the limit's number in the program.
  package private(set) var limits: [Int] = []
  /// Of shadow limits.
  private(set) var shadows: [Charge] = []
  private(set) var shadowLimits: [Int] = []

  /// A limit as it applies to one tool.
  private struct Template {
    let limit: Int
    /// Nil: of every session its own.
    var key: QuotaKey?
    /// The grant that the key is of, when it depends on that.
    var grant: RuleNumber?
    /// Nil: of an argument.
    let amount: Amount?

    func isReady(for grant: RuleNumber) -> Bool { key != nil && (self.grant == nil || self.grant == grant) }
  }

  var isEmpty: Bool { charges.isEmpty && shadows.isEmpty }

  /// The charge of a limit on calls in flight that lets calls wait; there is one when a store lets this call wait for a place.
  var placeCharge: Int {
    limits.firstIndex { ledger.info($0).limit.isOfPlaces && ledger.info($0).limit.overflow != .deny } ?? 0
  }

  /// How long it may wait for a place, in nanoseconds.
  var patience: Int64 {
    limits.map { limit in
      if ledger.info(limit).limit.isOfPlaces, case .wait(let longest) = ledger.info(limit).limit.overflow { longest } else { .max }
    }.min() ?? 0
  }

  package init(_ principal: Principal, _ ledger: LimitLedger) {
    self.ledger = ledger
    caller = LimitedCaller(principal)
    templates = ledger.program.limits.isEmpty ? [] : Array(repeating: [], count: ledger.program.tools.count)
  }

  /// Works out `charges`.
  ///
  /// - Parameters:
  ///   - grant: what the decision rested on.
  ///   - session: of the call.
  /// - Returns: a limit for which the call's amount is no number that can be counted: more than the limit, in any case.
  package mutating func prepare(_ call: Call, grant: RuleNumber, session: SessionKey) -> Int? {
    charges.removeAll(keepingCapacity: true)
    limits.removeAll(keepingCapacity: true)
    shadows.removeAll(keepingCapacity: true)
    shadowLimits.removeAll(keepingCapacity: true)
    let program = ledger.program
    switch call {
    case .tool(let tool, let document, let arguments):
      let pinned = program.tool(tool)
      if pinned.limited.limits.isEmpty { return nil }
      return prepare(tool, pinned, document, arguments, grant, session)
    case .prompt(let prompt, let document, let arguments):
      let pinned = program.prompt(prompt)
      if pinned.limited.limits.isEmpty { return nil }
      let call = limited(pinned.server, "prompt", pinned.name, grant, session)
      return add(pinned.limited.limits.map { Template(limit: $0, key: key($0, call), amount: fixedAmount($0, 1)) }, document, arguments)
    case .resource(let server, let uri):
      let found = program.servers[Int(server.index)].limits(onReading: uri)
      if found.isEmpty { return nil }
      // All resources of a server are one target: an address can be written in many ways.
      let call = limited(server, "resources", "", grant, session)
      return add(found.map { Template(limit: $0, key: key($0, call), amount: fixedAmount($0, 1)) }, nil, nil)
    }
  }

  private mutating func prepare(
    _ tool: ToolID, _ pinned: PinnedInfo, _ document: Document, _ arguments: Node?, _ grant: RuleNumber, _ session: SessionKey
  ) -> Int? {
    let number = Int(tool.index)
    if templates[number].isEmpty {
      templates[number] = pinned.limited.limits.map { Template(limit: $0, amount: fixedAmount($0, pinned.limited.cost)) }
    }
    for place in templates[number].indices where !templates[number][place].isReady(for: grant) {
      let limit = templates[number][place].limit
      let keys = ledger.info(limit).keys
      templates[number][place].key = key(limit, limited(pinned.server, "tool", pinned.name, grant, session))
      // With threads among a session's keys, the next call can be of another.
      templates[number][place].grant = keys.contains(.scope) ? grant : nil
    }
    let uncountable = add(templates[number], document, arguments)
    if ledger.hasSessionKeys, session.hasThread {
      for place in templates[number].indices where ledger.info(templates[number][place].limit).keys.contains(.session) {
        templates[number][place].key = nil
      }
    }
    return uncountable
  }

  private func limited(_ server: ServerID, _ kind: String, _ name: String, _ grant: RuleNumber, _ session: SessionKey) -> LimitedCall {
    let serverName = Array(ledger.program.servers[Int(server.index)].name.utf8)
    var target = Array(kind.utf8)
    target.append(part: serverName)
    target.append(part: Array(name.utf8))
    var scope: [UInt8] = []
    if case .grant(let name) = ledger.program.rule(grant).kind { scope = Array(name.utf8) }
    return LimitedCall(session: session, target: target, server: serverName, scope: scope)
  }

  private func key(_ limit: Int, _ call: LimitedCall) -> QuotaKey {
    var bytes = ledger.prefixes[limit]
    for key in ledger.info(limit).keys { bytes.append(part: caller.part(key, of: call)) }
    return QuotaKey(sha256(bytes))
  }

  /// Nil for an amount that each call says.
  private func fixedAmount(_ limit: Int, _ cost: Number) -> Amount? {
    let info = ledger.info(limit)
    switch info.measure {
    case .calls: return Amount(1, decimals: info.limit.decimals)
    case .cost: return Amount(cost, decimals: info.limit.decimals)
    case .value: return nil
    }
  }

  private mutating func add(_ templates: [Template], _ document: Document?, _ arguments: Node?) -> Int? {
    var uncountable: Int?
    for template in templates {
      guard let key = template.key else { preconditionFailure("a template has its key before it is used") }
      let isShadow = ledger.info(template.limit).isShadow
      guard let amount = template.amount ?? value(template.limit, document, arguments) else {
        if !isShadow { uncountable = uncountable ?? template.limit }
        continue
      }
      guard amount > .zero else { continue }
      let charge = Charge(
        limit: ledger.numbers[template.limit], key: key, amount: amount, isRefundable: ledger.info(template.limit).refundsOnFailure)
      if isShadow {
        shadows.append(charge)
        shadowLimits.append(template.limit)
      } else {
        charges.append(charge)
        limits.append(template.limit)
      }
    }
    return uncountable
  }

  /// What an argument says. Nil: not to be counted. Zero: takes nothing.
  private func value(_ limit: Int, _ document: Document?, _ arguments: Node?) -> Amount? {
    let info = ledger.info(limit)
    guard case .value(let path) = info.measure else { return nil }
    guard let document, let arguments, let value = document.find(Pointer(path), from: arguments), !document.isNull(value) else {
      return .zero
    }
    return document.number(value).flatMap { Amount($0, decimals: info.limit.decimals) }
  }
}
