import JSON

/// What travels: tool calls, maps, measurements.
extension SampleSet {
  static let map = SampleSet(
    "map",
    schema: #"""
      {"$schema": "http://json-schema.org/draft-07/schema#", "oneOf": [
         {"type": "object", "required": ["type", "features"], "properties": {"type": {"type": "string", "enum": ["FeatureCollection"]},
           "features": {"type": "array", "items": {"$ref": "#/definitions/feature"}}}}, {"$ref": "#/definitions/feature"}],
       "definitions": {
         "position": {"type": "array", "minItems": 2, "items": {"type": "number"}},
         "line": {"type": "array", "minItems": 2, "items": {"$ref": "#/definitions/position"}},
         "ring": {"type": "array", "minItems": 4, "items": {"$ref": "#/definitions/position"}},
         "feature": {"type": "object", "required": ["type", "properties", "geometry"], "properties": {
           "type": {"type": "string", "enum": ["Feature"]}, "id": {"oneOf": [{"type": "number"}, {"type": "string"}]},
           "properties": {"oneOf": [{"type": "null"}, {"type": "object"}]},
           "geometry": {"oneOf": [{"type": "null"},
             {"type": "object", "required": ["type", "coordinates"], "properties": {"type": {"type": "string", "enum": ["Point"]},
               "coordinates": {"$ref": "#/definitions/position"}}},
             {"type": "object", "required": ["type", "coordinates"], "properties": {"type": {"type": "string", "enum": ["LineString"]},
               "coordinates": {"$ref": "#/definitions/line"}}},
             {"type": "object", "required": ["type", "coordinates"], "properties": {"type": {"type": "string", "enum": ["Polygon"]},
               "coordinates": {"type": "array", "items": {"$ref": "#/definitions/ring"}}}}]}}}}}
      """#,
    instance: [
      "type": "FeatureCollection",
      "features":
        .elements(0..<20) { index in
          let position: (Int) -> Value = { [.decimal("12.\(index)\($0)5"), .decimal("-3.\($0)7")] }
          let geometry: Value =
            switch index % 3 {
            case 0: ["type": "Point", "coordinates": position(1)]
            case 1: ["type": "LineString", "coordinates": .elements(0..<8, position)]
            default: ["type": "Polygon", "coordinates": [.elements(0..<12, position)]]
            }
          return [
            "type": "Feature", "id": .number(Number(index)), "properties": ["name": "berth", "depth": 4], "geometry": geometry,
          ]
        },
    ])

  static let toolList = SampleSet(
    "tool-list",
    schema: #"""
      {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["tools"],
       "$defs": {"schema": {"type": "object", "required": ["type"], "properties": {"$schema": {"type": "string"}, "type": {"const": "object"},
         "properties": {"type": "object", "additionalProperties": {"type": "object"}},
         "required": {"type": "array", "items": {"type": "string"}}}},
         "tool": {"type": "object", "required": ["name", "inputSchema"], "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 128},
           "title": {"type": "string"}, "description": {"type": "string"}, "inputSchema": {"$ref": "#/$defs/schema"},
           "outputSchema": {"$ref": "#/$defs/schema"}, "annotations": {"type": "object", "properties": {"title": {"type": "string"},
             "readOnlyHint": {"type": "boolean"}, "destructiveHint": {"type": "boolean"}, "idempotentHint": {"type": "boolean"},
             "openWorldHint": {"type": "boolean"}}}}}},
       "properties": {"_meta": {"type": "object"}, "nextCursor": {"type": "string"},
         "tools": {"type": "array", "items": {"$ref": "#/$defs/tool"}}}}
      """#,
    instance: [
      "tools":
        .elements(0..<20) { index in
          [
            "name": .string("harbour_action_\(index)"), "title": "Acts on the harbour", "description": "Changes something in the harbour.",
            "inputSchema":
              [
                "type": "object",
                "properties": .members(0..<5) { ("field_\($0)", ["type": "string", "description": "A field of the action"]) },
                "required": ["field_0", "field_1"],
              ], "annotations": ["readOnlyHint": true, "openWorldHint": false],
          ]
        }

    ])

  static let toolCall = SampleSet(
    "tool-call",
    schema: #"""
      {"type": "object", "required": ["repository", "query"], "additionalProperties": false, "properties": {
         "repository": {"type": "string", "pattern": "^[a-z0-9-]+/[a-z0-9-]+$"}, "query": {"type": "string", "minLength": 1, "maxLength": 256},
         "state": {"type": "string", "enum": ["open", "closed", "all"]}, "limit": {"type": "integer", "minimum": 1, "maximum": 100},
         "labels": {"type": "array", "items": {"type": "string"}, "maxItems": 10}, "draft": {"type": "boolean"}}}
      """#,
    instance: [
      "repository": "fernrow/harbour", "query": "tide tables wrong in winter", "state": "open", "limit": 20, "labels": ["bug", "tide"],
      "draft": false,
    ])

  static let telemetry = SampleSet(
    "telemetry",
    schema: #"""
      {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "array", "minItems": 1, "items": {"type": "object",
         "required": ["id", "at", "sensor", "value", "unit"], "additionalProperties": false, "properties": {
           "id": {"type": "integer", "minimum": 1}, "at": {"type": "string", "minLength": 20}, "sensor": {"type": "string", "pattern": "^s-[0-9]{4}$"},
           "value": {"type": "number", "minimum": -100, "maximum": 1000}, "unit": {"enum": ["m", "C", "hPa", "kn"]},
           "step": {"type": "number", "multipleOf": 0.01}, "quality": {"type": ["integer", "null"], "minimum": 0, "maximum": 10},
           "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": true}}}}
      """#,
    instance: .elements(0..<100) { index in
      [
        "id": .number(Number(index + 1)), "at": "2026-05-04T12:30:00Z", "sensor": .string("s-\(1000 + index)"),
        "value": .decimal("\(index).25"), "unit": .string(["m", "C", "hPa", "kn"][index % 4]), "step": .decimal("0.\(10 + index % 90)"),
        "quality": index % 5 == 0 ? nil : 7, "tags": ["north", "pier"],
      ]
    })
}
