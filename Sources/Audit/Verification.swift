internal import Digests
internal import JSON

/// Reads logs back and says where they are not as they were written.
package struct AuditVerification: Sendable {
  /// Where the chain breaks, and how.
  package struct Break: Error, Sendable, Equatable {
    package let file: String
    /// From 1; 0: the file as a whole.
    package let line: Int
    package let reason: String

    package init(file: String, line: Int, reason: String) {
      self.file = file
      self.line = line
      self.reason = reason
    }
  }

  package struct File: Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
      self.name = name
      self.bytes = bytes
    }
  }

  package private(set) var chain = ""
  /// Of the last file.
  package private(set) var file: Int64 = 0
  package private(set) var firstFile: Int64 = 0
  package private(set) var lines = 0
  package private(set) var calls = 0
  /// Of records that the log says could not be written.
  package private(set) var lost: Int64 = 0
  /// Bytes at the end of the last file that are no whole line: what a process that was killed had begun to write.
  package private(set) var unfinished = 0
  /// Whether the log was ended in order.
  package private(set) var isClosed = false
  package private(set) var sequence: Int64 = 0
  /// Of the last line.
  package private(set) var digest = ChainLine.origin

  /// Follows a log through its files, in any order.
  ///
  /// - Parameter head: how far the log had come; nil: nobody knows, and lines that are missing at the end are not missed.
  package init(_ files: [File], head: AuditHead?) throws(Break) {
    var ordered: [(header: AuditHeader, file: File)] = []
    for file in files {
      let first = file.bytes.prefix { $0 != newline }
      guard first.count < file.bytes.count, let line = ChainLine(Array(first)), let header = AuditHeader(line) else {
        throw Break(file: file.name, line: 1, reason: "it does not begin with the header of an audit log")
      }
      ordered.append((header, file))
    }
    ordered.sort { $0.header.file < $1.header.file }
    for (index, entry) in ordered.enumerated() {
      try begin(entry.header, entry.file)
      try read(entry.file, isLast: index == ordered.count - 1)
    }
    guard let head, let last = ordered.last?.file else { return }
    guard head.chain == chain else { throw Break(file: last.name, line: 0, reason: "its head file is that of another log") }
    guard sequence >= head.sequence else {
      let missing = head.sequence - sequence
      throw Break(file: last.name, line: 0, reason: "lines are missing at its end: \(missing) that were on the disk")
    }
    guard sequence > head.sequence || digest == head.digest else {
      throw Break(file: last.name, line: 0, reason: "its last line is not the one that was written")
    }
  }

  private mutating func begin(_ header: AuditHeader, _ file: File) throws(Break) {
    if chain.isEmpty {
      chain = header.chain
      firstFile = header.file
    } else {
      guard header.chain == chain else { throw Break(file: file.name, line: 1, reason: "it belongs to another log") }
      guard header.file == self.file + 1 else {
        let reason =
          header.file == self.file
          ? "it is given twice" : "file \(self.file + 1) of the log is missing before it; this is file \(header.file)"
        throw Break(file: file.name, line: 1, reason: reason)
      }
    }
    self.file = header.file
  }

  private mutating func read(_ file: File, isLast: Bool) throws(Break) {
    var number = 0
    var rest = file.bytes[...]
    while let end = rest.firstIndex(of: newline) {
      number += 1
      try take(Array(rest[..<end]), at: number, of: file)
      rest = rest[(end + 1)...]
    }
    guard !rest.isEmpty else { return }
    guard isLast else { throw Break(file: file.name, line: number + 1, reason: "the line is cut off, and another file follows") }
    unfinished = rest.count
  }

  private mutating func take(_ bytes: [UInt8], at number: Int, of file: File) throws(Break) {
    func broken(_ reason: String) -> Break { Break(file: file.name, line: number, reason: reason) }
    guard let line = ChainLine(bytes) else { throw broken("it is no line of an audit log, or not as it was written") }
    guard (line.kind == .open) == (number == 1) else { throw broken("a header stands where none belongs") }
    if lines == 0 {
      guard line.sequence == 1 ? line.previous == ChainLine.origin : firstFile > 1 else {
        throw broken("the log does not begin here: lines before it are missing")
      }
    } else {
      guard line.sequence == sequence + 1 else {
        throw broken("it has number \(line.sequence), and \(sequence + 1) is due: lines were removed, added or moved before it")
      }
      guard line.previous == digest else { throw broken("the line before it is not the one that it was chained to") }
    }
    lines += 1
    sequence = line.sequence
    digest = line.digest.hex
    isClosed = line.kind == .close
    if line.kind == .call { calls += 1 }
    if line.kind == .lost { lost += line.event["count"]?.wholeNumber ?? 0 }
  }
}

private let newline = UInt8(ascii: "\n")
