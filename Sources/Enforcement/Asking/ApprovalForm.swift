internal import Approvals
internal import JSON
internal import Messages

/// The question as an elicitation by form (2025-06-18 `client/elicitation`, 2026-07-28 `client/elicitation`), and its answer.
enum ApprovalForm {
  /// Under this name stand question and answer where several may be asked together.
  static let key = "sallyport.approval"

  private static let field = "approve"

  /// - Parameter withMode: the member came with 2025-11-25.
  static func parameters(_ approvals: [Approval], _ asked: Asked, withMode: Bool) -> Value {
    let request = approvals.first?.request
    var message = "\(request?.caller ?? "Someone") wants to use \(request?.target ?? "a tool"), which needs your approval."
    if let reason = asked.reason { message += " Reason: \(reason)" }
    message += "\nArguments: \(request?.arguments ?? "{}")"
    let approve: Value = [
      "type": "boolean", "title": "Approve this call", "description": "It is made once, with exactly these arguments.", "default": false,
    ]
    let schema: Value = ["type": "object", "properties": [field: approve], "required": [.string(field)]]
    var members = [Value.Member("message", .string(message)), Value.Member("requestedSchema", schema)]
    if withMode { members.insert(Value.Member("mode", "form"), at: 0) }
    return .object(members)
  }

  static func inputRequest(_ approvals: [Approval], _ asked: Asked) -> Value {
    ["method": .string(Method.elicit.name), "params": parameters(approvals, asked, withMode: true)]
  }

  /// Nothing but a plain yes is one: declined, cancelled and malformed answers are not.
  static func approves(_ document: Document, _ answer: Node?) -> Bool {
    guard let answer, document.kind(answer) == .object, let action = document.member(answer, "action"),
      document.stringEquals(action, "accept"), let content = document.member(answer, "content"), document.kind(content) == .object,
      let approve = document.member(content, field)
    else { return false }
    return document.boolean(approve) == true
  }
}

/// What a client brings back to a question of ours (2026-07-28 `basic/patterns/mrtr`).
struct ApprovalReply {
  let state: String
  let approves: Bool

  /// A request's reply, and the request without it, which is the one the server may get; nil: it has none, or no message is left.
  static func take(from request: Request) -> (reply: ApprovalReply, request: Request)? {
    guard request.revision.era == .stateless, let parameters = request.parameters, let node = request.parameter("requestState"),
      let state = request.document.string(node), state.hasPrefix(RequestSeal.prefix)
    else { return nil }
    let document = request.document
    let answers = request.parameter("inputResponses")
    let reply = ApprovalReply(
      state: state, approves: ApprovalForm.approves(document, answers.flatMap { document.member($0, ApprovalForm.key) }))
    var splices = Splices(of: document)
    for (key, _) in document.members(parameters)
    where document.stringEquals(key, "requestState") || document.stringEquals(key, "inputResponses") {
      splices.removeMember(key, of: parameters)
    }
    let bytes = splices.apply()
    guard let rest = try? Document(parsing: bytes, limits: .message),
      let request = request.replacing(
        Inbound(bytes: bytes, document: rest, time: request.inbound.time, batch: request.inbound.batch))
    else { return nil }
    return (reply, request)
  }
}
