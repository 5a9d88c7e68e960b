internal import Foundation
internal import Glibc
internal import Telemetry

/// What Prometheus' own clients say of their process, under the names that dashboards know.
enum ProcessMeters {
  /// - Parameter start: milliseconds since 1970.
  static func families(start: Int64) -> [MetricFamily] {
    var began = MetricFamily("process.start.time", unit: "s", "When the process began, since 1970.", kind: .gauge)
    began.set(Double(start) / 1_000)
    var resident = MetricFamily("process.resident.memory", unit: "By", "Memory in use.", kind: .gauge)
    resident.set(Double(residentBytes))
    var files = MetricFamily("process.open.fds", "Open files and sockets.", kind: .gauge)
    files.set(Double(openFiles))
    var seconds = MetricFamily("process.cpu", unit: "s", "Time on processors, in user and system mode.", kind: .counter)
    seconds.add(cpuSeconds)
    return [began, resident, files, seconds]
  }

  private static var residentBytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static var openFiles: Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0 }

  private static var cpuSeconds: Double {
    guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8) else { return 0 }
    // Behind the name, which is in parentheses and may be anything: the 14th and 15th field, in ticks (proc(5)).
    let fields = (text.split(separator: ")").last ?? "").split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
