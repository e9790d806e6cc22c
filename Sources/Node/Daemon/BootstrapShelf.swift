import Genome
import Host
import Store
import Wire

/// The bootstrap lists of a home: takes those whose signers its owner trusts with that, and refuses
/// all others with what to do.
struct BootstrapShelf {
    let library: Library
    let network: NetworkFile
    /// Seconds since 1970.
    var now = Int64(Clock.wallMilliseconds() / 1_000)

    private var files: BootstrapFiles { BootstrapFiles(library.layout) }

    /// A list in its envelope; the signature of the key that it names is checked.
    static func open(_ bytes: [UInt8], named name: String) throws(Failure) -> BootstrapList {
        let shown = PlainText.shown(name)
        do throws(GenomeError) {
            let envelope = try Envelope.decode(bytes, payloadMax: BootstrapList.bytesMax)
            return try BootstrapList.verified(in: envelope)
        } catch {
            throw Failure(
                .refused, "\(shown) is no bootstrap list, or not the one that was signed",
                why: "\(error)", remedy: "ask whoever gave it to you for the file as it was made")
        }
    }

    /// The list that a signer's was taken last; nil where there is none that can be read.
    func kept(of signer: NodeKey) throws(Failure) -> BootstrapList? {
        let bytes = try inStore { () throws(StoreError) in try files.read(signer) }
        return bytes.flatMap { try? Self.open($0, named: signer.base32) }
    }

    /// Signers whose lists are here: the owner trusts them with that.
    func signers() throws(Failure) -> [NodeKey] {
        try inStore { () throws(StoreError) in try files.signers() }
    }

    /// Refuses a list that this node does not take from a signer of `trusted`.
    func check(
        _ list: BootstrapList, trusted: Set<NodeKey>, named name: String
    ) throws(Failure) {
        let last = try kept(of: list.publisher)?.sequence
        let refusal = list.refusal(
            network: network.id, trusted: trusted, last: last, now: now)
        guard let refusal else { return }
        throw Self.failure(refusal, list, PlainText.shown(name), network)
    }

    /// Takes a list in place of the one that its signer gave before.
    func take(
        _ bytes: [UInt8], trusted: Set<NodeKey>, named name: String
    ) throws(Failure) -> BootstrapList {
        let list = try Self.open(bytes, named: name)
        try check(list, trusted: trusted, named: name)
        try inStore { () throws(StoreError) in try files.write(bytes, of: list.publisher) }
        return list
    }

    /// Forgets the list of a signer, and that she is trusted with it.
    func forget(_ signer: NodeKey) throws(Failure) -> Bool {
        try inStore { () throws(StoreError) in try files.remove(signer) }
    }

    /// The lists that still count, and a line for the owner on each that does not.
    func usable(_ log: (String) -> Void) throws(Failure) -> [BootstrapList] {
        var lists: [BootstrapList] = []
        for signer in try signers() {
            guard let list = try kept(of: signer) else {
                log(
                    "the bootstrap list of \(signer.fingerprint) cannot be read; take it anew with "
                        + "plasmid bootstrap take FILE --key KEY")
                continue
            }
            do throws(Failure) {
                try check(list, trusted: [signer], named: "the list of \(signer.fingerprint)")
                lists.append(list)
            } catch {
                log(
                    [error.message, error.why, error.remedy].filter { !$0.isEmpty }
                        .joined(separator: ": "))
            }
        }
        return lists
    }

    private static func failure(
        _ refusal: BootstrapList.Refusal, _ list: BootstrapList, _ name: String,
        _ network: NetworkFile
    ) -> Failure {
        let again = "ask \(list.publisher.fingerprint) for a new list"
        switch refusal {
        case .stranger:
            return Failure(
                .refused, "\(name) is signed by a key that is not trusted with such lists",
                why: "it names \(list.publisher.base32)",
                remedy: "if you know that this is the signer's key, say so: --bootstrap-key KEY "
                    + "with run, --key KEY with bootstrap take")
        case .otherNetwork:
            return Failure(
                .refused, "\(name) is for another network",
                why: "it names network \(list.network.hexadecimal), this home is in "
                    + network.id.hexadecimal,
                remedy: "use the list of the network \(network.name)")
        case .expired:
            return Failure(
                .refused, "\(name) has expired",
                why: "it ended at \(list.expires) seconds since 1970",
                remedy: "\(again); if that was not long ago, check this machine's clock")
        case .notYet:
            return Failure(
                .refused, "\(name) is from the future",
                why: "it was made at \(list.issued) seconds since 1970",
                remedy: "set this machine's clock; if it is right, \(again)")
        case .older(let last):
            return Failure(
                .refused, "\(name) is older than the list that was taken before",
                why: "its sequence is \(list.sequence), the other's \(last)",
                remedy: "leave it away: the newer list is kept and used; or \(again)")
        }
    }
}
