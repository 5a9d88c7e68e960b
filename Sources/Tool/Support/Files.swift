import Foundation
import Gateway
import Semantics

/// Writes a whole file, or says why it cannot.
func writeFile(_ bytes: [UInt8], to path: String) throws {
  do {
    try Data(bytes).write(to: URL(filePath: path), options: .atomic)
  } catch {
    throw Complaint("cannot write `\(path)`: \((error as NSError).localizedDescription)")
  }
}

func describe(_ problem: FileProblem) -> String {
  switch problem {
  case .missing: "there is no such file"
  case .isFolder: "it is a folder"
  case .unreadable(let reason): reason
  }
}

/// Runs `body`; a server that cannot be started, or stops talking, is a complaint and no crash.
func startingServer<Result>(_ body: () throws -> Result) throws -> Result {
  do {
    return try body()
  } catch let failure as StartFailure {
    throw Complaint(failure.description)
  } catch let failure as ServerConnection.Failure {
    throw Complaint(failure.description)
  }
}
