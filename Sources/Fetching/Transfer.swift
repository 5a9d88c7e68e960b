internal import CCurl
internal import Credentials
internal import Glibc

/// One fetch under way. Lives on the loop's thread; libcurl's callbacks find it by its address, and the loop keeps it until libcurl has let
/// go of the handle.
@safe final class Transfer {
  let job: FetchJob
  private let policy: AddressPolicy
  private var body: [UInt8] = []
  private var headerBytes = 0
  private var freshness = Freshness()
  private var tag: EntityTag?
  /// What a callback ended the transfer for; libcurl only knows that one did.
  private var fault: FetchFault?
  /// The last address that was refused. Others of the same host may still be connected to.
  private var closed: NetworkAddress?
  /// Lines of our own, freed with the transfer. Owned here, used by libcurl while the handle lives.
  private var lines: UnsafeMutablePointer<curl_slist>?

  private static let mostHeaderBytes = 65_536

  init(_ job: FetchJob, _ policy: AddressPolicy) {
    self.job = job
    self.policy = policy
  }

  deinit { unsafe curl_slist_free_all(lines) }

  func result(_ code: CURLcode, _ status: Int) -> Result<FetchedDocument, FetchFault> {
    if let fault { return .failure(fault) }
    switch code {
    case CURLE_OK: break
    case CURLE_COULDNT_RESOLVE_HOST: return .failure(.unresolved)
    case CURLE_COULDNT_CONNECT: return .failure(closed.map(FetchFault.closedAddress) ?? .unreachable)
    case CURLE_OPERATION_TIMEDOUT: return .failure(.tooSlow)
    case CURLE_FILESIZE_EXCEEDED: return .failure(.tooLarge(job.request.mostBytes))
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ISSUER_ERROR:
      return .failure(.untrusted)
    default: return .failure(.garbled)
    }
    if status == 304, job.request.known != nil { return .failure(.unchanged) }
    if (300..<400).contains(status) { return .failure(.redirected) }
    guard status == 200 || (job.request.document != nil && (200..<300).contains(status)) else { return .failure(.status(status)) }
    return .success(FetchedDocument(bytes: body, freshness: freshness.seconds, tag: tag))
  }

  // MARK: What libcurl is told

  /// Nil when libcurl has no memory, or does not know an option: none of them may be missing.
  func handle(_ authorities: String?) -> UnsafeMutableRawPointer? {
    guard let easy = unsafe curl_easy_init() else { return nil }
    guard unsafe setUp(easy, authorities) else {
      unsafe curl_easy_cleanup(easy)
      return nil
    }
    return unsafe easy
  }

  private func setUp(_ easy: UnsafeMutableRawPointer, _ authorities: String?) -> Bool {
    let request = job.request
    let protocols = request.address.isPlain ? "http" : "https"
    var texts: [(CURLoption, String)] = [
      (CURLOPT_URL, request.address.text), (CURLOPT_PROTOCOLS_STR, protocols),
      // Not even what the environment names.
      (CURLOPT_PROXY, ""),
    ]
    if let authorities { texts.append((CURLOPT_CAINFO, authorities)) }
    let numbers: [(CURLoption, Int)] = [
      (CURLOPT_FOLLOWLOCATION, 0), (CURLOPT_NOSIGNAL, 1), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
      (CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2), (CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
      (CURLOPT_TIMEOUT_MS, request.deadline), (CURLOPT_CONNECTTIMEOUT_MS, min(request.deadline, 3_000)),
      (CURLOPT_MAXFILESIZE, request.mostBytes), (CURLOPT_HTTP09_ALLOWED, 0),
      // A resolver that hangs must not hold up the thread that waits for everybody else's answers.
      (CURLOPT_QUICK_EXIT, 1),
    ]
    for (option, text) in texts where unsafe sallyport_set_text(easy, option, text) != CURLE_OK { return false }
    for (option, number) in numbers where unsafe sallyport_set_number(easy, option, number) != CURLE_OK { return false }
    return unsafe setContent(easy) && setCallbacks(easy)
  }

  private func setContent(_ easy: UnsafeMutableRawPointer) -> Bool {
    guard append("Accept: \(job.request.contentType)") else { return false }
    if let authorization = job.request.authorization {
      let isAppended = authorization.reveal { append("Authorization: \(String(decoding: $0, as: UTF8.self))") }
      guard isAppended else { return false }
    }
    if let known = job.request.known, !append("If-None-Match: \(known.text)") { return false }
    if job.request.document != nil, !append("Content-Type: \(job.request.contentType)") { return false }
    if let body = job.request.document ?? job.request.form {
      let isCopied = body.reveal { bytes in
        // libcurl copies as many bytes as it was told before, zeros among them.
        unsafe sallyport_set_number(easy, CURLOPT_POSTFIELDSIZE, bytes.count) == CURLE_OK
          && bytes.withUnsafeBufferPointer { buffer in
            unsafe sallyport_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: buffer.baseAddress)) == CURLE_OK
          }
      }
      guard isCopied else { return false }
    }
    return unsafe sallyport_set_pointer(easy, CURLOPT_HTTPHEADER, lines) == CURLE_OK
  }

  private func append(_ line: String) -> Bool {
    guard let longer = unsafe curl_slist_append(lines, line) else { return false }
    unsafe lines = longer
    return true
  }

  private func setCallbacks(_ easy: UnsafeMutableRawPointer) -> Bool {
    let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
    return unsafe sallyport_set_pointer(easy, CURLOPT_WRITEDATA, owner) == CURLE_OK
      && sallyport_set_pointer(easy, CURLOPT_HEADERDATA, owner) == CURLE_OK
      && sallyport_set_pointer(easy, CURLOPT_OPENSOCKETDATA, owner) == CURLE_OK
      && sallyport_set_receiver(easy, CURLOPT_WRITEFUNCTION) { unsafe Transfer.of($3)?.receive($0, $1 * $2) ?? 0 } == CURLE_OK
      && sallyport_set_receiver(easy, CURLOPT_HEADERFUNCTION) { unsafe Transfer.of($3)?.receiveHeader($0, $1 * $2) ?? 0 } == CURLE_OK
      && sallyport_set_opener(easy) { owner, _, address in unsafe Transfer.of(owner)?.open(address) ?? CURL_SOCKET_BAD } == CURLE_OK
  }

  // MARK: What libcurl asks

  private static func of(_ owner: UnsafeMutableRawPointer?) -> Transfer? {
    unsafe owner.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
  }

  /// - Returns: how many bytes were taken; another number than were given ends the transfer.
  private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    guard body.count + count <= job.request.mostBytes else {
      fault = .tooLarge(job.request.mostBytes)
      return 0
    }
    unsafe body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
    return count
  }

  private func receiveHeader(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
    headerBytes += count
    guard headerBytes <= Transfer.mostHeaderBytes else {
      fault = .tooLarge(Transfer.mostHeaderBytes)
      return 0
    }
    let line = unsafe String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
    let text = String(line.prefix { $0 != "\r" && $0 != "\n" && $0 != "\r\n" })
    freshness.read(text)
    tag = EntityTag(headerLine: text) ?? tag
    return count
  }

  /// - Returns: a socket to connect with, or that there is none for this address.
  private func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
    var bytes = [UInt8](repeating: 0, count: 16)
    guard let address = unsafe address else { return CURL_SOCKET_BAD }
    let count = unsafe bytes.withUnsafeMutableBufferPointer { unsafe sallyport_address(address, $0.baseAddress) }
    guard let target = NetworkAddress(bytes: Array(bytes.prefix(Int(count)))) else { return CURL_SOCKET_BAD }
    guard policy.allows(target), !job.request.address.isPlain || target.isLoopback else {
      closed = target
      return CURL_SOCKET_BAD
    }
    return unsafe socket(address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
  }
}
