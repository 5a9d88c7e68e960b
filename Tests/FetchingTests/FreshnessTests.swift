import Fetching
import Testing

@Suite struct FreshnessTests {
  @Test(
    arguments: [
      ([], nil), (["Cache-Control: max-age=60"], 60), (["cache-control:public,MAX-AGE=60 , immutable"], 60),
      (["Cache-Control: max-age=\"60\""], 60),
      (["Cache-Control: no-store"], 0), (["Cache-Control: max-age=60, no-cache"], 0), (["Cache-Control: max-age=60", "Age: 45"], 15),
      (["Age: 90", "Cache-Control: max-age=60"], 0), (["Cache-Control: max-age=60, max-age=5"], 5), (["Cache-Control: max-age=soon"], 0),
      (["Cache-Control: max-age=-5"], 0), (["Cache-Control: max-age"], 0), (["Cache-Control: max-age=99999999999999999999"], 1 << 31),
      (["Cache-Control: private"], nil), (["X-Cache-Control: max-age=60"], nil), (["max-age=60"], nil), (["Age: 1"], nil),
      (["Cache-Control: s-maxage=60"], nil),
    ] as [([String], Int64?)])
  func isReadFromHeaders(_ lines: [String], _ seconds: Int64?) {
    var freshness = Freshness()
    for line in lines { freshness.read(line) }
    #expect(freshness.seconds == seconds)
  }
}
