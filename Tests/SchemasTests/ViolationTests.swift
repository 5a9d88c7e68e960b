import JSON
import Schemas
import Testing

/// What a model is told.
struct ViolationTests {
  static let schema = ##"""
    {"type": "object", "required": ["repository", "limit"], "additionalProperties": false, "properties": {
      "repository": {"type": "string", "pattern": "^[a-z]+/[a-z]+$"}, "state": {"enum": ["open", "closed", "all"]},
      "limit": {"type": "integer", "minimum": 1, "maximum": 100}, "labels": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
      "api_token": {"type": "string", "minLength": 40}, "note": {"type": "string", "writeOnly": true, "maxLength": 3},
      "target": {"oneOf": [{"type": "object", "required": ["kind", "id"], "properties": {"kind": {"const": "issue"}, "id": {"type": "integer"}}},
        {"type": "object", "required": ["kind", "path"], "properties": {"kind": {"const": "file"}, "path": {"type": "string"}}}]}}}
    """##

  @Test(arguments: [
    (#"{"repository": "a/b", "limit": 200}"#, "`/limit`: expected a number from 1 to 100, got 200"),
    (#"{"repository": "a/b", "limit": "5"}"#, "`/limit`: expected an integer, got \"5\""),
    (#"{"repository": "a/b", "limit": 1.5}"#, "`/limit`: expected an integer, got 1.5"),
    (
      #"{"repository": "a/b", "limit": 1, "state": "opne"}"#,
      "`/state`: expected one of \"open\", \"closed\", \"all\", got \"opne\"; did you mean `open`?"
    ),
    (
      #"{"repository": "a/b", "limit": 1, "lables": []}"#,
      "the value: expected a property that is one of `repository`, `state`, `limit`, `labels`, `api_token`, `note`, `target`, got the property `lables`; did you mean `labels`?"
    ),
    (#"{"limit": 1}"#, "the value: expected the property `repository`, got no such property"),
    (#"{"repository": "A", "limit": 1}"#, "`/repository`: expected a string that matches `^[a-z]+/[a-z]+$`, got \"A\""),
    (
      #"{"repository": "a/b", "limit": 1, "labels": ["a", 1]}"#, "`/labels/1`: expected a string, got 1"
    ),
    (
      #"{"repository": "a/b", "limit": 1, "labels": ["a", "b", "c"]}"#,
      "`/labels`: expected an array of at most 2 elements, got an array of 3 elements"
    ),
    // The alternative whose tag is right is the one that was meant.
    (#"{"repository": "a/b", "limit": 1, "target": {"kind": "file", "path": 1}}"#, "`/target/path`: expected a string, got 1"),
    // Where none is, what would be is said.
    (
      #"{"repository": "a/b", "limit": 1, "target": {"kind": "fil", "path": 1}}"#,
      "`/target/kind`: expected one of \"issue\", \"file\", got \"fil\"; did you mean `file`?"
    ),
    (#"{"repository": "a/b", "limit": 1, "target": 3}"#, "`/target`: expected an object, got 3"),
  ])
  func oneFaultIsOneSentence(instance: String, message: String) throws {
    #expect(try compile(Self.schema).messages(instance) == [message])
  }

  @Test func everythingWrongIsSaidAtOnce() throws {
    let messages = try compile(Self.schema).messages(#"{"limit": 0, "state": 1, "labels": [1, 2, 3]}"#)
    #expect(messages.count == 7)
  }

  @Test(arguments: ["hunter2", "correct-horse"])
  func sensitiveValuesAreNeverRepeated(secret: String) throws {
    let schema = try compile(Self.schema)
    for instance in [
      #"{"repository": "a/b", "limit": 1, "api_token": "\#(secret)"}"#, #"{"repository": "a/b", "limit": 1, "note": "\#(secret)"}"#,
    ] {
      let messages = try schema.messages(instance)
      #expect(!messages.isEmpty)
      #expect(!messages.joined().contains(secret))
    }
    let nested = try compile(#"{"properties": {"credentials": {"additionalProperties": {"type": "integer"}}}}"#)
    #expect(
      try nested.messages(#"{"credentials": {"x": "\#(secret)"}}"#) == ["`/credentials/x`: expected an integer, got a string (hidden)"])
  }

  @Test func countsAreBounded() throws {
    let schema = try compile(#"{"items": {"type": "string"}}"#)
    let messages = try schema.messages("[" + (0..<500).map(String.init).joined(separator: ",") + "]")
    #expect(messages.count == SchemaBounds.standard.violations)
  }

  @Test func longValuesAreShortened() throws {
    let text = String(repeating: "x", count: 5_000)
    let message = try #require(compile(#"{"type": "integer"}"#).messages("\"\(text)\"").first)
    #expect(message.count < 120)
  }
}
