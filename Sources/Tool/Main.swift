import ArgumentParser
import Gateway
import Glibc

@main struct Sallyport: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sallyport",
    abstract: "A gate for MCP servers, with rules you can read, test and review.",
    discussion: """
      Results go to standard output, everything else to standard error. Exit codes: 0 clean, 1 findings, 2 usage, 3 a policy does not \
      compile, 4 tests failed, 5 widening without approval, 6 replay changed, 70 a defect of ours.

      Try it: sallyport demo
      """,
    version: Version.current,
    subcommands: [
      Check.self, Fmt.self, Test.self, Diff.self, Graph.self, Build.self, Verify.self, Explain.self, Init.self, SnapshotVerb.self,
      Wrap.self, Serve.self,
      ApprovalsVerb.self, Keys.self, Stop.self, Resume.self, Stopped.self, Scan.self, Validate.self, Replay.self, AuditVerb.self,
      Demo.self,
      DemoServerVerb.self,
    ])

  /// Instead of the library's own: its exit codes are other ones than ours.
  static func main() {
    do {
      // Before anything is read, and for every verb: most of them see calls or answers.
      try protectMemory()
      openMissingStandardStreams()
      // A file that may not grow is an outcome of write(2), for logs and for stores, not the end of this process.
      _ = Glibc.signal(SIGXFSZ, SIG_IGN)
      var verb = try parseAsRoot()
      try verb.run()
    } catch let complaint as Complaint {
      Terminal.complain(complaint.message, help: complaint.help)
      Glibc.exit(complaint.exitCode.rawValue)
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      let code = exitCode(for: error)
      let message = maskingKeys(fullMessage(for: error))
      if code.isSuccess {
        Terminal.write(message + "\n")
        Glibc.exit(0)
      }
      Terminal.say(message)
      Glibc.exit(code == .validationFailure ? ExitCode.usage.rawValue : ExitCode.internalError.rawValue)
    }
  }
}
