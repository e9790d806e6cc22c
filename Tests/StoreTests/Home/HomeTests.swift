import Foundation
import Host
import Testing

@testable import Store

@Suite struct HomeTests {
    @Test func `creating twice gives the same home, readable by its owner only`() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/home"
        do { _ = try Home.create(at: path) }
        do { _ = try Home.create(at: path) }
        let home = try Home.open(at: path)
        #expect(try File.facts(of: home.layout.home).mode == 0o700)
        #expect(Home.exists(at: path))
    }

    @Test func `a second opener is refused and told the process of the first`() throws {
        let scratch = Scratch()
        let home = try scratch.home()
        #expect(
            throws: StoreError.inUse(home: home.layout.home, process: Machine.processNumber)
        ) { try Home.open(at: home.layout.home) }
        #expect(Home.holder(at: home.layout.home) == Machine.processNumber)
    }

    @Test func `the lock of a killed process is free again`() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/home"
        do { _ = try Home.create(at: path) }
        // flock(1) stands in for another node: it holds the lock until it is killed.
        let holder = Process()
        holder.executableURL = URL(filePath: "/usr/bin/flock")
        holder.arguments = ["\(path)/LOCK", "sleep", "60"]
        try holder.run()
        while Home.holder(at: path) == nil { usleep(10_000) }
        let children = try String(
            contentsOfFile:
                "/proc/\(holder.processIdentifier)/task/\(holder.processIdentifier)/children",
            encoding: .utf8)
        kill(holder.processIdentifier, SIGKILL)
        for child in children.split(separator: " ").compactMap({ Int32($0) }) {
            kill(child, SIGKILL)
        }
        holder.waitUntilExit()
        for _ in 0..<200 where Home.holder(at: path) != nil { usleep(10_000) }
        _ = try Home.open(at: path)
    }

    @Test func `a folder with other things in it does not become a home`() throws {
        let scratch = Scratch()
        _ = try scratch.file("thesis.txt", [1])
        #expect(throws: StoreError.self) { try Home.create(at: scratch.path) }
        #expect(throws: StoreError.noHome(path: scratch.path)) {
            try Home.open(at: scratch.path)
        }
    }

    @Test func `a home of another version and a home open to others are refused`() throws {
        let scratch = Scratch()
        let path = "\(scratch.path)/home"
        do { _ = try Home.create(at: path) }
        chmod(path, 0o777)
        #expect(throws: StoreError.self) { try Home.open(at: path) }
        chmod(path, 0o700)
        try File("\(path)/format", .write).write(Array("plasmid home 2\n".utf8), offset: 0)
        #expect(throws: StoreError.self) { try Home.open(at: path) }
    }

    @Test func `a label is kept`() throws {
        let home = try Scratch().home()
        #expect(try home.label() == nil)
        try home.setLabel("ada")
        #expect(try home.label() == "ada")
    }
}
