import Testing

/// `host` and `scheme`, from the policy's text to the verdict: a URL that readers could disagree about has no host, so no grant takes it
/// and every `not in` denies it.
@Suite struct HostTests {
  private static let allowed = "{\"docs.acme.example\", \"*.github.com\", \"127.0.0.1\"}"

  static let inside = [
    "https://docs.acme.example", "https://docs.acme.example/", "https://DOCS.Acme.Example/a", "http://docs.acme.example:8080/a",
    "https://docs.acme.example./a", "https://user@docs.acme.example/a", "https://user:pw@docs.acme.example/a",
    "https://docs.acme.example?q=@x",
    "https://docs.acme.example#@evil.example", "https://docs.acme.example/@evil.example", "https://api.github.com/",
    "https://a.b.github.com",
    "HTTPS://API.GITHUB.COM", "http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f.0.0.1/", "http://0177.0.0.1/",
    "http://0x7f000001", "ftp://127.0.0.1",
  ]

  static let outside = [
    "", "docs.acme.example", "//docs.acme.example", "https:docs.acme.example", "https:/docs.acme.example", "https:///docs.acme.example",
    "https://", "://docs.acme.example", " https://docs.acme.example", "https ://docs.acme.example", "https://docs.acme.example ",
    "https://evil.example", "https://evil.example/docs.acme.example", "https://evil.example#docs.acme.example",
    "https://evil.example?docs.acme.example", "https://docs.acme.example.evil.example", "https://docs.acme.example@evil.example",
    "https://docs.acme.example:443@evil.example", "https://a@docs.acme.example@evil.example", "https://evil.example@b@docs.acme.example",
    "https://docs.acme.example\\@evil.example", "https://evil.example\\@docs.acme.example", "https:\\\\docs.acme.example",
    "https://evil.example\t.docs.acme.example", "https://docs.acme.example\n.evil.example", "https://docs.acme.example\r",
    "https://docs.acme.example\u{0}.evil.example", "https://docs%2eacme.example", "https://docs.acme.example%00.evil.example",
    "https://docs.acme.example%2f@evil.example", "https://docs.acme.example%40evil.example", "https://docs..acme.example",
    "https://.docs.acme.example", "https://docs.acme.example..", "https://docs.acme.example:", "https://docs.acme.example:99999",
    "https://docs.acme.example:80:80", "https://docs.acme.example:8o", "https://docs.acme.example:-1", "https://[docs.acme.example]",
    "https://dоcs.acme.example", "https://docs。acme.example", "https://ｄocs.acme.example", "https://docs.acme.example\u{FF0F}",
    "https://docs.acme.example\u{200B}", "https://docs.acme.exam\u{AD}ple", "https://github.com", "https://xgithub.com",
    "https://github.com.evil",
    "https://.github.com", "https://*.github.com", "https://a/.github.com", "https://127.0.0.1.evil.example", "http://127.0.0.2",
    "http://0x7f000002", "http://[::1]", "http://[::ffff:127.0.0.1]", "http://127.0.0.1.1", "http://256.0.0.1", "http://127.0.0.0x",
    "javascript:docs.acme.example", "data:text/html,docs.acme.example", "1https://docs.acme.example", "https://docs acme.example",
  ]

  @Test(arguments: inside) func isIn(url: String) throws {
    var grants = try Situation("grant g fetches to any agent when host(args.url) in \(Self.allowed)")
    #expect(try grants.call("fetch", "{\"url\": \(quoted(url))}") == "allow g")
    var denies = try Situation("grant g fetches to any agent\ndeny d on s.fetch when host(args.url) not in \(Self.allowed)")
    #expect(try denies.call("fetch", "{\"url\": \(quoted(url))}") == "allow g")
  }

  @Test(arguments: outside) func isNotIn(url: String) throws {
    var grants = try Situation("grant g fetches to any agent when host(args.url) in \(Self.allowed)")
    #expect(try grants.call("fetch", "{\"url\": \(quoted(url))}") == "deny")
    var denies = try Situation("grant g fetches to any agent\ndeny d on s.fetch when host(args.url) not in \(Self.allowed)")
    #expect(try denies.call("fetch", "{\"url\": \(quoted(url))}") == "deny d")
  }

  @Test(arguments: [
    ("https://a.example", true), ("HTTPS://a.example", true), ("http://a.example", false), ("httpsx://a.example", false), ("https", false),
    (" https://a.example", false), ("java\tscript:alert(1)", false), ("javascript:https://a", false), ("", false),
  ]) func scheme(url: String, isSecure: Bool) throws {
    var situation = try Situation("grant g fetches to any agent when scheme(args.url) == \"https\"")
    #expect(try situation.call("fetch", "{\"url\": \(quoted(url))}") == (isSecure ? "allow g" : "deny"))
  }
}
