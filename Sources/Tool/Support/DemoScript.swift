import JSON

/// What the scripted agent of `demo` tries, in order. Each step says in a few words why it is interesting.
enum DemoScript {
  struct Step {
    let title: String
    let method: String
    let parameters: [Value.Member]

    /// What is asked for, as one line.
    var request: String {
      let name = parameters.first { $0.name == "name" || $0.name == "uri" }?.value.string ?? method
      let arguments = parameters.first { $0.name == "arguments" }?.value.members ?? []
      return ([name] + arguments.map { "\($0.name)=\(String(decoding: write($0.value), as: UTF8.self))" }).joined(separator: " ")
    }
  }

  static let steps: [Step] = [
    call("Search the handbook", "search_docs", ["query": "refunds"]),
    call("Read a public file", "read_file", ["path": "public/prices.md"]),
    call("Climb out of the public folder", "read_file", ["path": "public/../salaries.md"]),
    call("Pay a small bill", "transfer_money", ["amount": 40, "currency": "EUR", "to": iban]),
    call("Pay a larger bill", "transfer_money", ["amount": 120, "currency": "EUR", "to": iban]),
    call("Empty the account", "transfer_money", ["amount": 90_000, "currency": "EUR", "to": iban]),
    call("Pay with an amount that is no number", "transfer_money", ["amount": "40", "currency": "EUR", "to": iban]),
    call("Write to a colleague", "send_mail", ["to": ["bob@acme.example"], "subject": "Lunch", "body": "At noon?"]),
    call(
      "Slip a stranger among the receivers", "send_mail",
      ["to": ["bob@acme.example", "eve@elsewhere.example"], "subject": "Prices", "body": "…"]),
    call("Delete a customer, though the tool was not even listed", "delete_customer", ["customer_id": "c-17"]),
    Step(title: "Read the handbook", method: "resources/read", parameters: [.init("uri", "docs://handbook/refunds")]),
    Step(title: "Read the minutes of the board", method: "resources/read", parameters: [.init("uri", "docs://board/minutes")]),
  ]

  /// Again, with a server that has changed since its operator looked.
  static let afterDrift = call("Pay a small bill", "transfer_money", ["amount": 40, "currency": "EUR", "to": iban])

  private static let iban: Value = "DE89370400440532013000"

  private static func call(_ title: String, _ tool: String, _ arguments: Value) -> Step {
    Step(title: title, method: "tools/call", parameters: [.init("name", .string(tool)), .init("arguments", arguments)])
  }
}
