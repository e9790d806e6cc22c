import Genome
import Wire

/// Where a layer lies sealed and what opens it: what a grant tells its grantee, for when the
/// publisher is away.
public struct SealedPlace: Equatable, Sendable {
    /// A mirror that keeps the ciphertext.
    public struct Copy: Hashable, Sendable {
        /// The node.
        public let mirror: NodeKey
        /// Contract under which it gives the ciphertext.
        public let contract: Digest

        /// A copy.
        public init(mirror: NodeKey, contract: Digest) {
            self.mirror = mirror
            self.contract = contract
        }
    }

    /// Ciphertext of the document that tells the others.
    public let index: BlobReference
    /// Who keeps it; of more than a grant may name the first.
    public let copies: [Copy]
    /// The file key, wrapped for the grantee's sealing key.
    public let header: AgeHeader

    /// A place.
    public init(index: BlobReference, copies: [Copy], header: AgeHeader) {
        self.index = index
        self.copies = Array(copies.prefix(StatementSchema.copiesMax))
        self.header = header
    }

    /// The place in the body of a grant; nil where it names none.
    public init?(_ body: JSONObject) {
        guard let sealed = body["sealed"],
            let index = sealed["index"].flatMap({ BlobReference($0) }),
            let copies = sealed["copies"]?.array,
            let bytes = body["header"]?.string.flatMap({ Base64.decode($0) }),
            let header = AgeHeader(at: bytes), header.bytes.count == bytes.count
        else { return nil }
        self.init(
            index: index,
            copies: copies.compactMap { copy in
                guard let mirror = copy["mirror"]?.string.flatMap({ NodeKey(base32: $0) }),
                    let contract = copy["contract"]?.string.flatMap({ Digest(hexadecimal: $0) })
                else { return nil }
                return Copy(mirror: mirror, contract: contract)
            }, header: header)
    }

    /// Writes it into the body of a grant.
    public func write(to body: inout JSONObject) {
        body["header"] = .string(Base64.encode(header.bytes))
        body["sealed"] = [
            "index": index.json,
            "copies": .array(
                copies.map { copy in
                    [
                        "mirror": .string(copy.mirror.base32),
                        "contract": .string(copy.contract.hexadecimal),
                    ]
                }),
        ]
    }
}
