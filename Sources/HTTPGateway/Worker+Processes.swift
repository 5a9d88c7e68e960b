internal import Gateway
internal import Logging

// Stdio servers, each started by the configuration's words alone.
extension Worker {
  /// Nil: it cannot be started, or too many run.
  func startProcess(of site: UpstreamSite, for owner: any ServerLineOwner) -> ServerLine? {
    do {
      return try beginProcess(of: site.upstream, for: owner)
    } catch {
      logger.error("a server cannot be started", metadata: ["upstream": "\(site.upstream.name)", "reason": "\(error)"])
      return nil
    }
  }

  func beginProcess(of upstream: Upstream, for owner: any ServerLineOwner) throws -> ServerLine {
    guard case .process(let command) = upstream.target, lines.count < limits.processes, !isDraining else { throw TooManyProcesses() }
    let line = try ServerLine(upstream.name, command, loop: loop, limit: limits.message, logger: logger, owner: owner)
    let key = ObjectIdentifier(line)
    lines[key] = line
    line.whenGone = { [weak self] in self?.lines[key] = nil }
    return line
  }

  /// As many as there may be, or the gateway is ending.
  private struct TooManyProcesses: Error, CustomStringConvertible {
    var description: String { "no further server may run now" }
  }
}
