/// The policy in force, shared by every connection; a reload replaces it whole.
package final class PolicyStore: Sendable {
  package init() {}
}
