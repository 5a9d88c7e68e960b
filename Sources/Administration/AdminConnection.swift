internal import Digests
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Observation
internal import Telemetry

/// One connection of an administrator's. Bodies are thrown away: nothing here is asked with one.
final class AdminConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  struct Answer: Sendable {
    var status: HTTPResponseStatus
    var type = "application/json"
    var body: String
    var headers: [(String, String)] = []
  }

  private static let mostBody = 4_096

  private let service: AdminService
  private let box: PortBox
  private let workers: NIOThreadPool
  private var head: HTTPRequestHead?
  private var bodyBytes = 0

  init(_ service: AdminService, port: PortBox, workers: NIOThreadPool) {
    self.service = service
    box = port
    self.workers = workers
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      bodyBytes = 0
    case .body(let part):
      bodyBytes += part.readableBytes
      if bodyBytes > AdminConnection.mostBody { context.close(promise: nil) }
    case .end:
      guard let head else { return }
      self.head = nil
      answer(head, context)
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is IdleStateHandler.IdleStateEvent { context.close(promise: nil) }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
    if let refusal = refusal(of: head) { return send(refusal, head, context) }
    let path = String(head.uri.prefix { $0 != "?" })
    guard path == "/reload" else { return send(answer(head, path), head, context) }
    if let refusal = refusalOfReload(head) { return send(refusal, head, context) }
    let reload = service.reload
    workers.runIfActive(eventLoop: context.eventLoop) { reload() }.assumeIsolated().whenComplete { result in
      let answer: Answer
      switch result {
      case .success(let outcome): answer = AdminConnection.answer(outcome)
      case .failure: answer = Answer(status: .serviceUnavailable, body: #"{"error":"the gate is ending"}"#)
      }
      self.send(answer, head, context)
    }
  }

  /// A page in a browser can be led here by a name that points at this machine: what it calls this host gives it away.
  private func refusal(of head: HTTPRequestHead) -> Answer? {
    let names = ["127.0.0.1", "localhost", "[::1]"].map { "\($0):\(box.port)" }
    guard head.headers["host"].count == 1, let host = head.headers.first(name: "host"), names.contains(host.lowercased()) else {
      return Answer(status: .misdirectedRequest, body: #"{"error":"this host has another name"}"#)
    }
    return nil
  }

  private func answer(_ head: HTTPRequestHead, _ path: String) -> Answer {
    let known = ["/", "/style.css", "/metrics", "/healthz", "/readyz"]
    guard known.contains(path) else { return Answer(status: .notFound, body: #"{"error":"there is nothing at this path"}"#) }
    guard head.method == .GET || head.method == .HEAD else { return AdminConnection.notAllowed("GET, HEAD") }
    switch path {
    case "/metrics":
      return Answer(status: .ok, type: PrometheusText.contentType, body: PrometheusText.write(service.observer.families))
    case "/": return Answer(status: .ok, type: "text/html; charset=utf-8", body: LivePage(service, at: Observer.now).html)
    case "/style.css": return Answer(status: .ok, type: "text/css; charset=utf-8", body: LivePage.style)
    case "/readyz":
      let isReady = service.isReady()
      return Answer(status: isReady ? .ok : .serviceUnavailable, body: isReady ? #"{"status":"ok"}"# : #"{"status":"draining"}"#)
    default: return Answer(status: .ok, body: #"{"status":"ok"}"#)
    }
  }

  private static func notAllowed(_ methods: String) -> Answer {
    Answer(status: .methodNotAllowed, body: #"{"error":"another method is meant"}"#, headers: [("allow", methods)])
  }

  /// A page cannot send this header to another origin without being let, and is let by nobody; browsers that say where a request comes from
  /// are refused all the same.
  private func refusalOfReload(_ head: HTTPRequestHead) -> Answer? {
    guard head.method == .POST else { return AdminConnection.notAllowed("POST") }
    guard head.headers["origin"].isEmpty, head.headers["sec-fetch-site"].isEmpty else {
      return Answer(status: .forbidden, body: #"{"error":"not from a browser"}"#)
    }
    guard let token = service.token else {
      return Answer(status: .forbidden, body: #"{"error":"no token was configured, so nobody reloads from here"}"#)
    }
    let given = head.headers["authorization"]
    guard given.count == 1, areEqualInConstantTime(Array(given[0].utf8), Array("Bearer ".utf8) + token) else {
      return Answer(
        status: .unauthorized, body: #"{"error":"the token is missing or wrong"}"#, headers: [("www-authenticate", "Bearer")])
    }
    return nil
  }

  private static func answer(_ outcome: PolicyStatus.Reload) -> Answer {
    let body =
      "{\"accepted\":\(!outcome.isRefused),\"fingerprint\":\"\(outcome.fingerprint)\",\"summary\":\(LivePage.json(outcome.summary))}"
    return Answer(status: outcome.isRefused ? .unprocessableEntity : .ok, body: body)
  }

  private func send(_ answer: Answer, _ request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    var headers = HTTPHeaders([
      ("content-type", answer.type), ("content-length", String(answer.body.utf8.count)), ("cache-control", "no-store"),
      ("x-content-type-options", "nosniff"), ("referrer-policy", "no-referrer"), ("cross-origin-resource-policy", "same-origin"),
      (
        "content-security-policy",
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
      ),
    ])
    for (name, value) in answer.headers { headers.add(name: name, value: value) }
    let isKept = request.isKeepAlive
    if !isKept { headers.add(name: "connection", value: "close") }
    context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers))), promise: nil)
    if request.method != .HEAD {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
    }
    let done = context.eventLoop.makePromise(of: Void.self)
    if !isKept { done.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: done)
  }
}
