/// The token of a request, from its `Authorization` header lines (RFC 6750 section 2.1).
package enum AuthorizationHeader {
  package enum Fault: String, Error, CaseIterable, Sendable {
    case several = "the request has several Authorization headers"
    case notBearer = "the Authorization header is not of the Bearer scheme"
    case malformed = "the Authorization header holds no bearer token"
  }

  /// - Parameter values: of all lines of that name, as they came.
  /// - Returns: nil when there is none.
  package static func token(_ values: [[UInt8]]) throws(Fault) -> [UInt8]? {
    guard let value = values.first else { return nil }
    // Two readers might take one each.
    guard values.count == 1 else { throw .several }
    let space = value.firstIndex(of: UInt8(ascii: " ")) ?? value.endIndex
    guard value[..<space].map({ $0 | 0x20 }) == Array("bearer".utf8) else { throw .notBearer }
    let token = value[space...].drop { $0 == UInt8(ascii: " ") }
    let body = token.prefix { isTokenCharacter($0) }
    // `b64token`: padding only at the end.
    guard !body.isEmpty, token[body.endIndex...].allSatisfy({ $0 == UInt8(ascii: "=") }) else { throw .malformed }
    return Array(token)
  }

  private static func isTokenCharacter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "-._~+/".utf8.contains(byte)
    }
  }
}
