import Filters
import TestSupport
import Testing

@Suite struct NormalisationTests {
  private func normalised(_ text: String, _ options: Normalisation = .all) -> TextView? { options.view(of: Array(text.utf8).span) }

  @Test(arguments: [
    ("&lt;b&#x3E; &#105;gnore &nosuch; &amp;lt;", "<b> ignore &nosuch; &lt;"), ("&#xD800;&#;", "&#xD800;&#;"),
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

  /// The view is UTF-8, pieces of it map to pieces of the original in order and on whole characters, and what has been undone stays undone.
  @Test func mapIsSound() {
    let seed = propertySeed()
    var random = SeededGenerator(seed: seed)
    let pieces = [
      "a", "b", " ", "é", "&lt;", "&#x200B;", "&", "%41", "%C3", "%A9", "%", "\u{1B}", "\u{1B}[1m", "]", "\u{07}", "\u{200B}", "\u{200D}",
      "\u{E0041}", "ｆ", "𝐚", "ﬁ", "\u{301}", "о", "я", "😀", "\\",
    ]
    for _ in 0..<propertyRuns(3_000) {
      let text = (0..<Int.random(in: 0...12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
      guard let view = normalised(text) else { continue }
      let note: Comment = "seed \(seed): \(text.debugDescription)"
      let bytes = Array(text.utf8)
      #expect(String(validating: view.bytes, as: UTF8.self) != nil, note)
      let starts = view.bytes.indices.filter { view.bytes[$0] & 0xC0 != 0x80 } + [view.bytes.count]
      var end = 0
      for (start, next) in zip(starts, starts.dropFirst()) {
        let original = view.original(of: start..<next)
        #expect(!original.isEmpty && original.upperBound <= bytes.count, note)
        #expect(String(validating: bytes[original], as: UTF8.self) != nil, note)
        #expect(original.upperBound >= end, note)
        end = original.upperBound
      }
      let shapes: Normalisation = [.invisible, .unicode]
      let once = shapes.view(of: bytes.span)?.bytes ?? bytes
      #expect(shapes.view(of: once.span) == nil, note)
    }
  }
}
