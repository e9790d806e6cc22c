import Genome
import Host
import Wire

/// The checkpoints of one run in a folder, each there whole or not at all.
public struct CheckpointStore: Sendable {
    /// Name of the state in a checkpoint's folder.
    public static let stateName = "state.json"
    /// Name of the optimiser's tensors there.
    public static let optimiserName = "optimizer.safetensors"
    /// Names of all files of a checkpoint.
    public static let fileNames = [Adapter.weightsName, optimiserName, stateName]

    /// A checkpoint that was read and checked.
    public struct Loaded {
        /// What it says.
        public let state: CheckpointState
        /// The factors.
        public let adapter: [TrainedTensor]
        /// The optimiser's means.
        public let optimiser: [TrainedTensor]
    }

    /// The folder.
    public let path: String
    /// The run that the checkpoints belong to.
    public let run: Digest

    /// The checkpoints of a run in a folder, which is made; what a crash left half written there
    /// is removed.
    public init(_ path: String, run: Digest) throws(LearnError) {
        self.path = path
        self.run = run
        try Self.system(path) { () throws(SystemError) in
            try Directory.create(path)
            for entry in try Directory.list(path) where entry.name.hasPrefix(".") {
                try Directory.removeTree("\(path)/\(entry.name)")
            }
        }
    }

    /// The folder's name of a checkpoint: eight digits, so that names sort as steps do.
    public static func name(of step: Int) -> String {
        let digits = String(step)
        return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    /// The folder of a checkpoint.
    public func folder(of step: Int) -> String { "\(path)/\(Self.name(of: step))" }

    /// The steps that have a checkpoint, ascending.
    public func steps() throws(LearnError) -> [Int] {
        let entries = try Self.system(path) { () throws(SystemError) in
            try Directory.list(path)
        }
        return entries.compactMap { entry in
            guard entry.kind == .folder, entry.name.hasPrefix("step-"),
                let step = Int(entry.name.dropFirst(5)), step >= 0,
                Self.name(of: step) == entry.name
            else { return nil }
            return step
        }.sorted()
    }

    // MARK: Writing

    /// Writes a checkpoint; one of that step that is there already is left as it is. The state
    /// gets its hashes here.
    public func save(
        step: Int, cursor: Int, best: CheckpointState.Best?, previous: Digest?,
        adapter: [TrainedTensor], optimiser: [TrainedTensor]
    ) throws(LearnError) -> CheckpointState {
        let target = folder(of: step)
        if Directory.exists(target) { return try state(of: step) }
        let draft = "\(path)/.\(Self.name(of: step))"
        do throws(LearnError) {
            return try Self.system(target) { () throws(SystemError) in
                if Directory.exists(draft) { try Directory.removeTree(draft) }
                try Directory.create(draft)
                let factors = try TensorBytes.write(adapter, to: "\(draft)/\(Adapter.weightsName)")
                let means = try TensorBytes.write(
                    optimiser, to: "\(draft)/\(Self.optimiserName)")
                let state = CheckpointState(
                    run: run, step: step, cursor: cursor, best: best, previous: previous,
                    adapter: factors.blob, optimiser: means.blob)
                try File("\(draft)/\(Self.stateName)", .createNew).write(state.bytes, offset: 0)
                // Only now, so that the file system commits once for all three.
                for name in Self.fileNames { try File("\(draft)/\(name)", .read).sync() }
                try Directory.sync(draft)
                try Directory.renameNew(draft, to: target)
                try Directory.sync(path)
                return state
            }
        } catch {
            _ = try? Directory.removeTree(draft)
            throw error
        }
    }

    /// Removes every checkpoint but those of `kept`, oldest first.
    public func retain(_ kept: Set<Int>) throws(LearnError) {
        for step in try steps() where !kept.contains(step) {
            // Renamed first: a checkpoint that is half gone must not look like one.
            let doomed = "\(path)/.gone-\(Self.name(of: step))"
            try Self.system(path) { () throws(SystemError) in
                try Directory.rename(folder(of: step), to: doomed)
                try Directory.removeTree(doomed)
            }
        }
    }

    // MARK: Reading

    /// The state of a checkpoint, held against its name and its run.
    public func state(of step: Int) throws(LearnError) -> CheckpointState {
        let file = "\(Self.name(of: step))/\(Self.stateName)"
        let bytes = try bytes(step, Self.stateName, limit: CheckpointState.bytesMax)
        let state: CheckpointState
        do throws(GenomeError) {
            state = try CheckpointState(bytes)
        } catch {
            throw .checkpoint(.damaged(file: file, error.description))
        }
        guard state.run == run else {
            throw .checkpoint(.otherRun(file: file, expected: run, found: state.run))
        }
        guard state.step == step else {
            throw .checkpoint(.damaged(file: file, "it is the state of step \(state.step)"))
        }
        return state
    }

    /// A checkpoint with its tensors; every hash is checked.
    public func load(_ step: Int) throws(LearnError) -> Loaded {
        let state = try state(of: step)
        return Loaded(
            state: state,
            adapter: try tensors(step, Adapter.weightsName, expected: state.adapter),
            optimiser: try tensors(step, Self.optimiserName, expected: state.optimiser))
    }

    /// The chain of all checkpoints that are there, checked link by link.
    public func links() throws(LearnError) -> [CheckpointLink] {
        var links: [CheckpointLink] = []
        for step in try steps() { links.append(try state(of: step).link) }
        guard !links.isEmpty else { return [] }
        do throws(GenomeError) {
            try CheckpointLink.check(links)
        } catch {
            throw .checkpoint(.damaged(file: path, error.description))
        }
        return links
    }

    private func tensors(
        _ step: Int, _ name: String, expected: Digest
    ) throws(LearnError) -> [TrainedTensor] {
        let bytes = try bytes(step, name, limit: TensorBytes.fileBytesMax)
        let file = "\(Self.name(of: step))/\(name)"
        var tree = TreeHasher()
        tree.update(bytes.span.bytes)
        let found = tree.finish().id
        guard found == expected else {
            throw .checkpoint(.changed(file: file, expected: expected, found: found))
        }
        return try TensorBytes.read(bytes, name: file)
    }

    private func bytes(_ step: Int, _ name: String, limit: Int) throws(LearnError) -> [UInt8] {
        let place = "\(folder(of: step))/\(name)"
        guard Directory.exists(place) else {
            throw .checkpoint(.gone(file: "\(Self.name(of: step))/\(name)"))
        }
        return try Self.system(place) { () throws(SystemError) in
            try File(place, .read).readAll(limit: limit)
        }
    }

    /// Does something on disk; a full disk is told from other failures.
    static func system<Result>(
        _ path: String, _ body: () throws(SystemError) -> Result
    ) throws(LearnError) -> Result {
        do throws(SystemError) {
            return try body()
        } catch {
            throw .checkpoint(
                error.isDiskFull ? .diskFull(path: path) : .system(path: path, error.description))
        }
    }
}
