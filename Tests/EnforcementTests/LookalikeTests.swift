import Testing

/// Servers that match names without regard to case, or take another of two members, must not read what the gate has not.
@Suite struct LookalikeTests {
  @Test(arguments: [
    #""name":"echo","arguments":{"text":"a","Text":"b"}"#, #""name":"echo","arguments":{"text":"a","x":[{"a":1,"A":2}]}"#,
    #""name":"echo","arguments":{"text":"a"},"_meta":{"x":1,"X":2}"#,
    #""name":"echo","arguments":{"text":"a"},"_meta":{"ProgressToken":2}"#,
  ]) func call(parameters: String) { expectRefused("tools/call", parameters) }

  @Test(arguments: [
    #""ref":{"type":"ref/prompt","name":"review","Name":"hidden"},"argument":{"name":"code","value":"x"}"#,
    #""ref":{"type":"ref/prompt","name":"review","URI":"demo://shut/a"},"argument":{"name":"code","value":"x"}"#,
    #""ref":{"type":"ref/prompt","name":"review","uri":"demo://shut/a"},"argument":{"name":"code","value":"x"}"#,
    #""ref":{"type":"ref/resource","uri":"demo://shut/a"},"argument":{"name":"code","value":"x"}"#,
  ]) func completion(parameters: String) { expectRefused("completion/complete", parameters) }

  @Test(arguments: [
    #""notifications":{"ResourceSubscriptions":["demo://shut/a"]}"#, #""notifications":{"taskIds":"a"}"#,
    #""notifications":{"taskIds":{}}"#,
    #""notifications":{"taskIds":["a"]}"#,
  ]) func subscription(parameters: String) { expectRefused("subscriptions/listen", parameters) }

  private func expectRefused(_ method: String, _ parameters: String) {
    var conversation = Conversation()
    conversation.speakStateless()
    conversation.client(stateless("1", method, parameters))
    #expect(conversation.toServer.isEmpty)
    #expect(conversation.toClient.count == 1)
  }
}
