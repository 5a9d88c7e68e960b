import Dispatch
import Foundation
import Glibc
import Synchronization

/// A web server on this machine that answers as it is told, well or badly. One request a connection. It
/// goes on until it is stopped, or the tests are over.
package final class LoopbackServer: Sendable {
  package struct Request: Sendable {
    package let method: String
    /// With the query.
    package let target: String
    /// Names in lower case.
    package let headers: [String: String]
    package let body: String
  }

  package enum Reply: Sendable {
    case document(String, status: Int = 200, headers: [String: String] = [:])
    /// These bytes and nothing else.
    case raw([UInt8])
    /// These bytes, then one more every so many milliseconds.
    case dripping([UInt8], milliseconds: Int)
    /// Nothing, ever.
    case silence
  }

  package let port: UInt16
  private let listener: Int32
  private let record = Record()

  private final class Record: Sendable {
    private let state = Mutex((requests: [Request](), isStopped: false))

    var requests: [Request] { state.withLock { $0.requests } }

    func note(_ request: Request) { state.withLock { $0.requests.append(request) } }

    /// False the second time.
    func stop() -> Bool {
      state.withLock { state in
        defer { state.isStopped = true }
        return !state.isStopped
      }
    }
  }

  /// - Parameter answer: called from any thread.
  package init(_ answer: @escaping @Sendable (Request) -> Reply) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    var length = size
    let isOpen = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe bind(listener, address, size) == 0 && listen(listener, 128) == 0 && getsockname(listener, address, &length) == 0
      }
    }
    guard isOpen else { throw CocoaError(.fileWriteUnknown) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [record] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else {
          // Closed here and not in `stop`: the number would be another server's by the time this thread asks again, and its clients ours.
          _ = close(listener)
          return
        }
        Thread.detachNewThread { LoopbackServer.serve(connection, record, answer) }
      }
    }
  }

  package func stop() {
    guard record.stop() else { return }
    _ = shutdown(listener, Int32(SHUT_RDWR))
  }

  package var origin: String { "http://127.0.0.1:\(port)" }

  /// In the order they came.
  package var requests: [Request] { record.requests }

  private static func serve(_ connection: Int32, _ record: Record, _ answer: (Request) -> Reply) {
    defer { _ = close(connection) }
    guard let request = read(connection) else { return }
    record.note(request)
    switch answer(request) {
    case .document(let body, let status, let headers):
      var lines = ["HTTP/1.1 \(status) As-Told", "Content-Length: \(body.utf8.count)", "Connection: close"]
      lines += headers.map { "\($0): \($1)" }
      send(connection, Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
    case .raw(let bytes): send(connection, bytes)
    case .dripping(let bytes, let milliseconds):
      guard send(connection, bytes) else { return }
      while send(connection, [UInt8(ascii: " ")]) { usleep(UInt32(milliseconds) * 1_000) }
    case .silence:
      var byte: UInt8 = 0
      _ = unsafe recv(connection, &byte, 1, 0)
    }
  }

  private static func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while bytes.count < 1 << 20 {
      if let request = parse(bytes) { return request }
      let count = unsafe recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      bytes += chunk[..<count]
    }
    return nil
  }

  /// Nil until all of it has come.
  private static func parse(_ bytes: [UInt8]) -> Request? {
    let parts = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")
    guard parts.count > 1 else { return nil }
    let lines = parts[0].components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    let body = parts[1...].joined(separator: "\r\n\r\n")
    guard body.utf8.count >= headers["content-length"].flatMap({ Int($0) }) ?? 0 else { return nil }
    return Request(method: words[0], target: words[1], headers: headers, body: body)
  }

  @discardableResult private static func send(_ connection: Int32, _ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes[sent...].withUnsafeBytes { unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
