/// One pass over one text, from bytes to tape.
///
/// What is unsafe and why it is safe: reads go through `bytes` at offsets below `end`, each guarded by a comparison with `end` in the same
/// function; words of eight bytes are read only where `offset + 8 <= end`. Writes to the tape happen at `used` after a comparison with
/// `capacity` (`append`), or at the index of an entry written before. Debug builds check every one of these again.
@safe struct Scanner: ~Copyable {
  let bytes: UnsafeBufferPointer<UInt8>
  let tape: UnsafeMutableBufferPointer<Entry>
  let end: Int
  let capacity: Int
  let limits: DocumentLimits

  var at = 0
  var used = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, tape: UnsafeMutableBufferPointer<Entry>, limits: DocumentLimits) {
    unsafe self.bytes = unsafe bytes
    unsafe self.tape = unsafe tape
    end = bytes.count
    capacity = min(tape.count, limits.values)
    self.limits = limits
  }

  /// The container that is being read. Its entry keeps the way back: `link` is the index of the container around it.
  private struct Place {
    var container: UInt32 = Place.outside
    var isObject = false
    var depth = 0

    static let outside = UInt32.max
  }

  mutating func scanDocument(_ names: inout NameTable) throws(Fault) {
    if unsafe end >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF { throw Fault(.byteOrderMark, at: 0) }
    var place = Place()
    while true {
      if try scanValue(&place) {
        if place.isObject { try scanName() }
        continue
      }
      // A value has ended, and with it maybe the containers around it.
      while true {
        if place.container == Place.outside {
          skipWhiteSpace()
          if at < end { throw Fault(.contentAfterEnd, at: at) }
          return
        }
        if try scanSeparator(in: place) { break }
        try close(&place, &names)
      }
    }
  }

  /// Reads the start of a container with something in it (true: its first name or element is next), or a whole other value (false).
  @inline(__always)
  private mutating func scanValue(_ place: inout Place) throws(Fault) -> Bool {
    skipWhiteSpace()
    guard at < end else { throw Fault(.unexpectedEnd, at: end) }
    let start = at
    switch unsafe bytes[start] {
    case UInt8(ascii: "\""):
      let escaped = try scanString()
      try append(start: start, link: 0, details: UInt32(Document.Kind.string.rawValue) | (escaped ? Entry.flag : 0))
      return false
    case UInt8(ascii: "{"):
      return try open(&place, isObject: true)
    case UInt8(ascii: "["):
      return try open(&place, isObject: false)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let plain = try scanNumber()
      try append(start: start, link: 0, details: UInt32(Document.Kind.number.rawValue) | (plain ? Entry.flag : 0))
      return false
    case UInt8(ascii: "t"):
      try scanLiteral(rest: 0x65_75_72_74)
      try append(start: start, link: 0, details: UInt32(Document.Kind.boolean.rawValue) | Entry.flag)
      return false
    case UInt8(ascii: "f"):
      at += 1
      try scanLiteral(rest: 0x65_73_6C_61)
      try append(start: start, link: 0, details: UInt32(Document.Kind.boolean.rawValue))
      return false
    case UInt8(ascii: "n"):
      try scanLiteral(rest: 0x6C_6C_75_6E)
      try append(start: start, link: 0, details: UInt32(Document.Kind.null.rawValue))
      return false
    default:
      throw Fault(.valueExpected, at: start)
    }
  }

  /// After a value: a comma (true: the next name was read too, a value follows) or the closing bracket, which is left where it is (false).
  @inline(__always)
  private mutating func scanSeparator(in place: Place) throws(Fault) -> Bool {
    let entry = Int(place.container)
    unsafe tape[entry].details &+= 1 << Entry.countShift
    skipWhiteSpace()
    guard at < end else { throw Fault(.unexpectedEnd, at: end) }
    let byte = unsafe bytes[at]
    if byte == UInt8(ascii: ",") {
      at += 1
      if place.isObject { try scanName() }
      return true
    }
    if byte != (place.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      throw Fault(place.isObject ? .commaOrBraceExpected : .commaOrBracketExpected, at: at)
    }
    return false
  }

  /// True: something is in it.
  @inline(__always)
  private mutating func open(_ place: inout Place, isObject: Bool) throws(Fault) -> Bool {
    guard place.depth < limits.depth else { throw Fault(.tooDeep, at: at) }
    let start = at
    let index = UInt32(truncatingIfNeeded: used)
    at += 1
    let kind = isObject ? Document.Kind.object : Document.Kind.array
    try append(start: start, link: place.container, details: UInt32(kind.rawValue))
    skipWhiteSpace()
    guard at < end else { throw Fault(.unexpectedEnd, at: end) }
    if unsafe bytes[at] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
      at += 1
      unsafe tape[Int(index)].end = UInt32(truncatingIfNeeded: at)
      unsafe tape[Int(index)].link = index + 1
      return false
    }
    place.container = index
    place.isObject = isObject
    place.depth += 1
    return true
  }

  /// Reads the closing bracket that is next, and returns to the container around.
  @inline(__always)
  private mutating func close(_ place: inout Place, _ names: inout NameTable) throws(Fault) {
    let index = Int(place.container)
    at += 1
    let around = unsafe tape[index].link
    unsafe tape[index].end = UInt32(truncatingIfNeeded: at)
    unsafe tape[index].link = UInt32(truncatingIfNeeded: used)
    if unsafe place.isObject && tape[index].count > 1 { try checkNames(of: index, &names) }
    place.container = around
    place.depth -= 1
    place.isObject = unsafe around != Place.outside && tape[Int(around)].kind == .object
  }

  /// Writes the entry of what lies between `start` and `at`. The tape was made long enough for every text within the limit.
  @inline(__always)
  private mutating func append(start: Int, link: UInt32, details: UInt32) throws(Fault) {
    if used >= capacity { throw Fault(.tooManyValues, at: start) }
    unsafe tape[used] = Entry(start: start, end: at, link: link, details: details)
    used += 1
  }

  @inline(__always)
  mutating func skipWhiteSpace() {
    while at < end {
      let byte = unsafe bytes[at]
      if byte > 0x20 { return }
      guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
      at += 1
    }
  }

  /// Four bytes at `at`, the first one lowest in `rest`.
  @inline(__always)
  private mutating func scanLiteral(rest: UInt32) throws(Fault) {
    for index in 0..<4 {
      guard at < end else { throw Fault(.unexpectedEnd, at: end) }
      guard unsafe bytes[at] == UInt8(truncatingIfNeeded: rest >> UInt32(8 * index)) else { throw Fault(.valueExpected, at: at) }
      at += 1
    }
  }

  /// Reads the name of a member, and the colon.
  @inline(__always)
  private mutating func scanName() throws(Fault) {
    skipWhiteSpace()
    guard at < end else { throw Fault(.unexpectedEnd, at: end) }
    let start = at
    guard unsafe bytes[start] == UInt8(ascii: "\"") else { throw Fault(.memberNameExpected, at: start) }
    let escaped = try scanString()
    let print = escaped ? fingerprintOfEscaped(start + 1..<at - 1) : fingerprintOfPlain(start + 1, at - 1)
    try append(start: start, link: print, details: UInt32(Document.Kind.string.rawValue) | (escaped ? Entry.flag : 0))
    skipWhiteSpace()
    guard at < end else { throw Fault(.unexpectedEnd, at: end) }
    guard unsafe bytes[at] == UInt8(ascii: ":") else { throw Fault(.colonExpected, at: at) }
    at += 1
  }
}
