import Genome
import Testing
import Wire

@testable import Swarm

@Suite struct DecisionTests {
    /// Who asks: the owner or a peer.
    private static let peers: [NodeKey?] = [nil, Driver.key(9).publicKey]

    private static func distribution(
        global: Bool, peerToPeer: Bool, scope: Scope = .global
    ) -> Distribution {
        Distribution(isGloballyAvailable: global, scope: scope, isPeerToPeer: peerToPeer)
    }

    @Test func `the table is complete and refuses by default`() {
        for visibility in Visibility.allCases {
            for peer in Self.peers {
                for bits in 0..<16 {
                    let terms = LayerTerms(
                        visibility: visibility,
                        distribution: Self.distribution(
                            global: bits & 1 != 0, peerToPeer: bits & 2 != 0),
                        isOwn: bits & 4 != 0)
                    for action in Action.allCases {
                        let isOwner = peer == nil && (action == .see || action == .fetch)
                        let mayLeave =
                            visibility == .public && (action != .announce || bits & 1 != 0)
                            && (bits & 4 != 0 || (bits & 2 != 0 && bits & 8 != 0))
                        let decision = Decision.decide(
                            action, terms, peer: peer, isSeeding: bits & 8 != 0)
                        #expect((decision == .allow) == (isOwner || mayLeave))
                    }
                }
            }
        }
    }

    @Test func `terms that drop those of a parent stop everything but being seen`() {
        let terms = LayerTerms(
            visibility: .public, distribution: Self.distribution(global: true, peerToPeer: true),
            isOwn: true, licenceFault: "nonCommercial via parent P")
        for peer in Self.peers {
            for action in Action.allCases where action != .see {
                #expect(
                    Decision.decide(action, terms, peer: peer, isSeeding: true)
                        == .refuse("nonCommercial via parent P"))
            }
        }
        #expect(Decision.decide(.see, terms, peer: nil, isSeeding: true) == .allow)
    }

    @Test func `only layers of global scope are announced, but all public ones are served`() {
        let terms = LayerTerms(
            visibility: .public,
            distribution: Self.distribution(global: true, peerToPeer: true, scope: .local),
            isOwn: true)
        #expect(Decision.decide(.announce, terms, peer: nil, isSeeding: true) != .allow)
        #expect(Decision.decide(.serve, terms, peer: Self.peers[1], isSeeding: true) == .allow)
    }
}
