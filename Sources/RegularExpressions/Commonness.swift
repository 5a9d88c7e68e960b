/// Roughly how often a literal is met in a byte of ordinary text, by which byte follows which. Only an order among literals hangs on it, never whether a match is found.
enum Commonness {
  /// Kinds of bytes that are told apart: white space, digits, letters whatever their case, signs, all others.
  private static let kinds = Array(" 0abcdefghijklmnopqrstuvwxyz.,-_/:\"#".utf8)
  private static let other = kinds.count - 1

  private static let kindOf: [Int] = (0...255).map { byte in
    switch UInt8(byte) {
    case 0x09...0x0D: 0
    case 0x30...0x39: 1
    case 0x41...0x5A: kinds.firstIndex(of: UInt8(byte) + 32) ?? other
    case 0x22, 0x27, 0x60: kinds.firstIndex(of: 0x22) ?? other
    default: kinds.firstIndex(of: UInt8(byte)) ?? other
    }
  }

  /// Of a folded literal that is not empty.
  static func of(_ literal: FoldedLiteral) -> Double {
    var product = frequency(of: literal[0])
    for index in 1..<max(1, literal.count) {
      let kind = kindOf[Int(literal[index])]
      product *= next[kindOf[Int(literal[index - 1])]][kind] * share(of: literal[index], kind)
    }
    return product
  }

  /// Of a folded byte, wherever it stands.
  private static func frequency(of byte: UInt8) -> Double {
    switch byte {
    case 0x20: 0.16
    case 0x30: 0.05
    case 0x65, 0x74, 0x61, 0x6F, 0x69, 0x6E, 0x73, 0x72: 0.07
    case 0x68, 0x6C, 0x64, 0x63, 0x75, 0x6D: 0.035
    case 0x66, 0x70, 0x67, 0x77, 0x79, 0x62: 0.018
    case 0x76, 0x6B, 0x78, 0x6A, 0x71, 0x7A: 0.007
    case 0x22, 0x2C, 0x2E, 0x2D, 0x3A, 0x2F, 0x5F: 0.012
    case 0x21...0x7E: 0.003
    default: 0.002
    }
  }

  /// By kind of a byte and kind of the next: how often that comes next.
  private static let next: [[Double]] = halvings.map { row in row.utf8.map { halved(Int($0) - 0x61) } }

  private static func halved(_ halfTimes: Int) -> Double { (0..<halfTimes).reduce(1) { result, _ in result * 0.707_106_781_186_547_5 } }

  /// Of its kind, which letters, digits and white space are all of.
  private static func share(of byte: UInt8, _ kind: Int) -> Double {
    switch byte {
    case 0x22, 0x27, 0x60: 0.33
    case 0x80...0x8F: 0.016
    case 0x90...0xFF: 0.004
    default: kind == other ? 0.02 : 1
    }
  }

  /// By kind of a byte and kind of the next: how many half halvings of certainty, from `a` for none.
  private static let halvings = [
    "ckknlmnmpplqsnmommtmkjprnyqzvzmwuyji",
    "gctututusyywywwvzxzvunzzzvyujjitrjjk",
    "juskiktplsjwohigwmygifmlqqltnrssvvpp",
    "mpgsmrfsvxiktfqshszjlqgwwwjzmtstrvmp",
    "lrhxmsgtwgjzjjtteozjogjxypnzqrsmtppp",
    "erhotlfsoqhsuoorirzmlskssxoymnpjtmjl",
    "fujqiilnntqxtkkhtmpggjtmolpvnopmsmkm",
    "fpissuiktwfxtjvrfwzipkjxwznzloqruson",
    "esiqmtfsmkhzyljkkqyikpjvwzoxllnpnpml",
    "hsgvzrdxzvhwxpokhtznqjmwuvqzkqrqsnpn",
    "nwlnijjklzuyqhjehkulhhskzrznsuuuuxss",
    "ppgrrneqtunvrtvvdqutjufsuzvvntttzvpp",
    "fqjtupespqgzulplltxripltpxqzilknqokk",
    "hqgtqkfmtugzshorhoztkkjouzjzlpqksqmm",
    "hsflnqeuqwizyojsiiwvmrmxtzjzpoooonmm",
    "fqisjhhmhukspprmjsxsignpuwoxnnpqrolk",
    "iyonkkpknmnpnjhelkzglkhmjrsysustsvrs",
    "ktfuqnguumjzthnuhjzfkikxuvlzmrpquonn",
    "mlqsussvsprvtjrrvrurpubrsvuxptutvnnl",
    "guhrllfqmxhzlnlmhpzkjjlmpzkznopounmm",
    "fqlvkrgrvlizopqrjkttifkvounzjmqpoljl",
    "goixpsgsvfgzyortinzjklkzqukxooolqnlm",
    "ksjkjkhqmykzrijhsjzgfhwuzstvtrzyzxtt",
    "ooesqvcyrwezzvrvlrzurtpwyuuyuytrtvrq",
    "hpgquphtvheysozihtymkiwxlxzylsppwrqn",
    "gnisjpgpzsjtzmlvrhtspfruvgnzlojotoll",
    "drnprrmvmvnxznlmhiyriltxpxrojlmoplgj",
    "ingqsucxtmhvuqqqiquuptlrrppmrouotxkm",
    "dhmngkopmpmksklonkunlmpsnpuxlsvlrzii",
    "ajrsrqptvtvqwrqqtqzppvvswztztzzzzzvk",
    "femmlmnmppmrqmmqnlrnkmppqwvtvzezzzym",
    "pkiljigknoiqnljinktlignkkwxvvvzlzjvo",
    "hkjlkkknjmjpqkkpmiukjkonkjstqwoufzpk",
    "bgwwvwvvzzvzzvuuxxzwtvuyxzzzzzwzlotm",
    "iijklllnoompsmnmokumjkoqpustmgtuteji",
    "dlomopppnoputppirpyolpqtrruxmjruonhe",
  ]
}
