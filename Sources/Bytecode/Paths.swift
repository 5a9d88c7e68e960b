/// Appends the normal form of a path: segments joined by one `/`, without `.` and `..`, with a leading `/` if it is absolute. The empty
/// text is the normal form of `.`.
///
/// False, and nothing appended, for what different readers could take for different paths: nothing at all, a `..` that leaves where a
/// relative path starts, NUL, a backslash, a drive letter, and percent-encoded dots, separators, NUL or percent signs. Links are not followed: the
/// file system is not here.
package func appendNormalPath(_ text: Span<UInt8>, to out: inout [UInt8]) -> Bool {
  if text.isEmpty || hasPathTricks(text) { return false }
  let start = out.count
  let isAbsolute = text[0] == Ascii.slash
  if isAbsolute { out.append(Ascii.slash) }
  let floor = out.count
  var lower = 0
  while lower < text.count {
    var upper = lower
    while upper < text.count, text[upper] != Ascii.slash { upper &+= 1 }
    let length = upper &- lower
    if length == 2, text[lower] == Ascii.dot, text[lower &+ 1] == Ascii.dot {
      if out.count == floor {
        // The parent of the root is the root (POSIX); a relative path that leaves where it starts could be anywhere.
        if isAbsolute {
          lower = upper &+ 1
          continue
        }
        out.removeSubrange(start...)
        return false
      }
      while out.count > floor, out.removeLast() != Ascii.slash {}
    } else if length > 0, !(length == 1 && text[lower] == Ascii.dot) {
      if out.count > floor { out.append(Ascii.slash) }
      for index in lower..<upper { out.append(text[index]) }
    }
    lower = upper &+ 1
  }
  return true
}

/// Whether a normal path is another one, or lies below it.
package func isPath(_ path: Span<UInt8>, under directory: Span<UInt8>) -> Bool {
  if directory.isEmpty { return path.isEmpty || path[0] != Ascii.slash }
  guard hasPrefix(path, directory) else { return false }
  return path.count == directory.count || path[directory.count] == Ascii.slash || directory[directory.count &- 1] == Ascii.slash
}

private func hasPathTricks(_ text: Span<UInt8>) -> Bool {
  if text.count >= 2, text[1] == Ascii.colon, Ascii.isLetter(text[0]) { return true }
  for index in text.indices {
    switch text[index] {
    case 0, Ascii.backslash: return true
    case Ascii.percent:
      guard let byte = Ascii.escaped(text, index) else { continue }
      switch byte {
      case 0, Ascii.dot, Ascii.slash, Ascii.backslash, Ascii.percent: return true
      default: continue
      }
    default: continue
    }
  }
  return false
}
