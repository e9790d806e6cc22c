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
