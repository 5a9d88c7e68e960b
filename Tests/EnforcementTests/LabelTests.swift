import Enforcement
import Testing

/// Labels of sessions: what sets them, and what they decide.
@Suite struct LabelTests {
  private static let flow = #"""
    mark tainted after demo.read
    clear tainted after demo.plain
    deny no_echo on demo.echo when session has tainted because "Untrusted text was read."
    """#

  private func isOpen(_ conversation: Talk, _ arguments: String = "{}") -> Bool {
    let before = conversation.toServer.count
    _ = conversation.call("echo", #"{"content":[]}"#, arguments: arguments)
    return conversation.toServer.count > before
  }

  @Test func marksDecideWhatComesAfter() throws {
    let conversation = try FilteredGate.conversation(LabelTests.flow)
    #expect(isOpen(conversation))
    _ = conversation.call("read", #"{"content":[]}"#)
    #expect(conversation.records.last?.labels == ["tainted"])
    #expect(!isOpen(conversation))
    // A failure takes no mark away.
    _ = conversation.call("plain", #"{"content":[],"isError":true}"#)
    #expect(!isOpen(conversation))
    _ = conversation.exchange("tools/call", #""name":"plain""#, #""error":{"code":1,"message":"no"}"#)
    #expect(!isOpen(conversation))
    _ = conversation.call("plain", #"{"content":[]}"#)
    #expect(isOpen(conversation))
  }

  @Test func filtersMark() throws {
    let conversation = try FilteredGate.conversation(
      """
      filter watch on demo.plain match bomb -> label tainted
      deny no_echo on demo.echo when session has tainted
      """)
    _ = conversation.call("plain", #"{"content":[{"type":"text","text":"peace"}]}"#)
    #expect(isOpen(conversation))
    let result = #"{"content":[{"type":"text","text":"BOMB"}]}"#
    #expect(conversation.call("plain", result) == #""result":"# + result)
    #expect(!isOpen(conversation))
  }

  @Test func marksOutliveAReload() throws {
    let conversation = try FilteredGate.conversation(LabelTests.flow)
    _ = conversation.call("read", #"{"content":[]}"#)
    let changed =
      LabelTests.flow
      + "\nlabel another \"sorts before\"\nmark another after demo.plain\ndeny later on demo.lookup when session has another"
    conversation.store.replace(with: try FilteredGate.program(changed))
    #expect(!isOpen(conversation))
  }

  @Test func sessionsAreToldApartByArguments() throws {
    let conversation = try FilteredGate.conversation(
      """
      session by args.thread
      filter watch on demo.echo in text match bomb -> label tainted
      deny no_echo on demo.echo when session has tainted
      """)
    let bomb = #"{"content":[{"type":"text","text":"BOMB"}]}"#
    _ = conversation.call("echo", bomb, arguments: #"{"thread":"a"}"#)
    #expect(!isOpen(conversation, #"{"thread":"a"}"#))
    #expect(!isOpen(conversation, #"{"thread":"\u0061"}"#))
    #expect(isOpen(conversation, #"{"thread":"b"}"#))
    #expect(isOpen(conversation))
  }
}
