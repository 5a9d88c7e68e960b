internal import JSON

/// What the company's server offers and does. Everything is made up and nothing is kept.
struct Company {
  let isDrifted: Bool

  let information: Value = ["name": "acme-office", "title": "Acme Office", "version": "1.4.0"]
  let instructions = "The office of Acme: documents, files, payments, customers, mail."
  let capabilities: Value = ["tools": [:], "resources": [:], "prompts": [:]]

  let resources: Value = [
    ["uri": "docs://handbook/refunds", "name": "refunds", "title": "How refunds work", "mimeType": "text/markdown"],
    ["uri": "docs://board/minutes", "name": "minutes", "title": "Minutes of the board", "mimeType": "text/markdown"],
  ]

  let resourceTemplates: Value = [
    ["uriTemplate": "docs://handbook/{page}", "name": "handbook", "title": "A page of the handbook", "mimeType": "text/markdown"]
  ]

  let prompts: Value = [
    [
      "name": "answer_customer", "title": "Answer a customer",
      "arguments": [["name": "question", "description": "What the customer asks", "required": true]],
    ]
  ]

  func read(_ uri: String) throws(Server.Failure) -> Value {
    let pages = [
      "docs://handbook/refunds": "# Refunds\nUp to 200 EUR at once; more needs a colleague.",
      "docs://handbook/holidays": "# Holidays\nThirty days.",
      "docs://board/minutes": "# Minutes\nNot for everyone.",
    ]
    guard let text = pages[uri] else { throw .invalidParams("no such resource") }
    return ["contents": [["uri": .string(uri), "mimeType": "text/markdown", "text": .string(text)]]]
  }

  func prompt(_ name: String, _ arguments: Value) throws(Server.Failure) -> Value {
    guard name == "answer_customer", let question = arguments["question"]?.string else { throw .invalidParams("no such prompt") }
    let text = "Answer politely and only from the handbook: \(question)"
    return ["messages": [["role": "user", "content": ["type": "text", "text": .string(text)]]]]
  }

  func call(_ name: String, _ arguments: Value) throws(Server.Failure) -> Value {
    switch name {
    case "search_docs": return text("2 pages: docs://handbook/refunds, docs://handbook/holidays")
    case "read_file": return text("the contents of \(arguments["path"]?.string ?? "nothing")")
    case "transfer_money":
      guard let amount = arguments["amount"]?.number, let to = arguments["to"]?.string else { return failure("amount and to are needed") }
      return text("sent \(amount) \(arguments["currency"]?.string ?? "EUR") to \(to)")
    case "delete_customer": return text("customer \(arguments["customer_id"]?.string ?? "?") is gone for ever")
    case "send_mail": return text("mail sent to \((arguments["to"]?.elements ?? []).compactMap(\.string).joined(separator: ", "))")
    default: throw .invalidParams("no such tool")
    }
  }

  private func text(_ text: String) -> Value { ["content": [["type": "text", "text": .string(text)]]] }

  private func failure(_ text: String) -> Value { ["content": [["type": "text", "text": .string(text)]], "isError": true] }
}
