import ArgumentParser
import Audit
import Foundation
import JSON

struct AuditVerb: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Look after audit logs.", subcommands: [Verify.self])

  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say whether an audit log is as it was written.",
      discussion: """
        One FILE stands for the whole log: FILE.000001 and so on, then FILE itself. FILE.head, which the gate keeps beside the log, says how \
        far it had come, so that lines which are missing from the end are missed. A line that was only half written when a process was killed \
        is said, and is no fault.

        Exit codes: 0 as it was written; 1 edited, cut, reordered or incomplete, or without a head; 2 usage.

        Example: sallyport audit verify /var/log/sallyport/audit.jsonl
        """)

    @Argument(help: "The log, or files of it.")
    var files: [String]

    @Flag(help: "Do without the head: lines that are missing from the end are not missed.")
    var noHead = false

    @Option(help: "How the result is printed: human or json.")
    var format: OutputFormat = .human

    func run() throws {
      let paths = files.count == 1 ? Verify.log(files[0]) : files
      let parts = try paths.map { path in
        guard let bytes = try Verify.contents(path) else { throw Complaint("there is no file `\(path)`") }
        return AuditVerification.File(name: path, bytes: bytes)
      }
      do throws(AuditVerification.Break) {
        report(try AuditVerification(parts, head: try head(of: paths[paths.count - 1])))
      } catch {
        report(error)
        throw ExitCode.findings
      }
    }

    /// The files that were full, in their order, and the one that is written.
    private static func log(_ path: String) -> [String] {
      var files: [String] = []
      let folder = URL(filePath: path).deletingLastPathComponent().path
      let name = URL(filePath: path).lastPathComponent + "."
      let all = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for other in all.sorted() where other.hasPrefix(name) && other.dropFirst(name.count).allSatisfy({ $0.isASCII && $0.isNumber }) {
        files.append(path + "." + other.dropFirst(name.count))
      }
      return files + [path]
    }

    private static func contents(_ path: String) throws -> [UInt8]? {
      do throws(AuditError) {
        return try bytes(at: path)
      } catch {
        throw Complaint("\(error)")
      }
    }

    /// - Parameter last: the last file, perhaps one that is full.
    private func head(of last: String) throws(AuditVerification.Break) -> AuditHead? {
      if noHead { return nil }
      let end = last.split(separator: ".").last ?? ""
      let stem = end.count == 6 && end.allSatisfy { $0.isASCII && $0.isNumber } ? String(last.dropLast(7)) : last
      guard let bytes = try? Verify.contents(stem + ".head") else {
        throw AuditVerification.Break(
          file: stem + ".head", line: 0, reason: "there is no such file, so lines missing from the end would not be missed (--no-head)")
      }
      guard let head = AuditHead(bytes) else {
        throw AuditVerification.Break(file: stem + ".head", line: 1, reason: "it is no head of a log")
      }
      return head
    }

    private func report(_ found: AuditVerification.Break) {
      switch format {
      case .human:
        let place = found.line > 0 ? "\(found.file):\(found.line)" : found.file
        Terminal.write("\(Terminal.painted("broken", "1;31"))  \(place): \(found.reason)\n")
      case .json:
        let value: Value = [
          "intact": false, "file": .string(found.file), "line": found.line > 0 ? number(found.line) : .null,
          "reason": .string(found.reason),
        ]
        Terminal.write(write(value, .pretty) + [UInt8(ascii: "\n")])
      }
    }

    private func report(_ log: AuditVerification) {
      switch format {
      case .human:
        var text = "\(Terminal.painted("intact", "1;32"))  \(counted(log.calls, "record")) in \(counted(log.lines, "line"))"
        text += ", files \(log.firstFile) to \(log.file) of log \(log.chain)\n"
        text += "  last line \(log.sequence), \(log.digest)\n"
        if log.firstFile > 1 { text += "  the log began before these files\n" }
        if log.lost > 0 { text += "  \(log.lost) records could not be written, and the log says so\n" }
        if log.unfinished > 0 { text += "  \(counted(log.unfinished, "byte")) of a line that was never finished stand at its end\n" }
        if !log.isClosed { text += "  it was not ended in order, or is being written\n" }
        Terminal.write(text)
      case .json:
        let value: Value = [
          "intact": true, "chain": .string(log.chain), "records": number(log.calls), "lines": number(log.lines),
          "firstFile": number(Int(log.firstFile)), "lastFile": number(Int(log.file)), "lost": number(Int(log.lost)),
          "unfinishedBytes": number(log.unfinished), "closed": .boolean(log.isClosed), "sequence": number(Int(log.sequence)),
          "digest": .string(log.digest),
        ]
        Terminal.write(write(value, .pretty) + [UInt8(ascii: "\n")])
      }
    }
  }
}
