/// How bytes of a format begin, and the media types that such bytes may be said to have.
///
/// Sources: the formats' specifications and registrations with IANA. A signature says how bytes begin, not that they are sound, nor that they are not
/// something else besides.
package struct MediaSignature: Sendable {
  /// The registered name first. One that ends in `*` stands for all that begin so.
  private let types: [String]
  /// Bytes at a place; all have to be there.
  private let marks: [(offset: Int, bytes: [UInt8])]

  private init(_ types: String, _ marks: (Int, [UInt8])...) {
    self.types = types.split(separator: " ").map(String.init)
    self.marks = marks.map { (offset: $0.0, bytes: $0.1) }
  }

  package var name: String { types[0] }

  /// - Parameter type: in lower case, without parameters.
  package func fits(_ type: String) -> Bool {
    types.contains { $0 == type || $0.hasSuffix("*") && type.hasPrefix($0.dropLast()) }
  }

  /// Whether any type of these satisfies a condition.
  package func isAny(_ condition: (String) -> Bool) -> Bool { types.contains { !$0.hasSuffix("*") && condition($0) } }

  /// What bytes visibly are; nil: of no known format.
  package static func of(_ bytes: some Collection<UInt8>) -> MediaSignature? {
    let start = Array(bytes.prefix(longest))
    return known.first { signature in
      signature.marks.allSatisfy { mark in
        start.count >= mark.offset + mark.bytes.count && start[mark.offset..<mark.offset + mark.bytes.count].elementsEqual(mark.bytes)
      }
    }
  }

  /// Those that content of a type begins with; empty: the type has none that is known here.
  package static func of(type: String) -> [MediaSignature] { known.filter { $0.fits(type) } }

  /// Bytes that begin like it and are zero where it says nothing.
  package func sample(count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(count, MediaSignature.longest))
    for mark in marks { bytes.replaceSubrange(mark.offset..<mark.offset + mark.bytes.count, with: mark.bytes) }
    return Array(bytes.prefix(count))
  }

  /// Bytes that are looked at.
  package static let longest = 24

  private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }

  private static let png = MediaSignature("image/png image/apng", (0, [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
  private static let images: [MediaSignature] = [
    png, MediaSignature("image/jpeg image/jpg image/pjpeg", (0, [0xFF, 0xD8, 0xFF])), MediaSignature("image/gif", (0, text("GIF87a"))),
    MediaSignature("image/gif", (0, text("GIF89a"))), MediaSignature("image/webp", (0, text("RIFF")), (8, text("WEBP"))),
    MediaSignature("image/tiff image/tiff-fx", (0, [0x49, 0x49, 0x2A, 0])),
    MediaSignature("image/tiff image/tiff-fx", (0, [0x4D, 0x4D, 0, 0x2A])),
    MediaSignature("image/avif", (4, text("ftypavif"))), MediaSignature("image/avif", (4, text("ftypavis"))),
    MediaSignature("image/heic image/heif", (4, text("ftyphei"))),
    MediaSignature("image/heif image/heic image/avif", (4, text("ftypmif1"))),
    MediaSignature("image/vnd.microsoft.icon image/x-icon", (0, [0, 0, 1, 0])),
    MediaSignature("image/bmp image/x-ms-bmp image/x-bmp", (0, text("BM")), (6, [0, 0, 0, 0])),
    MediaSignature("image/jxl", (0, [0xFF, 0x0A])), MediaSignature("image/jxl", (4, text("JXL "))),
  ]
  private static let sounds: [MediaSignature] = [
    MediaSignature("audio/vnd.wave audio/wav audio/x-wav audio/wave", (0, text("RIFF")), (8, text("WAVE"))),
    MediaSignature("audio/flac audio/x-flac", (0, text("fLaC"))), MediaSignature("audio/mpeg audio/mp3", (0, text("ID3"))),
    MediaSignature("audio/aiff audio/x-aiff", (0, text("FORM")), (8, text("AIFF"))),
    MediaSignature("audio/midi audio/x-midi", (0, text("MThd"))),
    MediaSignature("audio/ogg video/ogg application/ogg audio/opus audio/vorbis", (0, text("OggS"))),
    MediaSignature("audio/mp4 audio/x-m4a audio/m4a", (4, text("ftypM4A"))),
    // Frames without a header before them: eleven set bits, then the version and layer.
    MediaSignature("audio/mpeg audio/mp3", (0, [0xFF, 0xFB])), MediaSignature("audio/mpeg audio/mp3", (0, [0xFF, 0xFA])),
    MediaSignature("audio/mpeg audio/mp3", (0, [0xFF, 0xF3])), MediaSignature("audio/mpeg audio/mp3", (0, [0xFF, 0xF2])),
    MediaSignature("audio/aac audio/x-aac audio/aacp", (0, [0xFF, 0xF1])),
    MediaSignature("audio/aac audio/x-aac audio/aacp", (0, [0xFF, 0xF9])),
  ]
  private static let films: [MediaSignature] = [
    MediaSignature("video/webm audio/webm video/matroska video/x-matroska audio/x-matroska", (0, [0x1A, 0x45, 0xDF, 0xA3])),
    MediaSignature("video/quicktime", (4, text("ftypqt"))), MediaSignature("video/mp4 audio/mp4 video/x-m4v", (4, text("ftyp"))),
    MediaSignature("video/x-msvideo video/avi", (0, text("RIFF")), (8, text("AVI "))), MediaSignature("video/mpeg", (0, [0, 0, 1, 0xBA])),
    MediaSignature("video/mpeg", (0, [0, 0, 1, 0xB3])),
  ]
  private static let archives: [MediaSignature] = [
    MediaSignature(
      "application/zip application/x-zip-compressed application/java-archive application/epub+zip application/vnd.android.package-archive "
        + "application/vnd.openxmlformats-officedocument.* application/vnd.oasis.opendocument.*", (0, [0x50, 0x4B, 3, 4])),
    MediaSignature("application/gzip application/x-gzip", (0, [0x1F, 0x8B, 8])), MediaSignature("application/x-bzip2", (0, text("BZh"))),
    MediaSignature("application/x-xz", (0, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0])),
    MediaSignature("application/zstd", (0, [0x28, 0xB5, 0x2F, 0xFD])),
    MediaSignature("application/x-7z-compressed", (0, [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C])),
    MediaSignature("application/vnd.rar application/x-rar-compressed", (0, [0x52, 0x61, 0x72, 0x21, 0x1A, 7])),
  ]
  private static let others: [MediaSignature] = [
    MediaSignature("application/pdf", (0, text("%PDF-"))),
    MediaSignature("application/vnd.sqlite3 application/x-sqlite3", (0, text("SQLite format 3\0"))),
    MediaSignature("application/wasm", (0, [0, 0x61, 0x73, 0x6D])),
    MediaSignature("application/x-executable application/x-elf", (0, [0x7F, 0x45, 0x4C, 0x46])),
    MediaSignature("application/vnd.microsoft.portable-executable application/x-msdownload", (0, [0x4D, 0x5A, 0x90, 0])),
    MediaSignature(
      "application/x-ole-storage application/msword application/vnd.ms-*", (0, [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1])),
    MediaSignature("font/woff application/font-woff", (0, text("wOFF"))), MediaSignature("font/woff2", (0, text("wOF2"))),
    MediaSignature("font/otf application/font-sfnt", (0, text("OTTO"))),
    MediaSignature("font/ttf application/font-sfnt", (0, [0, 1, 0, 0, 0])),
  ]
  private static let known: [MediaSignature] = images + sounds + films + archives + others
}
