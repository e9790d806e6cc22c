import Testing

@testable import Wire

@Suite struct ChallengeChainTests {
    private func leaf(_ index: Int, of blob: [UInt8]) -> [UInt8] {
        let range = HashTree.leafRange(index, size: UInt64(blob.count))
        return Array(blob[Int(range.lowerBound)..<Int(range.upperBound)])
    }

    private func run(_ terms: ChallengeTerms, _ blob: [UInt8]) -> (leaves: [Int], code: Digest) {
        var chain = ChallengeChain(terms)
        var leaves: [Int] = []
        for _ in 0..<terms.steps {
            leaves.append(chain.next)
            chain.take(leaf(chain.next, of: blob))
        }
        return (leaves, chain.code)
    }

    @Test func `leaves and codes are those that another program computed`() throws {
        for item in try ChallengeVectors().cases {
            let (leaves, code) = run(item.terms, item.blob)
            #expect(leaves == item.object["leaves"] as? [Int])
            #expect(try code == item.digest("code"))
            var chain = ChallengeChain(item.terms)
            for expected in try #require(item.object["codes"] as? [String]) {
                chain.take(leaf(chain.next, of: item.blob))
                #expect(chain.code.hexadecimal == expected)
            }
        }
    }

    @Test func `a byte that is not what it was changes the code of a chain that meets it`() throws {
        let item = try ChallengeVectors().cases[3]
        var blob = item.blob
        let (leaves, code) = run(item.terms, blob)
        blob[leaves[63] * HashTree.leafBytes] ^= 1
        #expect(run(item.terms, blob).code != code)
    }

    @Test func `verifier, mirror, blob, size and nonce are all part of the chain`() throws {
        let item = try ChallengeVectors().cases[3].terms
        let other = try #require(NodeKey(bytes: [UInt8](repeating: 9, count: 32)))
        let code = run(item, [UInt8](repeating: 3, count: Int(item.size))).code
        func terms(
            verifier: NodeKey? = nil, mirror: NodeKey? = nil, blob: Digest? = nil,
            nonce: Digest? = nil
        ) -> ChallengeTerms {
            ChallengeTerms(
                verifier: verifier ?? item.verifier, mirror: mirror ?? item.mirror,
                blob: blob ?? item.blob, size: item.size, epoch: item.epoch,
                nonce: nonce ?? item.nonce, steps: item.steps, mode: item.mode)
        }
        for changed in [
            terms(verifier: other), terms(mirror: other), terms(blob: item.nonce),
            terms(nonce: item.blob),
        ] {
            #expect(run(changed, [UInt8](repeating: 3, count: Int(item.size))).code != code)
        }
        #expect(run(terms(), [UInt8](repeating: 3, count: Int(item.size))).code == code)
    }

    /// 1 - (1 - f)^k, with f the part of the leaves that is gone: what a verifier counts on.
    @Test func `one who lost a tenth is found out as often as the rule says`() throws {
        let item = try ChallengeVectors().cases[4].terms
        for steps in [1, 8, 16, 64] {
            var found = 0
            let rounds = 400
            for round in 0..<rounds {
                let nonce = Digest(words: (UInt64(round), UInt64(steps), 7, 7))
                let terms = ChallengeTerms(
                    verifier: item.verifier, mirror: item.mirror, blob: item.blob,
                    size: 200 * UInt64(HashTree.leafBytes), epoch: 1, nonce: nonce, steps: steps,
                    mode: .holder)
                var chain = ChallengeChain(terms)
                var isFound = false
                for _ in 0..<steps {
                    isFound = isFound || chain.next % 10 == 3
                    chain.take([UInt8(chain.next)])
                }
                if isFound { found += 1 }
            }
            var missed = 1.0
            for _ in 0..<steps { missed *= 0.9 }
            let expected = (1 - missed) * Double(rounds)
            let spread = (Double(rounds) * missed * (1 - missed)).squareRoot()
            #expect(abs(Double(found) - expected) <= 4 * spread + 1, "\(steps): \(found)")
        }
    }
}
