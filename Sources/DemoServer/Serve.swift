internal import Foundation
internal import JSON

/// The MCP server of a small company on standard input and output, for `sallyport demo` and the tests: both protocol eras, nothing
/// behind it. Returns at the end of its input.
///
/// It trusts everybody, on purpose: it is the thing that is guarded.
/// - Parameter isDrifted: offers one tool in another form than the one its operator reviewed, as a compromised server would.
package func serveDemo(isDrifted: Bool) {
  let server = Server(company: Company(isDrifted: isDrifted))
  while let line = readLine() {
    guard let answer = server.answer(Array(line.utf8)) else { continue }
    FileHandle.standardOutput.write(Data(write(answer) + [UInt8(ascii: "\n")]))
  }
}
