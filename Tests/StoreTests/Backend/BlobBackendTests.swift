import Host
import Testing
import Wire

@testable import Store

/// What every back end must do, whatever is behind it.
@Suite("A back end", .serialized) struct BlobBackendTests {
    private let scratch = Scratch()

    private func draft(_ bytes: [UInt8], _ name: String = "draft") throws -> File {
        let file = try scratch.file(name, bytes)
        try file.sync()
        return file
    }

    private func read(_ object: any StoredObject) throws -> [UInt8] {
        try object.read(count: Int(try object.size()), offset: 0)
    }

    @Test(arguments: BackendKind.allCases)
    func `gives back what was put, whole and in parts`(_ kind: BackendKind) throws {
        let backend = try kind.make("\(scratch.path)/home")
        for size in [0, 1, 70_000, 2 << 20 + 1] {
            let bytes = Scratch.bytes(size, seed: UInt64(size) + 1)
            let name = ObjectName.plain(Blake3.hash(bytes))
            let file = try draft(bytes)
            try backend.put(file, as: name)
            try backend.sync([name])
            #expect(!Directory.exists(file.path))
            #expect(try backend.size(of: name) == UInt64(size))
            let object = try backend.open(name)
            #expect(try read(object) == bytes)
            let buffer = Buffer(capacity: 1 << 20)
            let half = size / 2
            let count = try object.read(
                into: buffer, at: 3, count: 100_000, offset: UInt64(half))
            #expect(count == min(100_000, size - half))
            #expect(buffer.bytes(3..<3 + count) == Array(bytes[half..<half + count]))
            var array = [UInt8](repeating: 7, count: 12)
            #expect(
                try object.read(into: &array, at: 2, count: 10, offset: UInt64(size)) == 0)
            #expect(array == [UInt8](repeating: 7, count: 12))
            // Used again it has as many bytes as are asked for, more or fewer than before.
            for wanted in [size, size / 3, size] {
                #expect(try object.read(into: &array, count: wanted, offset: 0) == wanted)
                #expect(array == Array(bytes[..<wanted]))
            }
            if let path = backend.localPath(of: name) {
                #expect(try File(path, .read).readAll(limit: 4 << 20) == bytes)
            }
        }
    }

    @Test(arguments: BackendKind.allCases)
    func `says of what is not there that it is missing`(_ kind: BackendKind) throws {
        let backend = try kind.make("\(scratch.path)/home")
        let id = Blake3.hash([1])
        try backend.put(try draft([1]), as: .coded(id))
        // The forms of a blob are two objects.
        #expect(try backend.size(of: .plain(id)) == nil)
        #expect(backend.localPath(of: .plain(id)) == nil)
        #expect(throws: StoreError.missing("blob \(id)")) { try backend.open(.plain(id)) }
        #expect(throws: StoreError.missing("blob \(id)")) {
            try backend.take(.plain(id), to: "\(scratch.path)/taken")
        }
        try backend.remove(.plain(id))
        try backend.sync([.plain(id)])
        #expect(!Directory.exists("\(scratch.path)/taken"))
        #expect(try backend.list(.plain).isEmpty)
        #expect(try backend.list(.coded).map(\.blob) == [id])
    }

    @Test(arguments: BackendKind.allCases)
    func `replaces and removes under whoever reads`(_ kind: BackendKind) throws {
        let backend = try kind.make("\(scratch.path)/home")
        let name = ObjectName.plain(Blake3.hash([1]))
        let (old, new) = (Scratch.bytes(50_000), Scratch.bytes(50_000, seed: 2))
        try backend.put(try draft(old), as: name)
        let first = try backend.open(name)
        try backend.put(try draft(new), as: name)
        let second = try backend.open(name)
        try backend.remove(name)
        #expect(try backend.size(of: name) == nil)
        #expect(throws: StoreError.self) { try backend.open(name) }
        #expect(try read(first) == old)
        #expect(try read(second) == new)
        try backend.put(try draft(old), as: name)
        #expect(try read(try backend.open(name)) == old)
    }

    @Test(arguments: BackendKind.allCases)
    func `gives an object out as a file, and never over one`(_ kind: BackendKind) throws {
        let backend = try kind.make("\(scratch.path)/home")
        let name = ObjectName.coded(Blake3.hash([1]))
        let bytes = Scratch.bytes(300_000)
        try backend.put(try draft(bytes), as: name)
        let occupied = try scratch.file("occupied", [1, 2])
        #expect(throws: StoreError.self) { try backend.take(name, to: occupied.path) }
        #expect(try occupied.readAll(limit: 9) == [1, 2])
        #expect(try backend.size(of: name) == 300_000)
        try backend.take(name, to: "\(scratch.path)/taken")
        try backend.sync([name])
        #expect(try backend.size(of: name) == nil)
        #expect(try File("\(scratch.path)/taken", .read).readAll(limit: 1 << 20) == bytes)
    }

    @Test(arguments: BackendKind.allCases)
    func `lists every object once`(_ kind: BackendKind) throws {
        let backend = try kind.make("\(scratch.path)/home")
        #expect(try backend.list(.plain).isEmpty)
        var wanted: [ObjectName: UInt64] = [:]
        for number in 0..<300 {
            let bytes = Scratch.bytes(number, seed: UInt64(number) + 1)
            let id = Blake3.hash(bytes)
            let name: ObjectName = number % 3 == 0 ? .coded(id) : .plain(id)
            try backend.put(try draft(bytes), as: name)
            wanted[name] = UInt64(number)
        }
        try backend.sync(Array(wanted.keys))
        for form in ObjectName.Form.allCases {
            let listed = try backend.list(form)
            let expected = wanted.filter { $0.key.form == form }
            #expect(listed.count == expected.count)
            #expect(
                listed.allSatisfy { wanted[.init(blob: $0.blob, form: form)] == $0.bytes })
        }
    }

    @Test(arguments: BackendKind.allCases)
    func `is whole or missing to many at once`(_ kind: BackendKind) throws {
        let backend = try kind.make("\(scratch.path)/home")
        let contents = (0..<4).map { Scratch.bytes(40_000, seed: UInt64($0) + 1) }
        let names = contents.map { ObjectName.plain(Blake3.hash($0)) }
        let faults = Lock<[String]>([])
        let folder = scratch.path
        let lanes = try (0..<4).map { lane in
            try Thread("lane \(lane)") {
                for turn in 0..<60 {
                    let number = (lane + turn) % 4
                    do {
                        switch (lane + turn / 4) % 3 {
                        case 0:
                            let file = try File("\(folder)/draft-\(lane)", .createNew)
                            try file.write(contents[number], offset: 0)
                            try backend.put(file, as: names[number])
                        case 1: try backend.remove(names[number])
                        default:
                            let object = try backend.open(names[number])
                            let bytes = try object.read(count: 50_000, offset: 0)
                            if bytes != contents[number] { faults.withLock { $0.append("torn") } }
                        }
                    } catch StoreError.missing(_) {
                    } catch {
                        faults.withLock { $0.append("\(error)") }
                    }
                }
            }
        }
        for lane in lanes { lane.join() }
        #expect(faults.withLock { $0 } == [])
    }
}
