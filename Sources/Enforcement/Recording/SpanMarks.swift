internal import JSON
internal import Messages

/// Where a request stands in its trace (W3C Trace Context).
package struct SpanMarks: Sendable {
  /// The span of whoever asked; 0: nobody said one.
  package let parent: UInt64
  /// Ours, from the message to its answer.
  package let own: UInt64
  /// Of the request to the server, and what the server is told as its parent.
  package let client: UInt64
  package let isSampled: Bool
}

extension Request {
  /// The bytes that go to the server, with our span in `_meta.traceparent` (SEP-414). Nothing else changes.
  func traced(_ span: SpanMarks) -> [UInt8] {
    let value = Array("\"00-\(trace)-\(digits(span.client))-\(span.isSampled ? "01" : "00")\"".utf8)
    var splices = Splices(of: document)
    if let stated = metadata.traceParent {
      splices.replace(stated, with: value)
    } else if let parameters, let existing = document.member(parameters, "_meta") {
      splices.insertMember(MetadataKey.traceParent, value, atEndOf: existing)
    } else {
      let member = Array("{\"\(MetadataKey.traceParent)\":".utf8) + value + Array("}".utf8)
      if let parameters {
        splices.insertMember("_meta", member, atEndOf: parameters)
      } else {
        splices.insertMember("params", Array("{\"_meta\":".utf8) + member + Array("}".utf8), atEndOf: document.root)
      }
    }
    return splices.apply()
  }
}

/// Sixteen lower-case hexadecimal digits.
private func digits(_ span: UInt64) -> String {
  let digits = String(span, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
