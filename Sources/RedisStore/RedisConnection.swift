internal import CHiredis
internal import Glibc

/// What a server answers.
enum RedisReply: Equatable, Sendable {
  case text([UInt8])
  case number(Int64)
  case list([RedisReply])
  case null
  /// The server's own words, which begin with a code such as `NOSCRIPT`.
  case failure(String)

  /// A text; nil: something else.
  var string: String? {
    if case .text(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
  }
}

/// Why there is no answer: for the log. Names no secret.
package struct RedisFault: Error, Equatable, CustomStringConvertible, Sendable {
  package let description: String
}

/// One connection, used by one thread at a time. Bounded in time: whatever the server does, an answer or a fault comes within the time-out of
/// connecting or of one command. After a fault it is of no use any more.
@safe struct RedisConnection: ~Copyable {
  private let context: UnsafeMutablePointer<redisContext>

  /// - Parameters:
  ///   - connectMilliseconds: for the connection.
  ///   - commandMilliseconds: for each command.
  init(_ address: RedisAddress, connectMilliseconds: Int, commandMilliseconds: Int) throws(RedisFault) {
    let connecting = timeval(milliseconds: connectMilliseconds)
    let made: UnsafeMutablePointer<redisContext>? =
      switch address.endpoint {
      case .host(let name, let port): unsafe redisConnectWithTimeout(name, Int32(port), connecting)
      case .socket(let path): unsafe redisConnectUnixWithTimeout(path, connecting)
      }
    guard let made = unsafe made else { throw RedisFault(description: "no memory for a connection") }
    guard unsafe made.pointee.err == 0, unsafe redisSetTimeout(made, timeval(milliseconds: commandMilliseconds)) == REDIS_OK else {
      let words = unsafe RedisConnection.words(made)
      unsafe redisFree(made)
      throw RedisFault(description: words.isEmpty ? "the time-out could not be set" : words)
    }
    unsafe context = made
  }

  deinit { unsafe redisFree(context) }

  /// - Parameter arguments: the command's words, any bytes.
  mutating func command(_ arguments: [[UInt8]]) throws(RedisFault) -> RedisReply {
    let joined = Array(arguments.joined(separator: [0])) + [0]
    var lengths = arguments.map(\.count)
    // hiredis copies the words before it returns; the pointers into `joined` live as long as the call.
    let raw: UnsafeMutableRawPointer? = unsafe joined.withUnsafeBufferPointer { bytes in
      var words: [UnsafePointer<CChar>?] = unsafe []
      var place = 0
      for argument in arguments {
        let start = unsafe bytes.baseAddress.map { unsafe UnsafeRawPointer($0 + place) }
        unsafe words.append(start?.assumingMemoryBound(to: CChar.self))
        place += argument.count + 1
      }
      return unsafe words.withUnsafeMutableBufferPointer { words in
        unsafe lengths.withUnsafeMutableBufferPointer { lengths in
          unsafe redisCommandArgv(context, Int32(words.count), words.baseAddress, lengths.baseAddress)
        }
      }
    }
    guard let raw = unsafe raw else { throw RedisFault(description: unsafe RedisConnection.words(context)) }
    defer { unsafe freeReplyObject(raw) }
    return unsafe RedisConnection.read(raw.assumingMemoryBound(to: redisReply.self))
  }

  private static func read(_ reply: UnsafeMutablePointer<redisReply>) -> RedisReply {
    let reply = unsafe reply.pointee
    switch unsafe reply.type {
    case REDIS_REPLY_INTEGER: return unsafe .number(reply.integer)
    case REDIS_REPLY_STRING, REDIS_REPLY_STATUS: return unsafe .text(bytes(reply))
    case REDIS_REPLY_ERROR: return unsafe .failure(String(decoding: bytes(reply), as: UTF8.self))
    case REDIS_REPLY_ARRAY:
      var list: [RedisReply] = []
      for index in unsafe 0..<Int(reply.elements) {
        if let element = unsafe reply.element?[index] { unsafe list.append(read(element)) }
      }
      return .list(list)
    default: return .null
    }
  }

  private static func bytes(_ reply: redisReply) -> [UInt8] {
    guard let text = unsafe reply.str else { return [] }
    return unsafe Array(UnsafeRawBufferPointer(start: text, count: Int(reply.len)))
  }

  private static func words(_ context: UnsafeMutablePointer<redisContext>) -> String {
    // The text is an array of 128 bytes in the context, which ends with a zero.
    unsafe withUnsafeBytes(of: context.pointee.errstr) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}

extension timeval {
  fileprivate init(milliseconds: Int) { self.init(tv_sec: milliseconds / 1_000, tv_usec: milliseconds % 1_000 * 1_000) }
}
