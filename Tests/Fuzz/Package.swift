// swift-tools-version: 6.2
import PackageDescription

// Fuzz targets reach into modules whose declarations have `package` access. They are compiled as a part of that package, whose identity is
// the name of the checkout's folder. Build with the flags that README.md names: they must hold for the modules, too.
let checkout = Context.packageDirectory.split(separator: "/").dropLast(2).last.map { $0.lowercased() } ?? ""
let packageName = String(checkout.map { $0.isLetter || $0.isNumber ? $0 : "_" })

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v26)],
  products: [
    fuzzer("FuzzJSON"), fuzzer("FuzzPolicies"), fuzzer("FuzzFilters"), fuzzer("FuzzNormalisation"), fuzzer("FuzzSanitiser"),
    fuzzer("FuzzSession"), fuzzer("FuzzTokens"),
  ],
  dependencies: [.package(path: "../..")],
  targets: [
    target("FuzzJSON", of: ["JSON"]),
    target("FuzzPolicies", of: ["Text", "Syntax", "Formatting"]),
    target("FuzzTokens", of: ["Credentials", "JSON"]),
    target("FuzzSession", of: ["JSON", "Compilation", "Decision", "Enforcement"]),
    target("FuzzNormalisation", of: ["Filters"]),
    target("FuzzSanitiser", of: ["Filters", "Bytecode", "Checksums", "JSON"]),
    target("FuzzFilters", of: ["Filters", "Patterns", "RegularExpressions"]),
  ]
)

// libFuzzer brings `main`, which SwiftPM does not expect of an executable: the product is a library, and README.md links it.
func fuzzer(_ name: String) -> Product { .library(name: name, type: .static, targets: [name]) }

func target(_ name: String, of modules: [String]) -> Target {
  .target(
    name: name,
    dependencies: modules.map { .product(name: $0, package: checkout) },
    packageAccess: false,
    swiftSettings: [.unsafeFlags(["-package-name", packageName])])
}
