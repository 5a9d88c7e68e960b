/// Which paths an argument may be. Stricter than `under` in conditions: a path that any of the usual systems could take for another is refused,
/// not merely normalised, because the server opens what was written.
package struct PathRule: Hashable, Sendable {
  /// In normal form; at least one. A path is one of them or lies below it.
  package let folders: [[UInt8]]
  package let exceptions: [PathGlob]
  /// For people: what would pass.
  package let text: String

  package init(folders: [[UInt8]], exceptions: [PathGlob], text: String) {
    self.folders = folders
    self.exceptions = exceptions
    self.text = text
  }

  /// Why a path does not pass; nil when it does.
  package func problem(_ path: Span<UInt8>) -> String? {
    if let problem = spellingProblem(path) { return problem }
    var normal: [UInt8] = []
    guard appendNormalPath(path, to: &normal) else { return "is no plain path" }
    guard folders.contains(where: { isPath(normal.span, under: $0.span) }) else { return "is not in a permitted folder" }
    if exceptions.contains(where: { $0.covers(normal.span) }) { return "is one that the policy excepts" }
    return nil
  }

  private func spellingProblem(_ path: Span<UInt8>) -> String? {
    if path.isEmpty { return "is empty" }
    if path.count > 1, path[0] == Ascii.slash, path[1] == Ascii.slash {
      return "begins with two slashes, which names another machine on some systems"
    }
    var start = 0
    for index in 0...path.count {
      guard index == path.count || path[index] == Ascii.slash else {
        if let problem = problem(path, at: index) { return problem }
        continue
      }
      if let problem = segmentProblem(path.extracting(start..<index)) { return problem }
      start = index &+ 1
    }
    return nil
  }

  private func problem(_ path: Span<UInt8>, at index: Int) -> String? {
    switch path[index] {
    case 0...0x1F, 0x7F: return "has a control character"
    case Ascii.backslash, Ascii.colon: return "has a backslash or a colon, which some systems read as a separator or a drive"
    case Ascii.percent: return Ascii.escaped(path, index) == nil ? nil : "is percent-encoded; write it plainly"
    case 0xC2...0xF4: return isDeceptive(path, index) ? "has an invisible character, or one that looks like a dot or a slash" : nil
    default: return nil
    }
  }

  private func segmentProblem(_ segment: Span<UInt8>) -> String? {
    guard let last = segment.indices.last else { return nil }
    if segment.count == 2, segment[0] == Ascii.dot, segment[1] == Ascii.dot { return "climbs with `..`; write the path without" }
    // Windows drops these, so `.env.` would be `.env`.
    if segment.count > 1, segment[last] == Ascii.dot { return "has a name that ends with a dot" }
    if segment[last] == UInt8(ascii: " ") { return "has a name that ends with a space" }
    for index in segment.indices.dropLast() where segment[index] == UInt8(ascii: "~") && Ascii.isDigit(segment[index &+ 1]) {
      return "has a name that may be the short form of another (`~1`)"
    }
    return nil
  }

  /// Characters that file systems ignore (U+200B and its like), and those that normalise to dots and slashes (U+FF0E, U+2024).
  private func isDeceptive(_ path: Span<UInt8>, _ index: Int) -> Bool {
    let lead = path[index]
    if lead == 0xC2, index &+ 1 < path.count { return path[index &+ 1] < 0xA0 || path[index &+ 1] == 0xAD }
    guard lead & 0xF0 == 0xE0, index &+ 2 < path.count else { return false }
    let scalar = UInt32(lead & 0x0F) << 12 | UInt32(path[index &+ 1] & 0x3F) << 6 | UInt32(path[index &+ 2] & 0x3F)
    switch scalar {
    case 0x180B...0x180E, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F, 0xFEFF: return true
    case 0x2024...0x2026, 0x2044, 0x2215, 0x29F5, 0x29F8, 0xFE52, 0xFE68, 0xFF0E, 0xFF0F, 0xFF3C: return true
    default: return false
    }
  }
}

/// A pattern for what `path … except` takes out: `*` stands for any characters within a name, `**` for any number of names. One without a
/// slash is met by any name on the way. Letters count in either case, since some file systems do not tell them apart; nor do some tell
/// composed letters from decomposed ones, so to a name with letters beyond ASCII such a letter of the pattern stands for any characters.
package struct PathGlob: Hashable, Sendable {
  /// As written.
  package let source: String
  /// In lower case, one for each name; `**` alone stands for any number of them.
  private let segments: [[UInt8]]
  /// The same for names with letters beyond ASCII.
  private let loose: [[UInt8]]

  package init(_ source: String) {
    self.source = source
    var parts = source.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: true).map { $0.map { Ascii.lowered($0) } }
    parts.removeAll { $0 == [Ascii.dot] }
    let isAbsolute = source.utf8.first == Ascii.slash
    if !source.utf8.contains(Ascii.slash) { parts.insert(anyNames, at: 0) }
    // An absolute path begins with an empty name, which only an absolute pattern or `**` meets.
    segments = isAbsolute ? [[]] + parts : parts
    loose = segments.map(PathGlob.loosened)
    precondition(segments.count <= PathGlob.mostSegments, "the checker refuses longer patterns")
  }

  /// With `*` for every character beyond ASCII, and for the letter before it, which may be what it is composed with.
  private static func loosened(_ segment: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    for byte in segment {
      guard byte >= 0x80 else {
        out.append(byte)
        continue
      }
      if byte & 0xC0 != 0x80, out.last.map({ $0 != star }) ?? false { out.removeLast() }
      if out.last != star { out.append(star) }
    }
    return out
  }

  /// Names and `**` that one pattern may have: as many as there are bits to note how far a path has come.
  package static let mostSegments = 62

  /// Whether it is met by a normal path or by a folder on the way to it. Time: the product of the numbers of names.
  func covers(_ path: Span<UInt8>) -> Bool {
    let whole: UInt64 = 1 << UInt64(segments.count)
    var reached = skippingAny(1)
    var start = 0
    for index in 0...path.count where index == path.count || path[index] == Ascii.slash {
      let name = path.extracting(start..<index)
      let hasOtherLetters = name.indices.contains { name[$0] >= 0x80 }
      var next: UInt64 = 0
      for (place, segment) in segments.enumerated() where reached & 1 << UInt64(place) != 0 {
        if segment == anyNames {
          next |= 1 << UInt64(place)
        } else if meets(name, hasOtherLetters ? loose[place] : segment) {
          next |= 1 << UInt64(place + 1)
        }
      }
      reached = skippingAny(next)
      if reached & whole != 0 { return true }
      start = index &+ 1
    }
    return false
  }

  /// `**` may also stand for no name at all. Bit n: the first n segments are met.
  private func skippingAny(_ reached: UInt64) -> UInt64 {
    var reached = reached
    for (place, segment) in segments.enumerated() where segment == anyNames && reached & 1 << UInt64(place) != 0 {
      reached |= 1 << UInt64(place + 1)
    }
    return reached
  }

  private func meets(_ name: Span<UInt8>, _ pattern: [UInt8]) -> Bool {
    var (at, place) = (0, 0)
    var retry: (name: Int, pattern: Int)?
    while at < name.count {
      if place < pattern.count, pattern[place] == star {
        retry = (at, place)
        place += 1
      } else if place < pattern.count, pattern[place] == Ascii.lowered(name[at]) {
        at += 1
        place += 1
      } else if let last = retry {
        retry = (last.name + 1, last.pattern)
        at = last.name + 1
        place = last.pattern + 1
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == star }
  }
}

private let star = UInt8(ascii: "*")
private let anyNames = Array("**".utf8)
