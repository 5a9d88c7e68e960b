import JSON
import Schemas
import Testing

/// What is refused, and with which reason.
struct CompilingTests {
  @Test(arguments: [
    ##"{"$schema": "https://example.com/my-dialect"}"##, ##"{"$schema": "http://json-schema.org/draft-03/schema#"}"##,
  ])
  func unknownDialectsAreNamed(schema: String) throws {
    guard case .unknownDialect(let name)? = refusal(schema) else {
      Issue.record("accepted \(schema)")
      return
    }
    #expect(schema.contains(name))
  }

  @Test func dialectsAreKnownWithAndWithoutFragmentAndByEitherScheme() {
    for dialect in Dialect.allCases {
      #expect(Dialect(naming: dialect.metaschema) == dialect)
      #expect(Dialect(naming: dialect.metaschema + "#") == dialect)
      #expect(Dialect(naming: dialect.metaschema.replacing("http://", with: "https://")) == dialect)
    }
  }

  @Test(arguments: [
    ##"{"$ref": "https://example.com/elsewhere"}"##, ##"{"$ref": "#/$defs/none"}"##, ##"{"$ref": "#none"}"##,
    ##"{"properties": {"a": {"$ref": "other.json"}}}"##, ##"{"$dynamicRef": "#none"}"##,
  ])
  func unresolvedReferencesAreErrors(schema: String) {
    guard case .unresolvedReference? = refusal(schema) else {
      Issue.record("accepted \(schema)")
      return
    }
  }

  @Test func suppliedDocumentsAreFound() throws {
    let schema = try CompiledSchema(
      compiling: ["$ref": "https://example.com/other#/$defs/word"],
      remotes: ["https://example.com/other": ["$defs": ["word": ["type": "string"]]]])
    #expect(try schema.check("\"a\"") == .valid)
    #expect(try schema.check("1") == .invalid)
  }

  @Test(arguments: [
    ##"{"type": "strin"}"##, ##"{"type": 3}"##, ##"{"required": "a"}"##, ##"{"required": [1]}"##, ##"{"minimum": "1"}"##,
    ##"{"minLength": -1}"##, ##"{"minLength": 1.5}"##, ##"{"multipleOf": 0}"##, ##"{"properties": []}"##, ##"{"allOf": []}"##,
    ##"{"items": 3}"##, ##"{"enum": "a"}"##, ##"{"uniqueItems": "yes"}"##, ##"{"pattern": 1}"##, ##"[]"##, ##""text""##,
    ##"{"properties": {"a": 1}}"##,
  ])
  func malformedKeywordsAreRefused(schema: String) {
    guard case .malformed? = refusal(schema) else {
      Issue.record("accepted \(schema)")
      return
    }
  }

  @Test(arguments: ["(", "a**", "[b-a]", "\\\\Z", "(?<n>a)\\\\k<n>", "a{2,1}", "(?i)a", "a++", "\\\\u{110000}", "[a"])
  func patternsBeyondTheLanguageAreRefused(pattern: String) {
    guard case .pattern? = refusal(#"{"pattern": "\#(pattern)"}"#) else {
      Issue.record("accepted \(pattern)")
      return
    }
  }

  @Test(arguments: [
    ##"{"$ref": "#"}"##, ##"{"allOf": [{"$ref": "#"}]}"##, ##"{"not": {"$ref": "#"}}"##,
    ##"{"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"anyOf": [{"$ref": "#/$defs/a"}]}}, "$ref": "#/$defs/a"}"##,
    ##"{"if": true, "then": {"$ref": "#"}}"##, ##"{"dependentSchemas": {"a": {"$ref": "#"}}}"##,
  ])
  func endlessReferencesAreRefused(schema: String) { #expect(refusal(schema) == .endlessReference) }

  @Test func twoSchemasCannotHaveOneAddress() {
    let schema = ##"{"$defs": {"a": {"$id": "https://example.com/x"}, "b": {"$id": "https://example.com/x"}}}"##
    #expect(refusal(schema) == .duplicateIdentifier("https://example.com/x"))
  }

  @Test func limitsAreNamed() {
    let deep = String(repeating: #"{"not":"#, count: 100) + "true" + String(repeating: "}", count: 100)
    var bounds = SchemaBounds.standard
    bounds.nesting = 50
    #expect(refusal(deep, .init(bounds: bounds)) == .tooLarge(limit: "levels of nesting", allowed: 50))
    bounds = .standard
    bounds.subschemas = 50
    #expect(refusal(deep, .init(bounds: bounds)) == .tooLarge(limit: "subschemas", allowed: 50))
    bounds = .standard
    bounds.patternBytes = 4
    #expect(refusal(#"{"pattern": "abcde"}"#, .init(bounds: bounds)) == .tooLarge(limit: "bytes in a regular expression", allowed: 4))
  }

  @Test func messagesSpeakOfThePlace() throws {
    do {
      _ = try compile(##"{"properties": {"a/b": {"$ref": "#/nowhere"}}}"##)
      Issue.record("accepted")
    } catch let error as SchemaError {
      #expect(error.pointer == "/properties/a~1b")
      #expect(error.message.contains("`#/nowhere`"))
    }
  }
}
