internal import CTLS
internal import Synchronization

/// Why certificates or keys cannot be used, or a connection is not trusted.
package struct TLSFault: Error, Hashable, Sendable {
  package enum Cause: Hashable, Sendable {
    case noCertificate
    case noKey
    /// The key is not the certificate's.
    case otherKey
    /// What libssl says of a handshake or a record.
    case connection(String)
    /// libssl itself cannot be set up.
    case setup
  }

  package let cause: Cause

  /// The peer ended the connection within the handshake.
  package static let cutShort = TLSFault(.connection("the peer ended it"))

  init(_ cause: Cause) { self.cause = cause }

  fileprivate init(problem: Int32) {
    cause =
      switch Int(problem) {
      case Int(SALLYPORT_TLS_NO_CERTIFICATE): .noCertificate
      case Int(SALLYPORT_TLS_NO_KEY): .noKey
      case Int(SALLYPORT_TLS_OTHER_KEY): .otherKey
      default: .setup
      }
  }
}

/// What connections of one kind have in common: TLS 1.2 and later, and either a certificate of our own or whom to believe.
@safe package final class TLSContext: Sendable {
  /// Only for making connections and for its end; libssl itself may be used by several threads, the lock is for the compiler.
  private let context: Mutex<OpaquePointer>
  /// When its own certificate is valid, in seconds since 1970; of clients nothing.
  package let validity: Range<Int64>

  /// For a server that is offered HTTP/2 and HTTP/1.1.
  ///
  /// - Parameters:
  ///   - certificates: PEM, the server's own first.
  ///   - key: PEM, without a passphrase.
  package init(certificates: [UInt8], key: [UInt8]) throws(TLSFault) {
    var (begin, end) = (Int64(0), Int64(0))
    var problem: Int32 = 0
    let made = unsafe certificates.withUnsafeBufferPointer { certificates in
      unsafe key.withUnsafeBufferPointer { key in
        unsafe sallyport_tls_server(
          certificates.baseAddress, certificates.count, key.baseAddress, key.count, &begin, &end, &problem)
      }
    }
    guard let made = unsafe made else { throw TLSFault(problem: problem) }
    unsafe context = Mutex(made)
    validity = begin..<max(begin, end)
  }

  /// For clients. Whom they talk to is always verified.
  ///
  /// - Parameter authorities: PEM, beside those of the system.
  package init(authorities: [UInt8] = []) throws(TLSFault) {
    var problem: Int32 = 0
    let made = unsafe authorities.withUnsafeBufferPointer { unsafe sallyport_tls_client($0.baseAddress, $0.count, &problem) }
    guard let made = unsafe made else { throw TLSFault(problem: problem) }
    unsafe context = Mutex(made)
    validity = 0..<0
  }

  deinit { unsafe context.withLock { unsafe sallyport_tls_context_free($0) } }

  fileprivate func accept() -> OpaquePointer? { unsafe context.withLock { context in unsafe sallyport_tls_accept(context) } }

  fileprivate func connect(_ host: String, isAddress: Bool) -> OpaquePointer? {
    unsafe context.withLock { context in unsafe host.withCString { unsafe sallyport_tls_connect(context, $0, isAddress ? 1 : 0) } }
  }
}

/// One connection: bytes of the network in, bytes for the network out. Used by one thread at a time.
@safe package final class TLSConnection {
  package enum Part: Equatable {
    case bytes([UInt8])
    /// More must come.
    case nothing
    /// The peer has said that it sends no more.
    case end
  }

  private let connection: OpaquePointer
  private var chunk = [UInt8](repeating: 0, count: 1 << 14)

  /// A connection that was accepted.
  package init(accepting context: TLSContext) throws(TLSFault) {
    guard let made = unsafe context.accept() else { throw TLSFault(.setup) }
    unsafe connection = made
  }

  /// A connection to a host whose certificate must be for this name, or this address.
  package init(_ context: TLSContext, to host: String, isAddress: Bool) throws(TLSFault) {
    guard let made = unsafe context.connect(host, isAddress: isAddress) else { throw TLSFault(.setup) }
    unsafe connection = made
  }

  deinit { unsafe sallyport_tls_free(connection) }

  private var fault: TLSFault { unsafe TLSFault(.connection(String(cString: sallyport_tls_reason(connection)))) }

  package func receive(_ bytes: [UInt8]) throws(TLSFault) {
    let result = unsafe bytes.withUnsafeBufferPointer { unsafe sallyport_tls_receive(connection, $0.baseAddress, $0.count) }
    if result < 0 { throw fault }
  }

  /// - Returns: whether it is done.
  package func handshake() throws(TLSFault) -> Bool {
    let result = unsafe sallyport_tls_handshake(connection)
    if result < 0 { throw fault }
    return result == 1
  }

  package func read() throws(TLSFault) -> Part {
    let count = unsafe chunk.withUnsafeMutableBufferPointer { unsafe sallyport_tls_read(connection, $0.baseAddress, $0.count) }
    switch count {
    case 0: return .nothing
    case -1: return .end
    case 1...: return .bytes(Array(chunk[..<Int(count)]))
    default: throw fault
    }
  }

  package func write(_ bytes: [UInt8]) throws(TLSFault) {
    let result = unsafe bytes.withUnsafeBufferPointer { unsafe sallyport_tls_write(connection, $0.baseAddress, $0.count) }
    if result < 0 { throw fault }
  }

  /// What goes to the network now.
  package func takeOutput() -> [UInt8] {
    let size = unsafe sallyport_tls_pending(connection)
    guard size > 0 else { return [] }
    return unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      unsafe count = max(0, Int(sallyport_tls_take(connection, buffer.baseAddress, size)))
    }
  }

  package func close() { unsafe sallyport_tls_close(connection) }

  package var speaksHTTP2: Bool { unsafe sallyport_tls_is_http2(connection) == 1 }
}
