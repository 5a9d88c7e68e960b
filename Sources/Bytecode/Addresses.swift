// The many spellings of one network address (WHATWG URL, sections "IPv4 parser" and "IPv6 parser"): `0x7f.1`, `2130706433` and
// `127.0.0.1` are one host, and a rule that names it must meet them all.

/// Whether a name is meant as an IPv4 address: its last label is a number, decimal or hexadecimal.
func endsInNumber(_ name: Span<UInt8>, _ lastLabel: Int) -> Bool {
  let label = name.extracting(lastLabel..<name.count)
  var isDecimal = true
  for index in label.indices where !Ascii.isDigit(label[index]) { isDecimal = false }
  return isDecimal || number(label) != nil
}

/// Appends the dotted form; false when the parts are no address.
func appendIPv4(_ name: Span<UInt8>, to out: inout [UInt8]) -> Bool {
  var address: UInt64 = 0
  var parts: UInt64 = 0
  var lower = 0
  while lower <= name.count {
    var upper = lower
    while upper < name.count, name[upper] != Ascii.dot { upper &+= 1 }
    guard parts < 4, let part = number(name.extracting(lower..<upper)) else { return false }
    let isLast = upper == name.count
    // The last part fills what the others leave of four bytes.
    let room = isLast ? 8 &* (4 &- parts) : 8
    guard part < 1 << room else { return false }
    address = address &<< room | part
    parts &+= 1
    lower = upper &+ 1
  }
  for part: UInt64 in 0..<4 {
    if part > 0 { out.append(Ascii.dot) }
    appendDecimal(UInt8(truncatingIfNeeded: address &>> (24 &- 8 &* part)), to: &out)
  }
  return true
}

/// A part of an IPv4 address: `0x…` hexadecimal, `0…` octal, else decimal; at most 32 bits.
private func number(_ text: Span<UInt8>) -> UInt64? {
  guard !text.isEmpty else { return nil }
  var base: UInt64 = 10
  var start = 0
  if text.count >= 2, text[0] == UInt8(ascii: "0") {
    base = text[1] | 0x20 == UInt8(ascii: "x") ? 16 : 8
    start = base == 16 ? 2 : 1
  }
  var value: UInt64 = 0
  for index in start..<text.count {
    guard let digit = Ascii.hexadecimal(text[index]), digit < base else { return nil }
    value = value * base + UInt64(digit)
    if value > UInt64(UInt32.max) { return nil }
  }
  return value
}

private func appendDecimal(_ byte: UInt8, to out: inout [UInt8]) {
  if byte >= 100 { out.append(UInt8(ascii: "0") + byte / 100) }
  if byte >= 10 { out.append(UInt8(ascii: "0") + byte / 10 % 10) }
  out.append(UInt8(ascii: "0") + byte % 10)
}

/// Appends the shortest form of RFC 5952 in brackets; false when the text is no address. Zones and dotted tails are refused: they are seldom
/// meant and read differently.
func appendIPv6(_ text: Span<UInt8>, to out: inout [UInt8]) -> Bool {
  var pieces: InlineArray<8, UInt16> = .init(repeating: 0)
  var count = 0
  var gap: Int?
  var index = 0
  if text.count >= 2, text[0] == Ascii.colon {
    guard text[1] == Ascii.colon else { return false }
    gap = 0
    index = 2
  }
  while index < text.count {
    guard count < 8 else { return false }
    var digits = 0
    var piece: UInt16 = 0
    while index < text.count, digits < 4, let digit = Ascii.hexadecimal(text[index]) {
      piece = piece << 4 | UInt16(digit)
      digits += 1
      index += 1
    }
    guard digits > 0 else { return false }
    pieces[count] = piece
    count += 1
    if index == text.count { break }
    guard text[index] == Ascii.colon, index + 1 < text.count else { return false }
    index += 1
    if text[index] == Ascii.colon {
      guard gap == nil else { return false }
      gap = count
      index += 1
    }
  }
  if let gap {
    guard count < 8 else { return false }
    let moved = count - gap
    for offset in 0..<moved { pieces[7 - offset] = pieces[count - 1 - offset] }
    for place in gap..<8 - moved { pieces[place] = 0 }
  } else if count != 8 {
    return false
  }
  appendPieces(pieces, to: &out)
  return true
}

private func appendPieces(_ pieces: InlineArray<8, UInt16>, to out: inout [UInt8]) {
  var gap = 8..<8
  var start = 0
  while start < 8 {
    var end = start
    while end < 8, pieces[end] == 0 { end += 1 }
    // One zero is not shortened, and of equal runs the first is.
    if end - start > max(1, gap.count) { gap = start..<end }
    start = end + 1
  }
  out.append(UInt8(ascii: "["))
  var place = 0
  while place < 8 {
    if place == gap.lowerBound {
      out.append(Ascii.colon)
      out.append(Ascii.colon)
      place = gap.upperBound
      continue
    }
    if place > 0, place != gap.upperBound { out.append(Ascii.colon) }
    appendHexadecimal(pieces[place], to: &out)
    place += 1
  }
  out.append(UInt8(ascii: "]"))
}

private func appendHexadecimal(_ piece: UInt16, to out: inout [UInt8]) {
  var isLeading = true
  for place: UInt16 in 0..<4 {
    let digit = UInt8(truncatingIfNeeded: piece &>> (12 &- 4 &* place) & 15)
    if isLeading && digit == 0 && place < 3 { continue }
    isLeading = false
    out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
  }
}
