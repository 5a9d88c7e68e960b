extension Program {
  /// The program as text, for people and golden tests: every target with its rules, instruction by instruction.
  package func disassembly() -> String {
    var out = ""
    for (index, agent) in agents.enumerated() {
      out += "agent \(index) \(agent.name)\n" + (agent.chain.map { listing($0, shared) } ?? "    never\n")
    }
    for pinned in tools { out += "tool \(servers[Int(pinned.server.index)].name).\(pinned.name)\n" + listing(pinned.plan) }
    for pinned in prompts { out += "prompt \(servers[Int(pinned.server.index)].name).\(pinned.name)\n" + listing(pinned.plan) }
    for server in servers {
      for rule in server.resources {
        out += "resource \(server.name) \(rule.globs.map(\.source).joined(separator: " "))\n" + listing(rule.planned, shared)
      }
    }
    return out
  }

  private func listing(_ plan: Plan?) -> String {
    guard let plan else { return "  closed: no rule speaks of it\n" }
    var out = ""
    for (index, slot) in plan.slots.enumerated() where index >= plan.shared {
      out += "  slot \(index) \(slot.form)"
      if let base = slot.base { out += " of slot \(base)" }
      if let list = slot.list { out += " of elements of slot \(list)" }
      for field in plan.fields where field.value == UInt32(index) || field.presence == UInt32(index) {
        out += " \(fields[Int(field.number.index)])"
      }
      out += slot.constants.isEmpty ? "\n" : " against \(numbers[Int(slot.constants.lowerBound)..<Int(slot.constants.upperBound)])\n"
    }
    let groups = [("denies", plan.denies), ("asks", plan.asks), ("shadows", plan.shadows)] + plan.grants.map { ("grants", $0) }
    for (name, group) in groups {
      if let group, !group.pivots.isEmpty { out += "  \(name) by slot \(group.pivots.map(String.init).joined(separator: ", "))\n" }
    }
    return out + plan.rules.map { listing($0, plan) }.joined()
  }

  private func listing(_ rule: PlannedRule, _ plan: Plan) -> String {
    var title = "  rule \(self.rule(rule.rule).name)"
    if let names = rule.agents?.map({ agents[Int($0)].name }) { title += " to \(names.joined(separator: ", "))" }
    if rule.expires != .max { title += " before \(rule.expires)" }
    return title + "\n" + listing(rule.chain, plan)
  }

  private func listing(_ chain: Chain, _ plan: Plan) -> String {
    if chain.count == 0 { return "    always\n" }
    var out = ""
    for offset in 0..<Int(chain.count) {
      let instruction = code[Int(chain.start) + offset]
      let quantifier = (instruction.isNegated ? "not " : "") + (instruction.quantifier == .one ? "" : "\(instruction.quantifier) ")
      let operands = "\(instruction.lower) \(instruction.upper)"
      let ways = "\(way(instruction.whenTrue, offset)) else \(way(instruction.whenFalse, offset))"
      out += "    \(offset): \(quantifier)\(instruction.operation) slot \(instruction.slot) \(operands) then \(ways)\n"
    }
    return out
  }

  private func way(_ way: UInt32, _ offset: Int) -> String {
    switch way {
    case Instruction.accept: "accept"
    case Instruction.reject: "reject"
    default: String(offset + Int(way))
    }
  }
}
