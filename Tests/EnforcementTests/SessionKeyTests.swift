import Bytecode
import Decision
import Enforcement
import JSON
import StoreKits
import Testing

/// A session is what the policy says, of the principal who calls: nobody gets into another's, or out of their own.
@Suite struct SessionKeyTests {
  @Test func labelsInMemory() async throws {
    try await LabelStoreKit {
      let labels = SessionLabels()
      return (labels, labels)
    }.all()
  }

  private func keys(_ claims: [String: JSON.Value], _ policy: String = "") throws -> SessionKeys {
    let program = try LimitedGate.program(policy)
    let paths = claims.map { name, value -> (ClaimPath, JSON.Value) in
      let parts = name.split(separator: ".").map(String.init)
      return (ClaimPath(root: parts[0] == "key" ? .key : .token, path: Array(parts.dropFirst())), value)
    }
    return SessionKeys(Principal(Identity(caller: .verified, claims: Dictionary(uniqueKeysWithValues: paths)), of: program), program)
  }

  private func key(_ keys: SessionKeys, _ arguments: String = "{}") throws -> SessionKey {
    let document = try Document(parsing: Array(arguments.utf8))
    return keys.key(document, document.root)
  }

  private static let byThread = "session by token.sub, args.thread\nlimit few 1 calls per hour by session on demo.search"

  @Test func arguments() throws {
    let mine = try keys(["token.sub": "me"], Self.byThread)
    #expect(try key(mine, #"{"thread":"a"}"#) == key(mine, #"{"q":1,"thread":"\u0061"}"#))
    #expect(try key(mine, #"{"thread":"a"}"#) != key(mine, #"{"thread":"b"}"#))
    // What has no thread is of none, however the text is written.
    #expect(try key(mine) != key(mine, #"{"thread":""}"#) && key(mine) != key(mine, #"{"thread":"0:"}"#))
  }

  /// The same thread of somebody else is another session, whatever is in it.
  @Test func nobodyEntersAnotherPrincipalsSession() throws {
    let (mine, theirs) = (try keys(["token.sub": "me"], Self.byThread), try keys(["token.sub": "you"], Self.byThread))
    for thread in ["a", "me", "2:me", "\"me\"", "4:\"me\""] {
      let arguments = String(decoding: write(.object([.init("thread", .string(thread))])), as: UTF8.self)
      #expect(try key(mine, arguments) != key(theirs, arguments))
    }
    #expect(try key(keys([:], Self.byThread), #"{"thread":"a"}"#) != key(mine, #"{"thread":"a"}"#))
  }

  /// Arguments are the client's own: where no claim says whose they are, the caller does.
  @Test func anArgumentAloneOpensNobodysSession() throws {
    let policy = "session by args.thread\nlimit few 1 calls per hour by session on demo.search"
    let (mine, theirs) = (try keys(["token.sub": "me"], policy), try keys(["token.sub": "you"], policy))
    #expect(try key(mine, #"{"thread":"a"}"#) != key(theirs, #"{"thread":"a"}"#))
    #expect(try key(mine, #"{"thread":"a"}"#) == key(keys(["token.sub": "me", "token.jti": "x"], policy), #"{"thread":"a"}"#))
    #expect(try key(mine, #"{"thread":"a"}"#) != key(mine, #"{"thread":"b"}"#))
    // A claim that a credential does not have tells nobody from anybody.
    let byTeam = "session by token.team, args.thread\nlimit few 1 calls per hour by session on demo.search"
    #expect(try key(keys(["token.sub": "me"], byTeam)) != key(keys(["token.sub": "you"], byTeam)))
    #expect(try key(keys(["token.sub": "me", "token.team": "t"], byTeam)) == key(keys(["token.sub": "you", "token.team": "t"], byTeam)))
    let program = try LimitedGate.program(byTeam)
    func named(_ name: String) throws -> SessionKey {
      try key(SessionKeys(Principal(Identity(caller: .named(name)), of: program), program))
    }
    #expect(try named("tester") != named("other"))
  }

  /// A session outlives the renewal of the credential: a new token does not wash a label off.
  @Test func renewingATokenStaysInTheSession() throws {
    let old = try keys(["token.iss": "i", "token.sub": "me", "token.client_id": "c", "token.exp": 1, "token.jti": "x"])
    let new = try keys([
      "token.iss": "i", "token.sub": "me", "token.client_id": "c", "token.exp": 2, "token.jti": "y", "token.scope": "more",
    ])
    #expect(try key(old) == key(new))
    for other in [["token.iss": "j", "token.sub": "me"], ["token.iss": "i", "token.sub": "you"]] as [[String: JSON.Value]] {
      #expect(try key(keys(other.merging(["token.client_id": "c"]) { own, _ in own })) != key(old))
    }
    #expect(try key(keys(["token.iss": "i", "token.sub": "me", "token.client_id": "d"])) != key(old))
    // Keys of one owner are different callers: what one of them clears stays with the other.
    #expect(try key(keys(["key.owner": "ops", "key.id": "1"])) != key(keys(["key.owner": "ops", "key.id": "2"])))
    #expect(try key(keys(["key.id": "1", "key.tags": "a"])) == key(keys(["key.id": "1", "key.tags": "b"])))
    // What says nothing of whom it speaks for is told apart by all it says.
    #expect(try key(keys(["token.team": "a"])) != key(keys(["token.team": "b"])))
  }
}
