import Bytecode
import JSON
import Testing

@testable import Decision

/// A credential that is bound to scopes is good for what they open, and for nothing that the rules do not grant.
@Suite struct ScopeTests {
  private static let rules = """
    scope everything implies reads, pays, resources
    scope reviews opens prompt s.review
    grant all everything to any agent
    deny large on s.pay when args.amount > 100
    ask middling on s.pay when args.amount > 10 from "people" within 1m
    """

  @Test(
    arguments: [
      (nil, "pay", "{\"amount\": 1}", "allow all"), (nil, "read", "{\"path\": \"a\"}", "allow all"),
      (["pays"], "pay", "{\"amount\": 1}", "allow all"), (["pays"], "read", "{\"path\": \"a\"}", "deny scope"),
      (["pays"], "pay", "{\"amount\": 11}", "ask middling"), (["reads"], "pay", "{\"amount\": 11}", "deny scope"),
      // What nothing grants is refused for that: another scope would not help.
      (["fetches"], "fetch", "{\"url\": \"http://a\"}", "deny"),
      (["everything"], "pay", "{\"amount\": 1}", "allow all"), (["reads", "pays"], "pay", "{\"amount\": 1}", "allow all"),
      ([], "pay", "{\"amount\": 1}", "deny scope"), (["no.such"], "pay", "{\"amount\": 1}", "deny scope"),
      (["Pays"], "pay", "{\"amount\": 1}", "deny scope"), (["pays "], "pay", "{\"amount\": 1}", "deny scope"),
    ] as [([String]?, String, String, String)])
  func bounds(scopes: [String]?, tool: String, arguments: String, answer: String) throws {
    var situation = try Situation(Self.rules)
    let identity = Identity(caller: .verified, scopes: scopes)
    #expect(try situation.call(tool, arguments, identity) == answer)
    // Listed exactly when some call could be allowed.
    let id = try #require(situation.program.tool(named: tool, of: ServerID(0)))
    let principal = Principal(identity, of: situation.program)
    let isListed = situation.evaluator.mayAllow(.tool(id), principal: principal, labels: nil, now: Moment(milliseconds: 0))
    #expect(isListed == (answer.hasPrefix("allow") || answer.hasPrefix("ask")))
  }

  @Test(arguments: [(nil, true), (["resources"], true), (["everything"], true), (["reads"], false), ([], false)] as [([String]?, Bool)])
  func resources(scopes: [String]?, isOpen: Bool) throws {
    var situation = try Situation(Self.rules)
    let principal = Principal(Identity(caller: .verified, scopes: scopes), of: situation.program)
    let now = Moment(milliseconds: 0)
    let uri = Array("file:///a".utf8)
    let verdict = situation.evaluator.decide(.resource(ServerID(0), uri: uri), principal: principal, labels: LabelSet(), now: now)
    if case .allow = verdict { #expect(isOpen) } else { #expect(!isOpen && verdict == .deny(.outOfScope)) }
    for target in [Target.resource(ServerID(0), uri: uri), .resourceTemplate(ServerID(0), uriTemplate: Array("file:///{path}".utf8))] {
      #expect(situation.evaluator.mayAllow(target, principal: principal, labels: nil, now: now) == isOpen)
    }
  }

  @Test func prompts() throws {
    var situation = try Situation("scope reviews opens prompt s.review\ngrant g reviews to any agent")
    let prompt = try #require(situation.program.prompt(named: "review", of: ServerID(0)))
    let document = try Document(text: "{\"topic\": \"x\"}")
    for (scopes, isOpen) in [(["reviews"], true), (["reads"], false)] {
      let principal = Principal(Identity(caller: .verified, scopes: scopes), of: situation.program)
      let verdict = situation.evaluator.decide(
        .prompt(prompt, document, arguments: document.root), principal: principal, labels: LabelSet(), now: Moment(milliseconds: 0))
      #expect((verdict != .deny(.outOfScope)) == isOpen)
    }
  }

  @Test func aDenyStaysTheReason() throws {
    var situation = try Situation(Self.rules)
    #expect(try situation.call("pay", "{\"amount\": 101}", Identity(caller: .verified, scopes: ["reads"])) == "deny large")
  }

  // MARK: On behalf of

  /// Who acts for whom is a matter of two claims: the person's and the program's.
  @Test(arguments: [
    ("{\"sub\": \"ana\", \"client\": \"support\"}", "allow g"), ("{\"sub\": \"ana\", \"client\": \"other\"}", "deny"),
    ("{\"sub\": \"bo\", \"client\": \"support\"}", "deny"),
    // A client that acts for itself has no person.
    ("{\"client\": \"support\"}", "deny"),
  ]) func onBehalfOf(claims: String, answer: String) throws {
    var situation = try Situation("grant g pays to any agent when token.sub == \"ana\" and token.client == \"support\"")
    #expect(try situation.call("pay", "{\"amount\": 1}", caller(claims)) == answer)
  }

  /// RFC 8693: `act` names who acts, `sub` for whom.
  @Test(arguments: [
    (["act", "sub"], "robot", "deny d"), (["act", "sub"], "person", "allow g"), (["actor"], "robot", "allow g"),
  ]) func actor(path: [String], name: String, answer: String) throws {
    var situation = try Situation("grant g pays to any agent\ndeny d on s.pay when token.act.sub == \"robot\"")
    let claims: [ClaimPath: Value] = [
      ClaimPath(root: .token, path: ["sub"]): "ana", ClaimPath(root: .token, path: path): .string(name),
    ]
    #expect(try situation.call("pay", "{\"amount\": 1}", Identity(caller: .verified, claims: claims)) == answer)
  }

  @Test(arguments: [
    ("{\"id\": \"K\", \"owner\": \"support\", \"tags\": [\"prod\"]}", "allow g"),
    ("{\"id\": \"K\", \"owner\": \"support\", \"tags\": []}", "deny"), ("{\"id\": \"K\", \"tags\": [\"prod\"]}", "deny"),
    ("{\"id\": \"K\", \"owner\": \"Support\", \"tags\": [\"prod\"]}", "deny"),
  ]) func factsOfAKey(claims: String, answer: String) throws {
    var situation = try Situation(
      "agent desk when key.owner == \"support\" and any of key.tags == \"prod\"\ngrant g pays to desk")
    let members = try #require(try Value(parsing: Array(claims.utf8)).members)
    let facts = members.map { (ClaimPath(root: .key, path: [$0.name]), $0.value) }
    let identity = Identity(caller: .verified, claims: Dictionary(uniqueKeysWithValues: facts))
    #expect(try situation.call("pay", "{\"amount\": 1}", identity) == answer)
  }
}
