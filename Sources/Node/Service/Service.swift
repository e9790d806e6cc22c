import Genome
import Host
import Store
import Swarm
import Wire

/// What a verb is asked with: named values, and the files that the command opened for it.
struct ServiceRequest: Sendable {
    /// The verb.
    let verb: String
    /// Its named values.
    let arguments: JSONObject
    /// Open files, in the order the arguments name them.
    let files: [File]

    /// A text argument.
    func text(_ name: String) -> String? { arguments[name]?.string }

    /// A list of texts; empty when missing.
    func texts(_ name: String) -> [String] {
        (arguments[name]?.array ?? []).compactMap(\.string)
    }

    /// A text argument that must be there.
    func required(_ name: String) throws(Failure) -> String {
        guard let value = text(name) else { throw Failure(.usage, "\(name) is missing") }
        return value
    }
}

/// The verbs over a home: the same code answers a command that opened the home itself and one
/// that asks a running node.
final class Service: Sendable {
    /// Blobs, layers and journal.
    let library: Library
    /// Records.
    let catalogue: Catalogue
    /// The node's keys.
    let keys: Keys
    /// The running node; nil when the command opened the home itself.
    let daemon: Daemon?
    /// Held while a layer is sealed: two at a time would each make a key of their own. One for the
    /// process, since a running node seals by itself too.
    static let sealing = Lock(())

    /// The verbs of a home.
    init(library: Library, catalogue: Catalogue, keys: Keys, daemon: Daemon?) {
        self.library = library
        self.catalogue = catalogue
        self.keys = keys
        self.daemon = daemon
    }

    /// Answers a request. `progress` may be called many times before.
    func answer(
        _ request: ServiceRequest, progress: (JSONObject) -> Void
    ) throws(Failure) -> JSONObject {
        switch request.verb {
        case "share": return try share(request, progress)
        case "assemble": return try assemble(request)
        case "dependencies": return try dependencies(request)
        case "list": return try list(request)
        case "show": return try show(request)
        case "find": return try find(request)
        case "discoverLayers": return try discoverLayers(request)
        case "files": return try files(request)
        case "release": return try release(request)
        case "model": return try model(request, progress)
        case "verify": return try verify(request, progress)
        case "holders": return try challengeHolders(request)
        case "pin": return try pin(request)
        case "remove": return try remove(request)
        case "quota": return try quota(request)
        case "compact": return try compact(request, progress)
        case "doctor": return try doctor(request, progress)
        case "trust": return try trust(request)
        case "rules": return try rules(request)
        case "grant": return try grant(request)
        case "revoke": return try revoke(request)
        case "withdraw": return try withdraw(request)
        case "identity": return try identity(request)
        case "delegate": return try delegate(request)
        case "mirror": return try mirror(request, progress)
        case "org": return try organization(request)
        case "audit": return try audit(request)
        case "measure": return try state(.measurement, request)
        case "attest": return try state(.attestation, request)
        case "status": return try status()
        case "base": return try baseFacts(request)
        case "terms": return try terms(request)
        case "licence": return try licence(request)
        case "lineage": return try lineage(request)
        case "evolve": return try evolve(request)
        case "use": return try noteUse(request)
        case "usage": return try usage(request)
        case "fetch": return try fetch(request, progress)
        case "transfers": return try transfers(request)
        case "limits": return try limits(request)
        case "peers": return try peers(request)
        case "join": return try join(request)
        case "ticket": return try ticket()
        case "bootstrap": return try bootstrap(request)
        default:
            throw Failure(.unsupported, "this node does not know \(request.verb)")
        }
    }

    /// Who may do what with the layers of this home.
    var rights: LayerRights {
        LayerRights(library: library, catalogue: catalogue, keys: keys)
    }

    /// What own grants say of mirrors.
    var sealedGrants: SealedGrants {
        SealedGrants(library: library, catalogue: catalogue, keys: keys)
    }

    /// The organisations of this home.
    var shelf: OrganizationShelf { OrganizationShelf(library: library, keys: keys) }

    func runningNode(_ verb: String) throws(Failure) -> Daemon {
        guard let daemon else {
            throw Failure(
                .unreachable, "\(verb) needs a running node",
                why: "no node runs on \(library.layout.home)",
                remedy: "start one in another terminal with: plasmid run")
        }
        return daemon
    }
}
