import JSON

/// The parser takes exactly what the recogniser takes, and what it took is still the same after being written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let document = try? Document(parsing: bytes) else {
    precondition(!Recogniser.accepts(bytes), "refused what is good")
    return 0
  }
  precondition(Recogniser.accepts(bytes), "took what is not good")
  let value = Value(document, document.root)
  let canonical = canonicalBytes(of: document, document.root)
  guard let again = try? Value(parsing: canonical) else { preconditionFailure("canonical text is refused") }
  precondition(write(again, .canonical) == canonical, "canonical text is not stable")
  for layout in [Layout.compact, .pretty] {
    guard let again = try? Value(parsing: write(value, layout)), again == value else {
      preconditionFailure("written text means something else")
    }
  }
  checkAccess(document, value)
  return 0
}

/// Every way of reading the members of the root gives the same.
func checkAccess(_ document: Document, _ value: Value) {
  for (key, node) in document.members(document.root) {
    guard let name = document.string(key) else { preconditionFailure("a name that is no string") }
    precondition(document.member(document.root, name) == node && document.member(document.root, MemberName(name)) == node)
    precondition(document.stringEquals(key, name))
    var splices = Splices(of: document)
    splices.removeMember(key, of: document.root)
    guard let rest = try? Value(parsing: splices.apply()), let members = value.members else {
      preconditionFailure("a splice broke the text")
    }
    precondition(rest == .object(members.filter { !$0.name.utf8.elementsEqual(name.utf8) }), "a splice removed something else")
  }
}
