import JSON
import Schemas
import Testing

/// Schemas and instances built to be dear are refused, bounded or simply cheap. Nothing here is timed: the steps that a validation may take
/// are bounded, and a test that needed more would be undecided.
struct AdversarialTests {
  @Test func exponentialAlternativesAreUndecided() throws {
    let levels = 60
    let definitions = (0..<levels).map { level in
      ##""a\##(level)": {"anyOf": [{"$ref": "#/$defs/a\##(level + 1)"}, {"$ref": "#/$defs/a\##(level + 1)"}]}"##
    }
    let schema = try compile(
      ##"{"$ref": "#/$defs/a0", "$defs": {\##(definitions.joined(separator: ",")), "a\##(levels)": {"type": "null"}}}"##)
    #expect(try schema.check("null") == .valid)
    #expect(try schema.check("1") != .valid)
  }

  @Test func exponentialConjunctionsAreBounded() throws {
    let levels = 40
    let definitions = (0..<levels).map { level in
      let next = ##"{"$ref": "#/$defs/a\##(level + 1)"}"##
      return #""a\#(level)": {"allOf": [\#(Array(repeating: next, count: 24).joined(separator: ","))]}"#
    }
    let schema = try compile(
      ##"{"$ref": "#/$defs/a0", "$defs": {\##(definitions.joined(separator: ",")), "a\##(levels)": {"minLength": 1}}}"##)
    #expect(try schema.check(#""abc""#) != .invalid)
  }

  @Test func longChainsOfReferencesAreFollowed() throws {
    let links = 10_000
    let definitions = (0..<links).map { ##""a\##($0)": {"$ref": "#/$defs/a\##($0 + 1)"}"## }
    let schema = try compile(
      ##"{"$ref": "#/$defs/a0", "$defs": {\##(definitions.joined(separator: ",")), "a\##(links)": {"type": "null"}}}"##)
    #expect(try schema.check("null") == .valid)
    #expect(try schema.check("1") == .invalid)
  }

  @Test func deepInstancesOfRecursiveSchemasAreDecidedOrUndecided() throws {
    let schema = try compile(##"{"items": {"$ref": "#"}, "type": "array"}"##)
    let deep = String(repeating: "[", count: 120) + String(repeating: "]", count: 120)
    #expect(try schema.check(deep) == .valid)
    var bounds = SchemaBounds.standard
    bounds.frames = 50
    let narrow = try compile(##"{"items": {"$ref": "#"}, "type": "array"}"##, .init(bounds: bounds))
    #expect(try narrow.check(deep) == .undecided)
  }

  @Test func hugeEnumerationsAreLookedUp() throws {
    let texts = (0..<10_000).map { "\"value-\($0)-of-many-values\"" }.joined(separator: ",")
    let numbers = (0..<10_000).map { "\($0).5" }.joined(separator: ",")
    let schema = try compile(#"{"enum": [\#(texts), \#(numbers), {"a": [1]}]}"#)
    #expect(try schema.check(#""value-9999-of-many-values""#) == .valid)
    #expect(try schema.check(#""value-10000-of-many-values""#) == .invalid)
    #expect(try schema.check("9999.50") == .valid)
    #expect(try schema.check("9999.51") == .invalid)
    #expect(try schema.check(#"{"a": [1.0]}"#) == .valid)
  }

  @Test func manyPropertiesAreLookedUp() throws {
    let properties = (0..<10_000).map { #""property-with-a-long-name-\#($0)-and-a-tail": {"const": \#($0)}"# }.joined(separator: ",")
    let schema = try compile(#"{"properties": {\#(properties)}, "additionalProperties": false}"#)
    let members = (0..<10_000).map { #""property-with-a-long-name-\#($0)-and-a-tail": \#($0)"# }
    #expect(try schema.check("{" + members.joined(separator: ",") + "}") == .valid)
    #expect(try schema.check(#"{"property-with-a-long-name-10000-and-a-tail": 1}"#) == .invalid)
    #expect(try schema.check(#"{"property-with-a-long-name-77-and-a-tail": 78}"#) == .invalid)
  }

  @Test func uniquenessOfManyElementsIsHashed() throws {
    let schema = try compile(#"{"uniqueItems": true}"#)
    let elements = (0..<100_000).map { $0 % 2 == 0 ? "\($0)" : "{\"a\":\($0),\"b\":[]}" }
    #expect(try schema.check("[" + elements.joined(separator: ",") + "]") == .valid)
    #expect(try schema.check("[" + elements.joined(separator: ",") + #",{"b":[],"a":99999.0}]"#) == .invalid)
  }

  @Test func evilPatternsAreUndecided() throws {
    let schema = try compile(#"{"pattern": "^(a+)+$"}"#)
    #expect(try schema.check("\"" + String(repeating: "a", count: 40) + "!\"") == .undecided)
    #expect(try schema.check("\"aaaa\"") == .valid)
  }

  @Test func undecidedIsNotTurnedRound() throws {
    let text = "\"" + String(repeating: "a", count: 40) + "!\""
    #expect(try compile(#"{"not": {"pattern": "^(a+)+$"}}"#).check(text) == .undecided)
    #expect(try compile(#"{"if": {"pattern": "^(a+)+$"}, "then": false}"#).check(text) == .undecided)
    #expect(try compile(#"{"anyOf": [{"pattern": "^(a+)+$"}, true]}"#).check(text) == .undecided)
  }

  @Test func namesWithEqualFingerprintsAreToldApart() throws {
    // First and last eight bytes and length are all that a fingerprint sees.
    let names = (0..<200).map { "12345678" + String(1000 + $0) + "-same-87654321" }
    let properties = names.enumerated().map { #""\#($1)": {"const": \#($0)}"# }.joined(separator: ",")
    let schema = try compile(#"{"properties": {\#(properties)}, "required": ["\#(names[0])", "\#(names[199])"]}"#)
    #expect(try schema.check(#"{"\#(names[0])": 0, "\#(names[199])": 199}"#) == .valid)
    #expect(try schema.check(#"{"\#(names[0])": 0, "\#(names[199])": 198}"#) == .invalid)
    #expect(try schema.check(#"{"\#(names[0])": 0, "\#(names[198])": 198}"#) == .invalid)
  }
}
