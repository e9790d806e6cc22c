/// What came of one storage challenge: the mirror's signed answer, where there was one, and the
/// verifier's signed verdict. It says "answered within the time allowed", never "keeps a copy of
/// its own".
public struct StorageReceipt: Equatable, Sendable {
    /// How a challenge ended.
    public enum Verdict: UInt8, Sendable, CaseIterable {
        /// The right code came in time.
        case passed = 1
        /// A code came too late; whether it was right is not said.
        case late = 2
        /// A wrong code, or leaves that are not the blob's.
        case wrong = 3
        /// The mirror says that it has no such blob.
        case absent = 4
        /// The mirror says that its copy cannot be read.
        case damaged = 5
        /// Nothing came over a session that stood.
        case silent = 6
        /// No session came about, or the mirror put the verifier off, for as long as the round
        /// lasted.
        case unreached = 7

        /// Whether an answer of the mirror belongs to it.
        var isAnswered: Bool { self == .passed || self == .late || self == .wrong }
    }

    /// What the mirror signed beside the terms.
    public struct Answer: Equatable, Sendable {
        /// The code at the end of the chain.
        public let code: Digest
        /// Milliseconds since 1970, by the mirror's clock, when the question came.
        public let received: UInt64
        /// Over `ChallengeTerms.answerInput`.
        public let signature: Signature

        /// An answer.
        public init(code: Digest, received: UInt64, signature: Signature) {
            self.code = code
            self.received = received
            self.signature = signature
        }
    }

    /// A receipt before its verdict is signed.
    public struct Draft: Equatable, Sendable {
        /// What was asked of whom.
        public let terms: ChallengeTerms
        /// Milliseconds since 1970, by the verifier's clock, when it was asked.
        public let sent: UInt64
        /// Microseconds that the answer might take.
        public let allowed: UInt32
        /// The answer; nil where none came.
        public let answer: Answer?
        /// Microseconds that it took, by the verifier's clock; 0 without an answer.
        public let elapsed: UInt32
        /// How it ended.
        public let verdict: Verdict

        /// A draft. Answer, times and verdict must agree.
        public init(
            terms: ChallengeTerms, sent: UInt64, allowed: UInt32, answer: Answer?,
            elapsed: UInt32, verdict: Verdict
        ) {
            self.terms = terms
            self.sent = sent
            self.allowed = allowed
            self.answer = answer
            self.elapsed = elapsed
            self.verdict = verdict
            precondition(isConsistent)
        }

        fileprivate init(from reader: inout Reader) throws(WireError) {
            guard try reader.readUInt8() == StorageReceipt.version else {
                throw .unsupported("receipt version")
            }
            terms = try ChallengeTerms(from: &reader)
            sent = try reader.readUInt64()
            allowed = try reader.readUInt32()
            switch try reader.readUInt8() {
            case 0: answer = nil
            case 1:
                answer = Answer(
                    code: try reader.readDigest(), received: try reader.readUInt64(),
                    signature: try reader.readSignature())
            default: throw .notCanonical
            }
            elapsed = try reader.readUInt32()
            guard let verdict = Verdict(rawValue: try reader.readUInt8()) else {
                throw .unsupported("verdict")
            }
            self.verdict = verdict
            guard isConsistent else { throw .invalid("verdict") }
        }

        private var isConsistent: Bool {
            guard verdict.isAnswered == (answer != nil), answer != nil || elapsed == 0 else {
                return false
            }
            switch verdict {
            case .passed: return elapsed <= allowed
            case .late: return elapsed > allowed
            default: return true
            }
        }

        fileprivate func encode(to writer: inout Writer) {
            writer.write(StorageReceipt.version)
            terms.encode(to: &writer)
            writer.write(sent)
            writer.write(allowed)
            writer.write(UInt8(answer == nil ? 0 : 1))
            if let answer {
                writer.write(answer.code)
                writer.write(answer.received)
                writer.write(answer.signature.bytes)
            }
            writer.write(elapsed)
            writer.write(verdict.rawValue)
        }

        /// What the verifier signs.
        public var signingInput: [UInt8] {
            var writer = Writer()
            writer.write(Array("plasmid-storage-receipt-v1".utf8))
            encode(to: &writer)
            return writer.bytes
        }

        /// The receipt with the verifier's signature over `signingInput`.
        public func signed(_ signature: Signature) -> StorageReceipt {
            StorageReceipt(draft: self, signature: signature)
        }
    }

    static let version: UInt8 = 1
    /// Longest receipt: a version, terms of 147 bytes, an answer of 104, the verifier's 82.
    public static let bytesMax = 334

    /// All but the verifier's signature.
    public let draft: Draft
    /// The verifier's.
    public let signature: Signature

    /// Milliseconds since 1970 when it was asked; what was asked; how it ended.
    public var terms: ChallengeTerms { draft.terms }
    /// How it ended.
    public var verdict: Verdict { draft.verdict }
    /// Whether the mirror's signature is part of it.
    public var isSignedByBoth: Bool { draft.answer != nil }

    private init(draft: Draft, signature: Signature) {
        self.draft = draft
        self.signature = signature
    }

    /// The bytes that are kept, exported and hashed.
    public var bytes: [UInt8] {
        var writer = Writer()
        draft.encode(to: &writer)
        writer.write(signature.bytes)
        return writer.bytes
    }

    /// Reads a receipt; its signatures are not checked.
    public init(bytes: [UInt8]) throws(WireError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLarge("receipt") }
        var reader = Reader(bytes)
        draft = try Draft(from: &reader)
        signature = try reader.readSignature()
        try reader.finish()
    }

    /// Whether every signature in it is its signer's.
    public var isAuthentic: Bool {
        if let answer = draft.answer {
            let input = terms.answerInput(code: answer.code, received: answer.received)
            guard answer.signature.isValid(over: input, by: terms.mirror) else { return false }
        }
        return signature.isValid(over: draft.signingInput, by: terms.verifier)
    }
}
