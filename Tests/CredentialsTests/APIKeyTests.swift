import Checksums
import Credentials
import TestSupport
import Testing

@Suite struct APIKeyTests {
  private let pepper = [UInt8](repeating: 7, count: 32)

  @Test func aNewKeyIsReadBack() {
    for _ in 0..<200 {
      let key = APIKey()
      let text = text(of: key)
      #expect(text.count == 64 && text.starts(with: Array("sp_".utf8)))
      // A leaked key is recognised by the check that the shipped packs name.
      let isRecognised = Check.crc32.holds(text.span)
      #expect(isRecognised && facts(of: text)?.name == key.identifier && facts(of: text)?.digest == key.digest(pepper: pepper))
      #expect(String(decoding: text[3..<15], as: UTF8.self) == key.identifier)
    }
  }

  @Test func noTwoAreTheSame() {
    let keys = (0..<1_000).map { _ in text(of: APIKey()) }
    #expect(Set(keys).count == 1_000 && Set(keys.map { $0[3..<15] }).count == 1_000)
  }

  /// The checksum finds every single mistake, so that a typing error is told from a wrong key.
  @Test func everyWrongCharacterIsFound() {
    let good = text(of: APIKey())
    for place in good.indices {
      for character in UInt8(0)...255 where character != good[place] {
        var wrong = good
        wrong[place] = character
        #expect(facts(of: wrong) == nil, "place \(place), character \(character)")
      }
    }
    #expect(facts(of: good.dropLast()) == nil && facts(of: good + [0x30]) == nil && facts(of: []) == nil)
  }

  @Test func digestsDependOnThePepper() {
    let key = APIKey()
    let (one, other) = (key.digest(pepper: pepper), key.digest(pepper: [UInt8](repeating: 8, count: 32)))
    #expect(one.count == 32 && one != other)
  }

  @Test func charactersAreDrawnEvenly() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    var counts = [Int](repeating: 0, count: 256)
    for _ in 0..<1_000 {
      var bytes: [UInt8] = []
      for _ in 0..<512 { bytes.append(UInt8.random(in: 0...255, using: &random)) }
      let key = APIKey { count in
        defer { bytes.removeFirst(count) }
        return Array(bytes.prefix(count))
      }
      for character in text(of: key)[3..<58] { counts[Int(character)] += 1 }
    }
    let drawn = counts.filter { $0 > 0 }
    // 55,000 characters, 887 of each on average; the deviation is 30.
    #expect(drawn.count == 62 && drawn.allSatisfy { (700...1_080).contains($0) }, "SEED=\(seed)")
  }

  private func facts(of text: [UInt8]) -> (name: String, digest: [UInt8])? {
    guard let key = APIKey(text) else { return nil }
    return (key.identifier, key.digest(pepper: pepper))
  }

  private func text(of key: borrowing APIKey) -> [UInt8] {
    key.reveal { span in
      var bytes: [UInt8] = []
      for index in span.indices { bytes.append(span[index]) }
      return bytes
    }
  }
}
