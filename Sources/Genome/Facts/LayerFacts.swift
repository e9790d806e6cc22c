import Wire

/// Everything that a layer's files show, computed anew and held against its manifest: nothing that
/// can be computed is believed.
public enum LayerFacts {
    /// Members of `integration` that no file shows: a person's word.
    private static let words = ["inputs", "outputs"]

    /// The facts of files that were read and hashed anew, against a manifest. Files of the
    /// manifest that are not in the folder are left out: evidence may not have been fetched.
    public static func check(_ folder: LayerFolder, _ manifest: JSONObject) -> [LayerFact] {
        files(folder, manifest) + weights(folder, manifest)
            + folder.shownSections.names.flatMap { name in
                members(name, folder.shownSections[name], manifest[name])
            } + claimedAlone(folder, manifest)
    }

    /// What a person wrote of sections that files show, where it is wrong; nil if it is right.
    static func fault(of claims: JSONObject, in folder: LayerFolder) -> LayerFact? {
        for claim in claims.members {
            let shown = folder.shownSections[claim.name]
            for member in claim.value.object?.members ?? [] where !isWord(claim.name, member.name) {
                let fact = LayerFact(
                    "\(claim.name).\(member.name)", computed: shown?[member.name],
                    claimed: member.value)
                if fact.verdict == .differs { return fact }
            }
        }
        return nil
    }

    /// Whether only a person can say it.
    static func isWord(_ section: String, _ member: String) -> Bool {
        section == "integration" && words.contains(member)
    }

    // MARK: Parts

    private static func files(_ folder: LayerFolder, _ manifest: JSONObject) -> [LayerFact] {
        let read = folder.entries.map(\.file)
        let listed = (manifest["files"]?.array ?? []).compactMap { LayerFile($0) }
        var claimed: [LayerPath: LayerFile] = [:]
        for file in listed { claimed[file.path] = file }
        let named = read.compactMap { claimed[$0.path] }
        let shown = folder.shownType
        let type = manifest["type"]
        // An adapter may serve as memory, specialization or communication module.
        let others: [JSONValue] = ["memory", "specialization", "communication"]
        let isServing = shown == .lora && type.map { others.contains($0) } ?? false
        let isFree = shown == nil && type != "lora" && type != "foundation"
        var facts = [
            LayerFact(
                "type", computed: isServing || isFree ? type : shown.map { .string($0.name) },
                claimed: type),
            LayerFact("files", .integer(Int64(read.count))),
            LayerFact(
                "size", computed: .integer(Int64(clamping: read.reduce(0) { $0 + $1.size })),
                claimed: .integer(Int64(clamping: named.reduce(0) { $0 + $1.size }))),
        ]
        for file in read {
            guard let other = claimed[file.path] else {
                facts.append(
                    LayerFact(
                        "files[\(file.path.text)]", computed: .string(file.blob.hexadecimal),
                        claimed: nil))
                continue
            }
            for (what, mine, theirs) in [
                ("blob", file.blob, other.blob), ("sha256", file.sha256, other.sha256),
            ] where mine != theirs {
                facts.append(
                    LayerFact(
                        "files[\(file.path.text)].\(what)", computed: .string(mine.hexadecimal),
                        claimed: .string(theirs.hexadecimal)))
            }
        }
        return facts
    }

    private static func weights(_ folder: LayerFolder, _ manifest: JSONObject) -> [LayerFact] {
        let shown = folder.weights?.facts.json
        let claimed = manifest["weights"]
        guard shown != nil || claimed != nil else { return [] }
        var facts = [
            LayerFact("weights.id", computed: shown?["id"], claimed: claimed?["id"]),
            LayerFact(
                "weights.table", computed: shown?["table"]?["blob"],
                claimed: claimed?["table"]?["blob"]),
            LayerFact("weights.files", computed: shown?["files"], claimed: claimed?["files"]),
        ]
        let rows = folder.table?.rows ?? []
        facts.append(LayerFact("tensors", .integer(Int64(rows.count))))
        facts.append(LayerFact("parameterCount", .integer(Int64(clamping: folder.parameterCount))))
        let bytes = rows.reduce(UInt64(0)) { $0 &+ ($1.shape.byteCount(of: $1.type) ?? 0) }
        facts.append(LayerFact("weightBytes", .integer(Int64(clamping: bytes))))
        return facts
    }

    /// Member by member; what is left out of an adapter's shape counts as said, since a reader
    /// takes it for false.
    private static func members(
        _ section: String, _ shown: JSONValue?, _ claimed: JSONValue?
    ) -> [LayerFact] {
        let names = shown?.object?.names ?? []
        let mayBeSilent = section != "loraConfig"
        return names.map { name in
            LayerFact(
                "\(section).\(name)", computed: shown?[name], claimed: claimed?[name],
                mayBeSilent: mayBeSilent)
        }
    }

    /// Members of those sections that the manifest has and no file shows.
    private static func claimedAlone(
        _ folder: LayerFolder, _ manifest: JSONObject
    ) -> [LayerFact] {
        LayerSections.claimNames.flatMap { section in
            (manifest[section]?.object?.members ?? []).compactMap { member in
                guard folder.shownSections[section]?[member.name] == nil,
                    !isWord(section, member.name)
                else { return nil }
                return LayerFact(
                    "\(section).\(member.name)", computed: nil, claimed: member.value)
            }
        }
    }
}
