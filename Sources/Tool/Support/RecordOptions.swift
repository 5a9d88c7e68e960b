import ArgumentParser
import Bytecode
import Digests
import Enforcement
import Evidence
import Foundation
import JSON
import Logging
import Recording
import Replaying
import Semantics
import Settings
import Synchronization

/// What `wrap` and `serve` write down for `replay`.
struct RecordOptions: TableOptions {
  @Option(
    name: .customLong("record"),
    help: "Write what is decided to this file, for `sallyport replay`; compressed when its name ends in .gz.")
  var path: String?

  @Option(
    name: .customLong("record-arguments"),
    help: """
      How much of texts to keep: digests; typed, short words as well; redacted, whatever no pack finds anything in, and results. Default: \
      digests.
      """)
  var givenDetail: RecordedDetail?

  static let table = "recording"
  var said: [String?] { [option("--record", path), option("--record-arguments", givenDetail)] }

  mutating func read(_ reader: inout SettingsReader) {
    if !reader.has("file") { reader.miss("file", "where to write what is decided") }
    path = reader.path("file")
    givenDetail = reader.choice("arguments")
  }

  private var detail: RecordedDetail { givenDetail ?? .digests }

  /// Nil when nothing is to be recorded.
  func recorder(_ policies: CheckedPolicies, _ program: Program, _ logger: Logger) throws -> RunningRecorder? {
    guard let path else { return nil }
    let definitions = PinnedDefinitions()
    definitions.adopt(policies, program)
    let writer = LineWriter(masker: try masker(), detail: detail) { definitions.definition(of: $1, in: $0) }
    do throws(Recorder.CannotOpen) {
      let recorder = try Recorder(
        path, writer: writer, at: Int64(Date.now.timeIntervalSince1970 * 1_000), tool: Version.current,
        complain: { logger.error("the recording cannot be written any more", metadata: ["reason": "\($0)"]) })
      return RunningRecorder(recorder: recorder, definitions: definitions)
    } catch {
      throw Complaint("cannot record to \(path): \(error.reason)", help: "a compressed recording is never gone on with; name a new file")
    }
  }

  /// Whatever the packs for secrets and personal data find is not written down.
  private func masker() throws -> sending TextMasker {
    let packs = try shippedPacks(["secrets", "pii"])
    let uses = packs.patternSets.indices.map { TextScanner.Use(set: $0, places: .text) }
    do throws(TextScanner.Unusable) {
      return TextMasker(detail: detail, key: randomBytes(32), scanner: try TextScanner(packs, uses, sparesExamples: false))
    } catch {
      throw Complaint(error.message)
    }
  }
}

extension RecordedDetail: ExpressibleByArgument {}

/// A recording under way.
struct RunningRecorder: Sendable {
  let recorder: Recorder
  fileprivate let definitions: PinnedDefinitions

  /// Another policy comes into force.
  func adopt(_ policies: CheckedPolicies, _ program: Program) { definitions.adopt(policies, program) }
}

/// Definitions of tools by the program that pins them.
private final class PinnedDefinitions: Sendable {
  private let known = Mutex<[Digest: @Sendable (Program, ToolID) -> JSON.Value?]>([:])

  func adopt(_ policies: CheckedPolicies, _ program: Program) {
    known.withLock { $0[program.fingerprint] = pinnedDefinitions(policies) }
  }

  func definition(of tool: ToolID, in program: Program) -> JSON.Value? {
    known.withLock { $0[program.fingerprint] }?(program, tool)
  }
}
