package import Credentials

/// Why nothing could be fetched. For logs: names addresses and statuses, nothing of what was sent or received.
package enum FetchFault: Error, Hashable, Sendable {
  /// The name of the host leads to an address that may not be connected to.
  case closedAddress(NetworkAddress)
  case unresolved
  case unreachable
  /// The certificate is none that is trusted, for another name, or not of this time.
  case untrusted
  case tooSlow
  /// Of more bytes than allowed.
  case tooLarge(Int)
  /// Redirections are not followed: they would lead wherever the server, or who answers for it, says.
  case redirected
  case status(Int)
  /// What is there is what the request's entity tag names (304). Only for a request that has one.
  case unchanged
  /// No proper HTTP.
  case garbled
  /// Too many fetches are under way.
  case busy
  case stopped
}

extension FetchFault: CustomStringConvertible {
  package var description: String {
    switch self {
    case .closedAddress(let address):
      "the host leads to \(address), which is on a private or special network; if it belongs there, name the network under `networks`"
    case .unresolved: "the host's name has no address"
    case .unreachable: "nobody answers at the host's address"
    case .untrusted: "the server's certificate is not trusted, is for another name, or has run out"
    case .tooSlow: "the answer did not come in time"
    case .tooLarge(let most): "the answer has more than \(most) bytes"
    case .redirected: "the answer is a redirection, which is not followed; name the last address of the chain"
    case .status(let status): "the answer has the status \(status)"
    case .unchanged: "what is there has not changed"
    case .garbled: "the answer is no proper HTTP"
    case .busy: "too many fetches are under way"
    case .stopped: "the gate is shutting down"
    }
  }
}

/// What to fetch: a document, or the answer to a form or a document of ours.
package struct FetchRequest: Sendable {
  package let address: WebAddress
  /// `application/x-www-form-urlencoded`, sent with POST; nil: nothing is sent, with GET. May carry a token.
  package let form: Secret?
  /// Sent with POST in place of a form. Every status from 200 to 299 says that it was taken.
  package let document: Secret?
  /// Of the document.
  package let contentType: String
  /// The value of the `Authorization` header.
  package let authorization: Secret?
  /// Of the document that is there already: it is not sent again while it is the same (`If-None-Match`, RFC 9110 section 13.1.2).
  package let known: EntityTag?
  /// Bytes of the answer's body.
  package let mostBytes: Int
  /// Milliseconds from the request to the answer's last byte, whatever happens meanwhile.
  package let deadline: Int

  package init(
    _ address: WebAddress, form: Secret? = nil, document: Secret? = nil, contentType: String = "application/json",
    authorization: Secret? = nil, known: EntityTag? = nil, mostBytes: Int = 1 << 20, deadline: Int = 10_000
  ) {
    self.address = address
    self.form = form
    self.document = document
    self.contentType = contentType
    self.authorization = authorization
    self.known = known
    self.mostBytes = mostBytes
    self.deadline = deadline
  }
}

/// An answer with a good status.
package struct FetchedDocument: Hashable, Sendable {
  package let bytes: [UInt8]
  /// Seconds that the sender calls it fresh for (RFC 9111 section 4.2); nil: it does not say.
  package let freshness: Int64?
  package let tag: EntityTag?

  package init(bytes: [UInt8], freshness: Int64? = nil, tag: EntityTag? = nil) {
    self.bytes = bytes
    self.freshness = freshness
    self.tag = tag
  }
}

/// Where documents come from. The one that fetches is `Fetcher`.
package protocol DocumentSource: Sendable {
  /// Calls back once, from any thread, also before it returns.
  func fetch(_ request: FetchRequest, _ done: @escaping @Sendable (Result<FetchedDocument, FetchFault>) -> Void)
}
