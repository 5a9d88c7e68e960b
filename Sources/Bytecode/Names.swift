/// Texts known when a program is made, each with a number: names of servers, tools and arguments, and the literals of rules. One open-addressing
/// table for the whole program, divided into spaces, so that a look-up touches one allocation and makes none.
package struct Names: Sendable {
  /// A part of the table: a text has at most one number in each.
  package struct Space: Hashable, Sendable {
    package let index: UInt32
    package init(_ index: UInt32) { self.index = index }
  }

  private struct Entry: Sendable {
    var hash: UInt32
    var space: UInt32
    var lower: UInt32
    /// Plus one, so that 0 means an empty place.
    var countPlusOne: UInt32
    var number: UInt32
  }

  /// A power of two, at most half full.
  private var entries: [Entry]
  private var bytes: [UInt8] = []
  private var count = 0
  /// Longer texts are not in the table, and need not be hashed.
  private var longest = 0

  package init() { entries = Array(repeating: Names.empty, count: 16) }

  private static let empty = Entry(hash: 0, space: 0, lower: 0, countPlusOne: 0, number: 0)

  /// The table, borrowed.
  package struct View: ~Escapable {
    private let entries: Span<Entry>
    private let bytes: Span<UInt8>
    private let longest: Int

    @_lifetime(borrow names)
    package init(_ names: borrowing Names) {
      entries = names.entries.span
      bytes = names.bytes.span
      longest = names.longest
    }

    /// The number of a text in a space, or nil.
    package func number(of text: Span<UInt8>, in space: Space) -> UInt32? {
      if text.count > longest { return nil }
      let hash = Names.hash(text, space)
      let mask = entries.count &- 1
      var place = Int(hash) & mask
      while true {
        let entry = entries[place]
        if entry.countPlusOne == 0 { return nil }
        if entry.hash == hash, entry.space == space.index, equals(entry, text) { return entry.number }
        place = (place &+ 1) & mask
      }
    }

    private func equals(_ entry: Entry, _ text: Span<UInt8>) -> Bool {
      let lower = Int(entry.lower)
      let upper = lower &+ Int(entry.countPlusOne) &- 1
      return areEqual(bytes.extracting(lower..<upper), text)
    }
  }

  /// The number of a text in a space, or nil.
  package func number(of text: Span<UInt8>, in space: Space) -> UInt32? { View(self).number(of: text, in: space) }

  package func number(of text: String, in space: Space) -> UInt32? { number(of: Array(text.utf8).span, in: space) }

  /// Gives a text a number; the one it has already, if any, stays.
  @discardableResult
  package mutating func insert(_ text: String, _ number: @autoclosure () -> UInt32, in space: Space) -> UInt32 {
    let utf8 = Array(text.utf8)
    if let known = self.number(of: utf8.span, in: space) { return known }
    if (count + 1) * 2 > entries.count { grow() }
    let entry = Entry(
      hash: Names.hash(utf8.span, space), space: space.index, lower: UInt32(bytes.count), countPlusOne: UInt32(utf8.count + 1),
      number: number())
    bytes += utf8
    longest = max(longest, utf8.count)
    place(entry)
    count += 1
    return entry.number
  }

  /// What a space holds. Takes time linear in the whole table.
  package func texts(in space: Space) -> [(text: [UInt8], number: UInt32)] {
    entries.filter { $0.countPlusOne != 0 && $0.space == space.index }.map { entry in
      (Array(bytes[Int(entry.lower)..<Int(entry.lower) + Int(entry.countPlusOne) - 1]), entry.number)
    }
  }

  private mutating func grow() {
    let old = entries
    entries = Array(repeating: Names.empty, count: old.count * 2)
    for entry in old where entry.countPlusOne != 0 { place(entry) }
  }

  private mutating func place(_ entry: Entry) {
    var place = Int(entry.hash) & (entries.count - 1)
    while entries[place].countPlusOne != 0 { place = (place + 1) & (entries.count - 1) }
    entries[place] = entry
  }

  /// Four bytes a step: a byte-wise hash would wait for one multiplication a byte. What is hashed with it is chosen by the policy's author; a
  /// caller's text is only looked up, so it cannot fill the table with collisions.
  private static func hash(_ text: Span<UInt8>, _ space: Space) -> UInt32 {
    var state = (UInt64(space.index) &+ 1) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(text.count)
    var index = 0
    while index &+ 4 <= text.count {
      let low = UInt64(text[index]) | UInt64(text[index &+ 1]) &<< 8
      let high = UInt64(text[index &+ 2]) | UInt64(text[index &+ 3]) &<< 8
      state = (state ^ (low | high &<< 16)) &* 0xD6E8_FEB8_6659_FD93
      state ^= state &>> 32
      index &+= 4
    }
    while index < text.count {
      state = (state ^ UInt64(text[index])) &* 0xD6E8_FEB8_6659_FD93
      state ^= state &>> 32
      index &+= 1
    }
    state &*= 0x9E37_79B9_7F4A_7C15
    return UInt32(truncatingIfNeeded: state &>> 32)
  }
}
