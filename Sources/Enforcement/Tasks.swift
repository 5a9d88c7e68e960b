internal import Messages

/// Which tool made a task. Who asks for a task's result asks for the result of that call, so it is held to the same rules; a task whose
/// maker is not known here is nobody's. The oldest make room.
struct Tasks {
  struct Entry {
    let identifier: [UInt8]
    let tool: [UInt8]
    /// What the result has to be.
    let output: OutputSchema?
    /// Of the call: a task reports progress with it until it ends.
    let progressToken: Identifier?
    /// Its name as the client knows it, where that is another.
    var shown: [UInt8]?
  }

  private var entries: [Entry] = []
  private var next = 0

  mutating func insert(_ entry: Entry) {
    if let place = entries.firstIndex(where: { $0.identifier == entry.identifier }) {
      entries[place] = entry
    } else if entries.count < Limits.tasks {
      entries.append(entry)
    } else {
      entries[next] = entry
      next = (next + 1) % Limits.tasks
    }
  }

  func tool(of task: [UInt8]) -> [UInt8]? { entry(task)?.tool }

  func output(of task: [UInt8]) -> OutputSchema? { entry(task)?.output }

  func shown(of task: [UInt8]) -> [UInt8]? { entry(task)?.shown }

  private func entry(_ task: [UInt8]) -> Entry? { entries.first { $0.identifier == task } }

  func hasProgressToken(_ token: Identifier) -> Bool { entries.contains { $0.progressToken == token } }
}
