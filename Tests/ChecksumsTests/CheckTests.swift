import Checksums
import TestSupport
import Testing

extension Check {
  func holds(_ text: String) -> Bool { holds(Array(text.utf8)) }
  func holds(_ text: [UInt8]) -> Bool { holds(text.span) }
}

/// Numbers that issuers, standards and encyclopaedias print as examples, and neighbours of them that are none.
private let table: [(check: Check, valid: [String], invalid: [String])] = [
  (.luhn, ["79927398713", "4111 1111 1111 1111", "card 378282246310005"], ["79927398710", "0000000000000000", "7", ""]),
  (
    .card,
    [
      "4111111111111111", "4222222222222", "378282246310005", "5555-5555-5555-4444", "2223003122003222", "6011111111111117",
      "30569309025904",
      "3530111333300000", "6759649826438453", "213164126086955",
    ], ["4111111111111112", "41111111111111", "1234567812345670", "9999999999999995", "4111"]
  ),
  (
    .iban,
    [
      "GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "FR1420041010050500013M02606", "NO9386011117947",
      "MT84MALT011000012345MTLCAST001S",
      "IBAN: gb82 west 1234 5698 7654 32",
    ], ["GB82 WEST 1234 5698 7654 33", "DE8937040044053201300", "ZZ89370400440532013000", "IBAN", "DE"]
  ),
  (.ukNino, ["AB123456C", "JG 10 37 59 A", "NI number AB123456C"], ["QQ123456C", "AB123456E", "BG123456A", "AO123456A", "AB12345C"]),
  (.ukNHS, ["943 476 5919", "NHS no. 401 023 2137"], ["943 476 5918", "0000000000", "943476591"]),
  (.iePPSN, ["1234567T", "1234567FA", "6433435F", "PPS: 6433435F"], ["1234567A", "6433435E", "643343F"]),
  (.deTaxID, ["86095742719", "65 929 970 489", "47036892816"], ["86095742718", "12345678903", "06095742719"]),
  (.frNIR, ["2 55 08 14 168 025 38", "269054958815780"], ["2 55 08 14 168 025 39", "9 55 08 14 168 025 38", "255081416802538A"]),
  (
    .esDNI, ["12345678Z", "54362315-K", "X1234567L", "X-2482300-W", "DNI 12345678Z"], ["12345678A", "X1234567M", "00000000T", "A1234567L"]
  ),
  (.ptNIF, ["123456789", "501442600", "NIF 501 442 600"], ["123456788", "000000000", "403456787"]),
  (
    .itCodiceFiscale, ["RSSMRA85T10A562S", "MRTMTT91D08F205J", "RCCMNL83S18D969H"],
    ["RSSMRA85T10A562T", "RSSMRA85Z10A562S", "RSSMR185T10A562S"]
  ),
  (.nlBSN, ["111222333", "123456782"], ["111222334", "111111111", "12345678"]),
  (.beNational, ["85.07.30-033.28", "17 07 30 033 84"], ["85.07.30-033.29", "85.67.30-033.28"]),
  (.chAHV, ["756.9217.0769.85", "756.1234.5678.97"], ["756.9217.0769.84", "757.9217.0769.85"]),
  (.atSVNR, ["1237 010180"], ["1238 010180", "1237 320180"]),
  (.sePersonnummer, ["811218-9876", "19811218-9876", "640823-3234"], ["811218-9875", "811318-9876", "99811218-9876"]),
  (.fiHETU, ["131052-308T", "311280-888Y", "hetu 131052-308t"], ["131052-308U", "131352-308T", "131052/308T", "131052"]),
  (.noFNR, ["15108695088"], ["15108695089", "15138695088"]),
  (.dkCPR, ["211062-5629"], ["321062-5629", "211062-0000", "3002625629"]),
  (.balticCode, ["37605030299", "33309240064"], ["37605030298", "97605030299", "37613030299"]),
  (.plPESEL, ["44051401359", "02070803628"], ["44051401358", "44131401359"]),
  (.czRC, ["736028/5163", "7103192745"], ["736028/5164", "739928/5163"]),
  (.roCNP, ["1630615123457"], ["1630615123458", "0630615123457", "1631315123457"]),
  (.bgEGN, ["7523169263", "8032056031"], ["7523169264", "7599169263"]),
  (.hrOIB, ["33392005961", "69435151530"], ["33392005962", "00000000000"]),
  (.grAMKA, ["01013099997"], ["01013099998", "32013099997"]),
  (.jmbg, ["0101006500006"], ["0101006500007", "3201006500006"]),
  (.trTCKN, ["10000000146", "17291716060"], ["10000000147", "07291716060"]),
  (.ruSNILS, ["112-233-445 95"], ["112-233-445 96"]),
  (
    .usSSN, ["536-90-4399", "SSN: 536904399"],
    ["078-05-1120", "123-45-6789", "000-12-3456", "666-12-3456", "900-12-3456", "536-00-4399", "536-90-0000"]
  ),
  (.usITIN, ["912-90-3456", "900-70-0000"], ["812-90-3456", "912-93-3456"]),
  (.usRouting, ["021000021", "111000025"], ["021000022", "501000021", "000000000"]),
  (.usNPI, ["1234567893"], ["1234567890", "3234567893"]),
  (.caSIN, ["130 692 544"], ["130 692 543", "046 454 286", "111111111"]),
  (.mxCURP, ["BOXW310820HNERXN09", "HEGG560427MVZRRL04"], ["BOXW310820HNERXN08", "BOXW311320HNERXN09", "1OXW310820HNERXN09"]),
  (.brCPF, ["390.533.447-05"], ["390.533.447-06", "111.111.111-11"]),
  (.brCNPJ, ["16.727.230/0001-97", "11.222.333/0001-81"], ["16.727.230/0001-98", "00000000000000"]),
  (.arCUIT, ["20-05536168-2", "20267565393"], ["20-05536168-3", "21-05536168-2"]),
  (.clRUT, ["12.531.909-2", "76086428-5", "RUT 76086428-5"], ["12.531.909-3", "76086428-K"]),
  (.inAadhaar, ["2341 2341 2346"], ["2341 2341 2345", "1341 2341 2346", "222222222222"]),
  (.inPAN, ["ACUPA7085R", "PAN: AAPFU0939F"], ["ACUXA7085R", "ACUPA70851", "AC1PA7085R"]),
  (.cnResident, ["360426199101010071", "11010519491231002X"], ["360426199101010072", "360426199113010071"]),
  (.krRRN, ["970101-1234569", "211231-3000000"], ["970101-1234560", "971301-1234567"]),
  (.jpMyNumber, ["6214 9832 0257", "123456789018"], ["6214 9832 0258", "111111111111"]),
  (.twID, ["A123456789", "A800000014"], ["A123456788", "A523456789", "1123456789"]),
  (.sgNRIC, ["S1234567D", "M1234567K"], ["S1234567E", "A1234567D", "M1234567L"]),
  (.thID, ["1234545678781"], ["1234545678782", "9234545678781"]),
  (.ilID, ["039337423", "123456782"], ["039337424", "000000000"]),
  (.aeID, ["784-1980-1234567-8"], ["784-1980-1234567-0", "785-1980-1234567-9", "784-1780-1234567-9"]),
  (.zaID, ["7503305044089", "8001015009087"], ["7503305044088", "7513305044089"]),
  (.auTFN, ["123 456 782", "876 543 210"], ["123 456 783", "000000000"]),
  (.auMedicare, ["2123 45670 1", "2428 77813 2"], ["2123 45671 1", "7123 45670 1"]),
  (.nzIRD, ["49-091-850", "136-410-132"], ["49-091-851", "9-125-568"]),
  (
    .ip, ["192.168.1.20", "10.0.0.1", "104.26.3.155", "fe80::1", "2a00:1450:4001:81b::200e", "::ffff:104.26.3.155", "1:2:3:4:5:6:7:8"],
    [
      "1.2.3.4", "256.1.1.1", "01.2.3.200", "10.20.30", "127.0.0.1", "0.0.0.0", "192.0.2.7", "255.255.255.255", "12:30:45", "::1",
      "1::2::3",
      "1:2:3:4:5:6:7:8:9", ":1:2:3", "1:2:3:4:5:6:7:", "2001:db8::1", "fe80::12345", "10.0.0.1.5",
    ]
  ),
  (
    .phone, ["+1 415 555 2671", "+49 30 901820", "0044 20 7946 0958", "(415) 555-2671"],
    ["123-4567", "1234567890", "1111111", "2024-01-15", "09.12.2024", "+999 12345678", "+1 415", "12345"]
  ),
  (.coordinates, ["52.5200, 13.4050", "lat: -33.8688, lon: 151.2093"], ["95.1, 10.2", "12.5, 181.0", "0.0, 0.0", "52, 13", "52.52"]),
  (.crc32, ["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"], ["ghp_zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18", "ghp_q17", ""]),
  (
    .jwt, ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIn0.x", "Bearer eyJ0eXAiOiJKV1QiLCJhbGciOiJub25lIn0.e30."],
    ["eyJhIjoxfQ.e30.x", "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", "eyes.on.you", "W10.e30.x", ""]
  ),
  (
    .notPlaceholder, ["postgres://app:d7N8bs@", "Pwd=hunter2", "login: Sommer2024!", "password = \"correct-horse\""],
    ["postgres://user:password@", "pwd=xxxxxxxx", "password: changeme", "secret", "aaaaaaaa", "abc", ""]
  ),
  (
    .random,
    [
      "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", "d41d8cd98f00b204e9800998ecf8427e", "550e8400-e29b-41d4-a716-446655440000",
      "secret: kX9#mQ2v",
      "token=\"aGVsbG8gd29ybGQgdGhpcyBpcw==\"", "AIzaSyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY", "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
    ],
    [
      "AKIAIOSFODNN7EXAMPLE", "0123456789abcdef", "password = \"hunter2\"", "my-service-account-name", "getClientSecretFromEnvironment",
      "your-api-key-here", "config.get.password", "token: xxxxxxxxxxxxxxxx", "aaaaaaaaaaaaaaaaaaaaaaaa", "1234567890123456", "Sunday", "",
    ]
  ),
]

@Suite struct CheckTests {
  @Test func everyCheckIsOnTheTable() {
    #expect(Set(table.map(\.check)) == Set(Check.allCases) && table.count == Check.allCases.count)
  }

  @Test(arguments: table) func knowsItsNumbers(row: (check: Check, valid: [String], invalid: [String])) {
    for text in row.valid { #expect(row.check.holds(text), "\(row.check.rawValue) should hold for \(text)") }
    for text in row.invalid { #expect(!row.check.holds(text), "\(row.check.rawValue) should not hold for \(text)") }
  }

  /// What stands around a number in prose is no part of it.
  @Test(arguments: table.filter { $0.check != .ip && $0.check != .finnish }) func takesWordsBefore(
    row: (check: Check, valid: [String], invalid: [String])
  ) {
    for text in row.valid { #expect(row.check.holds("is: " + text), "\(row.check.rawValue): is: \(text)") }
  }

  /// No check may stop the gate, whatever it is given.
  @Test func takesAnything() {
    let seed = propertySeed()
    var generator = SeededGenerator(seed: seed)
    let alphabet = Array("0123456789AbZz:.-+ =\"/_é\u{0}".utf8)
    for _ in 0..<propertyRuns(2_000) {
      let text = (0..<Int.random(in: 0...90, using: &generator)).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
      }
      for check in Check.allCases { _ = check.holds(text) }
    }
  }
}

extension Check {
  /// Takes the last eleven characters as they stand.
  fileprivate static var finnish: Check { .fiHETU }
}
