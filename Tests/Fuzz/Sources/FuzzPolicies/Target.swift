import Formatting
import Syntax
import Text

/// The parser takes any bytes; its tokens cover them; and what has no errors survives formatting, which settles at once.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let file = SourceFile(id: SourceFile.ID(0), path: "fuzz.sally", bytes: bytes)
  let parsed = parse(file)
  checkTokens(of: parsed.value, cover: count)
  // Every range must be one that can be printed.
  precondition(parsed.diagnostics.isEmpty || !Renderer(files: [file]).render(parsed.diagnostics).isEmpty)
  guard !parsed.hasErrors else { return 0 }

  let once = format(parsed.value)
  let again = parse(SourceFile(path: "once.sally", text: once))
  precondition(!again.hasErrors, "formatting broke the policy")
  precondition(dump(again.value) == dump(parsed.value), "formatting changed the policy")
  precondition(comments(of: again.value) == comments(of: parsed.value), "formatting lost a comment")
  precondition(format(again.value) == once, "formatting does not settle")
  return 0
}

func checkTokens(of tree: SyntaxTree, cover count: Int) {
  var end: UInt32 = 0
  for token in tree.tokens {
    precondition(token.range.lower == end && token.range.upper > token.range.lower || count == 0, "tokens leave a gap")
    end = token.range.upper
  }
  precondition(end == UInt32(count), "tokens end before the file")
}

func comments(of tree: SyntaxTree) -> [String] {
  tree.tokens.lazy.filter { $0.kind == .comment || $0.kind == .documentation }
    .map { token in
      var text = tree.file.text(in: token.range)
      while text.last == " " || text.last == "\t" { text.removeLast() }
      return text
    }
    .sorted()
}
