private import CPCRE2

/// A regular expression compiled by PCRE2 to machine code. Immutable, so any number of threads may match with one at once.
///
/// Text and pattern are UTF-8. `\d \w \s \b` and POSIX classes are ASCII, `.` is everything but `\n`, `$` without `(?m)` is the very end of
/// the text (never before a last line break), groups do not capture. With `caseless`, letters fold as Unicode simple case folding does.
@safe package final class Pattern: Sendable {
  /// Where a match may lie.
  package enum Mode: Sendable, Hashable {
    /// The leftmost match at or after the place given.
    case search
    /// A match that begins exactly at the place given.
    case here
    /// A match that begins at the place given and ends at the end of the text. Backtracks for the end, so `a|ab` matches `ab`.
    case whole
  }

  package let source: String
  package let isCaseless: Bool
  package let mode: Mode
  /// In bytes; a longer text is undecided.
  package let longestText: Int

  // Safe to share: PCRE2 writes to a code block only while compiling it, and it is freed once, by `deinit`.
  nonisolated(unsafe) private let code: OpaquePointer
  /// The number of the group `(?<secret>…)`; nil when there is none.
  private let secretGroup: Int?

  /// Compiles, or says why not: PCRE2 refuses the source, or cannot make machine code of it.
  ///
  /// - Parameters:
  ///   - longestText: what a pattern that takes more than linear time may be tried on, in bytes.
  ///   - countsAll: for `takes(moreThan:at:)`: what a repetition gives back is tried, and so counted, even where PCRE2 sees that nothing will
  ///     come of it. It saves the trying, not the going through the characters.
  package init(_ source: String, caseless: Bool = false, mode: Mode, longestText: Int = .max, countsAll: Bool = false) throws(PatternError)
  {
    guard source.utf8.count <= PatternLimits.source else { throw PatternError(.tooLong, offset: PatternLimits.source) }
    var options = PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE | PCRE2_DOLLAR_ENDONLY
    // The machine code's own search for a place to start at loses matches in 10.42: `(?:o|foo)\s*(?:o|foo)[^a]all` on "foo\nall". A test has
    // the case. What is slow without it should be given a trigger, or a place.
    options |= PCRE2_NO_START_OPTIMIZE
    if caseless { options |= PCRE2_CASELESS }
    if countsAll { options |= PCRE2_NO_AUTO_POSSESS }
    switch mode {
    case .search: break
    case .here: options |= PCRE2_ANCHORED
    case .whole: options |= PCRE2_ANCHORED | PCRE2_ENDANCHORED
    }
    self.source = source
    isCaseless = caseless
    self.mode = mode
    self.longestText = longestText
    let code = unsafe try Self.compile(source, options)
    let group = unsafe pcre2_substring_number_from_name_8(code, "secret")
    unsafe self.code = code
    // One whose place a match cannot report is as none.
    secretGroup = group > 0 && group < MatchScratch.groups ? Int(group) : nil
  }

  deinit { unsafe pcre2_code_free_8(code) }

  private static func compile(_ source: String, _ options: UInt32) throws(PatternError) -> OpaquePointer {
    guard let context = unsafe pcre2_compile_context_create_8(nil) else { throw PatternError(.outOfMemory, offset: 0) }
    defer { unsafe pcre2_compile_context_free_8(context) }
    // Never what the library happens to be built with: `.` must mean the same everywhere.
    unsafe pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    var reason: Int32 = 0
    var offset = 0
    let bytes = Array(source.utf8)
    let compiled = unsafe bytes.withUnsafeBufferPointer { bytes in
      // An empty array may have no address, and PCRE2 takes a null pattern of length nought.
      unsafe pcre2_compile_8(bytes.baseAddress, bytes.count, options, &reason, &offset, context)
    }
    guard let compiled = unsafe compiled else { throw PatternError(.refused(message(reason)), offset: offset) }
    let result = unsafe pcre2_jit_compile_8(compiled, PCRE2_JIT_COMPLETE)
    guard result == 0 else {
      unsafe pcre2_code_free_8(compiled)
      throw PatternError(.noMachineCode(message(result)), offset: 0)
    }
    return unsafe compiled
  }

  /// Bytes of machine code and of compiled pattern.
  package var size: Int {
    var code = 0
    var machine = 0
    unsafe pcre2_pattern_info_8(self.code, UInt32(PCRE2_INFO_SIZE), &code)
    unsafe pcre2_pattern_info_8(self.code, UInt32(PCRE2_INFO_JITSIZE), &machine)
    return code + machine
  }

  /// Matches without copying or allocating. `text` must be valid UTF-8 and `start` the first byte of a character or its end, as
  /// the JSON parser has made sure of: PCRE2's machine code reads out of bounds otherwise. For bytes of any other origin
  /// there is `matchUnverified`.
  package func match(_ text: Span<UInt8>, from start: Int = 0, scratch: inout MatchScratch) -> MatchOutcome {
    precondition(start >= 0 && (start == text.count || (start < text.count && text[start] & 0xC0 != 0x80)))
    if text.count > longestText { return .undecided(.textTooLong) }
    let result = unsafe text.withUnsafeBufferPointer { bytes in
      // A null subject is an error to the machine code even when its length is nought.
      unsafe pcre2_jit_match_8(
        code, bytes.baseAddress ?? scratch.emptyText, bytes.count, start, 0, scratch.data, scratch.context)
    }
    return outcome(result, &scratch)
  }

  /// Of a match that was found, the bytes that `(?<secret>…)` matched: what is to go, where the pattern also holds what announces it. The whole match when the
  /// pattern has no such group, or it took no part in the match or matched nothing.
  package func secret(of match: Range<Int>, in text: Span<UInt8>, scratch: inout MatchScratch) -> Range<Int> {
    guard let secretGroup, self.match(text, from: match.lowerBound, scratch: &scratch) == .found(match) else { return match }
    let places = unsafe scratch.places
    let (start, end) = unsafe (places[2 * secretGroup], places[2 * secretGroup + 1])
    // A group that took no part begins at -1.
    guard start >= match.lowerBound, start < end, end <= match.upperBound else { return match }
    return start..<end
  }

  /// `match` for bytes nobody has looked at yet: checks the whole text, and text that is not UTF-8 is undecided.
  package func matchUnverified(_ text: Span<UInt8>, from start: Int = 0, scratch: inout MatchScratch) -> MatchOutcome {
    guard start >= 0 && start <= text.count else { return .undecided(.invalidText) }
    if text.count > longestText { return .undecided(.textTooLong) }
    let result = unsafe text.withUnsafeBufferPointer { bytes in
      unsafe pcre2_match_8(code, bytes.baseAddress ?? scratch.emptyText, bytes.count, start, 0, scratch.data, scratch.context)
    }
    return outcome(result, &scratch)
  }

  /// Whether an attempt at the beginning of a text returns to a choice more often than that.
  ///
  /// PCRE2's interpreter counts, whatever `mode` says of other places: machine code does not count what a repeated single character gives back.
  package func takes(moreThan steps: UInt32, at text: Span<UInt8>) -> Bool {
    let context = unsafe pcre2_match_context_create_8(nil)
    let data = unsafe pcre2_match_data_create_8(1, nil)
    defer {
      unsafe pcre2_match_context_free_8(context)
      unsafe pcre2_match_data_free_8(data)
    }
    unsafe pcre2_set_match_limit_8(context, steps)
    let result = unsafe text.withUnsafeBufferPointer { bytes in
      unsafe pcre2_match_8(code, bytes.baseAddress, bytes.count, 0, PCRE2_NO_JIT | PCRE2_ANCHORED, data, context)
    }
    return result == PCRE2_ERROR_MATCHLIMIT
  }

  private func outcome(_ result: Int32, _ scratch: inout MatchScratch) -> MatchOutcome {
    // Nought says that there were more groups than places to report them; the match itself is reported.
    if result >= 0 {
      let places = unsafe scratch.places
      return unsafe .found(places[0]..<places[1])
    }
    switch result {
    case PCRE2_ERROR_NOMATCH: return .none
    case PCRE2_ERROR_MATCHLIMIT: return .undecided(.matchLimit)
    case PCRE2_ERROR_JIT_STACKLIMIT: return .undecided(.stackLimit)
    case PCRE2_ERROR_BADUTFOFFSET, (PCRE2_ERROR_UTF8_ERR21)...(PCRE2_ERROR_UTF8_ERR1): return .undecided(.invalidText)
    default: return .undecided(.other(result))
    }
  }

  /// PCRE2's own words for an error number.
  private static func message(_ number: Int32) -> String {
    var buffer = [UInt8](repeating: 0, count: 256)
    let length = unsafe buffer.withUnsafeMutableBufferPointer { unsafe pcre2_get_error_message_8(number, $0.baseAddress, $0.count) }
    return String(decoding: buffer.prefix(max(0, Int(length))), as: UTF8.self)
  }
}

/// Why a pattern could not be compiled.
package struct PatternError: Error, Equatable {
  package enum Reason: Equatable, Sendable {
    case tooLong
    case outOfMemory
    /// PCRE2's own words.
    case refused(String)
    case noMachineCode(String)
  }

  package let reason: Reason
  /// In bytes of the source.
  package let offset: Int

  init(_ reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  /// For people; lower case, without a full stop.
  package var message: String {
    switch reason {
    case .tooLong: "the pattern is longer than \(PatternLimits.source) bytes"
    case .outOfMemory: "no memory to compile the pattern"
    case .refused(let words): words
    case .noMachineCode(let words): "the pattern is too complex to be compiled: \(words)"
    }
  }
}
