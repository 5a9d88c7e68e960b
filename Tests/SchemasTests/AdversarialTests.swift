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

  // MARK: What explaining costs

  @Test func explanationsSayWhereTheyStop() throws {
    let schema = try compile(#"{"items": {"type": "string"}}"#)
    let most = SchemaBounds.standard.violations
    for (count, isComplete) in [(most, true), (most + 1, false), (5_000, false)] {
      let explanation = try schema.explain("[" + (0..<count).map(String.init).joined(separator: ",") + "]")
      #expect(explanation.violations.count == most && explanation.isComplete == isComplete)
    }
  }

  /// Alternatives within alternatives are explained again and again; what was found until the steps are used up is said.
  @Test func explainingNestedAlternativesIsBounded() throws {
    let levels = 40
    let definitions = (0..<levels).map { level in
      let next = ##"{"properties": {"a": {"$ref": "#/$defs/a\##(level + 1)"}}}"##
      return #""a\#(level)": {"anyOf": [\#(next), {"required": ["b"], "properties": {"c": false}}, \#(next)]}"#
    }
    let schema = try compile(
      ##"{"$ref": "#/$defs/a0", "$defs": {\##(definitions.joined(separator: ",")), "a\##(levels)": {"type": "null"}}}"##)
    let instance = String(repeating: #"{"c": 1, "a": "#, count: levels) + "1" + String(repeating: "}", count: levels)
    #expect(try schema.check(instance) != .valid)
    #expect(try schema.explain(instance).isComplete == false)
  }

  /// A fault at the far end of a large value is not looked for without end, and the answer says why it names no place.
  @Test func explainingLargeValuesIsBounded() throws {
    let schema = try compile(#"{"items": {"type": "integer"}}"#)
    let numbers = Array(repeating: "1", count: 300_000).joined(separator: ",")
    #expect(try schema.check("[\(numbers)]") == .valid)
    #expect(try schema.check("[\(numbers),true]") == .invalid)
    let explanation = try schema.explain("[\(numbers),true]")
    #expect(!explanation.isComplete && explanation.violations.map(\.got).joined().contains("so large"))
  }

  // MARK: What validating costs

  /// Twice the instance, at most twice the steps: nothing depends on the square of it.
  @Test(arguments: [
    (#"{"items": {"type": "integer"}}"#, "1"), (#"{"items": {"enum": ["a", "b", 3, {"x": 1}]}}"#, #"{"x": 1}"#),
    (#"{"uniqueItems": true}"#, "#"), (#"{"items": {"type": "string", "pattern": "^[a-z]+$"}}"#, #""abc""#),
    (#"{"contains": {"const": 0}, "maxContains": 1, "items": {"type": "integer"}}"#, "#"),
    (##"{"items": {"oneOf": [{"type": "integer", "minimum": 0}, {"type": "number", "multipleOf": 0.3}]}}"##, "#"),
    (#"{"items": {"required": ["a", "b"], "properties": {"a": {"type": "integer"}}, "additionalProperties": true}}"#, #"{"a": 1, "b": 2}"#),
    (#"{"allOf": [{"prefixItems": [true]}, {"contains": {"type": "string"}}], "unevaluatedItems": {"type": "integer"}}"#, "#"),
    (##"{"$defs": {"n": {"type": "array", "items": {"$ref": "#/$defs/n"}}}, "items": {"$ref": "#/$defs/n"}}"##, "[[],[[]]]"),
  ])
  func stepsGrowWithTheInstance(schema: String, element: String) throws {
    let schema = try compile(schema)
    func steps(_ count: Int) throws -> Int {
      let elements = (0..<count).map { element == "#" ? String($0) : element }
      var scratch = ValidationScratch()
      let document = try Document(parsing: Array("[\(elements.joined(separator: ","))]".utf8))
      _ = schema.isValid(document, at: document.root, scratch: &scratch)
      return scratch.stepsTaken
    }
    let (few, many) = (try steps(4_000), try steps(8_000))
    #expect(few > 0 && many <= 2 * few + 100, "\(few) steps, then \(many)")
  }

  /// The same with members: names are looked up, not compared one by one.
  @Test func stepsGrowWithTheMembers() throws {
    let schema = try compile(
      #"{"required": ["k0", "k1"], "properties": {"k0": {"type": "integer"}}, "patternProperties": {"^k": true}, "unevaluatedProperties": false}"#
    )
    func steps(_ count: Int) throws -> Int {
      var scratch = ValidationScratch()
      let members = (0..<count).map { "\"k\($0)\": \($0)" }
      let document = try Document(parsing: Array("{\(members.joined(separator: ","))}".utf8))
      #expect(schema.isValid(document, at: document.root, scratch: &scratch) == .valid)
      return scratch.stepsTaken
    }
    #expect(try steps(8_000) <= 2 * steps(4_000) + 100)
  }

  // MARK: Schemas built to be dear

  @Test func hugeConjunctionsAreDecided() throws {
    let parts = (0..<5_000).map { #"{"properties": {"p\#($0)": {"type": "integer"}}, "required": ["p0"]}"# }
    let schema = try compile(#"{"allOf": [\#(parts.joined(separator: ","))]}"#)
    #expect(try schema.check(#"{"p0": 1, "p4999": 2}"#) == .valid)
    #expect(try schema.check(#"{"p0": 1, "p4999": "2"}"#) == .invalid)
    #expect(try schema.check(#"{"p1": 1}"#) == .invalid)
  }

  /// Alternatives beyond those that are told apart are tried in turn, and mean the same.
  @Test func manyAlternativesAreToldApart() throws {
    let alternatives = (0..<3_000).map {
      #"{"type": "object", "required": ["kind"], "properties": {"kind": {"const": "kind-number-\#($0)"}, "v": {"const": \#($0)}}}"#
    }
    let schema = try compile(#"{"oneOf": [\#(alternatives.joined(separator: ","))]}"#)
    var scratch = ValidationScratch()
    let document = try Document(parsing: Array(#"{"v": 2999, "kind": "kind-number-2999"}"#.utf8))
    #expect(schema.isValid(document, at: document.root, scratch: &scratch) == .valid)
    #expect(scratch.stepsTaken < 50)
    #expect(try schema.check(#"{"v": 2998, "kind": "kind-number-2999"}"#) == .invalid)
    #expect(try schema.check(#"{"v": 1, "kind": "kind-number-3000"}"#) == .invalid)
    #expect(try schema.check(#"{"v": 1}"#) == .invalid)
    #expect(try schema.check(#"{"v": 7, "kind": "kind-\u006eumber-7"}"#) == .valid)
  }

  @Test func nestedAlternativesCompileInLinearTime() throws {
    let levels = 2_000
    let definitions = (0..<levels).map { level in
      ##""a\##(level)": {"anyOf": [{"type": "null"}, {"type": "array", "items": {"$ref": "#/$defs/a\##(level + 1)"}}, {"$ref": "#/$defs/a\##(level + 1)"}]}"##
    }
    let schema = try compile(
      ##"{"$ref": "#/$defs/a0", "$defs": {\##(definitions.joined(separator: ",")), "a\##(levels)": {"type": "integer"}}}"##)
    #expect(try schema.check("null") == .valid)
    #expect(try schema.check("true") != .valid)
  }

  /// Alternatives that name their member with other scalars are not told apart by it.
  @Test func tagsAreComparedByTheirBytes() throws {
    let schema = try compile(
      #"{"oneOf": [{"type": "object", "required": ["\u00e9"], "properties": {"\u00e9": {"const": "a"}}}, {"type": "object", "required": ["e\u0301"], "properties": {"e\u0301": {"const": "b"}}}]}"#
    )
    #expect(try schema.check(#"{"\u00e9": "a"}"#) == .valid)
    #expect(try schema.check(#"{"e\u0301": "b"}"#) == .valid)
    #expect(try schema.check(#"{"\u00e9": "a", "e\u0301": "b"}"#) == .invalid)
    #expect(try schema.check(#"{"\u00e9": "b"}"#) == .invalid)
  }

  /// Only so much of a schema's patterns is judged; the rest is tried on short texts.
  @Test func patternsThatAreNotJudgedAreTriedOnShortTexts() throws {
    let text = #"{"pattern": "^(?:[a-z]{2})*[0-9]$"}"#
    var bounds = SchemaBounds.standard
    bounds.judgedPatternBytes = 10
    let (usual, unjudged) = (try compile(text), try compile(text, .init(bounds: bounds)))
    let (short, long) = ("\"\(String(repeating: "a", count: 1_000))1\"", "\"\(String(repeating: "a", count: 2_000))1\"")
    #expect(try usual.check(short) == .valid && unjudged.check(short) == .valid)
    #expect(try usual.check(long) == .valid && unjudged.check(long) == .undecided)
  }
}
