import HTTPGateway
import NIOCore
import TestSupport
import Testing

@Suite struct ResponseParserTests {
  private struct Seen: Equatable {
    var status = 0
    var body: [UInt8] = []
    var closes = false
    var isComplete = false
  }

  /// Reads bytes that come in pieces of a size.
  private func read(_ bytes: [UInt8], pieces: Int) throws(FramingFault) -> Seen {
    var parser = ResponseParser()
    parser.expectAnswer()
    var buffer = ByteBuffer()
    var seen = Seen()
    var rest = bytes[...]
    while !rest.isEmpty {
      buffer.writeBytes(rest.prefix(pieces))
      rest = rest.dropFirst(pieces)
      while let part = try parser.next(&buffer) {
        switch part {
        case .head(let head):
          seen.status = head.status
          seen.closes = head.closes
        case .body(let bytes): seen.body += bytes.readableBytesView
        case .end: seen.isComplete = true
        }
      }
    }
    return seen
  }

  static let good: [(String, status: Int, body: String)] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi"),
    ("HTTP/1.1 200\r\ncontent-length:0\r\n\r\n", 200, ""),
    ("HTTP/1.1 204 None\r\n\r\n", 204, ""),
    ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", 200, "x"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n3;a=b\r\n yo\r\n0\r\n\r\n", 200, "hi yo"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", 200, "0123456789"),
    ("HTTP/1.1 404 Not Found\r\nX: \t a b \r\nContent-Length: 1\r\n\r\n.", 404, "."),
  ]

  @Test(arguments: good.indices, [1, 2, 7, 1 << 16])
  func readsAnswersInAnyPieces(index: Int, pieces: Int) throws {
    let (text, status, body) = ResponseParserTests.good[index]
    let seen = try read(Array(text.utf8), pieces: pieces)
    #expect(seen.isComplete && seen.status == status && seen.body == Array(body.utf8))
  }

  static let bad: [(String, FramingFault)] = [
    ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", .statusLine),
    ("HTTP/2 200\r\n\r\n", .statusLine),
    ("HTTP/1.1 20 OK\r\n\r\n", .statusLine),
    ("HTTP/1.1 099 OK\r\n\r\n", .statusLine),
    ("HTTP/1.1 101 Switching\r\n\r\n", .statusLine),
    ("garbage\r\n", .statusLine),
    ("HTTP/1.1 200 OK\n\n", .header),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\n\r\n", .header),
    ("HTTP/1.1 200 OK\r\nContent Length: 1\r\n\r\n", .header),
    ("HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\n", .header),
    ("HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n", .header),
    ("HTTP/1.1 200 OK\r\nX: a\u{0}b\r\n\r\n", .header),
    ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", .header),
    ("HTTP/1.1 200 OK\r\n\r\n", .length),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", .length),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx", .length),
    ("HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx", .length),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .length),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .length),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", .chunk),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n", .chunk),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", .chunk),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nxy\r\n", .chunk),
    ("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK", .surplus),
  ]

  @Test(arguments: bad.indices)
  func refusesWhatCouldBeCutInTwoWays(index: Int) {
    let (text, fault) = ResponseParserTests.bad[index]
    #expect(throws: fault, "\(text)") { try read(Array(text.utf8), pieces: 1 << 16) }
  }

  @Test func boundsItsHead() {
    let line = "X: " + String(repeating: "a", count: 1_000) + "\r\n"
    let long = Array(("HTTP/1.1 200 OK\r\n" + String(repeating: line, count: 100)).utf8)
    #expect(throws: FramingFault.tooManyHeaders) { try read(long, pieces: 1 << 16) }
    #expect(throws: FramingFault.header) { try read([UInt8](repeating: 0x41, count: 20_000), pieces: 1 << 10) }
    let many = Array(("HTTP/1.1 200 OK\r\n" + String(repeating: "a: b\r\n", count: 200)).utf8)
    #expect(throws: FramingFault.tooManyHeaders) { try read(many, pieces: 1 << 16) }
  }

  /// However the bytes are broken, it ends in an answer or a fault, the same for every way to cut them.
  @Test func damageIsReadTheSameInAnyPieces() {
    let number = propertySeed()
    var seed = SeededGenerator(seed: number)
    for _ in 0..<2_000 {
      var bytes = Array(ResponseParserTests.good.randomElement(using: &seed)!.0.utf8)
      for _ in 0..<Int.random(in: 1...3, using: &seed) {
        let place = bytes.indices.randomElement(using: &seed)!
        bytes[place] = [0x0A, 0x0D, 0x20, 0x3A, 0x30, 0x31, 0xFF, 0x41].randomElement(using: &seed)!
      }
      let whole = Result { () throws(FramingFault) -> Seen in try read(bytes, pieces: bytes.count) }
      let parts = Result { () throws(FramingFault) -> Seen in try read(bytes, pieces: Int.random(in: 1...5, using: &seed)) }
      #expect(whole == parts, "seed \(number): \(bytes)")
    }
  }
}
