import Genome
import Wire

extension LayerContent {
    /// The facts of a manifest as records carry them, each cut to its limit.
    public init(_ manifest: Manifest) {
        self.init(
            layer: manifest.layer, manifestSize: UInt64(manifest.bytes.count),
            type: manifest.type.name, name: manifest.name, version: manifest.version.text,
            licence: Self.shortLicence(manifest), size: manifest.size,
            files: UInt64(manifest.files.count))
        weights = manifest.weights?.id
        baseWeights = manifest.base?.weights
        label = manifest.label.isEmpty ? nil : manifest.label
        rank = manifest.rank.flatMap(UInt64.init(exactly:))
        let fitting = manifest.tags.filter { $0.utf8.count <= Limits.tagBytesMax }
        tags = Set(fitting).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        tags = Array(tags.prefix(Limits.tagsMax))
        parents = manifest.parents.prefix(Limits.parentsMax).map(\.layer)
        language = manifest.languages.first.flatMap { language in
            language.utf8.count <= Limits.languageBytesMax ? language : nil
        }
        summary = Self.cut(manifest.summary, to: Limits.summaryBytesMax)
        isPeerToPeer = manifest.distribution.isPeerToPeer
    }

    /// The expression, or a reference to the manifest where it is too long or missing.
    private static func shortLicence(_ manifest: Manifest) -> String {
        guard let text = manifest.licence?.description else { return "LicenseRef-unknown" }
        return text.utf8.count <= Limits.licenceBytesMax ? text : "LicenseRef-see-manifest"
    }

    static func cut(_ text: String, to limit: Int) -> String? {
        var result = ""
        for character in text {
            guard result.utf8.count + character.utf8.count <= limit else { break }
            result.append(character)
        }
        return result.isEmpty ? nil : result
    }
}

extension HeldLayer {
    /// The layer of a manifest whose blobs are here; `blobs` besides the manifest itself.
    public init(
        _ manifest: Manifest, envelope: [UInt8], blobs: [BlobReference], announced: Announced?
    ) {
        let own = BlobReference(blob: manifest.layer, size: UInt64(manifest.bytes.count))
        self.init(
            content: LayerContent(manifest), policy: LayerPolicy(manifest), envelope: envelope,
            blobs: [own] + blobs, announced: announced)
        tensorFiles = manifest.tensorFiles.prefix(Self.tensorFilesMax).map { file in
            TensorFileName(path: file.path.text, blob: file.blob)
        }
    }

    /// Files of tensors that are remembered of a layer: a model of 1 TB has some 200.
    private static let tensorFilesMax = 1_024
}

extension Manifest {
    /// Its safetensors files, in path order.
    var tensorFiles: [LayerFile] {
        files.filter { $0.path.text.hasSuffix(".safetensors") }
    }
}
