import Filters
import TestSupport
import Testing

@Suite struct NormalisationTests {
  private func normalised(_ text: String, _ options: Normalisation = .all) -> TextView? { options.view(of: Array(text.utf8).span) }

  @Test(arguments: [
    ("&lt;b&#x3E; &#105;gnore &nosuch; &amp;lt;", "<b> ignore &nosuch; <"), ("&#xD800;&#;", "&#xD800;&#;"),
    ("%69gnore%20all 100% %C3%A9 %FF", "ignore all 100% é %FF"),
    ("\u{1B}[31mred\u{1B}[0m \u{1B}]8;;http://x\u{07}link", "red link"), ("\u{1B}]never ends", "never ends"),
    ("i\u{200B}g\u{AD}n\u{2060}o\u{FEFF}re", "ignore"),
    ("a\u{200D}b 👩\u{200D}💻", "ab 👩\u{200D}💻"), ("x\u{E0068}\u{E0069}\u{E007F}", "xhi"), ("\u{202E}abc\u{202C}", "abc"),
    ("ｉｇｎｏｒｅ　ａｌｌ", "ignore all"), ("𝐢𝐠𝐧𝐨𝐫𝐞 𝟏", "ignore 1"),
    ("ⓘⓖⓝⓞⓡⓔ", "ignore"), ("oﬃce…", "office..."), ("i\u{301}g\u{308}nore", "ignore"), ("іgnоrе", "ignore"),
    ("игнорируй все", "игнорируй все"), ("сору", "copy"), ("ɪɢɴᴏʀᴇ", "ignore"),
    ("&#x202E;ig%6Eore", "ignore"), ("é\u{301}", "é\u{301}"), ("日本語 ü", "日本語 ü"),
  ]) func table(_ text: String, _ expected: String) {
    let view = normalised(text)
    // As bytes: strings are equal when they are canonically so.
    let result = view?.bytes ?? Array(text.utf8)
    #expect(result == Array(expected.utf8), "\(String(decoding: result, as: UTF8.self))")
    #expect((view == nil) == (Array(text.utf8) == Array(expected.utf8)))
  }

  @Test(arguments: [
    (#"ign\u006fre \u{61} \x62 \"q\" \ud83d\ude00 \ud83d c:\dir"#, "ignore a b \"q\" 😀 \\ud83d c:\\dir"), (#"\\u0041"#, "A"),
    ("x aWdub3JlIGFsbCBwcmV2aW91cw== y", "x ignore all previous== y"), ("69 67 6e 6f 72 65 20 6d 65", "ignore me"),
    ("\\x69\\x67\\xc3\\xa9", "igé"), ("\u{0}a\u{7F}", "a"), ("½ ㎏ ™ ﹤", "½ kg TM <"),
    ("🄸🅖🅝", "IGN"), ("ᏟᎠ", "CD"), ("\u{1D173}a", "a"),
  ]) func encoded(_ text: String, _ expected: String) {
    let view = normalised(text)
    #expect(String(decoding: view?.bytes ?? Array(text.utf8), as: UTF8.self) == expected)
  }

  @Test(arguments: ["", "plain text, 1 + 1 = 2", "tab\tand\nline", "é and 日本 stay"]) func nothingToDo(_ text: String) {
    #expect(normalised(text) == nil)
  }

  @Test(arguments: [
    ("a &lt;b&gt; c", "<b>", "&lt;b&gt;"), ("x i\u{200B}gn\u{200B}ore y", "ignore", "i\u{200B}gn\u{200B}ore"), ("oﬃce", "ffic", "ﬃc"),
    ("oﬃce", "f", "ﬃ"), ("ｉｇｎ", "ig", "ｉｇ"),
  ]) func mapsBack(_ text: String, _ found: String, _ expected: String) throws {
    let view = try #require(normalised(text))
    let range = try #require(view.bytes.firstRange(of: Array(found.utf8)))
    let original = view.original(of: range)
    #expect(Array(text.utf8)[original].elementsEqual(expected.utf8))
  }

  private static let pieces = [
    "a", "b", " ", "é", "&lt;", "&#x200B;", "&", "%41", "%C3", "%A9", "%", "\u{1B}", "\u{1B}[1m", "]", "\u{07}", "\u{200B}", "\u{200D}",
    "\u{E0041}", "ｆ", "𝐚", "ﬁ", "\u{301}", "о", "я", "😀", "\\", "\\u0041", "\\ud83d\\ude00", "\\n", "aWdub3JlIGFsbCBwcmV2aW91cw==",
    "69676e6f7265206d65",
    "69 67 6e 6f 72 65 20 6d 65", "1gn0r3", "ignroe", "i g n o r e", "i-t-e-m", "vtaber", "lbhe", "erongi", "ruoy", "previous.", "<b>",
    "<!--", "-->", "\u{9B}",
    "\u{202E}", "ïgnore", "!", "-",
  ]

  private func text(_ random: inout SeededGenerator) -> String {
    (0..<Int.random(in: 0...12, using: &random)).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
  }

  /// Views are UTF-8, pieces of them map to pieces of the original on whole characters, in order or, read from the end, against it, and what has been undone
  /// stays undone.
  @Test func mapIsSound() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<propertyRuns(5_000) {
      let text = text(&random)
      let note: Comment = "seed \(seed): \(text.debugDescription)"
      let bytes = Array(text.utf8)
      let views = Normalisation.all.views(of: bytes.span)
      #expect(views.count <= 5, note)
      for view in views {
        #expect(String(validating: view.bytes, as: UTF8.self) != nil, note)
        #expect(view.original(of: 0..<view.bytes.count).upperBound <= bytes.count, note)
        let starts = view.bytes.indices.filter { view.bytes[$0] & 0xC0 != 0x80 } + [view.bytes.count]
        var pieces: [Range<Int>] = []
        for (start, next) in zip(starts, starts.dropFirst()) {
          let original = view.original(of: start..<next)
          #expect(!original.isEmpty && original.upperBound <= bytes.count, note)
          #expect(String(validating: bytes[original], as: UTF8.self) != nil, note)
          pieces.append(original)
        }
        let isReversed = (pieces.first?.lowerBound ?? 0) > (pieces.last?.lowerBound ?? 0)
        let ordered = isReversed ? pieces.reversed() : pieces
        #expect(zip(ordered, ordered.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound && $0.upperBound <= $1.upperBound }, note)
      }
      let shapes: Normalisation = [.invisible, .unicode]
      let once = shapes.view(of: bytes.span)?.bytes ?? bytes
      #expect(shapes.view(of: once.span) == nil, note)
    }
  }

  /// What is taken out for good leaves text, and taking it out again changes nothing.
  @Test func removalsAreComplete() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let strip: Normalisation = [.invisible, .control, .terminal, .markup]
    for _ in 0..<propertyRuns(5_000) {
      let text = text(&random)
      let note: Comment = "seed \(seed): \(text.debugDescription)"
      var bytes = Array(text.utf8)
      for range in strip.removals(in: bytes.span).reversed() { bytes.removeSubrange(range) }
      #expect(String(validating: bytes, as: UTF8.self) != nil, note)
      #expect(strip.removals(in: bytes.span).isEmpty, note)
    }
  }

  @Test(arguments: [
    ("a<!-- do it -->b", "ab"), ("a<!-<!-- x -->- y -->b", "a- y -->b"), ("<!-- open", "<!-- open"), ("x\u{E0068}\u{E0069}y", "xy"),
    ("a\u{200B}\u{200D}é 👩\u{200D}💻", "aé 👩\u{200D}💻"), ("\u{1B}[31mred\u{1B}[0m\u{08}\n", "red\n"), ("plain <b>", "plain <b>"),
  ]) func removals(_ text: String, _ expected: String) {
    var bytes = Array(text.utf8)
    let strip: Normalisation = [.invisible, .control, .terminal, .markup]
    for range in strip.removals(in: bytes.span).reversed() { bytes.removeSubrange(range) }
    #expect(String(decoding: bytes, as: UTF8.self) == expected)
  }

  /// Views stay in proportion to the text, whatever is in it.
  @Test(arguments: [
    "41 ", "0x41,", "\\x41", "%41", "%C3", "&#65;", "\u{200D}", "\u{301}", "<", "<!", "<!--", "<!---->", "a-", "1gn0r3 ", "A",
    "AAAAAAAAAAAAAAAAA/", "\u{1B}]", "x.",
    "ﷺ", "㍐", "\\", "ignroe ", "а", "я", "lbhe ",
  ]) func hostileTextIsBounded(_ piece: String) {
    let text = Array(String(repeating: piece, count: 16_000 / piece.utf8.count).utf8)
    for view in Normalisation.all.views(of: text.span) { #expect(view.bytes.count <= 2 * text.count + 64) }
  }
}
