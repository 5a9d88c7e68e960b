/// One pass over one text, from bytes to tape.
///
/// What is unsafe and why it is safe: reads go through `bytes` at offsets below `end`, each guarded by a comparison with `end` in the same
/// function; words of eight bytes are read only where `offset + 8 <= end`. Writes to the tape happen at `used` after a comparison with
/// `room` (`append`), or at the index of an entry written before. Debug builds check every one of these again.
@safe struct Scanner {
  let bytes: UnsafeBufferPointer<UInt8>
  let tape: UnsafeMutableBufferPointer<Entry>
  let end: Int
  /// How many entries may be written.
  let room: Int
  let limits: DocumentLimits

  init(_ bytes: UnsafeBufferPointer<UInt8>, tape: UnsafeMutableBufferPointer<Entry>, limits: DocumentLimits) {
    unsafe self.bytes = unsafe bytes
    unsafe self.tape = unsafe tape
    end = bytes.count
    room = min(tape.count, limits.values)
    self.limits = limits
  }

  /// How far a text has been read. Apart from the scanner, so that it can stay in registers.
  private struct State {
    var at = 0
    var used = 0

    /// The container that is being read. Its entry keeps the way back: `link` is the index of the container around it.
    var container = State.outside
    var isObject = false
    var depth = 0

    static let outside = UInt32.max
  }

  func scanDocument(_ names: inout NameTable) throws(Fault) {
    if unsafe end >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF { throw Fault(.byteOrderMark, at: 0) }
    var state = State()
    while true {
      if try scanValue(&state) { continue }
      // A value has ended, and with it maybe the containers around it.
      while true {
        state.at = skipWhiteSpace(from: state.at)
        if state.container == State.outside {
          if state.at < end { throw Fault(.contentAfterEnd, at: state.at) }
          return
        }
        unsafe tape[Int(state.container)].details &+= 1 << Entry.countShift
        if try scanComma(&state) { break }
        try close(&state, &names)
      }
    }
  }

  /// Reads, in an object, a name and its colon; then a whole value (false), or the start of a container with something in it (true).
  @inline(__always)
  private func scanValue(_ state: inout State) throws(Fault) -> Bool {
    if state.isObject { try scanName(&state) }
    let start = skipWhiteSpace(from: state.at)
    guard start < end else { throw Fault(.unexpectedEnd, at: end) }
    state.at = start
    switch unsafe bytes[start] {
    case UInt8(ascii: "\""):
      let (behind, escaped) = try scanString(from: start)
      state.at = behind
      try append(&state, start: start, details: UInt32(Document.Kind.string.rawValue) | (escaped ? Entry.flag : 0))
      return false
    case UInt8(ascii: "{"):
      return try open(&state, isObject: true)
    case UInt8(ascii: "["):
      return try open(&state, isObject: false)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let (behind, plain) = try scanNumber(from: start)
      state.at = behind
      try append(&state, start: start, details: UInt32(Document.Kind.number.rawValue) | (plain ? Entry.flag : 0))
      return false
    default:
      let (behind, details) = try scanLiteral(from: start)
      state.at = behind
      try append(&state, start: start, details: details)
      return false
    }
  }

  /// After a value: a comma (true), or the closing bracket, which is left where it is (false).
  @inline(__always)
  private func scanComma(_ state: inout State) throws(Fault) -> Bool {
    guard state.at < end else { throw Fault(.unexpectedEnd, at: end) }
    let byte = unsafe bytes[state.at]
    if byte == UInt8(ascii: ",") {
      state.at += 1
      return true
    }
    if byte == (state.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return false }
    throw Fault(state.isObject ? .commaOrBraceExpected : .commaOrBracketExpected, at: state.at)
  }

  /// True: something is in it.
  @inline(__always)
  private func open(_ state: inout State, isObject: Bool) throws(Fault) -> Bool {
    guard state.depth < limits.depth else { throw Fault(.tooDeep, at: state.at) }
    let index = state.used
    let start = state.at
    let kind = isObject ? Document.Kind.object : Document.Kind.array
    try append(&state, start: start, link: state.container, details: UInt32(kind.rawValue))
    state.at = skipWhiteSpace(from: start + 1)
    guard state.at < end else { throw Fault(.unexpectedEnd, at: end) }
    if unsafe bytes[state.at] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      state.at += 1
      unsafe tape[index].end = UInt32(truncatingIfNeeded: state.at)
      unsafe tape[index].link = UInt32(truncatingIfNeeded: state.used)
      return false
    }
    state.container = UInt32(truncatingIfNeeded: index)
    state.isObject = isObject
    state.depth += 1
    return true
  }

  /// Reads the closing bracket that is next, and returns to the container around.
  @inline(__always)
  private func close(_ state: inout State, _ names: inout NameTable) throws(Fault) {
    let index = Int(state.container)
    state.at += 1
    let around = unsafe tape[index].link
    unsafe tape[index].end = UInt32(truncatingIfNeeded: state.at)
    unsafe tape[index].link = UInt32(truncatingIfNeeded: state.used)
    if unsafe state.isObject && tape[index].count > 1 { try checkNames(of: index, &names) }
    state.container = around
    state.depth -= 1
    state.isObject = unsafe around != State.outside && tape[Int(around)].kind == .object
  }

  /// Writes the entry of what lies between `start` and where the state is.
  @inline(__always)
  private func append(_ state: inout State, start: Int, link: UInt32 = 0, details: UInt32) throws(Fault) {
    if state.used >= room { throw Fault(room < limits.values ? .tapeFull : .tooManyValues, at: start) }
    unsafe tape[state.used] = Entry(start: start, end: state.at, link: link, details: details)
    state.used += 1
  }

  /// Returns the offset of the next byte that is no white space, or `end`.
  @inline(__always)
  private func skipWhiteSpace(from start: Int) -> Int {
    if unsafe start < end && bytes[start] > 0x20 { return start }
    return skipMoreWhiteSpace(from: start)
  }

  @inline(never)
  private func skipMoreWhiteSpace(from start: Int) -> Int {
    var at = start
    while at < end {
      let byte = unsafe bytes[at]
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
      at += 1
    }
    return at
  }

  /// Reads `null`, `true` or `false`. Returns the offset behind it, and the details of its entry.
  @inline(never)
  private func scanLiteral(from start: Int) throws(Fault) -> (Int, UInt32) {
    switch unsafe bytes[start] {
    case UInt8(ascii: "n"): (try scan("null", from: start), UInt32(Document.Kind.null.rawValue))
    case UInt8(ascii: "t"): (try scan("true", from: start), UInt32(Document.Kind.boolean.rawValue) | Entry.flag)
    case UInt8(ascii: "f"): (try scan("false", from: start), UInt32(Document.Kind.boolean.rawValue))
    default: throw Fault(.valueExpected, at: start)
    }
  }

  @inline(__always)
  private func scan(_ literal: StaticString, from start: Int) throws(Fault) -> Int {
    for index in 0..<literal.utf8CodeUnitCount {
      guard start + index < end else { throw Fault(.unexpectedEnd, at: end) }
      guard unsafe bytes[start + index] == literal.utf8Start[index] else { throw Fault(.valueExpected, at: start) }
    }
    return start + literal.utf8CodeUnitCount
  }

  /// Reads the name of a member, and the colon.
  @inline(__always)
  private func scanName(_ state: inout State) throws(Fault) {
    let start = skipWhiteSpace(from: state.at)
    guard start < end else { throw Fault(.unexpectedEnd, at: end) }
    guard unsafe bytes[start] == UInt8(ascii: "\"") else { throw Fault(.memberNameExpected, at: start) }
    let (behind, escaped) = try scanString(from: start)
    state.at = behind
    let print = escaped ? fingerprintOfEscaped(start + 1..<behind - 1) : fingerprintOfPlain(start + 1, behind - 1)
    try append(&state, start: start, link: print, details: UInt32(Document.Kind.string.rawValue) | (escaped ? Entry.flag : 0))
    let colon = skipWhiteSpace(from: behind)
    guard colon < end else { throw Fault(.unexpectedEnd, at: end) }
    guard unsafe bytes[colon] == UInt8(ascii: ":") else { throw Fault(.colonExpected, at: colon) }
    state.at = colon + 1
  }
}
