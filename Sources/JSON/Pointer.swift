/// The place of a value inside a document (RFC 6901), such as `/params/arguments/0`.
package struct Pointer: Hashable, Sendable {
  /// Names of members and indices of elements, from the outside in, with `~0` and `~1` resolved.
  package var tokens: [String]

  package init(_ tokens: [String] = []) { self.tokens = tokens }

  /// nil: not empty and not starting with a slash, or a tilde followed by neither 0 nor 1.
  package init?(parsing text: some StringProtocol) {
    tokens = []
    if text.isEmpty { return }
    guard text.utf8.first == UInt8(ascii: "/") else { return nil }
    for part in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let token = Self.unescape(part.utf8) else { return nil }
      tokens.append(token)
    }
  }

  private static func unescape(_ part: some Sequence<UInt8>) -> String? {
    var token: [UInt8] = []
    var iterator = part.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "~") else {
        token.append(byte)
        continue
      }
      switch iterator.next() {
      case UInt8(ascii: "0"): token.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): token.append(UInt8(ascii: "/"))
      default: return nil
      }
    }
    return String(decoding: token, as: UTF8.self)
  }

  package func appending(_ token: String) -> Pointer { Pointer(tokens + [token]) }

  package func appending(_ index: Int) -> Pointer { appending(String(index)) }

  /// The index that a token stands for in an array: digits without a needless zero. `-`, the place behind the last element, is none.
  static func index(_ token: String) -> Int? {
    guard token.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }), token == "0" || token.utf8.first != UInt8(ascii: "0") else { return nil }
    return Int(token)
  }
}

extension Pointer: CustomStringConvertible {
  package var description: String {
    var text: [UInt8] = []
    for token in tokens {
      text.append(UInt8(ascii: "/"))
      for byte in token.utf8 {
        switch byte {
        case UInt8(ascii: "~"): text += "~0".utf8
        case UInt8(ascii: "/"): text += "~1".utf8
        default: text.append(byte)
        }
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}

extension Document {
  /// The value that the pointer leads to, starting from `node`; nil when there is none.
  package func find(_ pointer: Pointer, from node: Node) -> Node? {
    var node = node
    for token in pointer.tokens {
      switch kind(node) {
      case .object:
        guard let next = member(node, token) else { return nil }
        node = next
      case .array:
        guard let index = Pointer.index(token), index < count(node) else { return nil }
        guard let next = elements(node).dropFirst(index).first(where: { _ in true }) else { return nil }
        node = next
      default: return nil
      }
    }
    return node
  }
}

extension Value {
  /// The value that the pointer leads to; nil when there is none.
  package func find(_ pointer: Pointer) -> Value? {
    var value = self
    for token in pointer.tokens {
      switch value {
      case .object:
        guard let next = value[token] else { return nil }
        value = next
      case .array(let elements):
        guard let index = Pointer.index(token), index < elements.count else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    return value
  }
}
