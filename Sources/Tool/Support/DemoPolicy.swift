/// The demo's policy as the program carries it, so that `demo` works wherever the program is. A test holds it to
/// rules/examples/demo/office.sally, which is the one to read and to change.
enum DemoPolicy {
  static let text = #"""
    edition 1
    policy demo.office

    server office from "office.snapshot.json"

    /// Search the handbook and read shared files.
    scope office.read
      opens office.search_docs, office.read_file, resource office "docs://handbook/**",
          prompt office.answer_customer

    /// Write to people in the name of the office.
    scope office.mail
      opens office.send_mail
      implies office.read

    /// Send money.
    @sensitive
    @owner("finance")
    scope office.pay
      opens office.transfer_money

    agent assistant  when token.client == "office-assistant"
    agent bookkeeper when token.client == "bookkeeping" and token.env == "prod"

    grant assistant_works
      office.mail to assistant

    grant small_payments
      office.pay to assistant
      when args.amount <= 200.00 and args.currency == "EUR"
      until 2030-12-31
      because "The assistant pays small bills in euros."

    grant bookkeeper_pays
      office.pay to bookkeeper
      until 2030-12-31

    deny files_stay_public
      on office.read_file
      when args.path not under "public"
      because "Only files under public/ are for agents."

    deny mail_stays_inside
      on office.send_mail
      when any of args.to not ends with "@acme.example"
      because "Agents write to colleagues only; ask a person to write to anybody else."

    /// More payments in an hour than a person makes in a week.
    limit payments
      20 calls per hour
      by agent
      on office.transfer_money

    /// What a payment looks like, whoever makes it; the agent sees it in the tool's schema.
    refine office.transfer_money {
      amount: step 0.01
      to:     matches /[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}/
      memo:   without control characters
    }

    ask second_pair_of_eyes
      on office.transfer_money
      when args.amount > 50.00
      from "finance" within 15m
      because "Payments above 50 EUR need a colleague's approval."

    @since("2026-11-30")
    shadow deny large_searches
      on office.search_docs
      when args.limit present and args.limit > 10
      because "Ask for ten documents at most."

    """#
}
