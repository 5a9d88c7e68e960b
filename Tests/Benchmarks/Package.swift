// swift-tools-version: 6.2
import PackageDescription

// Benchmarks reach into modules whose declarations have `package` access. They are compiled as a part of that package, whose identity is
// the name of the checkout's folder.
let checkout = Context.packageDirectory.split(separator: "/").dropLast(2).last.map { $0.lowercased() } ?? ""
let packageName = String(checkout.map { $0.isLetter || $0.isNumber ? $0 : "_" })

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v26)],
  dependencies: [.package(path: "../..")],
  targets: [
    benchmark("JSONBenchmark", of: ["JSON"]),
    // Without debugging information, which valgrind cannot read in the newest form.
    .target(name: "CAllocations", cSettings: [.unsafeFlags(["-g0"])]),
    benchmark("DecisionBenchmark", of: ["JSON", "Compilation", "Decision"], own: ["CAllocations"]),
    .target(
      name: "ShippedPacks",
      dependencies: ["Compilation", "Bytecode", "RegularExpressions", "Text"].map { .product(name: $0, package: checkout) },
      packageAccess: false, swiftSettings: [.unsafeFlags(["-package-name", packageName])]),
    benchmark("SanitiserBenchmark", of: ["Filters", "Bytecode"], own: ["ShippedPacks"]),
    benchmark("FilterBenchmark", of: ["Filters", "Patterns", "RegularExpressions"], own: ["ShippedPacks"]),
    benchmark("CheckBenchmark", of: ["Text", "Syntax", "JSON", "Compilation"]),
    benchmark("AnalysisBenchmark", of: ["Analysis", "Compilation", "JSON", "Text"]),
    // The gate is measured as a program: its path is an argument.
    .executableTarget(name: "StdioBenchmark"),
    benchmark("SessionBenchmark", of: ["Compilation", "Decision", "Enforcement"], own: ["CAllocations"]),
    benchmark("TokenBenchmark", of: ["Authentication", "Credentials", "Digests", "Fetching", "JSON"]),
    benchmark("QuotaBenchmark", of: ["JSON", "Quotas"]),
    benchmark("SchemasBenchmark", of: ["JSON", "Schemas"]),
  ]
)

func benchmark(_ name: String, of modules: [String], own: [Target.Dependency] = []) -> Target {
  .executableTarget(
    name: name,
    dependencies: own + modules.map { .product(name: $0, package: checkout) },
    packageAccess: false,
    swiftSettings: [.unsafeFlags(["-package-name", packageName])])
}
