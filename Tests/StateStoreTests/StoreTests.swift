import Credentials
import StateStore
import Testing

@Suite struct StoreTests {
  @Test func aNewStoreIsEmpty() throws {
    let folder = try TemporaryFolder()
    let store = try StateStore(making: StateDirectory(folder.path + "/state"))
    #expect(try store.keys().isEmpty && store.audit().isEmpty)
  }
}
