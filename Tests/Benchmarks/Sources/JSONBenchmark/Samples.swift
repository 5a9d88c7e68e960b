/// A message to measure with.
struct Sample {
  let name: String
  let bytes: [UInt8]

  /// A typical call, 340 bytes.
  static let call = Sample(
    name: "call 340 B",
    bytes: Array(
      """
      {"jsonrpc":"2.0","id":17,"method":"tools/call","params":{"name":"transfer_funds","arguments":{"amount":249.95,"currency":"EUR",\
      "from":"DE89370400440532013000","to":"FR7630006000011234567890189","memo":"Invoice 2026-0417, second \\"half\\"","urgent":false,\
      "tags":["invoice","q2"],"retries":3},"_meta":{"progressToken":"b7f3c1d2","trace":"1"}}}
      """.utf8))

  /// A result that is one long text of 4 KB, as of a file that was read.
  static let text: Sample = {
    let line = "The quick brown fox jumps over the lazy dog, again and again; nobody knows why it would.\\n"
    let start = #"{"jsonrpc":"2.0","id":17,"result":{"content":[{"type":"text","text":""#
    let end = #""}],"isError":false}}"#
    let body = String(repeating: line, count: (4096 - start.utf8.count - end.utf8.count) / line.utf8.count)
    return Sample(name: "text 4 KB", bytes: Array((start + body + end).utf8))
  }()

  /// A result of 4 KB of small values, as of a database query.
  static let structure: Sample = {
    var rows: [String] = []
    while rows.joined(separator: ",").utf8.count < 3950 {
      let number = rows.count
      rows.append(
        #"{"id":\#(number),"name":"row \#(number)","price":\#(number * 7).5,"stock":[\#(number),0,-1],"active":true,"note":null}"#)
    }
    return Sample(
      name: "structure 4 KB",
      bytes: Array((#"{"jsonrpc":"2.0","id":17,"result":{"rows":["# + rows.joined(separator: ",") + "]}}").utf8))
  }()

  static let all = [call, text, structure]
}
