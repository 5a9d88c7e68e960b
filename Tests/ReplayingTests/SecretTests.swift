import Bytecode
import Enforcement
import JSON
import Recording
import Replaying
import Testing

/// No secret survives in a recording, wherever it stood.
@Suite struct SecretTests {
  /// Shapes that packs know, and one that only its place tells.
  private static let secrets = [
    "AKIAIOSFODNN7EXAMPLE", "ghp_0123456789abcdefghijABCDEFGHIJ012345", "4111111111111111", "jane.doe@example.com",
    "-----BEGIN RSA PRIVATE KEY-----MIIEpAIBAAKCAQEA", "postgres://admin:hunter2secret@db/x",
  ]

  @Test(arguments: RecordedDetail.allCases) func nothingSurvives(_ detail: RecordedDetail) throws {
    let policy = try TestPolicy(
      TestPolicy.head + "grant all_of_it all to any agent\ndeny odd on demo.search when args.q contains \"zzz\"\n")
    for secret in Self.secrets {
      let text = String(decoding: write(.string(secret)), as: UTF8.self)
      var gate = RecordedGate(policy, claims: [ClaimPath(root: .token, path: ["email"]): .string(secret)])
      let id = gate.call("search", #"{"q":\#(text),"thread":"x \#(secret) y"}"#)
      gate.answer(id, "the key is \(secret)")
      _ = gate.call("pay", #"{"amount":1,"tags":[\#(text)],"more":{\#(text):1,"deep":[[\#(text)]]},"memo":"\#(secret)"}"#)
      _ = gate.call(secret, #"{"q":"x"}"#)
      gate.client(#"{"jsonrpc":"2.0","id":"r","method":"resources/read","params":{"uri":"demo://open/\#(secret)?key=\#(secret)"}}"#)
      gate.client(#"{"jsonrpc":"2.0","id":"p","method":"prompts/get","params":{"name":"review","arguments":{"topic":\#(text)}}}"#)
      gate.client(#"{"jsonrpc":"2.0","id":"q","method":"prompts/get","params":{"name":\#(text)}}"#)
      gate.client(#"{"jsonrpc":"2.0","method":\#(text)}"#)
      gate.client(#"{"jsonrpc":"2.0","id":9,"method":"tools/list","params":{"cursor":\#(text)}}"#)
      gate.client("not json \(secret)")
      gate.server(#"{"jsonrpc":"2.0","id":9,"error":{"code":1,"message":"no \#(secret)"}}"#)
      gate.server(#"{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":\#(text)}}"#)
      let lines = try gate.lines(detail)
      #expect(lines.count > 8)
      for line in lines { #expect(!line.contains(secret), "\(detail): \(line)") }
    }
  }

  /// A word that looks like nothing is one all the same under such a name.
  @Test(arguments: RecordedDetail.allCases) func whatIsNamedSecretIsNotKept(_ detail: RecordedDetail) throws {
    let policy = try TestPolicy(TestPolicy.head + "grant all_of_it all to any agent\n")
    var gate = RecordedGate(policy)
    _ = gate.call("pay", #"{"amount":1,"password":"swordfish","memo":"lunch"}"#)
    let lines = try gate.lines(detail)
    #expect(!lines.contains { $0.contains("swordfish") })
    #expect(lines.contains { $0.contains("lunch") } == (detail != .digests))
  }

  @Test func aNumberThatIsACardIsNotKept() throws {
    let policy = try TestPolicy(TestPolicy.head + "grant all_of_it all to any agent\n")
    var gate = RecordedGate(policy)
    _ = gate.call("pay", #"{"amount":4111111111111111}"#)
    _ = gate.call("pay", #"{"amount":1500.25}"#)
    let lines = try gate.lines(.redacted)
    #expect(!lines.contains { $0.contains("4111111111111111") })
    #expect(lines.contains { $0.contains("1500.25") })
  }

  @Test func whatDependsOnAMaskedTextIsNotGuessed() throws {
    let old = try TestPolicy(TestPolicy.head + "grant all_of_it all to any agent\n")
    let new = try TestPolicy(TestPolicy.head + "grant all_of_it all to any agent\ndeny odd on demo.search when args.q contains \"zzz\"\n")
    var gate = RecordedGate(old)
    _ = gate.call("search", #"{"q":"a zzz"}"#)
    _ = gate.call("pay", #"{"amount":1,"memo":"zzz"}"#)
    let (summary, differences) = try replayed(try gate.lines(), new)
    #expect(summary.unreplayable == 1)
    #expect(summary.changed == 0)
    #expect(differences.first?.step.subject == "search")
    #expect(differences.first?.step.missing?.contains("digest") == true)
    // Kept as it was, the text decides.
    let (whole, _) = try replayed(try gate.lines(.redacted), new)
    #expect(whole.unreplayable == 0)
    #expect(whole.count(of: .newlyDenied) == 1)
  }

  @Test func lengthsOfMaskedTextsAreKnown() throws {
    let old = try TestPolicy(TestPolicy.head + "grant all_of_it all to any agent\n")
    let new = try TestPolicy(TestPolicy.head + "grant all_of_it all to any agent\ndeny long on demo.search when length(args.q) > 4\n")
    var gate = RecordedGate(old)
    _ = gate.call("search", #"{"q":"über"}"#)
    _ = gate.call("search", #"{"q":"länger"}"#)
    let (summary, _) = try replayed(try gate.lines(), new)
    #expect(summary.unreplayable == 0)
    #expect(summary.count(of: .newlyDenied) == 1)
  }
}
