internal import CZlib

/// Reads a gzip stream (RFC 1952), or several one after another, in pieces.
@safe package struct GzipReader: ~Copyable {
  /// What is no gzip stream, or is damaged.
  package struct Damaged: Error, Equatable {
    package init() {}
  }

  private let stream: UnsafeMutablePointer<z_stream>

  package init() {
    unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe sallyport_inflate_begin(stream)
    precondition(status == Z_OK, "zlib has no memory to begin with")
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Whether a file begins as gzip does.
  package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

  /// The text of a piece. A stream that breaks off gives what it held until then; nobody is told that it did.
  package mutating func decompress(_ bytes: [UInt8], into output: inout [UInt8]) throws(Damaged) {
    var portion = [UInt8](repeating: 0, count: 1 << 16)
    var input = bytes
    let isGood = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe stream.pointee.next_in = input.baseAddress
      unsafe stream.pointee.avail_in = UInt32(input.count)
      while true {
        let (status, room) = unsafe portion.withUnsafeMutableBufferPointer { portion in
          unsafe stream.pointee.next_out = portion.baseAddress
          unsafe stream.pointee.avail_out = UInt32(portion.count)
          let status = unsafe inflate(stream, Z_NO_FLUSH)
          return unsafe (status, stream.pointee.avail_out)
        }
        output += portion[..<(portion.count - Int(room))]
        if status == Z_STREAM_END {
          unsafe inflateReset(stream)
        } else if status == Z_BUF_ERROR {
          return true
        } else if status != Z_OK {
          return false
        }
        if unsafe stream.pointee.avail_in == 0 && room > 0 { return true }
      }
    }
    if !isGood { throw Damaged() }
  }
}
