import Foundation
import Glibc
import JSON

/// An HTTP client that sends the bytes it is told to, right or wrong, and reads answers whole.
final class RawClient {
  struct Answer {
    let status: Int
    /// Names in lower case.
    let headers: [String: String]
    let body: [UInt8]

    static let nothing = Answer(status: 0, headers: [:], body: [])

    var json: Value? { try? Value(parsing: body) }
    var text: String { String(decoding: body, as: UTF8.self) }
    /// The messages of a stream of events, or of a body.
    var messages: [Value] {
      guard headers["content-type"] == "text/event-stream" else { return json.map { [$0] } ?? [] }
      return events.compactMap { $0.data.isEmpty ? nil : try? Value(parsing: Array($0.data.utf8)) }
    }
    var events: [(id: String?, data: String)] { RawClient.events(in: text) }
    var code: Int? { messages.last?["error"]?["code"]?.number?.integer }
  }

  struct Broken: Error, CustomStringConvertible {
    let description: String
  }

  private let socket: Int32
  private var received: [UInt8] = []
  /// Of an answer in chunks that is not whole: what was read of it, and up to where. Reading it anew each time would take the square of its
  /// length.
  private var chunks: (body: [UInt8], place: Int)?
  private(set) var isClosedByPeer = false

  init(port: Int) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let done = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard done == 0 else { throw Broken(description: "cannot connect") }
  }

  deinit { close(socket) }

  func send(_ text: String) { send(Array(text.utf8)) }

  func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes { unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return }
      sent += count
    }
  }

  /// Reads once; false when nothing came in time or the peer has closed.
  @discardableResult
  func fill(seconds: Double = 20) -> Bool {
    var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&entry, 1, Int32(seconds * 1000)) > 0 else { return false }
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe recv(socket, &chunk, chunk.count, 0)
    guard count > 0 else {
      isClosedByPeer = true
      return false
    }
    received += chunk[..<count]
    return true
  }

  /// Whether the peer closes without another byte.
  func isClosed(within seconds: Double) -> Bool {
    _ = fill(seconds: seconds)
    return isClosedByPeer
  }

  /// The next answer, whole.
  func answer() throws -> Answer {
    // Comments keep a stream alive for ever that never says what it should.
    let deadline = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < deadline {
      if let (answer, used) = parse() {
        received.removeFirst(used)
        if answer.status == 100 { continue }
        return answer
      }
      guard fill() else { throw Broken(description: "no whole answer: \(String(decoding: received.prefix(400), as: UTF8.self))") }
    }
    throw Broken(description: "no whole answer in time: \(String(decoding: received.prefix(400), as: UTF8.self))")
  }

  /// Of an answer that is not over: its head, and what of the body has come, once that has a text in it.
  func partial(until text: String) throws -> (head: String, body: String) {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      let all = String(decoding: received, as: UTF8.self)
      if let end = all.range(of: "\r\n\r\n"), all[end.upperBound...].contains(text) {
        return (String(all[..<end.lowerBound]), String(all[end.upperBound...]))
      }
      guard ContinuousClock.now < deadline, fill() else { throw Broken(description: "never came: \(text); but \(all)") }
    }
  }

  private func parse() -> (Answer, used: Int)? {
    guard let end = RawClient.find(Array("\r\n\r\n".utf8), in: received, from: 0) else { return nil }
    let lines = String(decoding: received[..<end], as: UTF8.self).components(separatedBy: "\r\n")
    let status = Int(lines[0].split(separator: " ")[1]) ?? 0
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
    }
    let start = end + 4
    if headers["transfer-encoding"] == "chunked" {
      var (body, place) = chunks ?? ([], start)
      chunks = nil
      while let lineEnd = RawClient.find(Array("\r\n".utf8), in: received, from: place) {
        guard let size = Int(String(decoding: received[place..<lineEnd], as: UTF8.self), radix: 16),
          received.count >= lineEnd + 2 + size + 2
        else { break }
        body += received[(lineEnd + 2)..<(lineEnd + 2 + size)]
        place = lineEnd + 2 + size + 2
        if size == 0 { return (Answer(status: status, headers: headers, body: body), place) }
      }
      chunks = (body, place)
      return nil
    }
    let length = Int(headers["content-length"] ?? "0") ?? 0
    guard received.count >= start + length else { return nil }
    return (Answer(status: status, headers: headers, body: Array(received[start..<(start + length)])), start + length)
  }

  private static func find(_ needle: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
    guard bytes.count >= start + needle.count else { return nil }
    return (start...(bytes.count - needle.count)).first { bytes[$0] == needle[0] && bytes[$0..<($0 + needle.count)].elementsEqual(needle) }
  }

  static func events(in text: String) -> [(id: String?, data: String)] {
    text.components(separatedBy: "\n\n").compactMap { block in
      var id: String?
      var data: String?
      for line in block.split(separator: "\n") {
        if line.hasPrefix("id: ") { id = String(line.dropFirst(4)) }
        if line.hasPrefix("data:") { data = line.dropFirst(5).trimmingCharacters(in: .whitespaces) }
      }
      return data.map { (id, $0) }
    }
  }
}
