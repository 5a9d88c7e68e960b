internal import JSON

/// Reads the messages of one side one after another, in storage that is used again: once warm, reading allocates nothing.
struct MessageReader {
  /// A reader that has seen a larger message lets its storage go, or one picture would keep a connection's memory for good.
  private static let keptBytes = 1 << 18

  private var parser = DocumentParser(limits: .message)
  private var document = Document()

  /// The document shares its storage with this reader: whoever keeps it beyond the next message makes that message pay for a copy.
  mutating func read(_ message: [UInt8]) throws(ParseError) -> Document {
    try parser.parse(message, into: &document)
    guard message.count > MessageReader.keptBytes else { return document }
    let large = document
    document = Document()
    parser = DocumentParser(limits: .message)
    return large
  }
}

extension DocumentLimits {
  static let message = DocumentLimits(bytes: Limits.messageBytes)
}
