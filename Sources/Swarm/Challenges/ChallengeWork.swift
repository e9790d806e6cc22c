import Wire

/// A chain of leaves that the shell is to read from its disk.
public struct ChallengeWork: Equatable, Sendable {
    /// What it is about.
    public let terms: ChallengeTerms
    /// Milliseconds since 1970 when the question came, for an answer that is to be signed; nil
    /// where this node computes what another must answer.
    public let received: UInt64?

    /// Work.
    public init(_ terms: ChallengeTerms, received: UInt64?) {
        self.terms = terms
        self.received = received
    }
}

/// What came of it.
public enum ChallengeProof: Equatable, Sendable {
    /// The code at the end; the leaves, where they are to be shown; the signature of an answer.
    case code(Digest, leaves: [ChallengeLeaf], Signature?)
    /// The blob is not here, or not what its id says.
    case unreadable
}

extension ChallengeWork {
    /// Runs the chain over leaves that `leaf` reads, each with its proof where leaves are to be
    /// shown. `sign` gives the node's signature, for an answer. A leaf that is nil ends it.
    public func run(
        leaf: (Int) -> (bytes: [UInt8], proof: [UInt8])?, sign: ([UInt8]) -> Signature
    ) -> ChallengeProof {
        var chain = ChallengeChain(terms)
        var leaves: [ChallengeLeaf] = []
        for step in 0..<terms.steps {
            guard let (bytes, proof) = leaf(chain.next) else { return .unreadable }
            if terms.mode == .rootOnly, received != nil {
                leaves.append(
                    ChallengeLeaf(nonce: terms.nonce, step: step, proof: proof, bytes: bytes))
            }
            chain.take(bytes)
        }
        let signature = received.map {
            sign(terms.answerInput(code: chain.code, received: $0))
        }
        return .code(chain.code, leaves: leaves, signature)
    }
}
