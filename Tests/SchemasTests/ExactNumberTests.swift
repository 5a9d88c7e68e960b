import Schemas
import Testing

/// Numbers are decimals: nothing is rounded on the way.
struct ExactNumberTests {
  @Test(arguments: [
    (#"{"multipleOf": 0.01}"#, "0.07", true), (#"{"multipleOf": 0.01}"#, "19.99", true), (#"{"multipleOf": 0.01}"#, "19.995", false),
    (#"{"multipleOf": 0.0001}"#, "1e5", true), (#"{"multipleOf": 1e-7}"#, "0.12345678", false), (#"{"multipleOf": 3}"#, "9e20", true),
    (#"{"multipleOf": 2}"#, "9007199254740993", false), (#"{"multipleOf": 2.5}"#, "7.5", true), (#"{"multipleOf": 2.5}"#, "7", false),
    (#"{"maximum": 9007199254740992}"#, "9007199254740993", false), (#"{"minimum": 9007199254740993}"#, "9007199254740993", true),
    (#"{"exclusiveMaximum": 100}"#, "99.99999999999999999999999", true), (#"{"exclusiveMaximum": 100}"#, "100.0", false),
    (#"{"maximum": 100}"#, "100.00000000000000000001", false), (#"{"minimum": 0.1}"#, "0.1", true),
    (#"{"minimum": 0.1}"#, "0.09999", false),
    (#"{"minimum": -0.5}"#, "0", true), (#"{"minimum": -0.5}"#, "-1", false), (#"{"minimum": 0.5}"#, "0", false),
    (#"{"maximum": -0.5}"#, "0", false), (#"{"maximum": -0.5}"#, "-1", true), (#"{"minimum": 0.1234567890123456789012345}"#, "1", true),
    (#"{"minimum": 1e30}"#, "1", false), (#"{"maximum": 1e30}"#, "1", true), (#"{"minimum": 9223372036854775807}"#, "1", false),
    (#"{"exclusiveMinimum": 9223372036854775807}"#, "9223372036854775808", true), (#"{"type": "integer"}"#, "1.0", true),
    (#"{"type": "integer"}"#, "1e3", true), (#"{"type": "integer"}"#, "1.10", false),
    (#"{"type": "integer"}"#, "12345678901234567890", true),
    (#"{"const": 1}"#, "1.0", true), (#"{"enum": [0.1]}"#, "0.10", true), (#"{"const": 9007199254740992}"#, "9007199254740993", false),
    (#"{"uniqueItems": true}"#, "[1, 1.0]", false), (#"{"uniqueItems": true}"#, "[9007199254740992, 9007199254740993]", true),
    (#"{"minLength": 2}"#, #""\u0061\ud83d\udc32""#, true), (#"{"maxLength": 1}"#, #""\ud83d\udc32""#, true),
    (#"{"maxLength": 1}"#, #""\u0061\n""#, false),
  ])
  func valuesAreExact(schema: String, instance: String, isValid: Bool) throws {
    #expect(try compile(schema).check(instance) == (isValid ? .valid : .invalid))
  }
}
