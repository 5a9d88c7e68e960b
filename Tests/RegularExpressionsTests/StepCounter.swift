import CPCRE2

/// PCRE2's interpreter as a measure of backtracking: how many steps it takes with none of its short cuts. The machine code cannot tell, because its
/// match limit does not count what a repeated single character gives back.
@safe final class StepCounter {
  private let code: OpaquePointer

  init(_ source: String) throws {
    var reason: Int32 = 0
    var offset = 0
    let options =
      PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_START_OPTIMIZE | PCRE2_NO_AUTO_POSSESS
      | PCRE2_NO_AUTO_CAPTURE
    let bytes = Array(source.utf8)
    let compiled = unsafe bytes.withUnsafeBufferPointer { unsafe pcre2_compile_8($0.baseAddress, $0.count, options, &reason, &offset, nil) }
    guard let compiled = unsafe compiled else { throw Refused() }
    unsafe code = compiled
  }

  struct Refused: Error {}

  deinit { unsafe pcre2_code_free_8(code) }

  /// The least match limit that suffices, found by halving.
  func steps(_ text: String, atMost most: UInt32 = 4_000_000) -> Int {
    let bytes = Array(text.utf8)
    let context = unsafe pcre2_match_context_create_8(nil)
    let data = unsafe pcre2_match_data_create_8(1, nil)
    defer {
      unsafe pcre2_match_context_free_8(context)
      unsafe pcre2_match_data_free_8(data)
    }
    var low: UInt32 = 0
    var high = most
    while high - low > 1 {
      let middle = low + (high - low) / 2
      unsafe pcre2_set_match_limit_8(context, middle)
      let result = unsafe bytes.withUnsafeBufferPointer {
        unsafe pcre2_match_8(code, $0.baseAddress, $0.count, 0, PCRE2_NO_JIT | PCRE2_NO_UTF_CHECK, data, context)
      }
      if result == PCRE2_ERROR_MATCHLIMIT { low = middle } else { high = middle }
    }
    return Int(high)
  }
}
