import Genome
import Wire

/// Where a layer lies sealed and what opens it: what a grant tells its grantee, for when the
/// publisher is away.
public struct SealedPlace: Equatable, Sendable {
    /// Contract under which mirrors give the ciphertext.
    public let contract: Digest
    /// Ciphertext of the document that tells the others.
    public let index: BlobReference
    /// Who keeps it.
    public let mirrors: [NodeKey]
    /// The file key, wrapped for the grantee's sealing key.
    public let header: AgeHeader

    /// A place.
    public init(
        contract: Digest, index: BlobReference, mirrors: [NodeKey], header: AgeHeader
    ) {
        self.contract = contract
        self.index = index
        self.mirrors = mirrors
        self.header = header
    }

    /// The place in the body of a grant; nil where it names none.
    public init?(_ body: JSONObject) {
        guard let sealed = body["sealed"],
            let contract = sealed["contract"]?.string.flatMap({ Digest(hexadecimal: $0) }),
            let index = sealed["index"].flatMap({ BlobReference($0) }),
            let header = body["header"]?.string.flatMap({ Base64.decode($0) })
                .flatMap({ AgeHeader(at: $0) })
        else { return nil }
        self.init(
            contract: contract, index: index,
            mirrors: (sealed["mirrors"]?.array ?? []).compactMap {
                $0.string.flatMap { NodeKey(base32: $0) }
            }, header: header)
    }

    /// Writes it into the body of a grant.
    public func write(to body: inout JSONObject) {
        body["header"] = .string(Base64.encode(header.bytes))
        body["sealed"] = [
            "contract": .string(contract.hexadecimal), "index": index.json,
            "mirrors": .array(mirrors.map { .string($0.base32) }),
        ]
    }
}
