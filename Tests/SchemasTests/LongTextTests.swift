import JSON
import Schemas
import Testing

/// Patterns of more than linear time are not tried on long texts. Nothing is timed: a megabyte on which one of these were tried would take
/// hours, and the limit is there to end such a run.
@Suite(.timeLimit(.minutes(2))) struct LongTextTests {
  static let megabyte = String(repeating: "a", count: 1 << 20)

  @Test(arguments: [
    // Exponential.
    ("^(a+)+$", 64), ("^(a|aa)+$", 64), ("(a|a)*b", 64), ("^(a*)*b$", 64), ("^(?:a?){30}a{30}$|^(a+)+b", 64),
    // Of the fourth power, cubic, quadratic.
    ("a*a*a*b", 64), ("^a*a*a*b", 256), ("^a*a*b", 4_096), ("a+b", 4_096), (".*x.*y", 256), (#"\\s*a+\\s*b"#, 4_096),
    // Not judged.
    ("(?=a)a*b", 1_024),
  ])
  func aMegabyteIsTooLong(pattern: String, longest: Int) throws {
    let schema = try compile(#"{"pattern": "\#(pattern)"}"#)
    let text = "\"\(Self.megabyte)\""
    #expect(try schema.check(text) == .undecided)
    let source = pattern.replacing(#"\\"#, with: #"\"#)
    #expect(
      try schema.messages(text) == [
        "the value: expected a text of at most \(longest) bytes, because a longer one is too long for the pattern `\(source)`, got 1048576 bytes"
      ])
  }

  @Test(arguments: [("a+b", 4_096), ("^a*a*b", 4_096), ("^a*a*a*b", 256), ("(?=a)a*b", 1_024)])
  func theLongestTextIsDecided(pattern: String, longest: Int) throws {
    let schema = try compile(#"{"pattern": "\#(pattern)"}"#)
    let text = String(repeating: "a", count: longest - 1)
    #expect(try schema.check("\"\(text)b\"") == .valid)
    #expect(try schema.check("\"\(text)a\"") == .invalid)
    #expect(try schema.check("\"\(text)ab\"") == .undecided)
  }

  @Test(arguments: ["^a+$", "^[a-z]+b?$", "^a", "a$", #"^[^\\s]+$"#])
  func linearPatternsHaveNoLimit(pattern: String) throws {
    let schema = try compile(#"{"pattern": "\#(pattern)"}"#)
    #expect(try schema.check("\"\(Self.megabyte)\"") == .valid)
  }

  /// What is undecided must neither hold nor fail further out.
  @Test(arguments: [
    #"{"not": {"pattern": "a+b"}}"#, #"{"anyOf": [{"pattern": "a+b"}, true]}"#, #"{"if": {"pattern": "a+b"}, "then": false}"#,
    #"{"oneOf": [{"pattern": "a+b"}, {"type": "string"}]}"#,
  ])
  func isNotTurnedRound(schema: String) throws {
    let schema = try compile(schema)
    #expect(try schema.check("\"\(Self.megabyte)\"") == .undecided)
    #expect(try schema.messages("\"\(Self.megabyte)\"").joined().contains("too long for the pattern `a+b`"))
  }

  @Test(arguments: [#"{"patternProperties": {"a+b": false}}"#, #"{"propertyNames": {"pattern": "a+b"}}"#])
  func namesAreHeldToIt(schema: String) throws {
    let schema = try compile(schema)
    #expect(try schema.check(#"{"\#(Self.megabyte)": 1}"#) == .undecided)
    #expect(try schema.check(#"{"c": 1}"#) == (try schema.check(#"{"ab": 1}"#) == .valid ? .invalid : .valid))
  }

  @Test func ofASecretOnlyTheLengthIsSaid() throws {
    let schema = try compile(#"{"properties": {"password": {"pattern": "a+b"}}}"#)
    let message = try schema.messages(#"{"password": "\#(Self.megabyte)"}"#).joined()
    #expect(message.contains("got 1048576 bytes") && !message.contains("aaaa"))
  }
}
