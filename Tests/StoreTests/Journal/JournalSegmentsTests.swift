import Host
import Testing
import Wire

@testable import Store

@Suite struct JournalSegmentsTests {
    private func entry(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(number), count: 60_000)
    }

    private func open(_ folder: String) throws -> (JournalSegments, [Int]) {
        var seen: [Int] = []
        let segments = try JournalSegments(folder) { entry in
            seen.append(Int(entry[0]))
            return true
        }
        return (segments, seen)
    }

    @Test func `a second file is begun when the first is full`() throws {
        let folder = Scratch().path
        var (segments, _) = try open(folder)
        for round in 0..<3 {
            try segments.append((0..<100).map { _ in entry(round * 100 / 100) })
        }
        for _ in 0..<3 { try segments.append([entry(9)]) }
        #expect(try Directory.list(folder).map(\.name) == ["00000001.log", "00000002.log"])
        let (again, seen) = try open(folder)
        #expect(seen.count == 303 && seen.last == 9)
        var count = 0
        try again.readAll { _ in count += 1 }
        #expect(count == 303)
    }

    @Test func `a missing file is named`() throws {
        let scratch = Scratch()
        _ = try scratch.file("00000002.log", [])
        #expect(throws: StoreError.self) { try open(scratch.path) }
    }

    @Test(.enabled(if: Machine.userNumber == 0, "mounting a small disk needs root"))
    func `a full disk adds nothing and the journal goes on when there is room`() throws {
        let disk = try #require(SmallDisk(megabytes: 1))
        var (segments, _) = try open(disk.path)
        try segments.append([entry(1)])
        let error = #expect(throws: StoreError.self) {
            try segments.append((0..<40).map { _ in entry(2) })
        }
        guard case .diskFull = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        try segments.append([entry(3)])
        #expect(try open(disk.path).1 == [1, 3])
    }
}
