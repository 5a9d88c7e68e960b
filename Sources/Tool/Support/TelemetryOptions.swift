import ArgumentParser
import Credentials
import Settings

/// The option of the gates on traces and metrics.
struct TelemetryOptions: TableOptions {
  @Option(
    help: ArgumentHelp(
      "Send traces and metrics to an OpenTelemetry collector by OTLP over HTTP. SALLYPORT_OTLP_AUTHORIZATION is sent along.",
      valueName: "url"))
  var otlp: String?

  static let table = "telemetry"
  var said: [String?] { [option("--otlp", otlp)] }

  mutating func read(_ reader: inout SettingsReader) {
    guard let (text, range) = reader.text("otlp", needed: "the address of a collector") else { return }
    do throws(WebAddress.Fault) {
      _ = try WebAddress(text)
    } catch {
      reader.complain(range, "`otlp` is no address of a collector: \(error.rawValue)")
    }
    otlp = text
  }
}
