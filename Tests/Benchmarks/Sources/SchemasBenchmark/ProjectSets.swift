import JSON

/// What lies at the root of a project.
extension SampleSet {
  static let packageManifest = SampleSet(
    "package-manifest",
    schema: #"""
      {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "required": ["name", "version"],
       "definitions": {
         "person": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["name"], "properties": {
           "name": {"type": "string"}, "url": {"type": "string", "format": "uri"}, "email": {"type": "string"}}}]},
         "dependencies": {"type": "object", "additionalProperties": {"type": "string"}},
         "bundle": {"type": "array", "items": {"type": "string"}}},
       "patternProperties": {"^_": {}},
       "properties": {
         "name": {"type": "string", "minLength": 1, "maxLength": 214, "pattern": "^(?:@[a-z0-9-~][a-z0-9-._~]*/)?[a-z0-9-~][a-z0-9-._~]*$"},
         "version": {"type": "string"}, "description": {"type": "string"}, "keywords": {"$ref": "#/definitions/bundle"},
         "homepage": {"type": "string"}, "private": {"type": "boolean"}, "license": {"type": "string"},
         "bugs": {"type": ["object", "string"], "properties": {"url": {"type": "string"}, "email": {"type": "string"}}},
         "author": {"$ref": "#/definitions/person"}, "contributors": {"type": "array", "items": {"$ref": "#/definitions/person"}},
         "files": {"$ref": "#/definitions/bundle"}, "main": {"type": "string"}, "type": {"enum": ["commonjs", "module"]},
         "bin": {"type": ["string", "object"], "additionalProperties": {"type": "string"}},
         "scripts": {"type": "object", "properties": {"test": {"type": "string"}, "build": {"type": "string"}},
           "additionalProperties": {"type": "string"}},
         "engines": {"type": "object", "properties": {"node": {"type": "string"}}, "additionalProperties": {"type": "string"}},
         "dependencies": {"$ref": "#/definitions/dependencies"}, "devDependencies": {"$ref": "#/definitions/dependencies"},
         "peerDependencies": {"$ref": "#/definitions/dependencies"},
         "workspaces": {"anyOf": [{"$ref": "#/definitions/bundle"}, {"type": "object", "properties": {
           "packages": {"$ref": "#/definitions/bundle"}}}]}}}
      """#,
    instance: [
      "name": "@fernrow/harbour-kit", "version": "4.12.0", "description": "Small parts for harbour dashboards",
      "keywords": ["harbour", "tide", "dashboard"], "homepage": "https://fernrow.example/kit", "license": "MIT",
      "bugs": ["url": "https://fernrow.example/kit/issues"], "author": ["name": "Ada Moss", "email": "ada@fernrow.example"],
      "contributors": ["Bo Reed <bo@fernrow.example>", ["name": "Cy Fenn"]], "files": ["dist", "README.md"], "main": "dist/index.js",
      "type": "module", "scripts": .members(0..<12) { ("task:\($0)", .string("run step-\($0) --quiet")) }, "engines": ["node": ">=20"],
      "dependencies": .members(0..<18) { ("part-\($0)", .string("^\($0).2.0")) },
      "devDependencies": .members(0..<25) { ("@tools/helper-\($0)", .string("~1.\($0).3")) }, "workspaces": ["packages/*"],
    ])

  static let compilerOptions = SampleSet(
    "compiler-options",
    schema: #"""
      {"$schema": "http://json-schema.org/draft-04/schema#", "type": "object", "allOf": [{"$ref": "#/definitions/options"},
         {"anyOf": [{"$ref": "#/definitions/files"}, {"$ref": "#/definitions/include"}, {"$ref": "#/definitions/exclude"}]}],
       "definitions": {
         "files": {"required": ["files"], "properties": {"files": {"type": "array", "uniqueItems": true, "items": {"type": "string"}}}},
         "include": {"required": ["include"], "properties": {"include": {"type": "array", "uniqueItems": true, "items": {"type": "string"}}}},
         "exclude": {"required": ["exclude"], "properties": {"exclude": {"type": "array", "items": {"type": "string"}}}},
         "options": {"properties": {"compilerOptions": {"type": "object", "properties": {
           "target": {"type": "string", "anyOf": [{"enum": ["ES5", "ES6", "ES2020", "ES2022", "ESNext"]},
             {"pattern": "^([Ee][Ss]([356]|(20(1[56789]|2[01234]))|[Nn][Ee][Xx][Tt]))$"}]},
           "module": {"type": "string", "anyOf": [{"enum": ["CommonJS", "ESNext", "NodeNext", "Preserve"]}, {"pattern": "^([Nn]one)$"}]},
           "lib": {"type": "array", "uniqueItems": true, "items": {"type": "string", "enum": ["DOM", "ES2020", "ES2021", "ES2022", "WebWorker"]}},
           "strict": {"type": "boolean"}, "noEmit": {"type": "boolean"}, "outDir": {"type": "string"}, "rootDir": {"type": "string"},
           "declaration": {"type": "boolean"}, "sourceMap": {"type": "boolean"}, "composite": {"type": "boolean"},
           "esModuleInterop": {"type": "boolean"}, "skipLibCheck": {"type": "boolean"}, "isolatedModules": {"type": "boolean"},
           "moduleResolution": {"enum": ["node", "bundler", "nodenext"]}, "baseUrl": {"type": "string"},
           "maxNodeModuleJsDepth": {"type": "number"}, "jsx": {"enum": ["preserve", "react", "react-jsx"]},
           "paths": {"type": "object", "additionalProperties": {"type": "array", "uniqueItems": true, "items": {"type": "string"}}},
           "types": {"type": "array", "uniqueItems": true, "items": {"type": "string"}}}},
           "references": {"type": "array", "items": {"type": "object", "properties": {"path": {"type": "string"}}}}}}}}
      """#,
    instance: [
      "compilerOptions":
        [
          "target": "ES2022", "module": "NodeNext", "moduleResolution": "nodenext", "lib": ["DOM", "ES2022"], "strict": true,
          "noEmit": false, "outDir": "build", "rootDir": "source", "declaration": true, "sourceMap": true, "composite": true,
          "esModuleInterop": true, "skipLibCheck": true, "isolatedModules": true, "baseUrl": ".", "jsx": "react-jsx",
          "paths": .members(0..<6) { ("@area\($0)/*", [.string("source/area\($0)/*")]) }, "types": ["node", "tide"],
        ], "include": ["source", "tests"], "references": .elements(0..<4) { ["path": .string("../area\($0)")] },
    ])

  static let lintRules = SampleSet(
    "lint-rules",
    schema: #"""
      {"$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
       "definitions": {
         "number": {"type": "integer", "minimum": 0, "maximum": 2}, "word": {"type": "string", "enum": ["off", "warn", "error"]},
         "rule": {"oneOf": [{"$ref": "#/definitions/number"}, {"$ref": "#/definitions/word"},
           {"type": "array", "minItems": 1, "items": [{"oneOf": [{"$ref": "#/definitions/number"}, {"$ref": "#/definitions/word"}]}],
            "additionalItems": {"type": ["object", "string", "integer"]}}]},
         "rules": {"type": "object", "properties": {"indent": {"$ref": "#/definitions/rule"}, "quotes": {"$ref": "#/definitions/rule"}},
           "additionalProperties": {"$ref": "#/definitions/rule"}}},
       "properties": {"root": {"type": "boolean"}, "env": {"type": "object", "additionalProperties": {"type": "boolean"}},
         "extends": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}, "rules": {"$ref": "#/definitions/rules"},
         "overrides": {"type": "array", "items": {"type": "object", "required": ["files"], "additionalProperties": false, "properties": {
           "files": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
           "rules": {"$ref": "#/definitions/rules"}}}}}}
      """#,
    instance: [
      "root": true, "env": ["browser": true, "node": true], "extends": ["base", "strict"],
      "rules":
        .members(0..<60) { index in
          ("tidy/rule-\(index)", index % 3 == 0 ? "error" : index % 3 == 1 ? 1 : ["warn", ["max": .number(Number(index))]])
        }, "overrides": .elements(0..<3) { ["files": [.string("*.part\($0).js")], "rules": ["indent": "off", "quotes": 0]] },
    ])
}
