import Foundation

/// How far a long piece of work is, on a terminal and nowhere else, from its second second on.
struct ProgressBar {
  private let total: Int
  private let title: String
  private let begin = Date.now
  private var last = Date.now
  private var isShown = false

  /// - Parameter total: of what is counted; 0 when nobody knows.
  init(_ title: String, of total: Int) {
    self.title = title
    self.total = total
  }

  mutating func show(_ done: Int) {
    guard Terminal.hasColour(.errors) else { return }
    let now = Date.now
    guard now.timeIntervalSince(begin) > 1, now.timeIntervalSince(last) > 0.1 else { return }
    last = now
    isShown = true
    guard total > 0 else { return Terminal.write("\r\u{1B}[K\(title) \(done >> 20) MiB", to: .errors) }
    let share = min(1, Double(done) / Double(total))
    let filled = Int(share * 30)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    Terminal.write("\r\u{1B}[K\(title) \(bar) \(Int(share * 100)) %", to: .errors)
  }

  func end() {
    if isShown { Terminal.write("\r\u{1B}[K", to: .errors) }
  }
}
