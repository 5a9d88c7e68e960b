/// Decisions as stacked bars.
struct TimeChart {
  private let charts: ReplayCharts
  private static let kinds = [
    ("allowed", "allowed", 1), ("denied", "denied", 2), ("limited", "limited", 3), ("asked", "asked", 4), ("waits", "waiting", 5),
  ]
  static let (width, height, left, bottom) = (1_000.0, 240.0, 46.0, 26.0)

  init(_ charts: ReplayCharts) { self.charts = charts }

  var svg: String {
    let steps = charts.steps
    let totals = steps.map { step in Self.kinds.reduce(0) { $0 + step.outcomes[$1.0, default: 0] } }
    guard let most = totals.max(), most > 0 else { return "<p>No calls.</p>" }
    let top = Axis.top(Double(most))
    var out = key(steps) + Axis.opening("decisions over time")
    out += Axis.grid(top: top) { Markup.grouped(Int($0)) }
    let slot = (Self.width - Self.left - 8) / Double(steps.count)
    let bar = min(28, max(1.5, slot * 0.78))
    for (index, step) in steps.enumerated() {
      var y = Self.height - Self.bottom
      let x = Self.left + slot * (Double(index) + 0.5) - bar / 2
      for (name, words, colour) in Self.kinds {
        let count = step.outcomes[name, default: 0]
        guard count > 0 else { continue }
        let tall = Double(count) / top * (Self.height - Self.bottom - 10)
        y -= tall
        out += "<rect class=\"c\(colour)\" x=\"\(Markup.decimal(x))\" y=\"\(Markup.decimal(y))\" width=\"\(Markup.decimal(bar))\" "
        out += "height=\"\(Markup.decimal(max(tall, 1)))\"><title>\(Axis.time(charts, index)): \(count) \(words)</title></rect>"
      }
    }
    return out + Axis.times(charts) + "</svg></div>"
  }

  private func key(_ steps: [ReplayCharts.Step]) -> String {
    let present = Self.kinds.filter { kind in steps.contains { $0.outcomes[kind.0, default: 0] > 0 } }
    return "<ul class=\"key\">" + present.map { "<li><i class=\"k\($0.2)\"></i>\($0.1)</li>" }.joined() + "</ul>"
  }
}

/// What time charts have in common.
enum Axis {
  /// Wider than a telephone: there it is moved to and fro, and its words stay as large.
  static func opening(_ title: String) -> String {
    let (width, height) = (Int(TimeChart.width), Int(TimeChart.height))
    return "<div class=\"scroll\"><svg class=\"wide\" viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-label=\"\(title)\">"
  }

  /// A round number that is not below.
  static func top(_ most: Double) -> Double {
    var unit = 1.0
    while unit * 10 <= most { unit *= 10 }
    for factor in [1.0, 2, 2.5, 4, 5, 8, 10] where unit * factor >= most && (unit * factor).truncatingRemainder(dividingBy: 1) == 0 {
      return unit * factor
    }
    return unit * 10
  }

  static func grid(top: Double, label: (Double) -> String) -> String {
    let (width, floor) = (TimeChart.width, TimeChart.height - TimeChart.bottom)
    return (0...2).reduce(into: "") { out, index in
      let value = top * Double(index) / 2
      let y = floor - (floor - 10) * Double(index) / 2
      if value.truncatingRemainder(dividingBy: 1) != 0 && top > 1 { return }
      out += "<line class=\"grid\" x1=\"\(TimeChart.left)\" x2=\"\(width - 8)\" y1=\"\(Markup.decimal(y))\" y2=\"\(Markup.decimal(y))\"/>"
      out += "<text x=\"\(TimeChart.left - 8)\" y=\"\(Markup.decimal(y + 4))\" text-anchor=\"end\">\(label(value))</text>"
    }
  }

  static func times(_ charts: ReplayCharts) -> String {
    let count = charts.steps.count
    guard count > 0 else { return "" }
    let places = count == 1 ? [0] : count < 4 ? [0, count - 1] : [0, count / 2, count - 1]
    let slot = (TimeChart.width - TimeChart.left - 8) / Double(count)
    return places.reduce(into: "") { out, index in
      let anchor = count == 1 ? "middle" : index == 0 ? "start" : index == count - 1 ? "end" : "middle"
      let x = TimeChart.left + slot * (Double(index) + (anchor == "start" ? 0 : anchor == "end" ? 1 : 0.5))
      out += "<text x=\"\(Markup.decimal(x))\" y=\"\(TimeChart.height - 6)\" text-anchor=\"\(anchor)\">\(time(charts, index))</text>"
    }
  }

  /// `2026-11-30 18:40:20`, in UTC; with tenths of seconds where steps are shorter than a second.
  static func time(_ charts: ReplayCharts, _ index: Int) -> String {
    let milliseconds = (charts.start ?? 0) + Int64(index) * charts.width
    let seconds = milliseconds / 1_000
    let tenths = charts.width < 1_000 ? ".\(milliseconds % 1_000 / 100)" : ""
    let days = seconds / 86_400 - (seconds % 86_400 < 0 ? 1 : 0)
    let clock = seconds - days * 86_400
    // Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(year)-\(two(month))-\(two(day)) \(two(clock / 3_600)):\(two(clock / 60 % 60)):\(two(clock % 60))\(tenths)"
  }
}

/// Counts by name, the greatest first.
struct BarChart {
  private let counts: [(name: String, count: Int)]
  private let others: Int
  private let colour: String
  private let empty: String
  private static let shown = 10

  init(_ counts: [String: Int], colour: String, empty: String) {
    let sorted = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    self.counts = sorted.prefix(Self.shown).map { ($0.key, $0.value) }
    others = max(0, sorted.count - Self.shown)
    self.colour = colour
    self.empty = empty
  }

  var svg: String {
    guard let most = counts.first?.count, most > 0 else { return "<p>\(empty)</p>" }
    let row = 34.0
    let height = Double(counts.count) * row
    var out = "<svg viewBox=\"0 0 480 \(Int(height))\" role=\"img\" aria-label=\"counts by name\">"
    for (index, entry) in counts.enumerated() {
      let y = Double(index) * row
      let width = max(2, Double(entry.count) / Double(most) * 400)
      let name = entry.name.count > 48 ? String(entry.name.prefix(47)) + "…" : entry.name
      out += "<text class=\"ink\" x=\"0\" y=\"\(Markup.decimal(y + 13))\">"
      out += "<title>\(Markup.escaped(entry.name))</title>\(Markup.escaped(name))</text>"
      out += "<rect class=\"\(colour)\" x=\"0\" y=\"\(Markup.decimal(y + 18))\" width=\"\(Markup.decimal(width))\" height=\"9\" rx=\"3\"/>"
      out += "<text x=\"\(Markup.decimal(width + 8))\" y=\"\(Markup.decimal(y + 27))\">\(Markup.grouped(entry.count))</text>"
    }
    return out + "</svg>" + (others > 0 ? "<p class=\"note\">and \(others) more</p>" : "")
  }
}

/// How near each limit came to its end, as a line of what was left.
struct PressureChart {
  private let charts: ReplayCharts
  private static let shown = 5

  init(_ charts: ReplayCharts) { self.charts = charts }

  var svg: String {
    let least = charts.limits.map { limit in (limit, charts.steps.compactMap { $0.left[limit] }.min() ?? 1) }
    let limits = least.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(Self.shown).map(\.0)
    guard !limits.isEmpty else { return "<p>No call came under a limit.</p>" }
    var out = "<ul class=\"key\">"
    for (index, limit) in limits.enumerated() { out += "<li><i class=\"k\(index + 1)\"></i>\(Markup.escaped(limit))</li>" }
    out += "</ul>" + Axis.opening("what was left of limits")
    out += Axis.grid(top: 1) { "\(Int($0 * 100)) %" }
    let slot = (TimeChart.width - TimeChart.left - 8) / Double(charts.steps.count)
    let floor = TimeChart.height - TimeChart.bottom
    for (index, limit) in limits.enumerated() {
      var points: [String] = []
      var last: (Double, Double)?
      for (place, step) in charts.steps.enumerated() {
        guard let left = step.left[limit] else { continue }
        let point = (TimeChart.left + slot * (Double(place) + 0.5), floor - left * (floor - 10))
        points.append("\(Markup.decimal(point.0)),\(Markup.decimal(point.1))")
        last = point
      }
      out +=
        "<polyline class=\"s\(index + 1)\" fill=\"none\" stroke-width=\"2\" stroke-linejoin=\"round\" points=\"\(points.joined(separator: " "))\"/>"
      if let last { out += "<circle class=\"c\(index + 1)\" cx=\"\(Markup.decimal(last.0))\" cy=\"\(Markup.decimal(last.1))\" r=\"3.5\"/>" }
    }
    return out + Axis.times(charts) + "</svg></div>"
  }
}
