package import Digests
package import JSON

/// One line of an audit log: what happened, chained to the line before it.
///
/// A line is a JSON object in the canonical layout, so that it has one text and one digest. `prev` is the SHA-256 of the line before, without
/// its newline; lines are numbered through over all files of a log.
package struct ChainLine: Sendable {
  package enum Kind: String, Sendable {
    /// The first line of every file: which log, and which file of it.
    case open
    case call
    /// Records that could not be written.
    case lost
    /// The process ended in order.
    case close
  }

  /// Of the line before the first.
  package static let origin = String(repeating: "0", count: 64)

  package let kind: Kind
  package let event: Value
  package let previous: String
  package let sequence: Int64
  /// Of the line itself.
  package let digest: Digest

  /// Milliseconds since 1970.
  package let time: Int64

  /// The text of a line, without a newline.
  package static func text(_ kind: Kind, event: [UInt8], previous: String, sequence: Int64, time: Int64) -> [UInt8] {
    var object = CanonicalObject()
    object.add("event", json: event)
    object.add("kind", kind.rawValue)
    object.add("prev", previous)
    object.add("sequence", sequence)
    object.add("time", time)
    return object.finished()
  }

  /// Nil for what is no line as `text` writes them, byte for byte.
  package init?(_ bytes: [UInt8]) {
    guard let value = try? Value(parsing: bytes), write(value, .canonical) == bytes, case .object(let members) = value, members.count == 5,
      case .string(let kind)? = value["kind"], let kind = Kind(rawValue: kind), let event = value["event"], case .object = event,
      case .string(let previous)? = value["prev"], previous.utf8.count == 64,
      let sequence = value["sequence"]?.wholeNumber, sequence >= 1, let time = value["time"]?.wholeNumber
    else { return nil }
    self.kind = kind
    self.event = event
    self.previous = previous
    self.sequence = sequence
    self.time = time
    digest = sha256(bytes)
  }
}

/// What the first line of a file says.
package struct AuditHeader: Sendable, Equatable {
  /// Random, the same in all files of a log.
  package let chain: String
  /// From 1.
  package let file: Int64

  package init(chain: String, file: Int64) {
    self.chain = chain
    self.file = file
  }

  package init?(_ line: ChainLine) {
    guard line.kind == .open, case .string(let chain)? = line.event["chain"], let file = line.event["file"]?.wholeNumber, file >= 1 else {
      return nil
    }
    self.init(chain: chain, file: file)
  }

  /// - Parameter cut: bytes of a line that was never finished, which were taken away from the end of this file or the one before.
  func event(cut: Int) -> [UInt8] {
    var object = CanonicalObject()
    object.add("chain", chain)
    if cut > 0 { object.add("cut", Int64(cut)) }
    object.add("file", file)
    object.add("version", 1)
    return object.finished()
  }
}

/// How far a log had come when it was last made sure of: kept beside it, so that lines which are missing from the end are missed.
package struct AuditHead: Sendable, Equatable {
  /// It is written in place, in one write that no block of a disk splits.
  static let size = 256

  package let chain: String
  package let digest: String
  package let sequence: Int64

  package init(chain: String, digest: String, sequence: Int64) {
    self.chain = chain
    self.digest = digest
    self.sequence = sequence
  }

  package init?(_ bytes: [UInt8]) {
    guard let value = try? Value(parsing: bytes), case .string(let chain)? = value["chain"], case .string(let digest)? = value["digest"],
      let sequence = value["sequence"]?.wholeNumber
    else { return nil }
    self.init(chain: chain, digest: digest, sequence: sequence)
  }

  var text: [UInt8] {
    var object = CanonicalObject()
    object.add("chain", chain)
    object.add("digest", digest)
    object.add("sequence", sequence)
    let bytes = object.finished()
    return bytes + [UInt8](repeating: UInt8(ascii: " "), count: AuditHead.size - 1 - bytes.count) + [UInt8(ascii: "\n")]
  }
}

extension Value {
  var wholeNumber: Int64? {
    guard case .number(let number) = self else { return nil }
    return number.integer.map(Int64.init)
  }
}
