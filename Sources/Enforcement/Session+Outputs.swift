internal import JSON
internal import Messages

// Structured results are held to the output schema that the tool was pinned with, whether they come at once or as a task's.
extension Session {
  /// What is wrong with an answer by the schema of the tool that it came from; nil: nothing.
  mutating func mismatch(_ document: Document, _ result: Node, of request: PendingRequest) -> [ArgumentProblem]? {
    guard let output = request.output else { return nil }
    switch request.method {
    case .toolsCall, .tasksResult:
      return output.problems(document, result: result, isRequired: mustBeStructured(document, result, of: request), scratch: &validation)
    case .tasksGet: return taskMismatch(document, result, output)
    default: return nil
    }
  }

  /// Of a `notifications/tasks`, which tells the whole task.
  mutating func mismatch(_ document: Document, taskChanged parameters: Node?) -> [ArgumentProblem]? {
    guard let parameters, let task = document.member(parameters, "taskId").flatMap({ document.text($0) }) else { return nil }
    return tasks.output(of: task).flatMap { taskMismatch(document, parameters, $0) }
  }

  /// A task that is done has its result inlined (2026-07-28).
  private mutating func taskMismatch(_ document: Document, _ task: Node, _ output: OutputSchema) -> [ArgumentProblem]? {
    for holder in [task, document.member(task, "task")] {
      guard let result = holder.flatMap({ document.member($0, "result") }) else { continue }
      if let problems = output.problems(document, result: result, isRequired: true, scratch: &validation) { return problems }
    }
    return nil
  }

  /// Before 2025-06-18 there was no such member. What is no result yet need not have it, but what has it is held to the schema all the
  /// same.
  private func mustBeStructured(_ document: Document, _ result: Node, of request: PendingRequest) -> Bool {
    guard request.revision.hasStructuredContent else { return false }
    if request.revision.era == .stateless {
      if case .complete = ResultShape(document, result) { return true }
      return false
    }
    return !(request.mayBecomeTask && document.member(result, "task") != nil)
  }

  mutating func blockMismatch(_ problems: [ArgumentProblem], of request: PendingRequest, at time: EventTime, into actions: inout [Action]) {
    var refusal = Refusal(.outputBlocked, "The server's answer was withheld: it does not fit the output schema of \(quoted(request.tool)).")
    refusal.violations = problems
    deny(request, refusal, at: time, into: &actions)
  }

  /// For the log.
  static func summary(of problems: [ArgumentProblem]) -> String {
    let shown = problems.prefix(4).map { "\($0.path.isEmpty ? "structuredContent" : $0.path): \($0.message)" }
    let more = problems.count > shown.count ? "; \(problems.count - shown.count) more" : ""
    return shown.joined(separator: "; ") + more
  }
}
