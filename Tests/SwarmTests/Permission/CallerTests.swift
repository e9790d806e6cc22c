import Genome
import Testing

@testable import Swarm

@Suite struct CallerTests {
    @Test func `speaks for itself and whom it asks for, with its own rights alone`() {
        let caller = Caller(
            key: Ground.key, asksFor: [Ground.person], publishesFor: [Ground.publisher],
            places: [.init(organization: Ground.organization, rights: [.read])])
        #expect(caller.speaks(for: Ground.key) && caller.speaks(for: Ground.person))
        #expect(!caller.speaks(for: Ground.publisher))
        #expect(caller.publishes(for: Ground.publisher) && !caller.publishes(for: Ground.person))
        #expect(caller.has(.read, in: Ground.organization))
        #expect(!caller.has(.mirror, in: Ground.organization))
        #expect(!caller.has(.read, in: Ground.person))
        #expect(caller.isMeant(by: Ground.organization) && caller.isMeant(by: Ground.person))
        #expect(!caller.isMeant(by: Ground.publisher))
    }
}
