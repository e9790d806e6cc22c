import Genome
import Host
import Learn
import Store

/// Reads the records of a memory out of its files, line by line.
enum MemoryFiles {
    /// Bytes read at a time.
    private static let stepBytes = 1 << 20

    /// Sections of `content` in the order in which their files are read.
    private static let sections = ["knowledgeBase", "experienceDatabase", "patternLibrary"]

    /// The files that hold records: those that `content` names, else every JSON Lines file.
    static func names(_ source: LayerSource) -> [String] {
        let content = source.sections["content"]
        let named = sections.flatMap { (content?[$0]?.array ?? []).compactMap(\.string) }
        return named.isEmpty
            ? source.files.paths.keys.filter { $0.hasSuffix(".jsonl") }.sorted() : named
    }

    /// Every record, in the order of files and lines; refused with file and line.
    static func records(_ source: LayerSource) throws(Failure) -> [MemoryRecord] {
        let names = names(source)
        guard !names.isEmpty else {
            throw Failure(
                .refused, "\(source.title) holds no records",
                why: "a memory's records are JSON Lines files, each line with a text",
                remedy: "its publisher names them under content in \(LayerSections.fileName)")
        }
        var records: [MemoryRecord] = []
        for name in names {
            guard let path = source.files.paths[name] else {
                throw Failure(.notFound, "\(name) of \(source.title) is not here")
            }
            try read(name, path) { record in records.append(record) }
        }
        return records
    }

    private static func read(
        _ name: String, _ path: String, each: (MemoryRecord) -> Void
    ) throws(Failure) {
        let file = try JobFolder.onDisk(path) { () throws(SystemError) in
            try File(path, .readAtOnce)
        }
        var line: [UInt8] = []
        var number = 1
        var count = 0
        var offset: UInt64 = 0
        func finish() throws(Failure) {
            if line.contains(where: { $0 != 0x20 && $0 != 0x0d }) {
                count += 1
                each(try record(line, "\(name), line \(number)", count: count))
            }
            line.removeAll(keepingCapacity: true)
            number += 1
        }
        while true {
            let bytes = try JobFolder.onDisk(path) { [offset] () throws(SystemError) in
                try file.read(count: stepBytes, offset: offset)
            }
            offset += UInt64(bytes.count)
            for part in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated()
            {
                if part.offset > 0 { try finish() }
                line += part.element
                guard line.count <= MemoryRecord.lineBytesMax else {
                    throw Failure(
                        .refused, "\(name), line \(number) is too long",
                        why: "a record has at most \(MemoryRecord.lineBytesMax) bytes")
                }
            }
            if bytes.count < stepBytes { break }
        }
        try finish()
    }

    private static func record(
        _ line: [UInt8], _ place: String, count: Int
    ) throws(Failure) -> MemoryRecord {
        guard count <= MemoryDatabase.capacityMax else {
            throw Failure(
                .refused, "\(place) is beyond what a memory can hold",
                why: "at most \(MemoryDatabase.capacityMax) records are read")
        }
        do throws(GenomeError) {
            return try MemoryRecord(line: line)
        } catch {
            throw Failure(
                .corrupt, "\(place) is no record", why: error.description,
                remedy: "each line is an object with a text, and perhaps importance, time, vector")
        }
    }
}
