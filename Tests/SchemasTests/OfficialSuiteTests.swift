import Schemas
import Testing

@Suite(.enabled(if: OfficialSuite.folder != nil, "test data is absent: set SALLYPORT_CORPORA to its folder"))
struct OfficialSuiteTests {
  @Test(arguments: OfficialSuite.dialects.map(\.name))
  func everyRequiredTestPasses(folder: String) throws {
    let suite = try OfficialSuite(root: #require(OfficialSuite.folder))
    let dialect = try #require(OfficialSuite.dialects.first { $0.name == folder }).dialect
    let files = suite.files(in: folder)
    #expect(files.count > 25)
    for file in files {
      let result = try suite.run(folder + "/" + file, dialect)
      #expect(result.total > 0, "\(file)")
      #expect(result.failures == [], "\(file)")
    }
  }

  @Test(arguments: OfficialSuite.dialects.map(\.name))
  func everyClaimedFormatPasses(folder: String) throws {
    let suite = try OfficialSuite(root: #require(OfficialSuite.folder))
    let dialect = try #require(OfficialSuite.dialects.first { $0.name == folder }).dialect
    let files = suite.files(in: folder + "/optional/format")
    for format in Format.allCases where files.contains(format.rawValue + ".json") {
      let result = try suite.run("\(folder)/optional/format/\(format.rawValue).json", dialect, assertsFormats: true)
      #expect(result.failures == [], "\(format.rawValue)")
    }
  }

  @Test(arguments: OfficialSuite.dialects.map(\.name))
  func optionalTestsPass(folder: String) throws {
    let suite = try OfficialSuite(root: #require(OfficialSuite.folder))
    let dialect = try #require(OfficialSuite.dialects.first { $0.name == folder }).dialect
    for file in suite.files(in: folder + "/optional") where !OfficialSuite.unclaimed.contains(file) {
      let result = try suite.run("\(folder)/optional/\(file)", dialect)
      #expect(result.failures == [], "\(file)")
    }
  }
}
