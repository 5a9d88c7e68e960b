internal import CZlib

/// Makes a gzip stream (RFC 1952) of bytes that come in pieces.
@safe package struct GzipWriter: ~Copyable {
  private let stream: UnsafeMutablePointer<z_stream>

  package init() {
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe sallyport_deflate_begin(stream)
    precondition(status == Z_OK, "zlib has no memory to begin with")
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// - Parameter isLast: whether the stream ends here. Otherwise all that was given so far can be read from what has come out so far.
  package mutating func compress(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
    var output: [UInt8] = []
    var portion = [UInt8](repeating: 0, count: 1 << 15)
    var input = bytes
    unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe stream.pointee.next_in = input.baseAddress
      unsafe stream.pointee.avail_in = UInt32(input.count)
      var room: UInt32
      repeat {
        room = unsafe portion.withUnsafeMutableBufferPointer { portion in
          unsafe stream.pointee.next_out = portion.baseAddress
          unsafe stream.pointee.avail_out = UInt32(portion.count)
          unsafe deflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
          return unsafe stream.pointee.avail_out
        }
        output += portion[..<(portion.count - Int(room))]
      } while room == 0
    }
    return output
  }
}
