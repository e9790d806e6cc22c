import Genome
import Host
import Store
import Swarm
import Wire

/// Carries out what the core decides as a mirror while the node runs: reads what is known, takes
/// copies and lets go of them, and asks other nodes for sealed ones.
final class MirrorKeeper: Sendable {
    /// Days for which a sealed copy is asked: it is asked for again before that.
    private static let contractDays: Int64 = 90

    private let loop: NodeLoop
    private let port: StorePort
    private let holds: HoldKeeper
    private let transfers: Transfers
    private let log: @Sendable (String) -> Void
    /// Sealing a layer takes as long as reading it: nobody else waits for that.
    private let lane: Lane

    private var library: Library { port.library }

    /// A keeper that does nothing yet.
    init(
        loop: NodeLoop, port: StorePort, holds: HoldKeeper, transfers: Transfers,
        log: @escaping @Sendable (String) -> Void
    ) throws(SystemError) {
        self.loop = loop
        self.port = port
        self.holds = holds
        self.transfers = transfers
        self.log = log
        lane = try Lane("mirrors")
    }

    /// Ends.
    func close() { lane.close() }

    /// Tells the core what the owner wants, at the start and after each change.
    func start() throws(Failure) {
        let settings = try library.mirrorSettings()
        let room = try inStore { () throws(StoreError) in try library.mirrorRoom() }
        loop.post(.input(.mirroring(settings, room: room)))
    }

    /// Reads what catalogue and store say.
    func survey(_ settings: MirrorSettings) {
        lane.submit { [self] in
            do throws(StoreError) {
                let survey = MirrorSurvey(
                    library: library, catalogue: port.catalogue, keys: port.keys)
                loop.post(.input(.copiesSurveyed(try survey.read(settings))))
            } catch {
                log("what is to be mirrored cannot be read: \(error)")
                loop.post(.input(.copiesSurveyed(CopySurvey(room: 0))))
            }
        }
    }

    // MARK: Copies

    /// Fetches a layer as a mirror, or keeps as one what is here.
    func take(_ layer: Digest) {
        port.onIndexLane { [self] in
            do throws(StoreError) {
                try library.mirror(layer)
                guard try library.index.layer(layer) == nil else { return done(layer) }
            } catch {
                return failed(layer, "\(error)")
            }
            var wish = FetchRequest(layer: layer, priority: .low)
            wish.isMirroring = true
            loop.post(
                .fetch(wish) { [self] number, status in
                    transfers.note(number, layer, status)
                    guard status.isOver else { return }
                    port.onIndexLane { [self] in fetched(layer, status.phase) }
                })
        }
    }

    private func fetched(_ layer: Digest, _ phase: FetchStatus.Phase) {
        switch phase {
        case .done:
            do throws(StoreError) {
                try library.mirror(layer)
                done(layer)
            } catch {
                failed(layer, "\(error)")
            }
        case .failed(let failure): failed(layer, Self.words(failure))
        default: failed(layer, "its fetch was cancelled")
        }
    }

    private func done(_ layer: Digest) {
        log("layer \(layer.hexadecimal.prefix(16)) is mirrored")
        loop.post(.input(.copyTaken(layer, failure: nil)))
    }

    private func failed(_ layer: Digest, _ reason: String) {
        try? library.unmirror(layer)
        log("layer \(layer.hexadecimal.prefix(16)) is not mirrored now: \(reason)")
        loop.post(.input(.copyTaken(layer, failure: reason)))
    }

    private static func words(_ failure: FetchFailure) -> String {
        switch failure {
        case .unreachable(let reason), .invalid(let reason): PlainText.shown(reason)
        case .corrupt(let faults): "\(faults.count) holders sent bytes that are not the layer's"
        case .refused(let refusal): refusal.reason
        case .store(let problem): problem.reason
        }
    }

    /// Lets a mirrored layer be one that is only cached.
    func release(_ layer: Digest) {
        port.onIndexLane { [self] in
            do throws(StoreError) {
                try library.unmirror(layer)
            } catch {
                log("layer \(layer.hexadecimal.prefix(16)) cannot be let go of: \(error)")
            }
        }
    }

    // MARK: Sealed copies

    /// Asks a node to keep a sealed copy of an own layer.
    func ask(_ layer: Digest, _ mirror: NodeKey) {
        lane.submit { [self] in
            do throws(Failure) {
                let manifest = try manifest(layer)
                let entry = try service.contract(manifest, mirror, days: Self.contractDays) { _ in }
                holds.ask(entry)
                log("\(mirror.fingerprint) is asked to keep \(manifest.reference) sealed")
                asked(layer, nil)
            } catch {
                let name = layer.hexadecimal.prefix(16)
                log("no sealed copy of \(name) is asked for: \(error.message)")
                asked(layer, error.message)
            }
        }
    }

    /// Ends the contracts over an own layer with a node.
    func end(_ layer: Digest, _ mirror: NodeKey) {
        lane.submit { [self] in
            do throws(Failure) {
                let manifest = try manifest(layer)
                for request in try service.ending(manifest, on: mirror) { holds.retract(request) }
                port.onIndexLane { [self] in holds.refreshGrants() }
                asked(layer, nil)
            } catch {
                asked(layer, error.message)
            }
        }
    }

    private var service: Service {
        Service(library: library, catalogue: port.catalogue, keys: port.keys, daemon: nil)
    }

    private func manifest(_ layer: Digest) throws(Failure) -> Manifest {
        let found = try inStore { () throws(StoreError) in try library.manifest(of: layer) }
        guard let found else { throw Failure(.notFound, "the layer is not here") }
        return found
    }

    private func asked(_ layer: Digest, _ failure: String?) {
        loop.post(.input(.mirrorAsked(layer, failure: failure)))
    }
}

extension Library {
    /// Name of the owner's setting that says what is mirrored.
    static let mirrorPolicy = "mirroring"

    /// What the owner wants mirrored. Settings that a newer program wrote are nothing to pass over:
    /// what they follow would be let go of.
    func mirrorSettings() throws(Failure) -> MirrorSettings {
        let text = try inStore { () throws(StoreError) in try index.policy(Self.mirrorPolicy) }
        guard let text, !text.isEmpty else { return MirrorSettings() }
        let limits = JSONLimits(bytes: 1 << 20, depth: 6, values: 1 << 16)
        guard let json = try? JSONParser.parse(Array(text.utf8), limits: limits),
            let settings = MirrorSettings(json: json)
        else {
            throw Failure(
                .corrupt, "what is mirrored is not understood",
                why: "it was written by another version of plasmid",
                remedy: "start over with: plasmid mirror --unfollow all")
        }
        return settings
    }

    /// Keeps it.
    func set(mirroring settings: MirrorSettings) throws(Failure) {
        let text = String(decoding: CanonicalJSON.write(settings.json), as: UTF8.self)
        try inStore { () throws(StoreError) in try setPolicy(Self.mirrorPolicy, text) }
    }
}
