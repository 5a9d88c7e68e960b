import JSON

/// What services are described by.
extension SampleSet {
  static let httpInterface = SampleSet(
    "http-interface",
    schema: #"""
      {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": ["spec", "info", "paths"],
       "properties": {"spec": {"type": "string", "pattern": "^3\\.1\\.\\d+(-.+)?$"}, "info": {"$ref": "#/$defs/info"},
         "servers": {"type": "array", "items": {"$ref": "#/$defs/server"}}, "paths": {"$ref": "#/$defs/paths"},
         "tags": {"type": "array", "items": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}}},
       "$ref": "#/$defs/extensions", "unevaluatedProperties": false,
       "$defs": {
         "extensions": {"patternProperties": {"^x-": true}},
         "info": {"type": "object", "required": ["title", "version"], "$ref": "#/$defs/extensions", "unevaluatedProperties": false,
           "properties": {"title": {"type": "string"}, "version": {"type": "string"}, "summary": {"type": "string"}}},
         "server": {"type": "object", "required": ["url"], "$ref": "#/$defs/extensions", "unevaluatedProperties": false,
           "properties": {"url": {"type": "string"}, "description": {"type": "string"}}},
         "paths": {"type": "object", "patternProperties": {"^/": {"$ref": "#/$defs/path"}}, "$ref": "#/$defs/extensions",
           "unevaluatedProperties": false},
         "path": {"type": "object", "$ref": "#/$defs/extensions", "unevaluatedProperties": false, "properties": {
           "get": {"$ref": "#/$defs/operation"}, "put": {"$ref": "#/$defs/operation"}, "post": {"$ref": "#/$defs/operation"},
           "delete": {"$ref": "#/$defs/operation"}, "parameters": {"type": "array", "items": {"$ref": "#/$defs/parameter"}}}},
         "operation": {"type": "object", "$ref": "#/$defs/extensions", "unevaluatedProperties": false, "required": ["responses"],
           "properties": {"tags": {"type": "array", "items": {"type": "string"}}, "operationId": {"type": "string"},
             "summary": {"type": "string"}, "parameters": {"type": "array", "items": {"$ref": "#/$defs/parameter"}},
             "responses": {"type": "object", "minProperties": 1, "properties": {"default": {"$ref": "#/$defs/response"}},
               "patternProperties": {"^[1-5](?:[0-9]{2}|XX)$": {"$ref": "#/$defs/response"}}, "additionalProperties": false}}},
         "parameter": {"type": "object", "required": ["name", "in"], "$ref": "#/$defs/extensions", "unevaluatedProperties": false,
           "properties": {"name": {"type": "string"}, "in": {"enum": ["query", "header", "path", "cookie"]},
             "required": {"type": "boolean", "default": false}, "schema": {"type": ["object", "boolean"]}},
           "if": {"properties": {"in": {"const": "path"}}}, "then": {"required": ["required"], "properties": {"required": {"const": true}}}},
         "response": {"type": "object", "required": ["description"], "properties": {"description": {"type": "string"},
           "content": {"type": "object", "additionalProperties": {"type": "object", "properties": {"schema": {"type": ["object", "boolean"]}}}}}}}}
      """#,
    instance: [
      "spec": "3.1.0", "info": ["title": "Harbour", "version": "2.0", "x-team": "tide"],
      "servers": [["url": "https://api.harbour.example"]],
      "paths":
        .members(0..<12) { index in
          (
            "/berths/\(index)/{id}",
            .members(0..<3) { method in
              (
                ["get", "put", "delete"][method],
                [
                  "operationId": .string("op\(index)_\(method)"), "tags": ["berths"], "summary": "Acts on one berth",
                  "parameters":
                    [
                      ["name": "id", "in": "path", "required": true, "schema": ["type": "string"]],
                      ["name": "limit", "in": "query", "schema": ["type": "integer"]],
                    ],
                  "responses":
                    [
                      "200": ["description": "Fine", "content": ["application/json": ["schema": ["type": "object"]]]],
                      "404": ["description": "No such berth"],
                    ],
                ]
              )
            }
          )
        },
    ])

  static let deployment = SampleSet(
    "deployment",
    schema: #"""
      {"$schema": "https://json-schema.org/draft/2019-09/schema", "type": "object", "additionalProperties": false,
       "required": ["apiVersion", "kind", "metadata", "spec"],
       "$defs": {
         "labels": {"type": "object", "propertyNames": {"maxLength": 63}, "additionalProperties": {"type": "string", "maxLength": 63}},
         "quantity": {"type": ["string", "number"], "pattern": "^[0-9]+(m|Ki|Mi|Gi)?$"},
         "resources": {"type": "object", "additionalProperties": false, "properties": {
           "limits": {"type": "object", "additionalProperties": {"$ref": "#/$defs/quantity"}},
           "requests": {"type": "object", "additionalProperties": {"$ref": "#/$defs/quantity"}}}},
         "variable": {"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
           "name": {"type": "string", "pattern": "^[A-Z_][A-Z0-9_]*$"}, "value": {"type": "string"}, "valueFrom": {"type": "object"}},
           "oneOf": [{"required": ["value"]}, {"required": ["valueFrom"]}]},
         "port": {"type": "object", "required": ["containerPort"], "properties": {"name": {"type": "string", "maxLength": 15},
           "containerPort": {"type": "integer", "minimum": 1, "maximum": 65535}, "protocol": {"enum": ["TCP", "UDP"]}}},
         "container": {"type": "object", "required": ["name", "image"], "additionalProperties": false, "properties": {
           "name": {"type": "string", "minLength": 1}, "image": {"type": "string"}, "args": {"type": "array", "items": {"type": "string"}},
           "env": {"type": "array", "items": {"$ref": "#/$defs/variable"}}, "ports": {"type": "array", "items": {"$ref": "#/$defs/port"}},
           "resources": {"$ref": "#/$defs/resources"}}}},
       "properties": {"apiVersion": {"const": "apps/v1"}, "kind": {"const": "Deployment"},
         "metadata": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}, "labels": {"$ref": "#/$defs/labels"}}},
         "spec": {"type": "object", "required": ["template"], "properties": {"replicas": {"type": "integer", "minimum": 0},
           "template": {"type": "object", "properties": {"metadata": {"type": "object", "properties": {"labels": {"$ref": "#/$defs/labels"}}},
             "spec": {"type": "object", "required": ["containers"], "properties": {
               "containers": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/container"}}}}}}}}}}
      """#,
    instance: [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "tide", "labels": ["app": "tide", "tier": "web"]],
      "spec":
        [
          "replicas": 3,
          "template":
            [
              "metadata": ["labels": ["app": "tide"]],
              "spec":
                [
                  "containers":
                    .elements(0..<3) { index in
                      [
                        "name": .string("part-\(index)"), "image": .string("registry.example/part:\(index).1"), "args": ["--port", "8080"],
                        "env": .elements(0..<8) { ["name": .string("SETTING_\($0)"), "value": .string("value \($0)")] },
                        "ports": [["name": "http", "containerPort": 8080, "protocol": "TCP"]],
                        "resources": ["limits": ["cpu": "500m", "memory": "256Mi"], "requests": ["cpu": 1]],
                      ]
                    }

                ],
            ],
        ],
    ])

  static let workflow = SampleSet(
    "workflow",
    schema: #"""
      {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["on", "jobs"], "additionalProperties": false,
       "definitions": {
         "event": {"type": "string", "enum": ["push", "pull_request", "schedule", "release", "workflow_dispatch", "issues", "fork", "watch"]},
         "filters": {"type": "object", "properties": {"branches": {"type": "array", "minItems": 1, "items": {"type": "string"}},
           "paths": {"type": "array", "items": {"type": "string"}}}},
         "environment": {"oneOf": [{"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
           {"type": "string", "pattern": "^\\$\\{\\{.*\\}\\}$"}]},
         "step": {"type": "object", "additionalProperties": false, "anyOf": [{"required": ["uses"]}, {"required": ["run"]}],
           "dependencies": {"shell": ["run"]},
           "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "if": {"type": ["boolean", "number", "string"]},
             "uses": {"type": "string"}, "run": {"type": "string"}, "shell": {"anyOf": [{"type": "string"}, {"enum": ["bash", "sh"]}]},
             "with": {"$ref": "#/definitions/environment"}, "env": {"$ref": "#/definitions/environment"},
             "timeout-minutes": {"anyOf": [{"type": "number"}, {"type": "string", "pattern": "^\\$\\{\\{.*\\}\\}$"}]}}},
         "job": {"type": "object", "required": ["runs-on"], "additionalProperties": false, "properties": {
           "name": {"type": "string"}, "needs": {"oneOf": [{"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/name"}},
             {"$ref": "#/definitions/name"}]},
           "runs-on": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}, "env": {"$ref": "#/definitions/environment"},
           "strategy": {"type": "object", "required": ["matrix"], "properties": {"matrix": {"type": "object", "minProperties": 1,
             "additionalProperties": {"type": "array"}}, "fail-fast": {"type": ["boolean", "string"]}}},
           "steps": {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/step"}}}},
         "name": {"type": "string", "pattern": "^[_a-zA-Z][a-zA-Z0-9_-]*$"}},
       "properties": {"name": {"type": "string"}, "env": {"$ref": "#/definitions/environment"},
         "on": {"oneOf": [{"$ref": "#/definitions/event"}, {"type": "array", "items": {"$ref": "#/definitions/event"}},
           {"type": "object", "additionalProperties": false, "properties": {"push": {"$ref": "#/definitions/filters"},
             "pull_request": {"$ref": "#/definitions/filters"}, "workflow_dispatch": {"type": ["object", "null"]}}}]},
         "jobs": {"type": "object", "minProperties": 1, "additionalProperties": false,
           "patternProperties": {"^[_a-zA-Z][a-zA-Z0-9_-]*$": {"$ref": "#/definitions/job"}}}}}
      """#,
    instance: [
      "name": "checks", "on": ["push": ["branches": ["main"]], "pull_request": [:]], "env": ["CI": true, "LEVEL": 2],
      "jobs":
        .members(0..<4) { index in
          (
            "job_\(index)",
            [
              "name": .string("Job \(index)"), "needs": index == 0 ? ["setup"] : "job_0", "runs-on": "linux",
              "strategy": ["fail-fast": false, "matrix": ["os": ["linux", "mac"], "version": [1, 2, 3]]],
              "steps":
                .elements(0..<6) { step in
                  step % 2 == 0
                    ? ["name": "Fetch", "uses": "acts/fetch@v4", "with": ["depth": 1, "token": "${{ secrets.T }}"]]
                    : ["name": "Run", "run": "make all\nmake test", "env": ["MODE": "fast"], "timeout-minutes": 10]
                },
            ]
          )
        },
    ])
}
