import Genome
import Host
import Testing

@testable import Node

@Suite("The folder of a job")
struct JobFolderTests {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    private func failure(_ body: () throws(Failure) -> Void) -> Failure? {
        do throws(Failure) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("shows a job whose process is gone as stopped, and one that is locked as it is")
    func lost() throws {
        var (folder, job) = try JobFolder.make(home: laboratory.path, name: "a")
        job.note(.begin)
        try folder.write(job)
        #expect(try folder.read().state == .stopped)
        var lock: FileLock? = try folder.take()
        #expect(folder.isWorkedOn && lock != nil)
        #expect(try folder.read().state == .preparing)
        #expect(try folder.read(isLockOurs: true).state == .stopped)
        #expect(failure { () throws(Failure) in _ = try folder.take() }?.code == .busy)
        lock = nil
        #expect(!folder.isWorkedOn)
    }

    @Test("is found by the start of its name or by its layer's name, if that is one job's")
    func find() throws {
        let home = laboratory.path
        let (first, _) = try JobFolder.make(home: home, name: "a")
        let (second, _) = try JobFolder.make(home: home, name: "b")
        let (third, _) = try JobFolder.make(home: home, name: "b")
        #expect(try JobFolder.find(first.id, home: home).path == first.path)
        #expect(try JobFolder.find("a", home: home).path == first.path)
        #expect(try JobFolder.find(String(second.id.prefix(9)), home: home).path == second.path)
        #expect(
            failure { () throws(Failure) in _ = try JobFolder.find("b", home: home) }?.code
                == .usage)
        #expect(
            failure { () throws(Failure) in _ = try JobFolder.find("zz", home: home) }?.code
                == .notFound)
        #expect(try JobFolder.list(home: home).count == 3)
        third.remove()
        #expect(try JobFolder.list(home: home).count == 2)
        #expect(try JobFolder.list(home: home + "/none").isEmpty)
    }

    @Test("tells damaged jobs from those that were never written down")
    func damaged() throws {
        let (folder, _) = try JobFolder.make(home: laboratory.path, name: "a")
        try folder.write(Array("{}".utf8), to: folder.path + "/job.json")
        #expect(try JobFolder.list(home: laboratory.path).isEmpty)
        #expect(try JobFolder.damaged(home: laboratory.path).map(\.id) == [folder.id])
        let (half, _) = try JobFolder.make(home: laboratory.path, name: "b")
        try Directory.removeFile(half.path + "/job.json")
        #expect(try JobFolder.damaged(home: laboratory.path).map(\.id) == [folder.id])
        #expect(try JobFolder.damaged(home: laboratory.path + "/none").isEmpty)
        #expect(failure { () throws(Failure) in _ = try folder.read() }?.code == .corrupt)
        let home = laboratory.path
        #expect(
            failure { () throws(Failure) in _ = try JobFolder.find(folder.id, home: home) }?.code
                == .corrupt)
    }
}
