/// Where the names of one large object are looked up while they are compared; kept between objects and documents.
struct NameTable: Sendable {
  /// Indices into the tape, 0 for a free place (the tape's first entry is never a name).
  fileprivate var places: [UInt32] = []

  /// A name whose escapes are resolved.
  fileprivate var decoded: [UInt8] = []
}

// Names of the members of one object must differ. For what is unsafe here see `Scanner`.
extension Scanner {
  /// Objects of up to this many members are compared in pairs, larger ones through a table. In pairs a text costs at most half this many
  /// comparisons of each of its bytes.
  private static var comparedInPairs: Int { 24 }

  /// Throws when two members of the object at `index`, which is read to its end, have the same name once escapes are resolved. Takes time
  /// linear in its members and the length of their names, whatever these are.
  @inline(__always)
  func checkNames(of index: Int, _ names: inout NameTable) throws(Fault) {
    // Most objects end here: no two fingerprints share six of their bits.
    let behind = unsafe Int(tape[index].link)
    var seen: UInt64 = 0
    var suspect = false
    var name = index + 1
    while name < behind {
      let bit = unsafe (1 as UInt64) << UInt64(tape[name].link >> 26)
      suspect = suspect || seen & bit != 0
      seen |= bit
      name = following(name)
    }
    if suspect { try compareNames(of: index, &names) }
  }

  /// The name behind the member whose name is at `name`.
  @inline(__always)
  private func following(_ name: Int) -> Int {
    let value = unsafe tape[name + 1]
    return value.isContainer ? Int(value.link) : name + 2
  }

  @inline(never)
  private func compareNames(of index: Int, _ names: inout NameTable) throws(Fault) {
    let behind = unsafe Int(tape[index].link)
    if unsafe tape[index].count > Self.comparedInPairs { return try lookUpNames(of: index, &names) }
    var name = index + 1
    while name < behind {
      var earlier = index + 1
      while earlier < name {
        if unsafe tape[earlier].link == tape[name].link && areEqual(earlier, name) { throw duplicate(name) }
        earlier = following(earlier)
      }
      name = following(name)
    }
  }

  /// Open addressing, at most half full. The hash is keyed anew in every process, so names cannot be made to collide.
  private func lookUpNames(of index: Int, _ names: inout NameTable) throws(Fault) {
    let behind = unsafe Int(tape[index].link)
    let count = unsafe tape[index].count
    let size = 1 << (Int.bitWidth - (2 * count - 1).leadingZeroBitCount)
    let cleared = min(size, names.places.count)
    for place in 0..<cleared { names.places[place] = 0 }
    if cleared < size { names.places.append(contentsOf: repeatElement(0, count: size - cleared)) }
    var name = index + 1
    while name < behind {
      var place = hash(name, &names) & (size - 1)
      while names.places[place] != 0 {
        let earlier = Int(names.places[place])
        if unsafe tape[earlier].link == tape[name].link && areEqual(earlier, name) { throw duplicate(name) }
        place = (place + 1) & (size - 1)
      }
      names.places[place] = UInt32(truncatingIfNeeded: name)
      name = following(name)
    }
  }

  private func duplicate(_ name: Int) -> Fault { unsafe Fault(.duplicateName, at: Int(tape[name].start)) }

  private func hash(_ name: Int, _ names: inout NameTable) -> Int {
    var hasher = Hasher()
    let range = contents(of: name)
    if unsafe tape[name].isFlagged {
      names.decoded.removeAll(keepingCapacity: true)
      var characters = DecodedBytes(range)
      while let byte = unsafe characters.next(in: bytes.span) { names.decoded.append(byte) }
      unsafe names.decoded.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    } else {
      unsafe hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[range]))
    }
    return hasher.finalize() & Int.max
  }

  /// What stands between the quotes of a name.
  private func contents(of name: Int) -> Range<Int> {
    let entry = unsafe tape[name]
    return Int(entry.start) + 1..<Int(entry.end) - 1
  }

  private func areEqual(_ left: Int, _ right: Int) -> Bool {
    let (leftRange, rightRange) = (contents(of: left), contents(of: right))
    let text = unsafe bytes.span
    if unsafe !tape[left].isFlagged && !tape[right].isFlagged {
      return text.extracting(leftRange).elementsEqual(text.extracting(rightRange))
    }
    var leftBytes = DecodedBytes(leftRange)
    var rightBytes = DecodedBytes(rightRange)
    while true {
      let byte = leftBytes.next(in: text)
      if byte != rightBytes.next(in: text) { return false }
      if byte == nil { return true }
    }
  }

  /// See `fingerprint(of:)`, with which this must agree.
  @inline(__always)
  func fingerprintOfPlain(_ start: Int, _ behind: Int) -> UInt32 {
    let count = behind - start
    if count >= 8 { return fingerprint(first: word(at: start), last: word(at: behind - 8), count: count) }
    if start + 8 <= end {
      return fingerprint(first: word(at: start) & (1 << UInt64(8 * count) &- 1), last: 0, count: count)
    }
    var first: UInt64 = 0
    for index in 0..<count { first |= unsafe UInt64(bytes[start + index]) << UInt64(8 * index) }
    return fingerprint(first: first, last: 0, count: count)
  }

  @inline(never)
  func fingerprintOfEscaped(_ range: Range<Int>) -> UInt32 {
    let text = unsafe bytes.span
    var characters = DecodedBytes(range)
    var first: UInt64 = 0
    var last: UInt64 = 0
    var count = 0
    while let byte = characters.next(in: text) {
      if count < 8 { first |= UInt64(byte) << UInt64(8 * count) }
      last = last >> 8 | UInt64(byte) << 56
      count += 1
    }
    return fingerprint(first: first, last: count < 8 ? 0 : last, count: count)
  }
}
