import Glibc

/// Answers every request with the same text, as fast as it can: it must not be what is measured.
struct BenchmarkServer {
  static let answerSize = 341
  static let tool = #"{"name":"echo","inputSchema":{"type":"object","properties":{"text":{"type":"string"}},"required":["text"]}}"#
  static let policy = """
    edition 1
    policy benchmark
    server bench from "tools.json"
    scope bench.use opens bench.echo
    agent tester when token.sub == "tester"
    grant all bench.use to tester

    """

  private static let beginning = Array(#"{"jsonrpc":"2.0","id":"#.utf8)
  private static let middle = Array(#","result":{"resultType":"complete","content":[{"type":"text","text":""#.utf8)
  private static let end = Array((#""}]}}"# + "\n").utf8)

  func serve() {
    var input = [UInt8](repeating: 0, count: 1 << 16)
    var pending: [UInt8] = []
    while true {
      let count = read(STDIN_FILENO, &input, input.count)
      guard count > 0 else { return }
      pending += input[..<count]
      var output: [UInt8] = []
      var start = 0
      while let newline = pending[start...].firstIndex(of: UInt8(ascii: "\n")) {
        answer(pending[start..<newline], to: &output)
        start = newline + 1
      }
      pending.removeSubrange(..<start)
      writeAll(output, to: STDOUT_FILENO)
    }
  }

  private func answer(_ line: ArraySlice<UInt8>, to output: inout [UInt8]) {
    guard let id = id(of: line) else { return }
    if contains(line, "\"tools/list\"") {
      output += Self.beginning + id
      output += Array(#","result":{"resultType":"complete","tools":[\#(Self.tool)],"ttlMs":0,"cacheScope":"public"}}"#.utf8)
      output.append(UInt8(ascii: "\n"))
      return
    }
    let text = Self.answerSize - Self.beginning.count - id.count - Self.middle.count - Self.end.count
    output += Self.beginning
    output += id
    output += Self.middle
    output += repeatElement(UInt8(ascii: "x"), count: max(0, text))
    output += Self.end
  }

  /// The bytes after `"id":` up to the next comma or brace; both clients write it that way.
  private func id(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let key = Array("\"id\":".utf8)
    guard var index = find(key, in: line) else { return nil }
    index += key.count
    let end = line[index...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") }
    return end.map { line[index..<$0] }
  }

  private func contains(_ line: ArraySlice<UInt8>, _ text: String) -> Bool { find(Array(text.utf8), in: line) != nil }

  private func find(_ needle: [UInt8], in line: ArraySlice<UInt8>) -> Int? {
    line.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var offset = 0
      while offset + needle.count <= bytes.count,
        let found = memchr(base + offset, Int32(needle[0]), bytes.count - needle.count + 1 - offset)
      {
        offset = UnsafeRawPointer(found) - base
        if memcmp(found, needle, needle.count) == 0 { return line.startIndex + offset }
        offset += 1
      }
      return nil
    }
  }
}

func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
    guard count > 0 else { return }
    written += count
  }
}
