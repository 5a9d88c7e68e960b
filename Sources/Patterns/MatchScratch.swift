private import CPCRE2

/// What a match needs to write to: places, limits and a machine stack. Made once by whoever matches, used for any pattern, one match at a
/// time, which the compiler holds it to (`inout`).
@safe package struct MatchScratch: ~Copyable {
  let data: OpaquePointer
  let context: OpaquePointer
  private let stack: OpaquePointer

  /// Allocates; running out of memory here ends the process, as any allocation of Swift's does.
  package init() { self.init(matchLimit: PatternLimits.match) }

  package init(matchLimit: UInt32) {
    let data = unsafe pcre2_match_data_create_8(UInt32(Self.groups), nil)
    let context = unsafe pcre2_match_context_create_8(nil)
    let stack = unsafe pcre2_jit_stack_create_8(PatternLimits.initialStack, PatternLimits.maximumStack, nil)
    guard let data = unsafe data, let context = unsafe context, let stack = unsafe stack else { fatalError("no memory for a match") }
    unsafe pcre2_set_match_limit_8(context, matchLimit)
    unsafe pcre2_jit_stack_assign_8(context, nil, UnsafeMutableRawPointer(stack))
    unsafe self.data = data
    unsafe self.context = context
    unsafe self.stack = stack
  }

  deinit {
    unsafe pcre2_match_data_free_8(data)
    unsafe pcre2_match_context_free_8(context)
    unsafe pcre2_jit_stack_free_8(stack)
  }

  /// The match and the groups whose places a match reports, which only `Pattern.secret` looks at.
  static let groups = 8

  /// Start and end of the last match that was found.
  var places: UnsafeMutablePointer<Int> { unsafe pcre2_get_ovector_pointer_8(data) }

  /// An address for texts without bytes: PCRE2 asks for one and reads nothing from it.
  var emptyText: UnsafePointer<UInt8> { unsafe UnsafePointer(data) }
}

// Nothing in it belongs to a thread, and a value that cannot be copied has one owner: it may move to another thread, never be shared.
extension MatchScratch: @unchecked Sendable {}

/// What came of a match. A match that was given up is neither found nor absent, and its caller must act as the strictest case asks.
package enum MatchOutcome: Equatable, Sendable {
  case none
  /// Bytes of the text.
  case found(Range<Int>)
  case undecided(Reason)

  package enum Reason: Equatable, Sendable {
    /// The text is longer than the pattern may be tried on.
    case textTooLong
    /// `PatternLimits.match` steps were taken.
    case matchLimit
    /// `PatternLimits.maximumStack` was not enough.
    case stackLimit
    /// Only from `matchUnverified`: the text is not UTF-8, or the start is inside a character.
    case invalidText
    /// A number of PCRE2's.
    case other(Int32)
  }
}
