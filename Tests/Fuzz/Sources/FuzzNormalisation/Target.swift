import Filters

/// The first two bytes choose transforms, the rest is a text. Views are UTF-8 and as bounded as they are said to be, their characters map to whole characters of the
/// text in order (or, read from the end, against it), and what can be taken out for good leaves UTF-8 from which nothing more can be taken.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard count > 2, count < 8192, String(validating: bytes[2...], as: UTF8.self) != nil else { return 0 }
  let options = Normalisation(rawValue: UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
  let text = Array(bytes[2...])
  let views = options.views(of: text.span)
  precondition(views.count <= 5, "too many views")
  for view in views {
    precondition(String(validating: view.bytes, as: UTF8.self) != nil, "a view is not UTF-8")
    precondition(view.bytes.count <= 2 * text.count + 64, "a view is too long")
    check(view, text)
  }
  var left = text
  for range in options.removals(in: text.span).reversed() { left.removeSubrange(range) }
  precondition(String(validating: left, as: UTF8.self) != nil, "what is left is not UTF-8")
  precondition(options.removals(in: left.span).isEmpty, "more could have been removed")
  return 0
}

func check(_ view: TextView, _ text: [UInt8]) {
  let starts = view.bytes.indices.filter { view.bytes[$0] & 0xC0 != 0x80 } + [view.bytes.count]
  var ascends = true
  var descends = true
  var last: Range<Int>?
  for (start, next) in zip(starts, starts.dropFirst()) {
    let original = view.original(of: start..<next)
    precondition(!original.isEmpty && original.upperBound <= text.count, "a character comes from nowhere")
    precondition(text[original.lowerBound] & 0xC0 != 0x80, "a range begins inside a character")
    precondition(original.upperBound == text.count || text[original.upperBound] & 0xC0 != 0x80, "a range ends inside a character")
    if let last {
      if original.lowerBound < last.lowerBound || original.upperBound < last.upperBound { ascends = false }
      if original.lowerBound > last.lowerBound || original.upperBound > last.upperBound { descends = false }
    }
    last = original
  }
  precondition(ascends || descends, "characters come in no order")
}
