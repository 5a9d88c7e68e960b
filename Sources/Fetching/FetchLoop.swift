internal import CCurl
internal import Glibc

/// The thread that fetches. Everything of libcurl but the waking happens here, so its handles never meet another thread.
@safe struct FetchLoop: ~Copyable {
  private let inbox: Inbox
  private let policy: AddressPolicy
  private let authorities: String?
  private let multi: UnsafeMutableRawPointer
  private var transfers: [UnsafeMutableRawPointer: Transfer] = unsafe [:]

  private static let isPrepared = sallyport_curl_prepare() == CURLE_OK

  init?(_ inbox: Inbox, _ policy: AddressPolicy, _ authorities: String?) {
    guard FetchLoop.isPrepared, let multi = unsafe curl_multi_init() else {
      for job in inbox.close() { job.done(.failure(.stopped)) }
      return nil
    }
    _ = unsafe sallyport_multi_set_number(multi, CURLMOPT_MAX_HOST_CONNECTIONS, 16)
    _ = unsafe sallyport_multi_set_number(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 64)
    unsafe self.multi = multi
    self.inbox = inbox
    self.policy = policy
    self.authorities = authorities
    inbox.open(UInt(bitPattern: multi))
  }

  /// Until it is stopped.
  consuming func run() {
    while let jobs = inbox.take() {
      for job in jobs { begin(job) }
      var running: Int32 = 0
      _ = unsafe curl_multi_perform(multi, &running)
      finish()
      // Waits for sockets, for libcurl's own clocks, or to be woken. `take` looked before: a wake-up is never lost.
      _ = unsafe curl_multi_poll(multi, nil, 0, 60_000, nil)
    }
    let left = inbox.close()
    for unsafe(easy, transfer) in unsafe transfers {
      unsafe release(easy)
      transfer.job.done(.failure(.stopped))
    }
    for job in left { job.done(.failure(.stopped)) }
    _ = unsafe curl_multi_cleanup(multi)
  }

  private mutating func begin(_ job: FetchJob) {
    let transfer = Transfer(job, policy)
    guard let easy = unsafe transfer.handle(authorities) else { return end(job, .failure(.stopped)) }
    guard unsafe curl_multi_add_handle(multi, easy) == CURLM_OK else {
      unsafe curl_easy_cleanup(easy)
      return end(job, .failure(.stopped))
    }
    unsafe transfers[easy] = transfer
  }

  private mutating func finish() {
    var left: Int32 = 0
    while let message = unsafe curl_multi_info_read(multi, &left) {
      guard unsafe message.pointee.msg == CURLMSG_DONE, let easy = unsafe message.pointee.easy_handle else { continue }
      let code = unsafe message.pointee.data.result
      let status = unsafe sallyport_status(easy)
      guard let transfer = unsafe transfers.removeValue(forKey: easy) else { continue }
      unsafe release(easy)
      end(transfer.job, transfer.result(code, status))
    }
  }

  private func release(_ easy: UnsafeMutableRawPointer) {
    _ = unsafe curl_multi_remove_handle(multi, easy)
    unsafe curl_easy_cleanup(easy)
  }

  private func end(_ job: FetchJob, _ result: Result<FetchedDocument, FetchFault>) {
    inbox.finished()
    job.done(result)
  }
}
