import Bytecode
import Testing

/// What an attacker writes to have one host read here and another one fetched.
@Suite struct URLRuleTests {
  private static let known = URLRule(
    schemes: ["https"].map { Array($0.utf8) },
    hosts: ["docs.acme.example", "*.github.com", "10.0.0.7", "[fd00::1]"].map { Array($0.utf8) },
    ports: [443, 8443], text: "")
  private static let anyPublic = URLRule(schemes: ["http", "https"].map { Array($0.utf8) }, hosts: nil, ports: [], text: "")
  private static let cloud = URLRule(
    schemes: ["http"].map { Array($0.utf8) }, hosts: ["*.google.internal", "*.internal", "*.254", "*.example"].map { Array($0.utf8) },
    ports: [],
    text: "")

  @Test(arguments: [
    "https://docs.acme.example", "https://docs.acme.example/", "HTTPS://Docs.Acme.Example/A", "https://docs.acme.example:443/",
    "https://docs.acme.example:8443/a/b?c=d#e", "https://api.github.com/x", "https://a.b.github.com", "https://docs.acme.example?q=1",
    "https://docs.acme.example#top", "https://docs.acme.example/%E2%82%AC", "https://docs.acme.example/a@b",
    "https://docs.acme.example/?u=http://evil",
    "https://10.0.0.7/", "https://[fd00::1]/", "https://docs.acme.example/a:b",
  ])
  func passes(url: String) { #expect(Self.known.problem(Array(url.utf8).span) == nil) }

  @Test(arguments: [
    // Not a URL of the kind.
    "", "docs.acme.example", "//docs.acme.example/", "https:docs.acme.example", "https:/docs.acme.example", "https:///docs.acme.example",
    "https://",
    "https://?", "https://#", "https://:443", "://docs.acme.example", "1https://docs.acme.example", "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd", "gopher://docs.acme.example/", "http://docs.acme.example/", "view-source:https://docs.acme.example/",
    "blob:https://docs.acme.example/", "jar:https://docs.acme.example!/", "url:https://docs.acme.example",
    // Another host than it looks.
    "https://docs.acme.example@evil.example/", "https://docs.acme.example:443@evil.example/", "https://evil@docs.acme.example/",
    "https://@docs.acme.example/", "https://a:b@docs.acme.example/", "https://docs.acme.example\\@evil.example/",
    "https://evil.example\\docs.acme.example", "https:\\\\docs.acme.example/", "https://evil.example#@docs.acme.example/",
    "https://evil.example?@docs.acme.example/", "https://evil.example/.docs.acme.example", "https://docs.acme.example.evil.example/",
    "https://evildocs.acme.example/", "https://github.com/", "https://evilgithub.com/", "https://.github.com/", "https://a..github.com/",
    "https://*.github.com/", "https://docs.acme.example,evil.example/", "https://docs.acme.example;evil.example/",
    "https://docs.acme.example&@evil.example",
    "https://a@b@docs.acme.example/",
    // Encodings.
    "https://docs%2eacme.example/", "https://docs.acme.example%2f@evil.example/", "https://docs.acme.example%00.evil.example/",
    "https://docs.acme.example%23@evil.example/", "https://%64ocs.acme.example/", "https://docs.acme.example/%",
    "https://docs.acme.example/%zz",
    "https://docs.acme.example/%0d%0aHost:%20evil", "https://docs.acme.example/%00", "https://docs.acme.example/%7F",
    // Characters that parsers strip, fold or normalise.
    " https://docs.acme.example/", "https://docs.acme.example/ ", "https://docs.acme.example/a b", "https://docs.acme\t.example/",
    "https://docs.acme.example\n/", "https://docs.acme.example/\u{0}", "https://docs.acme.example/\u{7F}", "h\nttps://docs.acme.example/",
    "https://docs.acme\u{3002}example/", "https://docs.acme.example\u{FF0F}evil/", "https://docs\u{200B}.acme.example/",
    "https://ｄocs.acme.example/",
    "https://docs.acme.exam\u{440}le/", "https://docs.acme.example\u{FF03}@evil.example/", "https://gith\u{FF55}b.com/",
    "https://docs.acme.example/é",
    "https://docs.acme.example./", "https://docs.acme.example..",
    // Ports.
    "https://docs.acme.example:80/", "https://docs.acme.example:/", "https://docs.acme.example:0443/", "https://docs.acme.example:443:443/",
    "https://docs.acme.example:+443/", "https://docs.acme.example:0/", "https://docs.acme.example:65979/",
    "https://docs.acme.example:443a/",
    "https://docs.acme.example:99999999999999999443/", "https://docs.acme.example:４４３/",
    // Addresses in other spellings than the listed one.
    "https://10.0.7/", "https://10.7/", "https://167772167/", "https://0xa000007/", "https://0x0a.0.0.7/", "https://012.0.0.7/",
    "https://10.0.0.07/",
    "https://10.0.0.7./", "https://[fd00:0::1]/", "https://[FD00:0:0:0:0:0:0:1]/", "https://[fd00::1%25eth0]/",
    "https://[::ffff:10.0.0.7]/",
    "https://fd00::1/", "https://[fd00::1", "https://[::ffff:a00:7]/", "https://10.0.0.7.nip.example/", "https://10.0.0.8/",
  ])
  func doesNotPass(url: String) { #expect(Self.known.problem(Array(url.utf8).span) != nil) }

  @Test(arguments: [
    "http://example.org/", "https://example.org:443/", "http://example.org:80/", "https://sub.acme.example/",
    "https://xn--bcher-kva.example/",
  ])
  func publicNamesPassWithoutAList(url: String) { #expect(Self.anyPublic.problem(Array(url.utf8).span) == nil) }

  @Test(arguments: [
    "http://localhost/", "http://LOCALHOST/", "http://a.localhost/", "http://metadata.google.internal/", "http://metadata/",
    "http://printer.local/",
    "http://router/", "http://db.corp/", "http://api.default.svc/", "http://127.0.0.1/", "http://127.1/", "http://2130706433/",
    "http://0x7f000001/",
    "http://017700000001/", "http://169.254.169.254/", "http://0xa9fea9fe/", "http://[::1]/", "http://[::]/", "http://0/",
    "http://0.0.0.0/",
    "http://[fd00:ec2::254]/", "http://8.8.8.8/", "http://192.168.0.1/", "http://[::ffff:7f00:1]/", "http://example.org:8080/",
    "https://example.org:80/",
    "ftp://example.org/", "http://a.b.internal/", "http://x.home.arpa/", "http://metadata.goog/",
    // One address in the spellings that resolvers take: octal, hexadecimal, fewer parts, mapped into IPv6.
    "http://0177.0.0.1/", "http://0x7f.1/", "http://0x7f.0x0.0x0.0x1/", "http://127.0.1/", "http://00000177.1/", "http://127.0.0.1./",
    "http://0x7F000001/", "http://017777777777/", "http://[::ffff:127.0.0.1]/", "http://[0:0:0:0:0:ffff:7f00:1]/", "http://[::7f00:1]/",
    "http://[64:ff9b::7f00:1]/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fc00::1]/", "http://[2002:7f00:1::]/",
    "http://2852039166/", "http://0251.0376.0251.0376/", "http://169.254.43518/", "http://[::ffff:a9fe:a9fe]/", "http://100.100.100.200/",
    "http://10.0.0.1/", "http://172.16.0.1/", "http://100.64.0.1/", "http://224.0.0.1/", "http://255.255.255.255/", "http://192.0.0.192/",
    "http://instance-data/", "http://instance-data.ec2.internal/", "http://METADATA.google.internal./", "http://localhost.localdomain/",
    "http://ip6-localhost/", "http://1.0.0.127.in-addr.arpa/", "http://\u{FF11}27.0.0.1/", "http://\u{2460}27.0.0.1/",
    "http://127\u{3002}0.0.1/",
  ])
  func privateHostsNeedAList(url: String) { #expect(Self.anyPublic.problem(Array(url.utf8).span) != nil) }

  /// A wildcard stands for names, and never for those that give away a machine's credentials.
  @Test func wildcardsDoNotReachMetadata() {
    #expect(Self.cloud.problem(Array("http://metadata.google.internal/".utf8).span) != nil)
    #expect(Self.cloud.problem(Array("http://169.254.169.254/".utf8).span) != nil)
    #expect(Self.cloud.problem(Array("http://build.internal/".utf8).span) == nil)
    #expect(Self.cloud.problem(Array("http://a.example/".utf8).span) == nil)
    #expect(Self.cloud.problem(Array("http://example/".utf8).span) != nil)
  }

  /// A refusal goes to logs and models; what it refuses may be a secret.
  @Test(arguments: ["https://user:s3cr3t@docs.acme.example/", "https://s3cr3t.example/", "s3cr3t", "https://docs.acme.example:1/s3cr3t"])
  func refusalsDoNotRepeatTheURL(url: String) {
    let problem = Self.known.problem(Array(url.utf8).span)
    #expect(problem?.contains("s3cr3t") == false)
  }
}
