internal import JSON

/// What one line of stdio may hold. Readers differ on where a line ends: some take a carriage return alone for an end, and would find a
/// second message inside white space that to others is one (`{"params":CR{…}CR}`).
package enum Line {
  package static let defect = "a message must not have line breaks between its values"

  /// Without the carriage return of a line that ended in CR LF.
  package static func trimmed(_ message: [UInt8]) -> [UInt8] { message.last == 0x0D ? Array(message.dropLast()) : message }

  /// JSON has line breaks in white space only, where nothing needs them.
  package static func isBroken(_ message: [UInt8]) -> Bool { message.span.containsLineBreak }
}
