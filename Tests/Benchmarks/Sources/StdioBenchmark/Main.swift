import Foundation

/// What the gate costs: the same client and server, over pipes, without and with it.
///
/// usage: StdioBenchmark PATH-OF-SALLYPORT [ROUND-TRIPS [MESSAGES]]
///        StdioBenchmark server
@main enum Main {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else { fatalError("usage: StdioBenchmark PATH-OF-SALLYPORT [ROUND-TRIPS [MESSAGES]]") }
    if arguments[1] == "server" { return BenchmarkServer().serve() }
    let roundTrips = arguments.count > 2 ? Int(arguments[2]) ?? 20_000 : 20_000
    let messages = arguments.count > 3 ? Int(arguments[3]) ?? 400_000 : 400_000

    let folder = FileManager.default.temporaryDirectory.appending(path: "sallyport-benchmark-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let policy = folder.appending(path: "policy.sally")
    try Data(BenchmarkServer.policy.utf8).write(to: policy)
    try Data("{\"tools\":[\(BenchmarkServer.tool)]}".utf8).write(to: folder.appending(path: "tools.json"))

    let server = [arguments[0], "server"]
    let gate = [arguments[1], "wrap", "--policy", policy.path, "--agent", "tester"]
    let ways: [(name: String, command: [String])] = [
      ("direct", server), ("wrapped", gate + ["--"] + server),
      ("wrapped, calls not logged", gate + ["--log-level", "warning", "--"] + server),
    ]
    print("messages of \(BenchmarkClient.messageSize) bytes, answers of \(BenchmarkServer.answerSize)")
    var first: (latency: Double, rate: Double)?
    for way in ways {
      let client = try BenchmarkClient(way.command)
      let times = client.roundTrips(roundTrips)
      let rate = client.throughput(messages)
      client.close()
      let median = times[times.count / 2]
      let base = first ?? (median, rate)
      first = base
      print(
        String(
          format: "%-26@ round trip p50 %6.1f us (+%.1f) p99 %6.1f us   %8.0f messages/s   x%.2f latency, x%.2f rate", way.name as NSString,
          median, median - base.latency, times[times.count * 99 / 100], rate, median / base.latency, rate / base.rate))
    }
  }
}
