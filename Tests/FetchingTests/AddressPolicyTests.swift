import Fetching
import Testing

@Suite struct AddressPolicyTests {
  @Test(arguments: [
    // Loopback, private, shared, link-local with clouds' credentials, documentation, benchmarks, multicast, reserved.
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1",
    "100.100.100.200", "169.254.169.254", "169.254.0.1", "0.0.0.0", "0.1.2.3", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1",
    "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "fe80::1", "febf::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1", "2001:db8::1", "2001::1", "2001:1ff::1",
    "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "64:ff9b:1::1", "4000::1",
    // IPv4 in IPv6's clothes.
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254",
    "::127.0.0.1", "::10.0.0.1",
  ])
  func specialAddressesAreClosed(_ text: String) throws {
    #expect(!AddressPolicy().allows(try #require(NetworkAddress(text))))
  }

  @Test(arguments: [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255",
    "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
    "223.255.255.255", "168.63.129.17", "2606:4700:4700::1111", "2a00:1450::1", "2001:200::1", "2003::1", "3ffe::1", "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
  ])
  func publicAddressesAreOpen(_ text: String) throws {
    #expect(AddressPolicy().allows(try #require(NetworkAddress(text))))
  }

  @Test(arguments: [
    ("10.1.255.255", false), ("10.2.0.1", true), ("10.3.255.255", true), ("10.4.0.0", false), ("127.0.0.1", false),
    ("::ffff:10.2.0.1", true),
    ("fd12::1", true), ("fd13::1", false), ("169.254.169.254", false),
  ])
  func anExceptionOpensItsNetworkOnly(_ text: String, _ isAllowed: Bool) throws {
    let policy = AddressPolicy(allowing: [try #require(NetworkPrefix("10.2.0.0/15")), try #require(NetworkPrefix("fd12::/16"))])
    #expect(policy.allows(try #require(NetworkAddress(text))) == isAllowed)
  }

  @Test(arguments: [
    "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.1/8", "10.0.0/8", "0x7f.1", "2130706433", "fd00::/129",
    "fd00::1/8",
    "localhost", "::ffff:10.0.0.0/104", "10.0.0.0/0008", "10.0.0.0/٨",
  ])
  func whatIsNoNetworkIsRefused(_ text: String) { #expect(NetworkPrefix(text) == nil) }

  /// Against bit-by-bit comparison.
  @Test func prefixesHoldWhatBeginsAsTheyDo() throws {
    for length in 0...32 {
      let mask: UInt32 = length == 0 ? 0 : ~0 << UInt32(32 - length)
      for seed in [UInt32(0x0A0B_0C0D), 0xFFFF_FFFF, 0x8000_0001, 0] {
        let base = seed & mask
        let prefix = try #require(NetworkPrefix("\(dotted(base))/\(length)"))
        for bit in 0..<32 {
          let other = seed ^ 1 << UInt32(bit)
          #expect(prefix.contains(try #require(NetworkAddress(dotted(other)))) == (other & mask == base), "\(dotted(other)) in /\(length)")
        }
      }
    }
  }

  private func dotted(_ address: UInt32) -> String { (0..<4).map { String(address >> (24 - 8 * $0) & 255) }.joined(separator: ".") }
}
