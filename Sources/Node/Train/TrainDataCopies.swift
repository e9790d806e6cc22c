import Genome
import Host
import Learn
import Wire

/// The files of data that go with a layer, as copies of their own: each is held against the recipe
/// while it is copied, so that what is published is what was learned, whatever happens to the
/// file.
struct TrainDataCopies {
    /// A copy by the path it gets in the layer.
    struct Copy {
        let path: String
        let source: String
    }

    private static let stepBytes = 1 << 20

    /// The copies.
    private(set) var copies: [Copy] = []
    /// What a person should know of files that are left out.
    private(set) var notes: [String] = []
    private let folder: String

    /// Why data under these terms do not go with a layer; nil if they do: the terms are known here
    /// and ask for nothing that a person must accept first.
    static func hindrance(_ terms: String) -> String? {
        guard let licence = try? LicenceExpression(parsing: terms) else {
            return "\(terms) are no terms"
        }
        let unknown = licence.identifiers.filter { LicenceCatalogue.entry(of: $0) == nil }
        guard unknown.isEmpty else {
            return "the terms \(unknown.joined(separator: ", ")) are not known here"
        }
        return LicenceCatalogue.needsAcceptance(licence)
            ? "the terms \(licence.description) must be accepted first" : nil
    }

    /// The same for a layer under `licence`. Terms that leave free what learned from the data may
    /// bind what holds them: then the data stay here, and the layer has the terms that it was meant
    /// to have.
    static func hindrance(_ terms: String, under licence: String?, _ visibility: Visibility)
        -> String?
    {
        if let why = hindrance(terms) { return why }
        guard let data = try? LicenceExpression(parsing: terms) else { return nil }
        let source = LicenceSource(label: "data", stated: .expression(data))
        let child = LicenceChild(
            name: "adapter", declared: licence.flatMap { try? LicenceExpression(parsing: $0) },
            visibility: visibility, links: [LicenceLink(.data, .stated(source))])
        let answer = LicencePropagation { _ in nil }.check(child)
        return answer.refusal == nil
            ? nil : "the terms \(data.description) bind a layer that holds them"
    }

    /// Copies the files of a job that the recipe names, into the job's folder.
    init(_ job: JobFolder, _ sources: [TrainInputs.Source], _ recipe: Recipe) throws(Failure) {
        folder = "\(job.path)/data"
        remove()
        try JobFolder.onDisk(folder) { [folder] () throws(SystemError) in
            try Directory.create(folder)
        }
        for (index, (source, file)) in zip(sources, recipe.dataFiles).enumerated() {
            let target = "\(folder)/\(index)"
            if try Self.copy(source, file, to: target) {
                let path = RunEvidence.data("data", index, like: source.name)
                copies.append(Copy(path: path, source: target))
            } else {
                notes.append(
                    "\(source.name) was changed after it was read, so it does not go with the "
                        + "layer")
            }
        }
    }

    /// Removes the copies.
    func remove() { _ = try? Directory.removeTree(folder) }

    /// Whether the file is still the one that was read.
    private static func copy(
        _ source: TrainInputs.Source, _ expected: BlobReference, to target: String
    ) throws(Failure) -> Bool {
        // One that is gone, or is no plain file any more, is another than was read.
        guard let file = try? File(source.path, .readAtOnce), let facts = try? file.facts(),
            facts.kind == .file, facts.size == expected.size
        else { return false }
        return try JobFolder.onDisk(target) { () throws(SystemError) in
            let copy = try File(target, .createNew)
            var tree = TreeHasher()
            var offset: UInt64 = 0
            while offset < expected.size {
                let bytes = try file.read(count: stepBytes, offset: offset)
                if bytes.isEmpty { break }
                tree.update(bytes.span.bytes)
                try copy.write(bytes, offset: offset)
                offset += UInt64(bytes.count)
            }
            return offset == expected.size && tree.finish().id == expected.blob
        }
    }
}
