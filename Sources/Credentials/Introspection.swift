internal import JSON

/// Asking an authorization server about a token that says nothing itself (RFC 7662).
package enum Introspection {
  /// The form that asks, as bytes of `application/x-www-form-urlencoded`.
  package static func form(_ token: [UInt8]) -> Secret {
    var bytes = Array("token_type_hint=access_token&token=".utf8)
    FormEncoding.append(token, to: &bytes)
    return Secret(bytes)
  }

  /// The value of the `Authorization` header with which a client asks (RFC 6749 section 2.3.1).
  package static func authorization(client: String, secret: Secret) -> Secret {
    var pair: [UInt8] = []
    FormEncoding.append(Array(client.utf8), to: &pair)
    pair.append(UInt8(ascii: ":"))
    secret.reveal { FormEncoding.append($0, to: &pair) }
    return Secret(Array("Basic ".utf8) + Base64.encode(pair))
  }

  /// What the server says. It is asked for a resource of ours, so the audience must be ours as it must in a signed token: a server that says
  /// none vouches for nobody in particular (RFC 7662 section 4).
  ///
  /// - Parameter now: seconds since 1970.
  package static func read(_ document: [UInt8], _ requirements: TokenRequirements, now: Int64) throws(IntrospectionFault) -> VerifiedToken {
    guard let value = try? Value(parsing: document), value.members != nil, let isActive = value["active"]?.boolean else {
      throw .malformed
    }
    guard isActive else { throw .token(.inactive) }
    if let type = value["token_type"] {
      // Refresh tokens are active, too. Values are those of the token endpoint (section 2.2), and what servers write besides.
      guard let text = type.string?.lowercased(), ["bearer", "access_token"].contains(text) else { throw .token(.wrongType) }
    }
    do {
      return try TokenVerifier(requirements).read(value, now: now, issuer: .mayBeLeftOut)
    } catch {
      throw .token(error)
    }
  }
}

package enum IntrospectionFault: Error, Hashable, Sendable {
  /// The answer is no introspection response: nothing is known of the token.
  case malformed
  case token(TokenFault)
}

/// RFC 6749 appendix B.
enum FormEncoding {
  static func append(_ bytes: [UInt8], to out: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
        out.append(byte)
      default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
  }
}

/// RFC 4648 section 4.
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits: UInt32 = 0
      for index in 0..<3 { bits = bits << 8 | UInt32(index < group.count ? group[start + index] : 0) }
      for index in 0..<4 {
        text.append(index <= group.count ? alphabet[Int(bits >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
      }
    }
    return text
  }
}
