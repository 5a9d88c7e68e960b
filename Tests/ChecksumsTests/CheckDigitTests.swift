import Checksums
import TestSupport
import Testing

/// Checks that notice every change of a single digit, with a valid number each.
private let exact: [(check: Check, number: String)] = [
  (.luhn, "4111111111111111"), (.card, "5555555555554444"), (.iban, "DE89370400440532013000"), (.ukNHS, "9434765919"),
  (.deTaxID, "86095742719"),
  (.esDNI, "12345678Z"), (.nlBSN, "123456782"), (.chAHV, "7569217076985"), (.plPESEL, "44051401359"), (.hrOIB, "33392005961"),
  (.trTCKN, "17291716060"), (.inAadhaar, "234123412346"), (.cnResident, "360426199101010071"), (.caSIN, "130692544"),
  (.usNPI, "1234567893"),
  (.usRouting, "111000025"), (.zaID, "7503305044089"), (.auTFN, "123456782"), (.frNIR, "255081416802538"), (.sgNRIC, "S1234567D"),
  (.noFNR, "15108695088"), (.grAMKA, "01013099997"), (.fiHETU, "131052-308T"),
]

@Suite struct CheckDigitTests {
  /// Valid numbers near a valid one, found by drawing digits, and all their neighbours.
  @Test(arguments: exact) func everyChangedDigitIsNoticed(row: (check: Check, number: String)) {
    let seed = propertySeed()
    var generator = SeededGenerator(seed: seed)
    var numbers = [Array(row.number.utf8)]
    for _ in 0..<propertyRuns(2_000) {
      var number = Array(row.number.utf8)
      // Dates and countries stay, so that one draw in a hundred or so is valid.
      for _ in 0..<3 {
        let place = Int.random(in: number.count / 2..<number.count, using: &generator)
        if isDigit(number[place]) { number[place] = 0x30 + UInt8.random(in: 0...9, using: &generator) }
      }
      if row.check.holds(number) { numbers.append(number) }
    }
    #expect(numbers.count > 1, "no other valid number was drawn; seed \(seed)")
    for number in numbers {
      #expect(row.check.holds(number))
      for place in number.indices where isDigit(number[place]) {
        var changed = number
        for digit in UInt8(0x30)...0x39 where digit != number[place] {
          changed[place] = digit
          let text = String(decoding: changed, as: UTF8.self)
          #expect(
            !row.check.holds(changed),
            "\(row.check.rawValue) takes \(text) as well as \(String(decoding: number, as: UTF8.self)); seed \(seed)")
        }
      }
    }
  }

  /// Verhoeff's digits notice two neighbours that change places; Luhn's do, but for nought and nine.
  @Test func swappedNeighboursAreNoticed() {
    for (check, number) in [(Check.inAadhaar, "234123412346"), (.luhn, "79927398713"), (.plPESEL, "44051401359")] {
      let digits = Array(number.utf8)
      for place in 0..<digits.count - 1 where digits[place] != digits[place + 1] {
        let isBlindSpot = check != .inAadhaar && [0, 5, 9].contains(abs(Int(digits[place]) - Int(digits[place + 1])))
        var swapped = digits
        swapped.swapAt(place, place + 1)
        if !isBlindSpot { #expect(!check.holds(swapped), "\(check.rawValue) \(number) at \(place)") }
      }
    }
  }

  /// Keys that machines draw are random, and words in any spelling are not.
  @Test func drawnKeysAreRandom() {
    let seed = propertySeed()
    var generator = SeededGenerator(seed: seed)
    let alphabets = [
      "0123456789abcdef", "0123456789abcdefghijklmnopqrstuvwxyz", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
    ]
    let runs = propertyRuns(3_000)
    for alphabet in alphabets.map({ Array($0.utf8) }) {
      var missed = 0
      for _ in 0..<runs {
        let key = (0..<Int.random(in: 20...64, using: &generator)).map { _ in
          alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
        }
        missed += Check.random.holds(key) ? 0 : 1
      }
      #expect(missed * 100 <= runs, "\(missed) of \(runs) keys of \(alphabet.count) characters; seed \(seed)")
    }
  }

  @Test func wordsAreNotRandom() {
    let seed = propertySeed()
    var generator = SeededGenerator(seed: seed)
    let words = [
      "client", "service", "account", "storage", "default", "session", "provider", "internal", "credentials", "production", "database",
      "manager",
      "connection", "token", "secret", "access",
    ]
    for _ in 0..<propertyRuns(3_000) {
      let some = (0..<Int.random(in: 2...5, using: &generator)).map { _ in words[Int.random(in: 0..<words.count, using: &generator)] }
      for text in [
        some.joined(separator: "-"), some.joined(separator: "_"), some.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(),
      ] {
        #expect(!Check.random.holds(text), "\(text); seed \(seed)")
      }
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
