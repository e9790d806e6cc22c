import Genome
import Host
import Learn
import Store
import Wire

/// A model or adapter that a command was told to run: a layer of the store, or a plain folder.
struct LayerSource {
    /// Its files.
    let files: LayerFiles
    /// Layer id; nil for a folder.
    let layer: String?
    /// `foundation`, `lora`…; nil for a folder that does not say.
    private(set) var type: String?
    /// The sections of its manifest, or of a folder's own document, that say how it takes effect.
    var sections = JSONObject()
    /// The home that holds it; nil for a folder.
    var home: String?
    /// Seconds since 1970 when it was made; nil for a folder.
    var created: Int64?
    /// What it changes, by its manifest.
    let base: BaseFacts?
    /// What it offers as a base, by its manifest.
    let offers: BaseFacts?
    /// How to call it.
    let title: String

    /// Its type, if it says one.
    var kind: LayerType? { type.flatMap { LayerType($0) } }

    /// Whether a word on the command line means a folder and not a layer.
    static func isFolder(_ word: String) -> Bool {
        (try? File.facts(of: word).kind) == .folder || word.contains("/") && Directory.exists(word)
    }

    /// What a word names: a folder, or a layer that is here.
    static func open(_ word: String, _ access: LazyAccess) throws(Failure) -> LayerSource {
        if isFolder(word) {
            let files = try inLearn("reading \(word)") { () throws(LearnError) in
                try LayerFiles(folder: ExportCommand.absolute(word))
            }
            var source = LayerSource(
                files: files, layer: nil, type: nil, base: nil, offers: nil, title: word)
            try source.readSections()
            return source
        }
        guard !["/", "./", "../", "~"].contains(where: { word.hasPrefix($0) }) else {
            throw Failure(
                .notFound, "there is no folder \(PlainText.shown(word))",
                remedy: "check the name, or say a layer: plasmid list shows those here")
        }
        var object = JSONObject()
        object["layer"] = .string(word)
        return try held(object, access)
    }

    /// What a plain folder says of itself, checked as if it were to be shared. An adapter without
    /// a type stays one.
    private mutating func readSections() throws(Failure) {
        let name = LayerSections.fileName
        let bytes = try inLearn("reading \(title)") { [files] () throws(LearnError) in
            try files.bytes(name, limit: LayerSections.bytesMax)
        }
        guard let bytes else { return }
        try inGenome("reading \(name) of \(title)") { () throws(GenomeError) in
            let written = try LayerSections(bytes)
            type = written.type?.name
            sections = written.members
            try ManifestSchema.check(sections: sections)
        }
        if files.has(Adapter.configName) { sections["loraConfig"] = .object(JSONObject()) }
    }

    /// A layer that is here, by its id.
    static func held(layer: Digest, _ access: LazyAccess) throws(Failure) -> LayerSource {
        var object = JSONObject()
        object["layer"] = .string(layer.hexadecimal)
        return try held(object, access)
    }

    /// A layer that is here with those weights: a model, or an adapter.
    static func held(
        weights: Digest, isAdapter: Bool = false, _ access: LazyAccess
    ) throws(Failure) -> LayerSource {
        var object = JSONObject()
        object["weights"] = .string(weights.hexadecimal)
        object["adapter"] = .bool(isAdapter)
        return try held(object, access)
    }

    private static func held(
        _ request: JSONObject, _ access: LazyAccess
    ) throws(Failure) -> LayerSource {
        var request = request
        access.use?.write(to: &request)
        let answer = try access.get().ask("model", request)
        let layout = Layout(home: answer["home"]?.string ?? "")
        var paths: [String: String] = [:]
        for file in answer["files"]?.array ?? [] {
            guard let path = file["path"]?.string,
                let blob = file["blob"]?.string.flatMap({ Digest(hexadecimal: $0) })
            else { continue }
            paths[path] = layout.plainPath(blob)
        }
        let title = answer["name"]?.string ?? ""
        return LayerSource(
            files: LayerFiles(paths, title: title), layer: answer["layer"]?.string,
            type: answer["type"]?.string, sections: answer["sections"]?.object ?? JSONObject(),
            home: answer["home"]?.string, created: answer["created"]?.integer,
            base: answer["base"].flatMap { BaseFacts($0) },
            offers: answer["offers"].flatMap { BaseFacts($0) }, title: title)
    }

    /// What files offer as a base: their tensors are hashed now, and nothing else is believed.
    static func baseFacts(_ files: LayerFiles) throws(Failure) -> BaseFacts {
        guard let facts = try read(files).baseFacts(layer: nil) else {
            throw Failure(
                .refused, "\(files.title) is no model", why: "it has no config.json beside tensors")
        }
        return facts
    }

    /// The weights id of an adapter's files, hashed now.
    static func weights(_ files: LayerFiles) throws(Failure) -> Digest? {
        try read(files).weights?.facts.id
    }

    private static func read(_ files: LayerFiles) throws(Failure) -> LayerFolder {
        try folder(files, hashesAll: false)
    }

    /// What files are as a layer, computed now from their bytes. Tensors have hashes of their own,
    /// so those of whole files may be left out; of the others the hash is what a tokenizer is
    /// known by. `tell` gets the bytes of each step.
    static func folder(
        _ files: LayerFiles, hashesAll: Bool, tell: @escaping (Int) -> Void = { _ in }
    ) throws(Failure) -> LayerFolder {
        var reader = FolderReader()
        reader.tell = tell
        let none = Digest(words: (0, 0, 0, 0))
        for (name, place) in files.paths.sorted(by: { $0.key < $1.key }) {
            guard let path = LayerPath(name), Directory.exists(place) else { continue }
            let file = try JobFolder.onDisk(place) { () throws(SystemError) in
                try File(place, .read)
            }
            if name.hasSuffix(".safetensors"), !hashesAll {
                let size = (try? file.facts().size) ?? 0
                try reader.add(path, file, blob: none, size: size, sha256: none)
            } else {
                try reader.add(path, file)
            }
        }
        return try reader.folder()
    }

    /// A base of the store is not what came: no fault of whatever was made for it.
    static func damagedBase(_ title: String, _ layer: String, _ why: String) -> Failure {
        Failure(
            .corrupt, "the base \(title) is damaged here", why: why,
            remedy: "see which file with: plasmid verify \(layer.prefix(16))")
    }

    /// What a folder offers as a base: its files are hashed now.
    static func baseFacts(folder: String) throws(Failure) -> BaseFacts {
        let scan = try FolderScan(folder, included: [])
        let plan = try inGenome("reading the base \(folder)") { () throws(GenomeError) in
            try SharePlan.make(scan.items)
        }
        var reader = FolderReader()
        for taken in plan.taken { try reader.add(taken.path, try scan.open(taken.path.text)) }
        guard let facts = try reader.folder().baseFacts(layer: nil) else {
            throw Failure(
                .refused, "\(folder) is not a model folder",
                why: "it has no config.json beside safetensors")
        }
        return facts
    }
}

/// Does something in `Learn`; its errors become failures of doing `what`.
func inLearn<Result>(
    _ what: String, _ body: () throws(LearnError) -> Result
) throws(Failure) -> Result {
    do throws(LearnError) {
        return try body()
    } catch {
        throw Failure(error, doing: what)
    }
}
