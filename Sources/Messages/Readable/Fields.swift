internal import JSON

// What each object of the protocol has. Sources: `schema/REVISION/schema.ts` of the specification's repository; SEP-2663 for tasks.
enum Fields {
  /// What every result, notification and request may have.
  static let anyMessage = [Field("_meta", .untouched)]
  static let anyResult = anyMessage + [Field("resultType", since: .of2026July, .opaque)]

  static let cached = anyResult + [Field]("ttlMs cacheScope", since: .of2026July, .opaque)
  private static let titles = [Field]("title description", .read)
  private static let icons = [Field("icons", since: .of2025November, .list(.object([Field]("src mimeType sizes theme", .untouched))))]
  private static let annotations = [
    Field("annotations", .object([Field("audience", .list(.opaque))] + [Field]("priority lastModified", .opaque)))
  ]

  // MARK: Lists

  static func list(_ member: String, of element: [Field]) -> [Field] {
    cached + [Field("nextCursor", .opaque), Field(member, .catalogue(.object(element)))]
  }

  static let tool =
    anyMessage + titles + icons + [
      Field("name", .opaque),
      Field("inputSchema", .schema(isForm: false)),
      Field("outputSchema", since: .of2025June, .schema(isForm: false)),
      Field(
        "annotations", .object([Field("title", .read)] + [Field]("readOnlyHint destructiveHint idempotentHint openWorldHint", .opaque))),
      Field("execution", since: .of2025November, .object([Field("taskSupport", .opaque)])),
    ]

  /// Also of templates and of links in content. Their `name` is shown like a title; the address is what they are told by.
  static let resource =
    anyMessage + titles + icons + annotations + [Field("name", .read)] + [Field]("uri uriTemplate mimeType size", .opaque)

  static let prompt =
    anyMessage + titles + icons + [
      Field("name", .opaque), Field("arguments", .list(.object(titles + [Field]("name required", .opaque)))),
    ]

  // MARK: Results

  private static let answers = [
    Field("requestState", since: .of2026July, .opaque), Field("inputRequests", since: .of2026July, .map(.inputRequest)),
  ]

  static let callResult =
    anyResult + answers + taskFields + [
      Field("content", .contents), Field("structuredContent", .at(.structured, .read)), Field("isError", .opaque),
      Field("task", since: .of2025November, .at(.message, .task)),
    ]

  static let resourceResult = cached + answers + [Field("contents", .list(.embedded))]
  static let promptResult =
    anyResult + answers + [
      Field("description", .read), Field("messages", .list(.object([Field("role", .opaque), Field("content", .contents)]))),
    ]
  static let completionResult =
    anyResult + [Field("completion", .object([Field("values", .read)] + [Field]("total hasMore", .opaque)))]
  static let serverResult =
    cached + [Field]("protocolVersion", .opaque) + [Field("supportedVersions", since: .of2026July, .list(.opaque))] + [
      Field("capabilities", .untouched), Field("instructions", .read),
      Field("serverInfo", .at(.description, .object(titles + icons + [Field]("name version websiteUrl", .opaque)))),
    ]

  /// A task's own fields; those of the extension of 2026-07-28 stand beside them.
  static let taskFields =
    anyResult
    + [Field]("taskId status createdAt lastUpdatedAt ttl pollInterval", since: .of2025November, .opaque)
    + [Field]("ttlMs pollIntervalMs", since: .of2026July, .opaque)
    + [Field("statusMessage", .at(.message, .read))]
  static let task =
    taskFields + [
      Field("inputRequests", since: .of2026July, .map(.inputRequest)), Field("requestState", since: .of2026July, .opaque),
      Field("result", since: .of2026July, .at(.text, .callResult)), Field("error", since: .of2026July, .at(.error, .object(failure))),
      Field("task", since: .of2025November, .task),
    ]

  static let failure = [
    Field("code", .opaque), Field("message", .read),
    Field(
      "data",
      .object([
        Field("uri", .opaque),
        // Of -32042 (2025-11-25).
        Field(
          "elicitations", since: .of2025November,
          .list(.at(.request, .object([Field]("mode url elicitationId", .opaque) + [Field("message", .read)])))),
      ])),
  ]

  // MARK: Content

  static let contentBlock = anyMessage + annotations + [Field("type", .opaque), Field("text", .read)]
  static let embeddedResource = anyMessage + [Field]("uri mimeType", .opaque) + [Field("text", .read)]

  // MARK: Notifications and requests

  static let subscription =
    [Field]("toolsListChanged promptsListChanged resourcesListChanged", .opaque)
    + [Field]("resourceSubscriptions taskIds", .list(.opaque))

  static let sampling =
    anyMessage + [Field]("temperature maxTokens includeContext", .opaque)
    + [Field]("modelPreferences metadata toolChoice task", .untouched) + [
      Field("systemPrompt", .read), Field("stopSequences", .list(.opaque)), Field("tools", .list(.object(tool))),
      Field("messages", .list(.object([Field("role", .opaque), Field("content", .contents), Field("_meta", .untouched)]))),
    ]
  static let elicitation =
    anyMessage + [Field]("mode url elicitationId", .opaque)
    + [Field("message", .read), Field("requestedSchema", .schema(isForm: true)), Field("task", .untouched)]

  // MARK: Schemas

  /// Keywords of JSON Schema, all dialects, and those that the protocol adds.
  static let schemaKeywords = keywords(isForm: false) + [Field("default", .untouched)]
  static let formKeywords = keywords(isForm: true) + [Field("default", .read), Field("enumNames", .read)]

  private static func keywords(isForm: Bool) -> [Field] {
    let schema = Shape.schema(isForm: isForm)
    return titles + [Field]("$comment examples", .read)
      + [Field](
        "type enum const required dependentRequired $schema $id id $ref $anchor $dynamicRef $dynamicAnchor $recursiveRef $recursiveAnchor "
          + "$vocabulary format pattern contentEncoding contentMediaType x-mcp-header", .untouched)
      + [Field](
        "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems uniqueItems minContains "
          + "maxContains minProperties maxProperties readOnly writeOnly deprecated", .opaque)
      + [Field](
        "not if then else items additionalItems additionalProperties contains propertyNames unevaluatedItems unevaluatedProperties "
          + "contentSchema allOf anyOf oneOf prefixItems", schema)
      + [Field]("properties patternProperties $defs definitions dependentSchemas dependencies", .map(schema))
  }
}
