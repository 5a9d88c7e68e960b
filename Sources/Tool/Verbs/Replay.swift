import ArgumentParser
import Bytecode
import Foundation
import JSON
import Replaying
import Semantics

struct Replay: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Decide recorded traffic again: what a policy would have done with it, and what that changes.",
    discussion: """
      TRAFFIC is what `wrap --record` or `serve --record` wrote, plain or compressed; `-` is standard input. Limits, labels, filters and \
      approvals run on the recording's clock. What depends on a fact that the recording lacks cannot be replayed, and is said so.

      Exit codes: 0 nothing that --fail-on names, 2 usage or no recording, 3 a policy does not compile, 6 something that --fail-on names.

      Example: sallyport replay --policy policies/ traffic.jsonl --fail-on changed
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case human, json }
  enum Condition: String, ExpressibleByArgument, CaseIterable {
    case changed, unreplayable
    case newlyAllowed = "newly-allowed"
    case newlyDenied = "newly-denied"
  }

  typealias ImportFormat = TrafficImporter.Format

  // One value each: the recording may follow, and must not be taken for a policy.
  @Option(help: "A policy file, or a folder of them. May be given several times.")
  var policy: [String] = []

  @Option(
    help: "Another policy: what it decides is compared with what --policy decides, not with the recording. May be given several times.")
  var against: [String] = []

  @Argument(help: "The recording. With --merge, partial summaries.")
  var traffic: [String] = []

  @Option(
    parsing: .upToNextOption, help: "What ends with exit code 6: changed, newly-allowed, newly-denied, unreplayable. Default: changed.")
  var failOn: [Condition] = [.changed]

  @Option(help: "human or json.")
  var format: Format = .human

  @Option(help: "Write a report with charts to this file, one page that needs nothing else.")
  var html: String?

  @Option(
    name: .customLong("import"),
    help: "TRAFFIC is not ours: jsonrpc (a message a line), har, or otlp (spans as JSON). Calls have no recorded decision then.")
  var importFormat: ImportFormat?

  @Option(help: "With --import: the policy's name of the server. Default: the only one.")
  var server: String?

  @Option(help: "With --import: the agent that called, as the policy names it.")
  var agent: String?

  @Flag(help: "TRAFFIC is a part of a recording; print a partial summary of it for --merge.")
  var shard = false

  @Flag(help: "Print by what a recording may be parted for this policy, `agent` or `none`, and do nothing else.")
  var partitionKey = false

  @Flag(help: "Add partial summaries up instead of replaying.")
  var merge = false

  func validate() throws {
    if !merge, policy.isEmpty { throw ValidationError("--policy says which policy decides") }
    if !merge, !partitionKey, traffic.count != 1 { throw ValidationError("name one recording") }
    if shard, html != nil { throw ValidationError("a part has no report of its own; merge the parts first") }
  }

  func run() throws {
    if partitionKey { return Terminal.write(try replayPolicy(policy).partitionKey.rawValue + "\n") }
    if merge { return try report(merged(), run: nil) }
    let run = try replayed()
    if shard { return Terminal.write(write(run.summary.json) + [UInt8(ascii: "\n")]) }
    try report(run.summary, run: run)
  }

  private struct Outcome {
    let summary: ReplaySummary
    let charts: ReplayCharts
    let differences: [ReplayRun.Difference]
    let unread: Int
    let isTorn: Bool
  }

  private func replayed() throws -> Outcome {
    var run = ReplayRun(
      try replayPolicy(policy), against: against.isEmpty ? nil : try replayPolicy(against), withCharts: html != nil)
    do {
      let source = try LineSource(traffic[0])
      var bar = ProgressBar("replaying", of: source.size)
      defer { bar.end() }
      if let importFormat {
        try ImportedTraffic(format: importFormat, server: try server ?? onlyServer(), agent: agent).feed(source, to: &run)
      } else {
        try run.run(source) { bar.show($0) }
      }
    } catch let failure as LineSource.Failed {
      throw Complaint("cannot read \(traffic[0]): \(failure.reason)")
    } catch let failure as TrafficImporter.Unreadable {
      throw Complaint("cannot read \(traffic[0]): \(failure.reason)")
    } catch let failure as Replayer.Unusable {
      throw Complaint(
        "\(traffic[0]) cannot be replayed: \(failure.reason)", help: "recordings are written by `sallyport wrap --record FILE`")
    }
    run.finish()
    return Outcome(summary: run.summary, charts: run.charts, differences: run.differences, unread: run.unread, isTorn: run.isTorn)
  }

  private func onlyServer() throws -> String {
    let names = try requirePolicies(policy).servers.map(\.name)
    guard names.count == 1 else {
      throw Complaint("the policy declares \(names.count) servers", help: "say whose traffic it is: --server NAME")
    }
    return names[0]
  }

  private func replayPolicy(_ paths: [String]) throws -> ReplayPolicy {
    let policies = try requirePolicies(paths)
    return ReplayPolicy(policies, try compiled(policies))
  }

  private func merged() throws -> ReplaySummary {
    var whole = ReplaySummary()
    var parts: [(path: String, number: Int, line: [UInt8])] = []
    for path in traffic {
      do throws(LineSource.Failed) {
        var source = try LineSource(path)
        var torn = false
        while let line = try source.next(isTorn: &torn) {
          if !line.isEmpty { parts.append((path, source.number, line)) }
        }
      } catch {
        throw Complaint("cannot read \(path): \(error.reason)")
      }
    }
    for (path, number, line) in parts {
      guard let value = try? Value(parsing: line), let part = ReplaySummary(value) else {
        throw Complaint("\(path), line \(number): no partial summary of this version")
      }
      whole.merge(part)
    }
    return whole
  }

  private func report(_ summary: ReplaySummary, run: Outcome?) throws {
    let report = ReplayReport(
      summary: summary, differences: run?.differences ?? [], base: against.isEmpty ? "recorded" : "under --policy",
      unread: run?.unread ?? 0,
      isTorn: run?.isTorn ?? false)
    if let html, let run {
      let page = ReplayPage(
        summary: summary, charts: run.charts, differences: run.differences, traffic: traffic[0], policy: policy.joined(separator: " "),
        against: against.joined(separator: " "))
      do {
        try Data(page.bytes).write(to: URL(filePath: html))
      } catch {
        throw Complaint("cannot write \(html)")
      }
    }
    switch format {
    case .human: Terminal.write(report.human())
    case .json: Terminal.write(write(report.json, .pretty) + [UInt8(ascii: "\n")])
    }
    let hasFailed = failOn.contains { condition in
      switch condition {
      case .changed: summary.changed > 0
      case .newlyAllowed: summary.count(of: .newlyAllowed) > 0
      case .newlyDenied: summary.count(of: .newlyDenied) > 0
      case .unreplayable: summary.unreplayable > 0
      }
    }
    if hasFailed { throw ExitCode.replayChanged }
  }
}
